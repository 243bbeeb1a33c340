"""What records are compared by: the values that a source states, in one form whoever wrote them.

A record becomes a row of columns; a column that says nothing, or only that nothing is known, is
None. The same rows are compared online, one by one, and in a batch, by the million.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, LiteralString

from nameparser import HumanName

from graph.matching.resolving.rules import LEGAL, NOBODY, empty, name_key, words
from graph.model.parties import COMPANY, HOUSEHOLD, PERSON
from graph.write.identifiers import derive

Values = Mapping[str, Any]
Row = tuple[str | None, ...]

REMEMBERED = 65_536


@dataclass(frozen=True, slots=True)
class Features:
    """The columns of a kind of party, and how a record is brought into them.

    Attributes:
        label: The kind of party.
        columns: Names of the columns, in the order of a row.
        of: The row of what a record states, by property names of the model.
    """

    label: str
    columns: tuple[LiteralString, ...]
    of: Callable[[Values], Row]


@lru_cache(REMEMBERED)
def plain(written: str) -> str | None:
    """Letters and digits without accents and case, words divided by one blank; None for none."""
    found = words(written)
    return None if all(word in NOBODY for word in found) else " ".join(found)


@lru_cache(REMEMBERED)
def _parsed(written: str) -> tuple[str, str]:
    """First and last name of a name in one piece."""
    name = HumanName(written)
    return " ".join(filter(None, (name.first, name.middle))), name.last


def _text(values: Values, name: str) -> str | None:
    written = values.get(name)
    return plain(written) if isinstance(written, str) else None


def _identifiers(values: Values) -> dict[str, str]:
    """Identifiers by kind that may say something."""
    return {one.kind: one.value for one in derive(dict(values)) if not empty(one)}


def _place(values: Values) -> tuple[str | None, str | None, str | None]:
    postcode = _text(values, "postalCode")
    return (
        _text(values, "street"),
        postcode.replace(" ", "") if postcode else None,
        _text(values, "city"),
    )


def _person(values: Values) -> Row:
    given, family = _text(values, "givenName"), _text(values, "familyName")
    name = values.get("name")
    if given is None and family is None and isinstance(name, str):
        given, family = (plain(part) if part else None for part in _parsed(name))
    found = _identifiers(values)
    return (
        given, family, values.get("birthDate"), found.get("EMAIL"), found.get("PHONE"),
        found.get("TAX_ID"), *_place(values),
    )  # fmt: skip


@lru_cache(REMEMBERED)
def firm(written: str) -> str | None:
    """The name of a company without the words that only say how it is organised."""
    name = plain(written)
    if name is None:
        return None
    telling = [word for word in name.split() if word not in LEGAL]
    return " ".join(telling) or name


def _company(values: Values) -> Row:
    name, found = values.get("name"), _identifiers(values)
    return (
        firm(name) if isinstance(name, str) else None, found.get("DOMAIN"), found.get("TAX_ID"),
        found.get("EMAIL"), found.get("PHONE"), *_place(values),
    )  # fmt: skip


def _household(values: Values) -> Row:
    return (" ".join(name_key(HOUSEHOLD.name, values)) or None, *_place(values))


FEATURES: Mapping[str, Features] = {
    each.label: each
    for each in (
        Features(
            PERSON.name,
            (
                "given_name", "surname", "birth_date", "email", "phone", "tax_id", "street",
                "postcode", "city",
            ),
            _person,
        ),
        Features(
            COMPANY.name,
            ("name", "domain", "tax_id", "email", "phone", "street", "postcode", "city"),
            _company,
        ),
        Features(HOUSEHOLD.name, ("name", "street", "postcode", "city"), _household),
    )
}  # fmt: skip
"""The columns of every kind of party that is matched, by label."""
