"""The end of retention: what is past its time goes, kind by kind, a thousand nodes at a time."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from graph.database import Graph
from graph.model import MODEL
from graph.model.identity import IDENTIFIER, SOURCE_RECORD
from graph.model.kinds import Node
from graph.model.orders import DOCUMENT
from graph.model.parties import PARTY
from graph.privacy.closure import NotFound
from graph.privacy.erasing import Held, PlanChanged, erase, erasure_plan
from graph.privacy.minimising import FIELDS, KINDS, limit
from graph.privacy.rules import LAW_YEARS
from graph.statements import Kind, Statement
from graph.write import expiring, readings
from graph.write.events import Patch, event_of
from graph.write.formats import moment

COUNT = 1_000
SECONDS = 300.0
OP = "retentionEnd"
KEY_DAYS = 7
"""For how long a repeatable request is remembered."""
RECORD_DAYS = 365
"""For how long it is kept who read whose personal data, unless said otherwise."""

Progress = Callable[[str, int], Awaitable[None]]
"""Told what was ended, by label, and how many so far."""

ENDING: tuple[Node, ...] = tuple(
    node
    for node in KINDS
    if limit(node.retention, datetime(2020, 1, 1, tzinfo=UTC)) is not None
    and not node.is_a(PARTY)
    and node not in (SOURCE_RECORD, IDENTIFIER)  # they go with their party
)
"""Kinds of node that end on their own; people end as a whole, by an erasure."""


def _due(node: Node) -> Statement:
    text: LiteralString = (
        "MATCH (n:`" + node.name + "`) WHERE n.changedAt < $limit AND "
        "(n.at IS NULL OR n.at < $before) AND NOT EXISTS { MATCH (n)--(:Party)-[:HELD_BY]->(h) "
        "WHERE h.to IS NULL OR h.to > $now }\n"
        "WITH n ORDER BY id(n) SKIP $skip LIMIT $count RETURN collect([id(n), n.id])"
    )
    return Statement(f"retention.due.{node.name}", Kind.READ, text)


DUE = {node.name: _due(node) for node in ENDING}
PEOPLE = Statement(
    "retention.people",
    Kind.READ,
    """MATCH (p:Person) WHERE p.changedAt < $limit
  AND NOT EXISTS { MATCH (p)-[x]-() WHERE x.recordedFrom >= $limit }
  AND NOT EXISTS { MATCH (p)-[:PARTICIPATED_IN]->(i) WHERE i.at >= $limit }
  AND NOT EXISTS { MATCH (p)<-[:FOR]-(d) WHERE d.changedAt >= $limit }
  AND NOT EXISTS { MATCH (p)-[:HELD_BY]->(h) WHERE h.to IS NULL OR h.to > $now }
