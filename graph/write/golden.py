"""Golden values: what holds of a party, given all that its sources say."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from graph.model.kinds import Node
from graph.write.identifiers import derive
from graph.write.validation import writable

Values = dict[str, Any]


class Rule(StrEnum):
    """Which of several values of a property holds."""

    LATEST = "LATEST"  # the one observed last
    TRUSTED = "TRUSTED"  # the one of the source that is believed most; of equals the latest
    FREQUENT = "FREQUENT"  # the one that most records state; of equals the latest
    VERIFIED = "VERIFIED"  # one whose holder proved to have it, or else the latest


USUAL = Rule.LATEST
SURVIVORSHIP: Mapping[str, Rule] = {
    # A system that is closer to the papers knows better, whoever spoke last.
    "birthDate": Rule.TRUSTED,
    "taxId": Rule.TRUSTED,
    "legalForm": Rule.TRUSTED,
    # Whoever answered from there is there; a system that repeats an older address does not know.
    "email": Rule.VERIFIED,
    "phone": Rule.VERIFIED,
    # One clerk's slip should not change how everybody is addressed.
    "gender": Rule.FREQUENT,
    "language": Rule.FREQUENT,
}
"""The rule of each property that has another one than `USUAL`."""

OWN_SOURCE = "c360"
"""The source of what is said here, not by another system."""
HALF = 0.5
"""How far a source is believed of which nobody said it."""


def rule_of(name: str) -> Rule:
    """The rule by which the value of a property is chosen."""
    return SURVIVORSHIP.get(name, USUAL)


def ranked(name: str, records: Iterable[Values]) -> list[Values]:
    """The records that state a property, the one whose value holds first.

    Args:
        name: Name of the property.
        records: Properties of source records of one party, with `proved`: kind, value and time of
            each identifier of the party whose holder proved to have it. Those observed at the same
            time follow each other by the greater (source, externalId).
    """
    stating = sorted(
        (each for each in records if each.get(name) is not None), key=_observed, reverse=True
    )
    return _ORDERS[rule_of(name)](name, stating)


def golden(node: Node, records: Iterable[Values]) -> Values:
    """Choose every property of a party from its source records.

    A record that is silent about a property takes nothing away from another that knows it. A
    property nobody knows is None.
    """
    said = list(records)
    if len(said) == 1:
        return {name: said[0].get(name) for name in writable(node)}
    chosen = {name: ranked(name, said) for name in writable(node)}
    return {name: found[0][name] if found else None for name, found in chosen.items()}


def _observed(record: Values) -> tuple[Any, ...]:
    return record["observedAt"], record["source"], record["externalId"]


def _latest(_: str, stating: list[Values]) -> list[Values]:
    return stating


def _trusted(_: str, stating: list[Values]) -> list[Values]:
    return sorted(stating, key=lambda each: -_trust(each))


def _trust(record: Values) -> float:
    trust = record.get("trust")
    return HALF if trust is None else float(trust)


def _frequent(name: str, stating: list[Values]) -> list[Values]:
    count = Counter(_key(each[name]) for each in stating)
    first = {key: place for place, key in reversed([*enumerate(_keys(name, stating))])}
    return sorted(stating, key=lambda each: (-count[_key(each[name])], first[_key(each[name])]))


def _verified(name: str, stating: list[Values]) -> list[Values]:
    """Those that state what was proved first, by when it was proved or said again.

    What is said here counts as proved, but no sooner than it was said: whoever changes an address
    knows better than a proof of the one before.
    """
    proved = {(kind, value): at for each in stating for kind, value, at in each.get("proved") or ()}
    at = {id(each): proved.get(_identifier(name, each)) for each in stating} if proved else {}
    if not any(at.values()):
        return stating

    def place(each: Values) -> tuple[Any, ...]:
        sure = at[id(each)] is not None or each["source"] == OWN_SOURCE
        return sure, max(each["observedAt"], at[id(each)] or ""), _observed(each)

    return sorted(stating, key=place, reverse=True)


def _identifier(name: str, record: Values) -> tuple[str, str]:
    found = next(derive({name: record[name]}), None)
    return ("", "") if found is None else (found.kind, found.value)


def _keys(name: str, stating: Sequence[Values]) -> list[str]:
    return [_key(each[name]) for each in stating]


def _key(value: Any) -> str:
    """A value as something that can be counted; lists cannot."""
    return repr(value)


_ORDERS: Mapping[Rule, Callable[[str, list[Values]], list[Values]]] = {
    Rule.LATEST: _latest,
    Rule.TRUSTED: _trusted,
    Rule.FREQUENT: _frequent,
    Rule.VERIFIED: _verified,
}
