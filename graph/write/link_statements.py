"""The Cypher of the write path for relationships: five texts a type, composed from the model."""

from dataclasses import dataclass
from typing import LiteralString

from graph.model import MODEL
from graph.model.kinds import Relationship
from graph.statements import Kind, Statement
from graph.write.statements import KEEP_PLAN

_COLUMNS: tuple[LiteralString, ...] = (
    "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LinkStatements:
    """The statements of one relationship type.

    Attributes:
        names: The type's own properties, in the order of the value columns.
        columns: Place of each property in the values that are read; `via` comes first.
        read_starts: `$ids` of starts to `[id(s), id(e), id(x), values, [startOf, endOf], whether e
            has $p.label]`.
        read_pairs: Rows `[id(s), id(e)]` to `[id(s), id(e), id(x), values, [startOf, endOf]]`.
        create: Rows `[id(s), id(e), via, values…]`.
        change: Rows `[id(x), properties]`: the former state is kept, then they are set. Returns
            `[id(x), when]` of those that were recorded after `$now`: they change then.
        retract: `$ids` of relationships: kept as former ones, then deleted. Returns the same.
    """

    names: tuple[LiteralString, ...]
    columns: dict[str, int]
    read_starts: Statement
    read_pairs: Statement
    create: Statement
    change: Statement
    retract: Statement


def _named(relationship: Relationship, action: str, text: LiteralString) -> Statement:
    return Statement(f"write.{action}.{relationship.name}", Kind.WRITE, KEEP_PLAN + text)


_OF: LiteralString = ", [x.startOf, x.endOf]"
_PAIRS: LiteralString = (
    "UNWIND $p.rows AS r\nMATCH (s) WHERE id(s) = r[0]\nMATCH (e) WHERE id(e) = r[1]\n"
)


def _reads(relationship: Relationship) -> tuple[Statement, Statement]:
    kind: LiteralString = "`" + relationship.name + "`"
    names = "".join(", x." + each.name for each in relationship.own)
    values: LiteralString = "[x.via" + names + "]"
    return (
        _named(
            relationship,
            "read_starts",
            "UNWIND $p.ids AS i\nMATCH (s) WHERE id(s) = i\nMATCH (s)-[x:" + kind + "]->(e)\n"
            "RETURN collect([i, id(e), id(x), " + values + _OF + ", $p.label IN labels(e)])",
        ),
        _named(
            relationship,
            "read_pairs",
            _PAIRS + "MATCH (s)-[x:" + kind + "]->(e)\n"
            "RETURN collect([r[0], r[1], id(x), " + values + _OF + "])",
        ),
    )


def _create(relationship: Relationship) -> Statement:
    columns: LiteralString = "".join(
        ", " + each.name + ": r[" + column + "]"
        for each, column in zip(relationship.own, _COLUMNS[: len(relationship.own)], strict=True)
    )
    return _named(
        relationship,
        "create",
        _PAIRS + "CREATE (s)-[:`" + relationship.name + "` "
        "{via: r[2], recordedFrom: $p.now, recordedTo: '9999'" + columns + "}]->(e)\n"
        "RETURN count(*)",
    )


def _changes(relationship: Relationship) -> tuple[Statement, Statement]:
    match: LiteralString = "MATCH ()-[x:`" + relationship.name + "`]->() WHERE id(x) = "
    keep: LiteralString = (
        "\nWITH *, startNode(x) AS s, endNode(x) AS e, "
        "CASE WHEN $p.now > x.recordedFrom THEN $p.now ELSE x.recordedFrom END AS at\n"
        "CREATE (s)-[w:`" + relationship.was + "`]->(e)\n"
        "SET w = properties(x)\nSET w.recordedTo = at\n"
    )
    return (
        _named(
            relationship,
            "change",
            "UNWIND $p.rows AS r\n" + match + "r[0]" + keep
            + "SET x += r[1]\nSET x.recordedFrom = at\n"
            + "RETURN collect(CASE WHEN at > $p.now THEN [r[0], at] END)",
        ),
        _named(
            relationship,
            "retract",
            "UNWIND $p.ids AS i\n" + match + "i" + keep + "DELETE x\n"
            + "RETURN collect(CASE WHEN at > $p.now THEN [i, at] END)",
        ),
    )  # fmt: skip


def _compose(relationship: Relationship) -> LinkStatements:
    names: tuple[LiteralString, ...] = tuple(each.name for each in relationship.own)
    columns = {name: i for i, name in enumerate(("via", *names))}
    read_starts, read_pairs = _reads(relationship)
    change, retract = _changes(relationship)
    create = _create(relationship)
    return LinkStatements(names, columns, read_starts, read_pairs, create, change, retract)


LINKS = {each.name: _compose(each) for each in MODEL.relationships if each.history}
"""The statements of every relationship type that a batch may name."""


CREATE_OF = {
    each.name: _named(
        each,
        "create_of",
        _PAIRS + "CREATE (s)-[x:`" + each.name + "`]->(e)\nSET x = r[2]\n"
        "SET x.startOf = r[3], x.endOf = r[4], x.recordedFrom = $p.now, x.recordedTo = '9999'\n"
        "RETURN collect(id(x))",
    )
    for each in MODEL.relationships
    if each.history
}
"""Rows `[id(s), id(e), properties, startOf, endOf]`: for parties that were merged; seldom used."""

BESIDE = {
    each.name: _named(
        each,
        "beside",
        _PAIRS + "OPTIONAL MATCH (a:Archived {id: r[3]})\nOPTIONAL MATCH (b:Archived {id: r[4]})\n"
        "WITH r, coalesce(a, s) AS a, coalesce(b, e) AS b\n"
        "WITH r, a, b, head(COLLECT { MATCH (a)-[h:`" + each.was + "`]->(b) WHERE h.held AND "
        "all(k IN $p.key WHERE coalesce(h[k] = r[2][k], h[k] IS NULL AND r[2][k] IS NULL)) "
        "RETURN h }) AS h\n"
        "FOREACH (_ IN CASE WHEN h IS NULL THEN [1] ELSE [] END |\n"
        "  CREATE (a)-[n:`" + each.was + "`]->(b) SET n = r[2]\n"
        "  SET n.via = r[5], n.held = true, n.recordedFrom = $p.now, n.recordedTo = $p.now)\n"
        "FOREACH (x IN CASE WHEN h IS NULL THEN [] ELSE [h] END | SET x += r[2])\n"
        "RETURN collect(r[0])",
    )
    for each in MODEL.relationships
    if each.history
}
"""Rows `[id(s), id(e), properties, startOf, endOf, via]`: what waits while an equal one stands.

See `graph.identity.moving`. `$p.key` are the names of the type's key.
"""


def _role(label: LiteralString, still: LiteralString) -> tuple[Statement, Statement]:
    give: LiteralString = (
        "UNWIND $p.ids AS i\nMATCH (n) WHERE id(n) = i AND NOT n:" + label + "\n"
        "SET n:" + label + "\nRETURN count(*)"
    )
    take: LiteralString = (
        "UNWIND $p.ids AS i\nMATCH (n:" + label + ") WHERE id(n) = i AND NOT " + still + "\n"
        "REMOVE n:" + label + "\nRETURN count(*)"
    )
    return (
        Statement(f"write.role.give.{label}", Kind.WRITE, KEEP_PLAN + give),
        Statement(f"write.role.take.{label}", Kind.WRITE, KEEP_PLAN + take),
    )


GIVE_CUSTOMER, TAKE_CUSTOMER = _role(
    "Customer", "EXISTS { (n)<-[:FOR]-(d) WHERE d:Order OR d:Invoice OR d:Contract }"
)
GIVE_PARTNER, TAKE_PARTNER = _role(
    "Partner", "EXISTS { (n)-[:ENROLLED_IN|SERVES|PARTNERS_WITH]->() }"
)


def all_statements() -> tuple[Statement, ...]:
    """Every statement for relationships and the labels that follow from them."""
    composed = (
        statement
        for each in LINKS.values()
        for statement in (
            each.read_starts, each.read_pairs, each.create, each.change, each.retract,
        )
    )  # fmt: skip
    return (*composed, GIVE_CUSTOMER, TAKE_CUSTOMER, GIVE_PARTNER, TAKE_PARTNER)