RETURN p.id ORDER BY p.id""",
)
"""People of whom nothing was heard since a time, and whom no legal hold protects."""
KEYS_DUE = Statement(
    "retention.keys", Kind.READ, "MATCH (k:IdempotencyKey) WHERE k.at < $limit RETURN count(k)"
)
DELIVERIES_DUE = Statement(
    "retention.deliveries",
    Kind.READ,
    "MATCH (d:Delivery) WHERE d.at < $limit AND d.state <> 'QUEUED' RETURN count(d)",
)
RECORDS_DUE = Statement(
    "retention.records", Kind.READ, "MATCH (d:DataAccess) WHERE d.at < $limit RETURN count(d)"
)
FIELD_DUE = Statement(
    "retention.field",
    Kind.READ,
    "MATCH (n:$($label)) WHERE n.changedAt < $limit AND n[$name] IS NOT NULL RETURN count(n)",
)

ALL = (*DUE.values(), PEOPLE, KEYS_DUE, DELIVERIES_DUE, RECORDS_DUE, FIELD_DUE)


async def run_retention(
    graph: Graph,
    now: datetime,
    actor: str,
    progress: Progress | None = None,
    *,
    dry_run: bool = False,
    record_days: int = RECORD_DAYS,
) -> dict[str, int]:
    """End everything that is past its retention; safe to repeat, and to interrupt.

    Nothing that a legal hold protects is touched. People of whom nothing was heard for the
    retention of a person are erased as `erase` does.

    Args:
        graph: The graph.
        now: When it is.
        actor: Who runs it.
        progress: Told after every thousand nodes.
        dry_run: Only count.
        record_days: For how many days records of reads are kept.

    Returns:
        Numbers by label, or by label and field; what is zero is left out.

    Raises:
        Timeout: a look at one label took longer than five minutes.
        Unavailable: the database cannot be reached. Run it again; what is done stays done.
    """
    run = _Run(graph, now.astimezone(UTC), actor, progress, dry_run)
    for node in ENDING:
        await run.nodes(node)
    await run.machinery("IdempotencyKey", KEYS_DUE, expiring.KEYS, timedelta(days=KEY_DAYS))
    await run.machinery("Delivery", DELIVERIES_DUE, expiring.DELIVERIES, timedelta(days=30))
    await run.machinery("DataAccess", RECORDS_DUE, readings.FORGET, timedelta(days=record_days))
    for label, name, _, kept in await graph.run(FIELDS):
        if label in MODEL.by_label and limit(kept, run.now) is not None:
            await run.field(label, name, str(limit(kept, run.now)))
    await run.people()
    return {name: count for name, count in run.counts.items() if count}


class _Run:
    """One run: what it counts, and whether it only counts."""

    def __init__(
        self, graph: Graph, now: datetime, actor: str, progress: Progress | None, dry_run: bool
    ) -> None:
        self.now = now
        self.counts: dict[str, int] = {}
        self._graph = graph
        self._actor = actor
        self._progress = progress
        self._dry = dry_run

    async def _count(self, name: str, more: int) -> None:
        self.counts[name] = self.counts.get(name, 0) + more
        if more and self._progress is not None:
            await self._progress(name, self.counts[name])

    async def nodes(self, node: Node) -> None:
        """End the nodes of one kind."""
        asked: dict[str, Any] = {
            "limit": limit(node.retention, self.now),
            "before": self._before(node),
            "now": moment(self.now),
            "count": COUNT,
            "skip": 0,
        }
        while True:
            rows = (await self._graph.run(DUE[node.name], asked, timeout=SECONDS))[0][0]
            if not rows:
                return
            ended = len(rows) if self._dry else await self._end(node, rows, str(asked["limit"]))
            await self._count(node.name, ended)
            # What could not be ended, since it changed meanwhile, is not looked at again.
            asked["skip"] += len(rows) if self._dry else len(rows) - ended

    def _before(self, node: Node) -> str:
        """Documents are kept to the end of the tenth year after their own."""
        if node.is_a(DOCUMENT):
            return moment(datetime(self.now.year - LAW_YEARS, 1, 1, tzinfo=UTC))
        return moment(self.now)

    async def _end(self, node: Node, rows: list[list[Any]], before: str) -> int:
        sent: list[list[Any]] = []
        for number, id_ in rows:
            event = event_of(
                Patch(), op=OP, actor=self._actor, entity=id_, label=node.name, reason=None
            )
            sent.append([number, id_, {**event, "at": moment(self.now), "parties": []}])
        asked = {"p": {"rows": sent, "limit": before}}
        return (await self._graph.run(expiring.END, asked, timeout=SECONDS))[0][0]

    async def machinery(self, name: str, due: Statement, end: Statement, kept: timedelta) -> None:
        """End machinery that was kept long enough."""
        before = moment(self.now - kept)
        if self._dry:
            await self._count(name, (await self._graph.run(due, {"limit": before}))[0][0])
            return
        asked = {"p": {"limit": before, "count": COUNT}}
        while ended := (await self._graph.run(end, asked))[0][0]:
            await self._count(name, ended)

    async def field(self, label: str, name: str, before: str) -> None:
        """Take a custom field out of the nodes that have not changed for its retention."""
        asked: dict[str, Any] = {"label": label, "name": name, "limit": before}
        if self._dry:
            rows = await self._graph.run(FIELD_DUE, asked, timeout=SECONDS)
            await self._count(f"{label}.{name}", rows[0][0])
            return
        asked |= {"count": COUNT, "none": {name: None}}
        while ended := (await self._graph.run(expiring.FIELD, {"p": asked}))[0][0]:
            await self._count(f"{label}.{name}", ended)

    async def people(self) -> None:
        """Erase people of whom nothing was heard for the retention of a person."""
        person = MODEL.by_label["Person"]
        asked = {"limit": limit(person.retention, self.now), "now": moment(self.now)}
        for (id_,) in await self._graph.run(PEOPLE, asked, timeout=SECONDS):
            if self._dry:
                await self._count(person.name, 1)
                continue
            try:
                plan = await erasure_plan(self._graph, id_)
                await erase(self._graph, id_, plan.plan_hash, self._actor, "retention ended")
            except (Held, NotFound, PlanChanged):
                continue  # held since, or alive after all
            await self._count(person.name, 1)
