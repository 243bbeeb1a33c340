"""Which partner sees which party: CAN_SEE, kept in the transaction of the facts it follows from.

`(:Company)-[:CAN_SEE {level, until}]->(:Party)` says how much a partner may see of a party, and on
which day that ends (none when it is open). It follows from five facts, each as long as it lasts;
of several the highest level counts, and of that the latest end:

- the partner SERVES the party: FULL;
- the party is SHARED_WITH the partner: the level of the share;
- the party is ASSIGNED_TO the partner: FULL;
- a deal about the party that the partner registered was approved, and is protected: FULL;
- a lead about the party was offered to the partner, and it accepted: FULL.

Whoever writes one of these has the party looked at again at the end of the same transaction:
batches by `keep_sight`, actions by `sight_of`, archiving by `AROUND` and `LOOK`. Nobody else writes
CAN_SEE. What begins or ends by its date alone is found by `sweep`, once a day; until then nothing
is shown that has ended, since whoever reads the relationship reads `until`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, LiteralString

from graph.database import Graph
from graph.model.kinds import Node
from graph.model.parties import PARTY
from graph.model.programs import DEAL_REGISTRATION, LEAD_OFFER
from graph.statements import Kind, Statement
from graph.write.formats import moment
from graph.write.statements import KEEP_PLAN
from graph.write.unit import Unit

if TYPE_CHECKING:
    from graph.write.actions.spec import Action

BATCH = 2_000
"""Parties that one statement of a sweep looks at."""


_TIES: LiteralString = (
    "MATCH (q)-[x:SERVES|SHARED_WITH|ASSIGNED_TO]-(s:Company) "
    "WHERE (type(x) = 'SERVES') = (startNode(x) = s) "
    "AND coalesce(x.from, '') <= today AND coalesce(x.to, '9999') >= today "
    "RETURN s, CASE coalesce(x.level, 'FULL') WHEN 'FULL' THEN 3 WHEN 'PROFILE' THEN 2 ELSE 1 END "
    "AS rank, coalesce(x.to, '9999') AS until"
)
_GRANTS: LiteralString = (
    "MATCH (q)<-[:ABOUT]-(x:Request)-[y:BY|ASSIGNED_TO]->(s:Company) "
    "WHERE x.state IN ['APPROVED', 'WON'] AND coalesce(x.protectedUntil, '9999') >= today "
    "AND (x:DealRegistration AND type(y) = 'BY' OR x:LeadOffer AND type(y) = 'ASSIGNED_TO') "
    "RETURN s, 3 AS rank, coalesce(x.protectedUntil, '9999') AS until"
)
# Two patterns for five facts: each further one would be planned wherever a fact is written.

CAUSES = frozenset({"SERVES", "SHARED_WITH", "ASSIGNED_TO", "ABOUT", "BY"})
"""Relationship types that may be part of a fact."""

REQUESTS: tuple[Node, ...] = (DEAL_REGISTRATION, LEAD_OFFER)
"""Kinds of request whose state is part of a fact."""


def _joined(parts: Iterable[LiteralString], between: LiteralString) -> LiteralString:
    return between.join(parts)


WANTED: LiteralString = (
    "CALL (q) { WITH q, toString(date()) AS today CALL (q, today) { "
    + _TIES
    + " UNION ALL "
    + _GRANTS
    + " } WITH q, s, max([rank, until]) AS best WHERE s <> q "
    "RETURN collect({s: s, level: ['COUNT', 'PROFILE', 'FULL'][best[0] - 1], "
    "until: CASE best[1] WHEN '9999' THEN null ELSE best[1] END}) AS wanted }"
)
"""Binds `wanted`, what follows from the facts for the party `q`: maps of s, level and until."""

_KEPT: LiteralString = (
    "SET q._lock = 1 SET q._lock = null WITH q, now " + WANTED + " WITH q, now, wanted, "
    "COLLECT { MATCH (q)<-[x:CAN_SEE]-(p) RETURN {s: p, x: x} } AS standing "
    "FOREACH (o IN [o IN standing WHERE none(w IN wanted WHERE w.s = o.s) | o.x] | DELETE o) "
    "WITH q, now, "
    "[w IN wanted | {w: w, x: head([o IN standing WHERE o.s = w.s | o.x])}] AS both "
    "WITH q, now, [b IN both WHERE b.x IS NULL | b.w] AS fresh, [b IN both WHERE b.x IS NOT NULL "
    "AND (b.x.level <> b.w.level OR coalesce(b.x.until, '9999') <> coalesce(b.w.until, '9999')) "
    "| b] AS other "
    "CALL (q, now, fresh) { UNWIND fresh AS w WITH q, now, w, w.s AS s CREATE (s)-[:CAN_SEE "
    "{level: w.level, until: w.until, recordedFrom: now, recordedTo: '9999'}]->(q) "
    "RETURN count(*) AS given } "
    "CALL (other) { UNWIND other AS b WITH b.x AS x, b.w AS w "
    "SET x.level = w.level, x.until = w.until RETURN count(*) AS changed } "
)
"""Clauses that make CAN_SEE of the party `q` what the facts say at the time `now`.

The party is locked first, so that what was decided before by others is seen.
"""

_ABOUT: LiteralString = (
    "CALL (n) { MATCH (n:Party) RETURN n AS q "
    "UNION MATCH (n:Request)-[:ABOUT]->(q:Party) RETURN q } WITH DISTINCT q, now ORDER BY q.id "
)
"""From a node to the parties that may be seen because of it: itself, or what it is about."""

KEEP = Statement(
    "write.sight",
    Kind.WRITE,
    KEEP_PLAN
    + "UNWIND $p.ids AS i MATCH (n) WHERE id(n) = i WITH n, $p.now AS now "
    + _ABOUT
    + _KEPT
    + "RETURN count(*)",
)
"""Looks again at the parties, or the requests' parties, with the numbers `$ids`."""

