"""Deterministic rules as data: an identifier that two records share, and what must agree beside it.

A rule compares two records, never a record with golden values: so it does not matter in which order
records arrive.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, LiteralString

from anyascii import anyascii

from graph.model.kinds import Node
from graph.model.parties import COMPANY, HOUSEHOLD, PERSON
from graph.write.identifiers import Derived

Values = Mapping[str, Any]

SHARED_BY = 5
"""Parties that may hold one identifier; one that more hold is shared, and joins nobody."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Two records of one kind of party speak of the same one.

    Attributes:
        name: As it stands in `MERGED_INTO.rule`.
        label: Kind of party.
        kind: Kind of the identifier that both state.
        named: Whether their names must agree, too.
        verified: Whether the holder of the identifier must have proved to have it.
    """

    name: LiteralString
    label: str
    kind: LiteralString
    named: bool = True
    verified: bool = False


RULES: tuple[Rule, ...] = (
    Rule("SAME_TAX_ID", PERSON.name, "TAX_ID", named=False),
    Rule("SAME_VERIFIED_EMAIL", PERSON.name, "EMAIL", named=False, verified=True),
    Rule("SAME_EMAIL_AND_NAME", PERSON.name, "EMAIL"),
    Rule("SAME_PHONE_AND_NAME", PERSON.name, "PHONE"),
    Rule("SAME_TAX_ID", COMPANY.name, "TAX_ID", named=False),
    Rule("SAME_DOMAIN_AND_NAME", COMPANY.name, "DOMAIN"),
    Rule("SAME_EMAIL_AND_NAME", COMPANY.name, "EMAIL"),
    Rule("SAME_PHONE_AND_NAME", COMPANY.name, "PHONE"),
    Rule("SAME_EMAIL_AND_NAME", HOUSEHOLD.name, "EMAIL"),
    Rule("SAME_PHONE_AND_NAME", HOUSEHOLD.name, "PHONE"),
)
"""The surest first: where two contradict each other, the first holds."""

KINDS = frozenset(rule.label for rule in RULES)

ROLES = frozenset(
    {
        "abuse", "accounting", "accounts", "admin", "billing", "booking", "bookings", "contact",
        "careers", "customerservice", "enquiries", "facturation", "hello", "help", "helpdesk",
        "hr", "info", "invoice", "invoices", "jobs", "kontakt", "mail", "marketing", "newsletter",
        "noreply", "no-reply", "office", "orders", "post", "postmaster", "press", "purchasing",
        "rechnung", "reception", "sales", "secretariat", "service", "shop", "support", "team",
        "vertrieb", "webmaster",
    }
)  # fmt: skip
"""Mailboxes of a function, not of a person: several people read them."""

NOBODY = frozenset(
    {
        "", "na", "nn", "none", "null", "nil", "unknown", "test", "tester", "testtest", "anonymous",
        "guest", "customer", "user", "name", "xxx", "asdf", "noname", "tbd", "dummy", "example",
        "inconnu", "unbekannt", "necunoscut",
    }
)  # fmt: skip
LEGAL = frozenset(
    {
        "ab", "ag", "as", "bv", "co", "company", "corp", "corporation", "eirl", "gmbh", "inc",
        "incorporated", "kg", "limited", "llc", "llp", "ltd", "nv", "oy", "plc", "pty", "sa",
        "sarl", "sas", "sasu", "se", "spa", "srl", "ug", "und", "and", "et", "the",
    }
)  # fmt: skip
"""What says only how a company is organised."""
HOMES = frozenset(
    {
        "household", "family", "famille", "foyer", "familia", "familie", "gospodaria", "haushalt",
        "home", "house", "and", "et", "si", "und", "the", "la",
    }
)  # fmt: skip
"""What says only that people live together."""
EMPTY_WORDS: Mapping[str, frozenset[str]] = {COMPANY.name: LEGAL, HOUSEHOLD.name: HOMES}
"""Words of a name that tell nobody apart, by kind of party."""

_WORD = re.compile(r"[a-z0-9]+")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")


@lru_cache(maxsize=65_536)
def words(written: str) -> tuple[str, ...]:
    """The words of a text in order, without accents, case and punctuation; S.R.L. is one."""
    folded = anyascii(written).casefold().replace("'", "")
    folded = _DOTTED.sub(lambda found: found[0].replace(".", ""), folded)
    return tuple(_WORD.findall(folded))


def name_key(label: str, values: Values) -> tuple[str, ...]:
    """What two names have in common that agree; empty for none, and for a placeholder."""
    written = values.get("name")
    found = tuple(sorted(words(written))) if isinstance(written, str) else ()
    found = tuple(word for word in found if word not in EMPTY_WORDS.get(label, ()))
    joined = "".join(found)
    if joined in NOBODY or len(joined) < 3 or all(word in NOBODY for word in found):
        return ()
    if label == PERSON.name and len(found) < 2:
        return ()  # a first name alone is no agreement
    return found


def empty(one: Derived) -> bool:
    """Whether an identifier says that there is none: it never matches anything."""
    return _EMPTY[one.kind](one.value) if one.kind in _EMPTY else False


_NO_MAIL = frozenset({"noemail", "nomail", "noreply", "donotreply"})


def _no_email(value: str) -> bool:
    local, _, domain = value.rpartition("@")
    plain = re.sub(r"[^a-z0-9]", "", local)
    first = domain.partition(".")[0]
    return plain in NOBODY or plain in _NO_MAIL or first in {*_NO_MAIL, "test", "none"}


def _no_phone(value: str) -> bool:
    """Fewer than six digits, the last six all equal, or a run such as 123456."""
    digits = re.sub(r"\D", "", value)
    tail = digits[-6:]
    return len(digits) < 6 or len(set(tail)) == 1 or digits.endswith("123456")


def _no_tax_id(value: str) -> bool:
    digits = re.sub(r"\D", "", value)
    return len(digits) < 4 or len(set(digits)) == 1 or digits in "1234567890"


def _no_domain(value: str) -> bool:
    return "." not in value or value.partition(".")[0] in NOBODY


_EMPTY = {"EMAIL": _no_email, "PHONE": _no_phone, "TAX_ID": _no_tax_id, "DOMAIN": _no_domain}


def impersonal(one: Derived) -> bool:
    """Whether an identifier belongs to a function by its very form, such as info@."""
    return one.kind == "EMAIL" and one.value.partition("@")[0] in ROLES


def usable(node: Node, one: Derived) -> bool:
    """Whether an identifier may join records of this kind of party."""
    return not empty(one) and not (node.name == PERSON.name and impersonal(one))


def agree(label: str, kind: str, left: Values, right: Values, *, verified: bool) -> int | None:
    """The place among `RULES` of the first rule that makes two records of one identifier one party.

    Args:
        label: Kind of party.
        kind: Kind of the identifier that both state.
        left: What one record says.
        right: What the other says.
        verified: Whether one of them was proved to hold the identifier.

    Returns:
        None when there is no such rule, or the records contradict each other: another day of birth.
    """
    born = left.get("birthDate"), right.get("birthDate")
    if None not in born and born[0] != born[1]:
        return None
    same = bool(key := name_key(label, left)) and key == name_key(label, right)
    for place, rule in enumerate(RULES):
        fits = rule.label == label and rule.kind == kind and (same or not rule.named)
        if fits and (verified or not rule.verified):
            return place
    return None
