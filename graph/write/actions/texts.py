"""Pieces of an action's Cypher: finding its nodes, and everything it writes.

Variables are the names of the action's refs and creates. `r` is the row of one request:

- `r.refs.<name>`: the id of a ref, or a list of `{id, set}` of one that is `many`;
- `r.creates.<name>`, `r.updates.<name>`: properties;
- `r.links.l<n>`: properties of the n-th link; `r.events.<name>`: the event of a node;
- `r.values.<name>`: whatever `prepare` made for guards; `r.now`: when.
"""

from typing import LiteralString

from graph.access import Rules
from graph.model.cases import CASE
from graph.model.interactions import INTERACTION
from graph.model.kinds import Node
from graph.model.opportunities import OPPORTUNITY
from graph.model.orders import DOCUMENT
from graph.model.parties import PARTY
from graph.write.actions.spec import Action, Create, Link, Ref, Unlink
from graph.write.roles import BUYING, PARTNERING

OWNED_BY_PARTY = (OPPORTUNITY, DOCUMENT, CASE)
"""Kinds that are FOR a party."""


def joined(parts: list[LiteralString], between: LiteralString) -> LiteralString:
    """Literal parts with a literal between them."""
    return between.join(parts)


def labels_of(ref: Ref) -> LiteralString:
    """The labels a ref may have, as an alternative."""
    return joined(["`" + each.name + "`" for each in ref.nodes], "|")


def find(ref: Ref, rules: Rules) -> LiteralString:
    """The clause that binds a ref's variable: a node or null, or a list of nodes.

    What the viewer may not see, or not act on, is as if it were not there.
    """
    if not ref.many:
        text: LiteralString = (
            "OPTIONAL MATCH (" + ref.name + ":" + labels_of(ref) + " {id: r.refs." + ref.name + "})"
        )
        return text + permission(ref, ref.name, rules)
    return (
        "CALL (*) { UNWIND r.refs." + ref.name + " AS row OPTIONAL MATCH (x:" + labels_of(ref)
        + " {id: row.id})" + permission(ref, "x", rules)
        + " RETURN collect(x) AS " + ref.name + " }"
    )  # fmt: skip


def permission(ref: Ref, name: LiteralString, rules: Rules) -> LiteralString:
    """The WHERE under which a node that a ref names is there for the viewer."""
    conditions: list[LiteralString] = [name + ":" + ref.role] if ref.role else []
    if not rules.unrestricted:
        labels: list[LiteralString] = list(dict.fromkeys(each.labels[0] for each in ref.nodes))
        conditions.append("SEEN_" + joined(labels, "_") + "(" + name + ")")
    if ref.mark and ref.mark in rules.acts:
        conditions.append(rules.acts[ref.mark].replace("NODE", name))
    return " WHERE " + joined(conditions, " AND ") if conditions else ""


def viewer(rules: Rules) -> LiteralString:
    """The clause that binds the viewer's variables, all of them null for one whom nobody knows."""
    begin = rules.begin("r.issuer", "r.subject")
    return "OPTIONAL CALL (r) { " + begin + " RETURN " + joined([*rules.variables], ", ") + " }"


def lock(label: LiteralString, number: LiteralString) -> LiteralString:
    """The clause that locks all nodes of one label that the rows touch, in the order of ids.

    Setting a property takes the node's lock until the commit; taking it away leaves no trace.
    """
    return (
        "CALL () { UNWIND $p.locks.`" + label + "` AS id MATCH (n:`" + label + "` {id: id}) "
        "SET n._lock = 1 SET n._lock = null RETURN count(*) AS lock" + number + " }"
    )


def create(one: Create) -> LiteralString:
    """The clause that makes a node."""
    labels: LiteralString
    if one.kinds:
        labels = ":$(r.labels." + one.name + ")"
    else:
        labels = joined([":`" + each + "`" for each in one.node.labels], "")
    return "CREATE (" + one.name + labels + ") SET " + one.name + " = r.creates." + one.name


def source(party: LiteralString) -> LiteralString:
    """The id of a party's oldest source record: who is taken to say what is said here of it."""
    return (
        "head(COLLECT { MATCH (" + party + ")<-[told:RESOLVES_TO]-(say:SourceRecord) "
        "RETURN say.id ORDER BY told.endOf IS NOT NULL, say.createdAt, say.id LIMIT 1 })"
    )


def _clamped(recorded: LiteralString) -> LiteralString:
    """Now, but never before what was recorded last."""
    return "CASE WHEN r.now > " + recorded + " THEN r.now ELSE " + recorded + " END"


def _same(names: tuple[LiteralString, ...], wanted: LiteralString) -> LiteralString:
    """Whether the key of relationship `x` is as wanted, null being equal to null."""
    parts: list[LiteralString] = [
        "(x." + name + " = " + wanted + "." + name
        + " OR (x." + name + " IS NULL AND " + wanted + "." + name + " IS NULL))"
        for name in names
    ]  # fmt: skip
    return joined(parts, " AND ")


