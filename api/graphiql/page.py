"""The routes of GraphiQL: one page and the files it needs, all from this server."""

import html
import ipaddress
from collections.abc import Callable
from pathlib import Path
from string import Template

import orjson
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from api.graphiql.assets import FILES, Assets
from api.refusals import Refusal

HERE = Path(__file__).parent
OWN_FILES = ("start.js", "page.css")
PAGE = Template((HERE / "page.html").read_text(encoding="utf-8"))
WAIT = Template((HERE / "wait.html").read_text(encoding="utf-8"))
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
# Styles: a library inside GraphiQL writes a <style> element. Scripts: files of this server only.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Page:
    """The GraphiQL page of one server in development."""

    def __init__(self, assets: Assets, query: str, make_token: Callable[[], str | None]) -> None:
        """Serve these files.

        Args:
            assets: The fetched files.
            query: What the editor shows first.
            make_token: Makes a staff token for a visitor on this machine; None gives none.
        """
        self._assets = assets
        self._query = query
        self._make_token = make_token

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the page's files."""
        return [Route("/graphiql/{name}", self.file, methods=["GET"])]

    def show(self, request: Request) -> Response:
        """Return the page, or one that says why it is not there yet."""
        if not self._assets.complete:
            return self._wait()
        token = self._make_token() if is_local(request) else None
        start = {"query": self._query, "token": token}
        # `<` could end the element that holds the JSON.
        data = orjson.dumps(start).decode().replace("<", "\\u003c")
        return _html(PAGE.substitute(start=data), 200)

    def _wait(self) -> Response:
        """Say why the page is not there; fetch again, since the cause may be gone."""
        problem = None if self._assets.fetching else self._assets.problem
        self._assets.fetch_in_background()
        reason = problem or "Its files are being fetched, once; this page reloads by itself."
        refresh = "" if problem else '<meta http-equiv="refresh" content="2">'
        return _html(WAIT.substitute(reason=html.escape(reason), refresh=refresh), 503)

    async def file(self, request: Request) -> Response:
        """Return one of the page's files."""
        name = request.path_params["name"]
        own = name in OWN_FILES
        if not own and (name not in FILES or not self._assets.complete):
            raise Refusal(404, "NOT_FOUND", "Nothing is here.")
        path = (HERE if own else self._assets.directory) / name
        # no-cache: the browser asks each time whether its copy is still the current one.
        headers = HEADERS | {"Cache-Control": "no-cache"}
        return FileResponse(path, headers=headers, media_type=MEDIA_TYPES[path.suffix])


def _html(text: str, status: int) -> Response:
    headers = HEADERS | {"Cache-Control": "no-store"}
    return Response(text, status, headers, "text/html; charset=utf-8")


def is_local(request: Request) -> bool:
    """Whether visitor and address bar both say this machine.

    A page elsewhere can make its own name resolve to 127.0.0.1 and read what this server sends to
    that name, so the Host header counts as much as the visitor's address.
    """
    visitor = request.client.host if request.client else ""
    asked_for = request.url.hostname if request.headers.get("host") else None
    return is_loopback(visitor) and is_loopback(asked_for or "")


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own, unreachable from others."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
