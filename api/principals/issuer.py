"""The keys that an OpenID Connect issuer publishes: where they are, and how they are fetched.

OpenID Connect Discovery 1.0: `<issuer>/.well-known/openid-configuration` names `jwks_uri`, and that
holds a JSON Web Key Set (RFC 7517). Everything comes over TLS, or from this machine.
"""

import asyncio
import ssl
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

import httpcore
import orjson

from api.keys import PublicKey, usable_keys

FETCH_SECONDS = 5.0
MAX_BYTES = 262_144
DISCOVERY = "/.well-known/openid-configuration"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class IssuerAway(Exception):
    """The issuer's keys could not be had. The message says why, without an address."""


def is_safe(address: str) -> bool:
    """Whether keys may be fetched from an address: over https, or over http on this machine."""
    try:
        url = urlsplit(address)
        host = url.hostname
    except ValueError:
        return False
    if not host or url.username is not None:
        return False
    return url.scheme == "https" or (url.scheme == "http" and host in _LOOPBACK)


class Issuer:
    """Fetches the keys of one issuer.

    Args:
        issuer: The issuer's identifier, as tokens carry it.
        jwks_url: Where its keys are; None asks the issuer for that.
    """

    def __init__(self, issuer: str, jwks_url: str | None = None) -> None:
        self._issuer = issuer
        self._jwks_url = jwks_url

    async def keys(self) -> list[PublicKey]:
        """Return the keys that sign tokens, at least one.

        Raises:
            IssuerAway: it does not answer within seconds, or with something else.
        """
        try:
            async with (
                asyncio.timeout(FETCH_SECONDS),
                httpcore.AsyncConnectionPool(ssl_context=_tls(), retries=0) as pool,
            ):
                where = self._jwks_url or await self._discovered(pool)
                found = usable_keys(await _document(pool, where))
        except TimeoutError as error:
            raise IssuerAway(f"no answer within {FETCH_SECONDS:g} seconds") from error
        except (httpcore.NetworkError, httpcore.TimeoutException, OSError) as error:
            raise IssuerAway("it cannot be reached") from error
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
            raise IssuerAway("it does not speak HTTP") from error
        if not found:
            raise IssuerAway("it publishes no key that can be used")
        return found

    async def _discovered(self, pool: httpcore.AsyncConnectionPool) -> str:
        """Where the issuer says that its keys are."""
        document = await _document(pool, self._issuer.rstrip("/") + DISCOVERY)
        where = document.get("jwks_uri")
        # Section 4.3: whoever answers must be the issuer that was asked.
        if document.get("issuer") != self._issuer:
            raise IssuerAway("its configuration is of another issuer")
        if not isinstance(where, str) or not is_safe(where):
            raise IssuerAway("its configuration names no safe jwks_uri")
        return where


@cache
def _tls() -> ssl.SSLContext:
    """Trust the well-known authorities, and those that this machine trusts."""
    context = httpcore.default_ssl_context()
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    return context


async def _document(pool: httpcore.AsyncConnectionPool, url: str) -> dict[str, Any]:
    """Fetch a JSON object; a redirect is not followed."""
    async with pool.stream("GET", url, headers={"Accept": "application/json"}) as answer:
        if answer.status != 200:
            raise IssuerAway(f"it answers with status {answer.status}")
        body = bytearray()
        async for chunk in answer.aiter_stream():
            body += chunk
            if len(body) > MAX_BYTES:
                raise IssuerAway(f"its answer is longer than {MAX_BYTES // 1024} KiB")
    try:
        document: Any = orjson.loads(bytes(body))
    except orjson.JSONDecodeError as error:
        raise IssuerAway("its answer is no JSON") from error
    if not isinstance(document, dict):
        raise IssuerAway("its answer is no JSON object")
    return cast("dict[str, Any]", document)
