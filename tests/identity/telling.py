"""Sequences of what may happen to parties, told to a graph; and all of a graph, to compare."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from graph.database import Graph
from graph.errors import Conflict, InvalidInput, NotFound
from graph.identity.dropping import Drop
from graph.identity.merging import Merge, Unmerge
from graph.model import MODEL
from graph.statements import Kind, Statement
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write

PERSON, COMPANY, ORDER = (MODEL.by_label[name] for name in ("Person", "Company", "Order"))
FOR, WORKS_AT, REFERRED, SHARED_WITH, NOT_SAME_AS = (
    MODEL.by_type[name] for name in ("FOR", "WORKS_AT", "REFERRED", "SHARED_WITH", "NOT_SAME_AS")
)

WIPE = Statement("test.wipe", Kind.WRITE, "MATCH (n) WHERE NOT n:Migration DETACH DELETE n")
NODES = Statement(
    "test.nodes",
    Kind.READ,
    """MATCH (n) WHERE NOT n:Migration AND NOT n:Version AND NOT n:ChangeEvent
RETURN labels(n), properties(n)""",
)
LINKS = Statement(
    "test.links",
    Kind.READ,
    """MATCH (s)-[x]->(e) WHERE NOT type(x) ENDS WITH 'WAS'
RETURN type(x), labels(s), properties(s), labels(e), properties(e), properties(x)""",
)

What = Literal[
    "say", "edit", "work", "order", "refer", "attach", "drop", "merge", "unmerge", "distinct"
]


@dataclass(frozen=True)
class Told:
    """One thing that happens; `who` and `whom` are small numbers of parties."""

    what: What
    who: int
    whom: int
    word: str


def party(number: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"party/{number}"))


def record(number: int, source: str = "crm") -> tuple[str, str]:
    return (source, str(number))


def record_id(number: int, source: str = "crm") -> str:
    return str(uuid5(uuid5(NAMESPACE_URL, f"party/{number}"), f"{source}\x00{number}"))


def at(step: int) -> str:
    return f"2026-01-01T{step // 60:02}:{step % 60:02}:00.000Z"


def said(number: int, word: str, step: int, source: str = "crm") -> NodeRow:
    values: dict[str, Any] = {"name": f"{source}{number}{word}"}
    if word != "d":
        values["email"] = f"{word}@example.org"
    if word in "ab":
        values["city"] = word
    return NodeRow(record(number, source), values, party(number), observed_at=at(step))


def _links(one: Told) -> Links:
    match one.what:
        case "work":
            row = LinkRow(record(one.who), ("erp", one.word), {"title": f"{one.whom}"})
            return Links(WORKS_AT, PERSON, COMPANY, [row])
        case "order":
            row = LinkRow(("shop", one.word), record(one.who), {})
            return Links(FOR, ORDER, PERSON, [row])
        case _:
            row = LinkRow(record(one.who), record(one.whom), {"note": one.word})
            return Links(REFERRED, PERSON, PERSON, [row])


def batch_of(one: Told, step: int) -> Batch:
    match one.what:
        case "say":
            return Batch([Nodes(PERSON, [said(one.who, one.word, step)])])
        case "attach":
            row = said(one.who, one.word, step, "web")
            row.of_party = record(one.who)
            return Batch([Nodes(PERSON, [row])])
        case "edit":
            row = NodeRow((party(one.who),), {"name": f"edit{one.word}", "tier": one.word})
            row.observed_at = at(step)
            return Batch([Nodes(PERSON, [row])])
        case "drop":
            source = "crm" if one.word == "a" else "web"
            return Batch([], named={}, steps=[Drop([record_id(one.who, source)])])
        case "merge":
            return Batch([], steps=[Merge(party(one.who), [party(one.whom)])])
        case "distinct":
            row = LinkRow((party(one.who),), (party(one.whom),), {"reason": one.word})
            return Batch([Links(NOT_SAME_AS, PERSON, PERSON, [row])])
        case _:
            return Batch([_links(one)])


async def begin(graph: Graph, people: int) -> None:
    """Start over: some people, two firms, three orders."""
    await graph.run(WIPE)
    firms = [
        NodeRow(("erp", each), {"name": each}, str(uuid5(NAMESPACE_URL, each))) for each in "ab"
    ]
    orders = [
        NodeRow(
            ("shop", each),
            {"number": each, "at": at(0)},
            str(uuid5(NAMESPACE_URL, f"order/{each}")),
        )
        for each in "abcd"
    ]
    rows = [said(each, "abc"[each % 3], 0) for each in range(people)]
    parts = [Nodes(PERSON, rows), Nodes(COMPANY, firms), Nodes(ORDER, orders)]
    await write(graph, Batch([*parts]), Writer("tester", now=at(0)))


async def tell(graph: Graph, batch: Batch, step: int) -> bool:
    """Let it happen; False when it was refused."""
    try:
        await write(graph, batch, Writer("tester", now=at(step), op="test"))
    except (Conflict, InvalidInput, NotFound):
        return False
    return True


_UNSEEN = {"version", "changedAt", "hash", "head", "recordedFrom", "archivedAt"}
"""What tells when something changed and how often."""


def _bare(labels: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in properties.items() if name not in _UNSEEN}
    if "Archived" in labels:  # a former state, of which only this matters
        kept = {name: kept[name] for name in ("id", "mergedInto")}
    return kept


async def whole(graph: Graph) -> list[str]:
    """The current graph, without versions, events and times of merges; a line for each thing."""
    nodes = [
        f"{sorted(labels)} {sorted(_bare(labels, properties).items())}"
        for labels, properties in await graph.run(NODES)
        # An identifier that nobody has any more stays.
        if "Identifier" not in labels
    ]
    links = [
        f"{kind} {_name(*start)} {_name(*end)} {sorted(_bare([], values).items())}"
        for kind, *ends, values in await graph.run(LINKS)
        for start, end in [(ends[:2], ends[2:])]
    ]
    return sorted(nodes) + sorted(links)


def _name(labels: list[str], properties: dict[str, Any]) -> str:
    if "Identifier" in labels:
        return f"{properties['kind']} {properties['value']}"
    return str(properties["id"])


__all__ = [
    "Told", "Unmerge", "at", "batch_of", "begin", "party", "record", "record_id", "tell", "whole",
]  # fmt: skip
