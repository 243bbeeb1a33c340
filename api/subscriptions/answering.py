"""What both transports send: one response, or one for each event, each ready for JSON."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from typing import Any

import orjson
import structlog

from api.backend import Backend
from api.endpoint import ANSWER_SECONDS, GraphQLRequest
from api.graphql import is_subscription, subscribe, viewer
from api.tokens import Principal
from graph.errors import GraphError, Timeout

logger = structlog.stdlib.get_logger(__name__)

Answer = dict[str, Any]


async def answers(
    backend: Backend, asked: GraphQLRequest, principal: Principal
) -> AsyncGenerator[Answer | orjson.Fragment]:
    """Yield what is to be sent for a request; what fails ends it with a response of errors only."""
    made = (
        _events(backend, asked, principal)
        if is_subscription(backend.executor, asked.query, asked.operation_name)
        else _single(backend, asked, principal)
    )
    try:
        async for each in made:
            yield each
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


def refusal(code: str, message: str, **extensions: str) -> Answer:
    """Return a response that only says why there is none."""
    return {"errors": [{"message": message, "extensions": {"code": code, **extensions}}]}


async def _events(
    backend: Backend, asked: GraphQLRequest, principal: Principal
) -> AsyncGenerator[Answer]:
    following = subscribe(
        backend.executor, asked.query, asked.variables, asked.operation_name, viewer(principal)
    )
    try:
        async for each in following:
            yield each
    finally:
        await following.aclose()


async def _single(
    backend: Backend, asked: GraphQLRequest, principal: Principal
) -> AsyncGenerator[Answer | orjson.Fragment]:
    async with asyncio.timeout(ANSWER_SECONDS):
        found = await backend.keeper.execute(
            asked.query, asked.variables, asked.operation_name, viewer(principal)
        )
    yield orjson.Fragment(found) if isinstance(found, bytes) else found
