"""A small OpenID Connect provider on loopback: authorization code with PKCE, and its keys.

It follows OpenID Connect Core 1.0 (3.1) and RFC 7636 as far as a login needs them: discovery,
`/authorize`, a form, `/token`, and `/jwks`. Its faults can be switched on.
"""

import asyncio
import hashlib
import secrets
import socket
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

AUDIENCE = "customer360"
CLIENT = "portal"
REDIRECT = "http://127.0.0.1/callback"


@dataclass
class Person:
    """Somebody with an account."""

    password: str
    audience: str
    name: str


@dataclass
class Provider:
    """The provider, its accounts, and what is wrong with it.

    Attributes:
        issuer: Its identifier, which is its address.
        keys: Private keys; the last one signs.
        answers: What to answer at a path instead of what is right.
        asked: How often each path was asked for.
    """

    issuer: str
    keys: list[ECKey] = field(default_factory=list[ECKey])
    people: dict[str, Person] = field(default_factory=dict[str, Person])
    answers: dict[str, Response] = field(default_factory=dict[str, Response])
    asked: dict[str, int] = field(default_factory=dict[str, int])
    _codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def new_key(self) -> None:
        """Sign with a new key from now on; the older ones are still published."""
        self.keys.append(ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True))

    def token(self, subject: str = "ada", audience: str = "staff", **claims: Any) -> str:
        """An access token."""
        now = int(time.time())
        key = self.keys[-1]
        said = {
            "iss": self.issuer, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 600,
            "c360_audience": audience, **claims,
        }  # fmt: skip
        return jwt.encode({"alg": "ES256", "kid": key.kid}, said, key, ["ES256"])

    def app(self) -> Starlette:
        """Its endpoints."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._configuration),
                Route("/jwks", self._jwks),
                Route("/authorize", self._authorize),
                Route("/login", self._login, methods=["POST"]),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def _noted(self, request: Request) -> Response | None:
        path = request.url.path
        self.asked[path] = self.asked.get(path, 0) + 1
        return self.answers.get(path)

    async def _configuration(self, request: Request) -> Response:
        return self._noted(request) or JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def _jwks(self, request: Request) -> Response:
        noted = self._noted(request)
        return noted or JSONResponse(KeySet([*self.keys]).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        good = (
            asked.get("response_type") == "code"
            and asked.get("client_id") == CLIENT
            and asked.get("redirect_uri", "").startswith("http://127.0.0.1")
            and asked.get("code_challenge_method") == "S256"
            and "openid" in asked.get("scope", "").split()
        )
        if not good:
            return JSONResponse({"error": "invalid_request"}, 400)
        fields = "".join(f'<input type="hidden" name="{k}" value="{v}">' for k, v in asked.items())
        return HTMLResponse(
            f'<form method="post" action="/login">{fields}<input name="user">'
            '<input name="password" type="password"></form>'
        )

    async def _login(self, request: Request) -> Response:
        sent = dict(parse_qsl((await request.body()).decode()))
        person = self.people.get(sent["user"])
        if person is None or person.password != sent["password"]:
            return HTMLResponse("Wrong name or password.", 403)
        code = secrets.token_urlsafe(16)
        self._codes[code] = sent
        where = urlencode({"code": code, "state": sent["state"]})
        return RedirectResponse(f"{sent['redirect_uri']}?{where}", 302)

    async def _token(self, request: Request) -> Response:
        sent = dict(parse_qsl((await request.body()).decode()))
        known = self._codes.pop(sent.get("code", ""), None)
        verifier = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if (
            known is None
            or sent.get("grant_type") != "authorization_code"
            or sent.get("redirect_uri") != known["redirect_uri"]
            or challenge != known["code_challenge"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        person, subject = self.people[known["user"]], known["user"]
        said = {"nonce": known["nonce"], "aud": CLIENT}
        return JSONResponse(
            {
                "access_token": self.token(subject, person.audience, name=person.name),
                "id_token": self.token(subject, person.audience, **said),
                "token_type": "Bearer",
                "expires_in": 600,
            }
        )


@asynccontextmanager
async def provided() -> AsyncIterator[tuple[Provider, "Running"]]:
    """Run a provider on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = int(listener.getsockname()[1])
    listener.close()
    provider = Provider(f"http://127.0.0.1:{port}")
    provider.new_key()
    running = Running(provider, port)
    await running.start()
    try:
        yield provider, running
    finally:
        await running.stop()


class Running:
    """The provider's server, which can go away and come back at the same address."""

    def __init__(self, provider: Provider, port: int) -> None:
        self._app = provider.app()
        self._port = port
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Answer from now on."""
        config = uvicorn.Config(
            self._app, host="127.0.0.1", port=self._port, log_config=None, lifespan="off",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self._task = asyncio.create_task(self._server._serve())
        while not self._server.started:
            assert not self._task.done()
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Answer no more."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task
            self._server = None