def _keep(kind: LiteralString, end: LiteralString = "e") -> LiteralString:
    """Copy relationship `x` from `s` to its end to its former states."""
    return (
        "CREATE (s)-[w:`" + kind + "_WAS`]->(" + end + ") SET w = properties(x) "
        "SET w.recordedTo = " + _clamped("x.recordedFrom")
    )


class Linking:
    """The text of one link of one action."""

    def __init__(self, action: Action, link: Link, number: LiteralString) -> None:
        """Find out what stands at its ends."""
        self._refs = {each.name: each for each in action.refs}
        self._made = {each.name: each for each in action.creates}
        self._link = link
        self._number: LiteralString = number
        self.count: LiteralString = "link" + number

    @property
    def _many(self) -> Ref | None:
        for name in (self._link.start, self._link.end):
            ref = self._refs.get(name)
            if ref is not None and ref.many:
                return ref
        return None

    @property
    def fresh(self) -> bool:
        """Whether one of its ends is made by the action, so that there can be none yet."""
        return self._link.start in self._made or self._link.end in self._made

    def _via(self) -> LiteralString:
        """The record that says so: of a party at the start, else at the end."""
        for name, variable in ((self._link.start, "s"), (self._link.end, "e")):
            ref = self._refs.get(name)
            if ref is not None and any(node.is_a(PARTY) for node in ref.nodes):
                return source("s") if variable == "s" else source("e")
        return "null"

    def _imports(self) -> LiteralString:
        names: list[LiteralString] = ["r", self._link.start, self._link.end]
        return joined(names, ", ")

    def _ends(self) -> LiteralString:
        """Clauses that bind `s`, `e` and `wanted` for each relationship."""
        link, many = self._link, self._many
        number: LiteralString = self._number
        wanted: LiteralString = "coalesce(r.links.l" + number + ", {})"
        if many is None:
            return (
                "WITH r, " + link.start + " AS s, " + link.end + " AS e, " + wanted + " AS wanted "
                "WHERE s IS NOT NULL AND e IS NOT NULL"
            )
        start, end = (
            (many.name + "[i]", link.end) if many.name == link.start
            else (link.start, many.name + "[i]")
        )  # fmt: skip
        return (
            "UNWIND range(0, size(" + many.name + ") - 1) AS i WITH r, " + start + " AS s, " + end
            + " AS e, r.refs." + many.name + "[i].set AS mine, " + wanted + " AS all_ "
            "WITH r, s, e, CASE WHEN mine IS NULL THEN all_ ELSE mine END AS wanted "
            "WHERE s IS NOT NULL AND e IS NOT NULL"
        )  # fmt: skip

    def _role(self) -> LiteralString:
        """The label that the relationship gives one of its ends."""
        name = self._link.relationship.name
        made = self._made.get(self._link.start)
        if name == "FOR" and made is not None and made.node.name in BUYING:
            return " SET e:Customer"
        return " SET s:Partner" if name in PARTNERING else ""

    def text(self) -> LiteralString:
        """A subquery that makes or changes it, and counts what it did."""
        kind = self._link.relationship.name
        new: LiteralString = (
            "CREATE (s)-[n:`" + kind + "` {via: " + self._via() + ", recordedFrom: r.now, "
            "recordedTo: '9999'}]->(e) SET n += wanted" + self._role()
        )
        head: LiteralString = "CALL (" + self._imports() + ") { " + self._ends() + " "
        tail: LiteralString = " RETURN count(*) AS " + self.count + " }"
        if self.fresh:
            return head + new + tail
        key = self._link.relationship.key
        condition: LiteralString = " WHERE " + _same(key, "wanted") if key else ""
        differs: LiteralString = (
            "any(k IN keys(wanted) WHERE coalesce(x[k] <> wanted[k], "
            "x[k] IS NOT NULL OR wanted[k] IS NOT NULL))"
        )
        return (
            head
            + self._others()
            + "OPTIONAL MATCH (s)-[x:`" + kind + "`]->(e)" + condition + " "
            "WITH r, s, e, wanted, " + ("others, " if self._link.only else "")
            + "head(collect(x)) AS x "
            "WITH *, CASE WHEN x IS NULL THEN 1 WHEN " + differs + " THEN 2 END AS needed "
            "WHERE needed IS NOT NULL" + (" OR others > 0" if self._link.only else "") + " "
            "FOREACH (_ IN CASE needed WHEN 1 THEN [1] ELSE [] END | " + new + ") "
            "FOREACH (_ IN CASE needed WHEN 2 THEN [1] ELSE [] END | " + _keep(kind)
            + " SET x += wanted SET x.recordedFrom = " + _clamped("x.recordedFrom") + ")"
            + tail
        )  # fmt: skip

    def _others(self) -> LiteralString:
        """With `only`: retract the others of the same key first."""
        link = self._link
        if not link.only:
            return ""
        key: list[LiteralString] = [
            name for name in link.relationship.key if name in link.properties
        ]
        parts: list[LiteralString] = ["o <> e"]
        if key:
            parts.append(_same(tuple(key), "wanted"))
        if link.label:
            parts.append("o:`" + link.label + "`")
        kind = link.relationship.name
        return (
            "CALL (r, s, e, wanted) { MATCH (s)-[x:`" + kind + "`]->(o) WHERE "
            + joined(parts, " AND ") + " WITH r, s, o, x " + _keep(kind, "o")
            + " DELETE x RETURN count(*) AS others } "
        )  # fmt: skip


