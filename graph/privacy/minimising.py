"""Keeping no more than is needed: what is never filled, has no purpose, or is past its time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, LiteralString

from graph.database import Graph
from graph.model import MODEL
from graph.model.kinds import COMMON, Node, Pii, Property, Retention
from graph.statements import Kind, Statement
from graph.write.formats import moment

SECONDS = 300.0

_YEARS = {Retention.YEAR: 1, Retention.THREE_YEARS: 3, Retention.TEN_YEARS: 10}
_COMMON = frozenset(each.name for each in COMMON)

KINDS: tuple[Node, ...] = tuple(
    node for node in MODEL.nodes if not node.abstract and not node.machinery
)
"""Kinds of node that are looked at."""


class Finding(StrEnum):
    """What is to be thought about."""

    NO_PURPOSE = "NO_PURPOSE"
    NEVER_FILLED = "NEVER_FILLED"
    PAST_RETENTION = "PAST_RETENTION"


@dataclass(frozen=True, slots=True)
class Minimisation:
    """One property of one label.

    Attributes:
        label: The label.
        property: Name of the property; `x_…` for a custom field.
        pii: Which kind of personal data it holds; None for a custom field, which may hold any.
        purpose: Why it is kept; None when nobody said.
        retention: ISO 8601 duration after the last change, or RECORD; None when nobody said.
        filled: Number of nodes that have a value.
        nodes: Number of nodes of the label.
        past: Number of values whose time is over.
        findings: What is to be thought about; empty for a property in order.
    """

    label: str
    property: str
    pii: Pii | None
    purpose: str | None
    retention: str | None
    filled: int
    nodes: int
    past: int
    findings: tuple[Finding, ...]


def limit(retention: str | None, now: datetime) -> str | None:
    """The time before which a last change is past a retention; None where it has no end."""
    now = now.astimezone(UTC)
    if retention == Retention.MONTH:
        return moment(now - timedelta(days=30))
    for each, years in _YEARS.items():
        if retention == each:
            day = 28 if (now.month, now.day) == (2, 29) else now.day
            return moment(now.replace(year=now.year - years, day=day))
    return None


def _properties(node: Node) -> list[Property]:
    return [each for name, each in node.properties.items() if name not in _COMMON]


def _counting(node: Node) -> Statement:
    names: tuple[LiteralString, ...] = tuple(each.name for each in _properties(node))
    filled: LiteralString = ", ".join("count(n.`" + name + "`)" for name in names)
    past: LiteralString = ", ".join(
        "count(CASE WHEN n.changedAt < $limits[" + place + "] THEN n.`" + name + "` END)"
        for place, name in zip(_PLACES[: len(names)], names, strict=True)
    )
    text: LiteralString = (
        "MATCH (n:`" + node.name + "`) RETURN count(n), [" + filled + "], [" + past + "]"
    )
    return Statement(f"privacy.count.{node.name}", Kind.READ, text)


_PLACES: tuple[LiteralString, ...] = (
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16",
    "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32",
    "33", "34", "35", "36", "37", "38", "39", "40", "41", "42", "43", "44", "45", "46", "47", "48",
    "49", "50", "51", "52", "53", "54", "55", "56", "57", "58", "59",
)  # fmt: skip

COUNT = {node.name: _counting(node) for node in KINDS}
FIELDS = Statement(
    "privacy.fields",
    Kind.READ,
    "MATCH (f:FieldDef) RETURN f.label, 'x_' + f.name, f.purpose, f.retention "
    "ORDER BY f.label, f.name",
)
COUNT_FIELD = Statement(
    "privacy.count_field",
    Kind.READ,
    """MATCH (n:$($label))
RETURN count(n), count(n[$name]), count(CASE WHEN n.changedAt < $limit THEN n[$name] END)""",
)
"""The label is one of the model's; the name of a custom field is a key, no part of the text."""

ALL = (*COUNT.values(), FIELDS, COUNT_FIELD)


async def minimisation_report(graph: Graph, now: datetime) -> list[Minimisation]:
    """Return every property of the model and every custom field, with how it is used.

    In the order of the model; reads every node once for each of its labels.

    Raises:
        Timeout: the graph is too large to be counted within five minutes a label.
        Unavailable: the database cannot be reached.
    """
    found: list[Minimisation] = []
    for node in KINDS:
        declared = _properties(node)
        limits = [limit(each.retention or node.retention, now) for each in declared]
        rows = await graph.run(COUNT[node.name], {"limits": limits}, timeout=SECONDS)
        nodes, filled, past = rows[0]
        for each, has, over in zip(declared, filled, past, strict=True):
            purpose, kept = each.purpose or node.purpose, each.retention or node.retention
            found.append(_row(node.name, each.name, each.pii, (purpose, kept), (has, nodes, over)))
    for label, name, purpose, kept in await graph.run(FIELDS):
        if label in MODEL.by_label:
            asked: dict[str, Any] = {"label": label, "name": name, "limit": limit(kept, now)}
            nodes, has, over = (await graph.run(COUNT_FIELD, asked, timeout=SECONDS))[0]
            found.append(_row(label, name, None, (purpose, kept), (has, nodes, over)))
    return found


def _row(
    label: str,
    name: str,
    pii: Pii | None,
    said: tuple[str | None, str | None],
    counts: tuple[int, int, int],
) -> Minimisation:
    filled, nodes, past = counts
    findings = (
        (Finding.NO_PURPOSE, not said[0]),
        (Finding.NEVER_FILLED, nodes > 0 and filled == 0),
        (Finding.PAST_RETENTION, past > 0),
    )
    chosen = tuple(each for each, holds in findings if holds)
    return Minimisation(label, name, pii, said[0], said[1], filled, nodes, past, chosen)
