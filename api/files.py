"""Files behind addresses: finished exports, calendar feeds, and people as cards.

GET /exports/<job>?token=…    a finished export, by the sealed address of `exportDownload`
GET /calendar/<token>.ics     the tasks of a user, by the sealed address of `taskFeed`
GET /people/<id>.vcf          a person as a vCard, with the token of a member of staff
"""

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from api.backend import Backend
from api.endpoint import authenticate
from api.graphql import viewer
from api.refusals import Refusal
from graph.errors import GraphError
from graph.exports import InvalidToken, Token, calendar, opened
from graph.exports.tokens import SECRET
from graph.write.secret import secret
from loaders.cards import card
from loaders.errors import BadRequest
from loaders.ids import decode_id

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl; charset=utf-8",
    "json": "application/json",
}
# Files of others must never run as part of this site.
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def routes() -> list[Route]:
    """The routes of files."""
    return [
        Route("/exports/{job}", _export, methods=["GET"]),
        Route("/calendar/{token}.ics", _calendar, methods=["GET"]),
        Route("/people/{person}.vcf", _card, methods=["GET"]),
    ]


def _nothing() -> Refusal:
    message = "Nothing is here, or no longer: ask for a new address."
    return Refusal(404, "NOT_FOUND", message)


def _away() -> Refusal:
    message = "The database cannot be reached right now: try again."
    return Refusal(503, "UNAVAILABLE", message, {"Retry-After": "1"})


async def _opened(backend: Backend, text: str, kind: str) -> Token:
    """What a token opens; whoever has none is told as little as if nothing were there."""
    try:
        return opened(await secret(backend.graph, SECRET), text, kind)
    except InvalidToken:
        raise _nothing() from None
    except GraphError as error:
        raise _away() from error


async def _export(request: Request) -> Response:
    backend: Backend = request.app.state.backend
    token = await _opened(backend, request.query_params.get("token", ""), "export")
    folder = backend.executor.backing.exports
    if folder is None or token.subject != request.path_params["job"]:
        raise _nothing()
    path = folder.file(token.subject, token.detail)
    if not await asyncio.to_thread(_is_file, path):
        raise _nothing()
    name = f"export.{token.detail}"
    return FileResponse(path, media_type=_TYPES[token.detail], filename=name, headers=_HEADERS)


def _is_file(path: Path) -> bool:
    return path.is_file()


async def _calendar(request: Request) -> Response:
    backend: Backend = request.app.state.backend
    token = await _opened(backend, request.path_params["token"], "calendar")
    try:
        body = await calendar(backend.graph, token.detail, token.subject)
    except GraphError as error:
        raise _away() from error
    return Response(body, 200, _HEADERS, "text/calendar; charset=utf-8")


async def _card(request: Request) -> Response:
    backend: Backend = request.app.state.backend
    sent = request.headers.getlist("authorization")
    principal = await authenticate(sent, backend.principals)
    try:
        person = decode_id(request.path_params["person"])
        who = viewer(principal)
        found = await card(backend.executor, who, person.id) if person.type == "Person" else None
    except BadRequest:
        raise _nothing() from None
    except GraphError as error:
        raise _away() from error
    if found is None:
        raise _nothing()
    headers = {**_HEADERS, "Content-Disposition": 'attachment; filename="person.vcf"'}
    return Response(found, 200, headers, "text/vcard; charset=utf-8")
