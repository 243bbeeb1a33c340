"""Taking a person out of text that stays: what names the person, and how it is blanked."""

import re
from collections.abc import Iterable
from typing import Any

from graph.model import MODEL
from graph.model.kinds import COMMON, Pii, Type
from graph.privacy.closure import Closure, Part

ERASED = "[erased]"
"""What stands where a person was named."""

SHORTEST = 4
"""Fewer characters are too common to be a name: they stay."""

_NAMING = ("name", "email", "phone")
_OWN_NAMES = frozenset({"Identifier", "Household", "User", "SourceRecord"})
_TECHNICAL = frozenset(each.name for each in COMMON) | {
    "source", "externalId", "entityId", "label", "validFrom", "validTo", "archivedLabels",
}  # fmt: skip
_TEXTS = frozenset({Type.STRING, Type.TEXT, Type.JSON, Type.URL, Type.EMAIL, Type.PHONE})


def terms(found: Closure) -> list[str]:
    """What names the person, now or formerly: full names, addresses, numbers; longest first."""
    words: set[str] = set()
    for part in found.parts.values():
        if part.shared:
            continue
        states = [part.values, *part.versions.values()]
        if part.label in {"Person", "SourceRecord", "Household"}:
            for values in states:
                words.update(_names(values))
        elif part.label == "Identifier":
            for values in states:
                words.update(str(values[name]) for name in ("value", "display") if name in values)
    return sorted((word for word in words if len(word) >= SHORTEST), key=lambda w: (-len(w), w))


def _names(values: dict[str, Any]) -> Iterable[str]:
    for name in _NAMING:
        if values.get(name):
            yield str(values[name])
    given, family = values.get("givenName"), values.get("familyName")
    if given and family:
        yield f"{given} {family}"
        yield f"{family}, {given}"


def naming(words: list[str]) -> re.Pattern[str] | None:
    """A pattern that finds any of the words, whatever their case; None without words."""
    if not words:
        return None
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words), re.IGNORECASE)


def rewritten(
    part: Part, values: dict[str, Any], pattern: re.Pattern[str] | None
) -> dict[str, Any]:
    """What has to be set in a state of a node that stays, so that it no longer names the person.

    What the person wrote goes as a whole; in other text only what names the person does.
    """
    found: dict[str, Any] = {}
    if part.label in _OWN_NAMES:  # their names and addresses are their own
        return found
    declared = MODEL.by_label[part.label].properties
    for name, value in values.items():
        if name in _TECHNICAL or name.startswith("_"):
            continue
        known = declared.get(name)
        if known is not None and known.type not in _TEXTS and known.type is not Type.STRINGS:
            continue
        if part.authored and part.shared and known is not None and known.pii is Pii.CONTENT:
            found[name] = None
        elif pattern is not None:
            clean = _clean(value, pattern)
            if clean != value:
                found[name] = clean
    return found


def _clean(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(ERASED, value)
    if isinstance(value, list):
        return [_clean(each, pattern) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return value
