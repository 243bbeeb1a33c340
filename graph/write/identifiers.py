"""Identifiers that follow from what a source says of a party: address, number, domain, tax id."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, LiteralString
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Derived:
    """An identifier as the graph keeps it, and as it was written."""

    kind: str
    value: str
    display: str


def _email(written: str) -> str:
    """Mailboxes that differ only by case are one in practice, whatever RFC 5321 allows."""
    return written.casefold()


def _domain(written: str) -> str:
    """The host of a home page, in ASCII, without `www.`."""
    host = (urlsplit(written).hostname or "").rstrip(".")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return host.removeprefix("www.")


def _tax_id(written: str) -> str:
    """Letters and digits alone, in upper case: separators are a matter of taste."""
    return "".join(each for each in written.upper() if each.isalnum())


def _as_is(written: str) -> str:
    return written


_FORMS: tuple[tuple[LiteralString, LiteralString, Callable[[str], str]], ...] = (
    ("email", "EMAIL", _email),
    ("phone", "PHONE", _as_is),  # already E.164
    ("taxId", "TAX_ID", _tax_id),
    ("website", "DOMAIN", _domain),
)


def derive(values: dict[str, Any]) -> Iterator[Derived]:
    """Yield the identifiers in what a source said, one a kind, without empty ones."""
    for name, kind, form in _FORMS:
        written = values.get(name)
        if written:
            value = form(written)
            if value:
                yield Derived(kind, value, written)