AROUND: LiteralString = (
    "COLLECT { UNWIND CASE WHEN n:Party THEN [n] ELSE [] END AS q RETURN q "
    "UNION MATCH (n)-[:SERVES|CAN_SEE]->(q:Party) RETURN q "
    "UNION MATCH (n)<-[:SHARED_WITH|ASSIGNED_TO]-(q:Party) RETURN q "
    "UNION MATCH (n)<-[:BY|ASSIGNED_TO]-(:Request)-[:ABOUT]->(q:Party) RETURN q "
    "UNION MATCH (n)-[:ABOUT]->(q:Party) RETURN q }"
)
"""The parties whose sight has to do with the node `n`, whatever that is."""

LOOK: LiteralString = (
    "CALL (around, now) { UNWIND around AS q WITH DISTINCT q, now ORDER BY q.id "
    + _KEPT
    + "RETURN count(*) AS looked }"
)
"""A subquery that looks again at the parties of the list `around`; `now` is when."""


async def keep_sight(unit: Unit) -> None:
    """Look again at every party of whom this transaction changed a fact."""
    numbers: set[int] = set()
    for kind, start, end in unit.ledger.relationships():
        if kind in CAUSES:
            numbers.add(end if kind == "SERVES" else start)
    labels = {each.name for each in REQUESTS}
    for number, change in unit.ledger.nodes.items():
        named = unit.ledger.names.get(number)
        if named is not None and named[1] in labels and not change.created:
            numbers.add(number)
    await unit.over(KEEP, numbers, now=unit.now)


def _seen_by(action: "Action") -> list[LiteralString]:
    """Variables of an action that may be parties, or requests about parties, in a fact."""
    kinds: dict[str, tuple[Node, ...]] = {each.name: each.nodes for each in action.refs}
    # A request that an action makes is granted by a later step.
    made = (each for each in action.creates if each.node.is_a(PARTY))
    kinds |= {each.name: (each.node,) for each in made}
    found: list[LiteralString] = [*_ends(action), *(each.name for each in action.updates)]
    once: list[LiteralString] = list(dict.fromkeys(found))
    seen: list[LiteralString] = [
        name for name in once if any(_matters(node, name, action) for node in kinds.get(name, ()))
    ]
    return seen


def _ends(action: "Action") -> list[LiteralString]:
    """The ends of an action's links that are the party, or the request, of a fact."""
    found: list[LiteralString] = []
    for each in (*action.links, *action.unlinks):
        if each.relationship.name not in CAUSES:
            continue
        if each.relationship.name != "SERVES":
            found.append(each.start)
        elif each.end is not None:
            found.append(each.end)
    return found


def _matters(node: Node, name: str, action: "Action") -> bool:
    """Whether what becomes of a node of this kind may change who sees a party."""
    if any(node.is_a(each) or each.is_a(node) for each in REQUESTS):
        return True
    return node.is_a(PARTY) and name in _ends(action)


def _as_list(name: LiteralString, *, many: bool) -> LiteralString:
    return name if many else "CASE WHEN " + name + " IS NULL THEN [] ELSE [" + name + "] END"


def sight_of(action: "Action") -> LiteralString | None:
    """The last subquery of an action that may change a fact; None of every other.

    It takes the action's variables and `r`, the row.
    """
    names = _seen_by(action)
    if not names:
        return None
    many = {each.name for each in action.refs if each.many}
    lists: list[LiteralString] = [_as_list(name, many=name in many) for name in names]
    return (
        "CALL (r, " + _joined(names, ", ") + ") { UNWIND " + _joined(lists, " + ")
        + " AS n WITH DISTINCT n, r.now AS now " + _ABOUT + _KEPT + "RETURN count(*) AS looked }"
    )  # fmt: skip


_CANDIDATES = Statement(
    "write.sight.candidates",
    Kind.READ,
    KEEP_PLAN
    + "MATCH (q:Party) WHERE q.id > $p.after AND (EXISTS { (q)<-[:CAN_SEE|SERVES|ABOUT]-() } "
    "OR EXISTS { (q)-[:SHARED_WITH|ASSIGNED_TO]->(:Company) }) "
    "WITH q ORDER BY q.id LIMIT $p.size RETURN collect([id(q), q.id])",
)
_SWEPT = Statement(
    "write.sight.swept",
    Kind.WRITE,
    KEEP_PLAN
    + "UNWIND $p.ids AS i MATCH (q:Party) WHERE id(q) = i WITH q, $p.now AS now "
    + _KEPT
    + "RETURN [sum(given), sum(changed)]",
)


async def sweep(graph: Graph) -> int:
    """Look again at every party that a partner sees or should see; how many were looked at.

    For what begins or ends by its date, and for a graph that was written before CAN_SEE was kept.
    It may be stopped and repeated, and others may write meanwhile.

    Raises:
        Unavailable: the database cannot be reached.
    """
    after, total = "", 0
    while True:
        parameters: dict[str, Any] = {"after": after, "size": BATCH}
        found: list[list[Any]] = (await graph.run(_CANDIDATES, {"p": parameters}))[0][0]
        if not found:
            return total
        async with graph.transaction("write.sight.sweep", timeout=60.0) as transaction:
            sent = {"ids": [each[0] for each in found], "now": moment(datetime.now(UTC))}
            await transaction.run(_SWEPT, {"p": sent})
        after, total = found[-1][1], total + len(found)


def all_statements() -> tuple[Statement, ...]:
    """Every statement that keeps CAN_SEE, those composed into actions and archiving apart."""
    return (KEEP, _CANDIDATES, _SWEPT)
