"""The HTTP application: what is served where, and to whom; everything else is refused.

POST /graphql   answers GraphQL requests that carry a token
GET  /graphql   GraphiQL, in development only
GET  /livez     the process answers
GET  /readyz    graph and cache answer and the first queries are planned; 503 with reasons otherwise
GET  /metrics   figures for Prometheus, to whoever has their token
GET  /exports, /calendar, /people    files, by sealed addresses or with a token (`api/files.py`)
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import orjson
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.backend import Backend
from api.crew.figures import SharedFigures
from api.door import PATH, Door
from api.files import routes
from api.graphiql.page import Page
from api.metrics import MEDIA_TYPE, may_read
from api.negotiation import accepts_html
from api.origins import Origins
from api.refusals import JSON, Refusal, masked, response, unauthenticated
from api.tracing import collecting, tracing

ROUTING_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}
ROUTING_MESSAGES = {
    404: "Nothing is here: the API is POST /graphql.",
    405: "This method has no meaning here: the API is POST /graphql.",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """To whom /metrics is open, to everybody or to who has the token, and whose they are."""

    token: str | None
    shared: SharedFigures | None = None


OpenBackend = Callable[[], AbstractAsyncContextManager[Backend]]


def create_app(
    open_backend: OpenBackend,
    page: Page | None,
    *,
    origins: Iterable[str] = (),
    https: bool = False,
    metrics: Figures | None = None,
) -> Door:
    """Return the application: a door for POST /graphql, and FastAPI behind it.

    Args:
        open_backend: Opens what the application stands on, for as long as it runs.
        page: GraphiQL; None serves no page.
        origins: Pages that may call from a browser.
        https: Whether browsers are told to come by TLS only.
        metrics: To whom /metrics is open; None is nobody.
    """
    traces = tracing()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with open_backend() as backend:
            app.state.backend = backend
            async with collecting(traces, backend.graph):
                yield

    app = FastAPI(lifespan=lifespan, openapi_url=None, redirect_slashes=False)
    app.router.routes[:0] = [
        # POST is here for the Allow header only: the door has answered it.
        Route(PATH, _graphql(page), methods=["GET", "POST"] if page else ["POST"]),
        Route("/livez", _livez, methods=["GET"]),
        Route("/readyz", _readyz, methods=["GET"]),
        *([Route("/metrics", _metrics(metrics), methods=["GET"])] if metrics else []),
        *routes(),
        *(page.routes() if page else []),
    ]
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(HTTPException, _misrouted)
    app.add_exception_handler(Exception, _failed)
    return Door(app, lambda: app.state.backend, Origins(origins), https=https, tracing=traces)


def _graphql(page: Page | None) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of GET /graphql: GraphiQL, for those who can show it."""

    async def graphql(request: Request) -> Response:
        if page is None or not accepts_html(request.headers.get("accept")):
            raise HTTPException(405, headers={"Allow": "POST"})
        return page.show(request)

    return graphql


def _metrics(figures: Figures) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of GET /metrics."""

    async def answer(request: Request) -> Response:
        backend: Backend = request.app.state.backend
        if not may_read(request.headers.get("authorization"), figures.token):
            raise unauthenticated("Send the token of /metrics.")
        headers = {"Cache-Control": "no-store"}
        text = backend.metrics.text()
        shown = figures.shared.together(text) if figures.shared else text
        return Response(shown, 200, headers, MEDIA_TYPE)

    return answer


async def _livez(_request: Request) -> Response:
    return _state(200, {"status": "alive"})


async def _readyz(request: Request) -> Response:
    backend: Backend = request.app.state.backend
    if reasons := await backend.reasons_not_ready():
        return _state(503, {"status": "not ready", "reasons": reasons})
    return _state(200, {"status": "ready"})


def _state(status: int, body: dict[str, str | list[str]]) -> Response:
    return Response(orjson.dumps(body), status, {"Cache-Control": "no-store"}, JSON)


async def _refused(_request: Request, error: Exception) -> Response:
    """Tell a caller why a request is refused."""
    if not isinstance(error, Refusal):
        raise error
    return response(error)


async def _misrouted(_request: Request, error: Exception) -> Response:
    """Tell a caller that there is nothing, or not with this method."""
    if not isinstance(error, HTTPException):
        raise error
    status = error.status_code
    code = ROUTING_CODES.get(status, "BAD_REQUEST")
    message = ROUTING_MESSAGES.get(status, "The request cannot be understood.")
    return response(Refusal(status, code, message, error.headers))


async def _failed(request: Request, error: Exception) -> Response:
    return masked(request.method, error)
