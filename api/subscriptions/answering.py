"""What both transports send: one response, or one for each event, each ready for JSON."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson
import structlog
from graphql import GraphQLError

from api.backend import Backend
from api.endpoint import ANSWER_SECONDS
from api.graphql import is_subscription, subscribe, viewer
from api.guard.asking import GraphQLRequest
from api.refusals import Refusal
from api.tokens import Principal
from graph.deadlines import begin
from graph.errors import GraphError, Timeout

logger = structlog.stdlib.get_logger(__name__)

Answer = dict[str, Any]


async def answers(
    backend: Backend, asked: GraphQLRequest, principal: Principal
) -> AsyncGenerator[Answer | orjson.Fragment]:
    """Yield what is to be sent for a request; what fails ends it with a response of errors only."""
    made = _made(backend, asked, principal)
    try:
        async for each in made:
            yield each
    except Refusal as refused:
        yield {"errors": [{"message": str(refused), "extensions": refused.extensions}]}
    except GraphQLError as error:
        yield backend.guard.shown({"errors": [error.formatted]}, principal)
    except (TimeoutError, Timeout):
        yield refusal("TIMEOUT", "The answer took too long: ask for less.")
    except GraphError:
        yield refusal("UNAVAILABLE", "The database cannot be reached right now: try again.")
    except Exception as error:
        reference = secrets.token_hex(6)
        logger.exception("a subscription failed", reference=reference, exc_info=error)
        message = f"Something went wrong on our side; quote the reference {reference}."
        yield refusal("INTERNAL", message, reference=reference)
    finally:
        await made.aclose()


async def _made(
    backend: Backend, asked: GraphQLRequest, principal: Principal
) -> AsyncGenerator[Answer | orjson.Fragment]:
    """A response for each event of a subscription, or the one of anything else.

    Raises:
        GraphQLError: it may not be asked.
        Refusal: 400, 429 or 503.
        GraphError: the database is away.
    """
    named = asked.operation_name
    text = await backend.guard.text(asked, principal)
    if not is_subscription(backend.executor, text, named, viewer(principal).audience):
        begin(ANSWER_SECONDS)
        async with asyncio.timeout(ANSWER_SECONDS):
            found = await backend.guard.execute(asked, principal, None)
        yield orjson.Fragment(found) if isinstance(found, bytes) else found
        return
    await backend.guard.subscribing(principal)
    following = subscribe(backend.executor, text, asked.variables, named, viewer(principal))
    async with aclosing(following):
        async for each in following:
            yield backend.guard.shown(each, principal)


def refusal(code: str, message: str, **extensions: str) -> Answer:
    """Return a response that only says why there is none."""
    return {"errors": [{"message": message, "extensions": {"code": code, **extensions}}]}
