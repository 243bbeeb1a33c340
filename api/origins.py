"""Which web pages may call from a browser, and what every answer tells a browser to leave alone."""

from collections.abc import Iterable

Header = tuple[bytes, bytes]

ALLOWED_HEADERS = b"authorization, content-type, accept, idempotency-key"
PREFLIGHT_SECONDS = b"600"
SAFE: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
# Browsers take no notice of it without TLS, which a proxy in front ends.
HTTPS_ONLY: Header = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class Origins:
    """The pages that may call: those of a list, to the letter, and this server's own."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(each.encode() for each in allowed)

    def cors(self, origin: bytes | None) -> tuple[Header, ...]:
        """What an answer to a page of that origin carries, so that the page may read it."""
        if origin is None or not self._allowed:
            return ()
        if origin not in self._allowed:
            return ((b"vary", b"origin"),)
        return (
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", b"retry-after, www-authenticate"),
            (b"vary", b"origin"),
        )

    def preflight(self, origin: bytes | None) -> tuple[Header, ...]:
        """The answer to a browser that asks whether a page may call; empty when it may not."""
        if origin is None or origin not in self._allowed:
            return ()
        return (
            *self.cors(origin),
            (b"access-control-allow-methods", b"POST"),
            (b"access-control-allow-headers", ALLOWED_HEADERS),
            (b"access-control-max-age", PREFLIGHT_SECONDS),
        )

    def may_connect(self, origin: bytes | None, host: bytes | None) -> bool:
        """Whether a WebSocket may be opened: by no page, one of ours, or one that is allowed.

        A browser lets any page open one, so unlike an answer it must be refused here.
        """
        if origin is None or origin in self._allowed:
            return True
        return host is not None and origin.partition(b"://")[2].lower() == host.lower()