def unlink(one: Unlink, refs: dict[str, Ref], number: LiteralString) -> LiteralString:
    """A subquery that retracts relationships, and counts them as `unlink<n>`."""
    kind = one.relationship.name
    start, end = refs.get(one.start), refs.get(one.end) if one.end else None
    names: list[LiteralString] = ["r", one.start, *([one.end] if one.end else [])]
    ends: LiteralString
    if start is not None and start.many:
        ends = "UNWIND " + one.start + " AS s "
    else:
        ends = "WITH *, " + one.start + " AS s "
    if one.end and end is not None and end.many:
        ends += "UNWIND " + one.end + " AS e "
    elif one.end:
        ends += "WITH *, " + one.end + " AS e WHERE e IS NOT NULL "
    condition: LiteralString = " WHERE " + one.where if one.where else ""
    return (
        "CALL (" + joined(names, ", ") + ") { " + ends + "MATCH (s)-[x:`" + kind + "`]->(e)"
        + condition + " WITH r, s, e, x " + _keep(kind) + " DELETE x"
        + _loses_role(one) + " RETURN count(*) AS unlink" + number + " }"
    )  # fmt: skip


def _loses_role(one: Unlink) -> LiteralString:
    """Take the label away that followed from the last relationship of these types."""
    if one.relationship.name not in PARTNERING:
        return ""
    return (
        " WITH s FOREACH (_ IN CASE WHEN EXISTS { "
        "(s)-[:ENROLLED_IN|SERVES|PARTNERS_WITH]->() } THEN [] ELSE [1] END | REMOVE s:Partner)"
    )


def parties(name: LiteralString, nodes: tuple[Node, ...]) -> LiteralString:
    """The ids of the parties that a node concerns."""
    if all(node.is_a(PARTY) for node in nodes):
        return "[" + name + ".id]"
    if all(node.is_a(INTERACTION) for node in nodes):
        return (
            "COLLECT { MATCH (q:Party)-[:PARTICIPATED_IN]->(" + name + ") RETURN DISTINCT q.id "
            "LIMIT 100 }"
        )
    if all(any(node.is_a(kind) for kind in OWNED_BY_PARTY) for node in nodes):
        return "COLLECT { MATCH (" + name + ")-[:FOR]->(q:Party) RETURN DISTINCT q.id LIMIT 100 }"
    return "r.events." + name + ".parties"


def update(
    name: LiteralString, nodes: tuple[Node, ...], counts: list[LiteralString]
) -> LiteralString:
    """A subquery that changes a node, keeps its former state, and appends its event.

    Nothing is written when no property differs and no relationship of it was changed.
    """
    counted: LiteralString = "".join(" + " + each for each in counts)
    imports = joined(["r", name, *counts], ", ")
    return (
        "CALL (" + imports + ") { WITH r, " + name + " AS n, 0" + counted + " AS linked "
        "WHERE n IS NOT NULL "
        "WITH r, n, linked, [k IN keys(r.updates." + name + ") WHERE coalesce(n[k] <> r.updates."
        + name + "[k], n[k] IS NOT NULL OR r.updates." + name + "[k] IS NOT NULL)] AS differing "
        "WHERE size(differing) > 0 OR linked > 0 "
        "WITH r, n, differing, " + _clamped("n.changedAt") + " AS at "
        "FOREACH (_ IN CASE WHEN size(differing) > 0 THEN [1] ELSE [] END | "
        "CREATE (n)-[:WAS]->(v:Version) SET v = properties(n) "
        "SET v.id = n.id + '@' + toString(n.version), v.entityId = n.id, "
        "v.label = r.events." + name + ".label, v.validFrom = n.changedAt, v.validTo = at, "
        "v._lock = null "
        "SET n += r.updates." + name + " SET n.version = n.version + 1, n.changedAt = at) "
        "CREATE (event:ChangeEvent:Outbox) SET event = r.events." + name + " "
        "SET event.fields = differing + r.kinds." + name + ", event.at = at, "
        "event.version = n.version, event.prev = n.head, event.parties = " + parties("n", nodes)
        + " SET n.head = event.digest "
        "RETURN count(*) AS changed_" + name + " }"
    )  # fmt: skip


def created_event(name: LiteralString) -> LiteralString:
    """The clause that appends the event of a node that was made."""
    return (
        "CREATE (event_" + name + ":ChangeEvent:Outbox) SET event_" + name + " = r.events." + name
    )


KEY: LiteralString = (
    "FOREACH (_ IN CASE WHEN r.key IS NULL THEN [] ELSE [1] END | "
    "CREATE (:IdempotencyKey {key: r.key, request: r.request, result: r.result, at: r.now}))"
)
"""The clause that remembers the request with its result."""
