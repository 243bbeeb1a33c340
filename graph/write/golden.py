"""Golden values: what holds of a party, given all that its sources say."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from graph.model.kinds import Node
from graph.write.validation import writable

Values = dict[str, Any]


class Rule(StrEnum):
    """Which of several values of a property holds."""

    LATEST = "LATEST"  # the one observed last
    TRUSTED = "TRUSTED"  # the one of the source that is believed most; of equals the latest
    FREQUENT = "FREQUENT"  # the one that most records state; of equals the latest


USUAL = Rule.LATEST
SURVIVORSHIP: Mapping[str, Rule] = {
    # A system that is closer to the papers knows better, whoever spoke last.
    "birthDate": Rule.TRUSTED,
    "taxId": Rule.TRUSTED,
    "legalForm": Rule.TRUSTED,
    # One clerk's slip should not change how everybody is addressed.
    "gender": Rule.FREQUENT,
    "language": Rule.FREQUENT,
}
"""The rule of each property that has another one than `USUAL`."""

HALF = 0.5
"""How far a source is believed of which nobody said it."""


def rule_of(name: str) -> Rule:
    """The rule by which the value of a property is chosen."""
    return SURVIVORSHIP.get(name, USUAL)


def ranked(name: str, records: Iterable[Values]) -> list[Values]:
    """The records that state a property, the one whose value holds first.

    Args:
        name: Name of the property.
        records: Properties of source records of one party. Those observed at the same time follow
            each other by the greater (source, externalId).
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


def _keys(name: str, stating: Sequence[Values]) -> list[str]:
    return [_key(each[name]) for each in stating]


def _key(value: Any) -> str:
    """A value as something that can be counted; lists cannot."""
    return repr(value)


_ORDERS: Mapping[Rule, Callable[[str, list[Values]], list[Values]]] = {
    Rule.LATEST: _latest,
    Rule.TRUSTED: _trusted,
    Rule.FREQUENT: _frequent,
}
