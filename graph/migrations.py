"""Migrations: the constraints and indexes that the model asks for, applied once and recorded.

Which ones, and why:

- `id` is unique on every concrete label, on the abstract labels that reads start from (Party,
  Interaction, Document, Request) and on the two role labels, since an index on one label does not
  serve a MATCH on another.
- `(source, externalId)` is unique on every sourced label, each `node.keys` on its own.
- A list sorts by a property and then by id, so each `indexed` property has one index on
  (property, id). It serves equality and ranges on the property, too, when the statement also says
  `n.id IS NOT NULL`.
- `node.search` becomes one full-text index that folds accents.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import LiteralString

import stamina
from neo4j.exceptions import Neo4jError

from graph.database import Graph, is_retryable
from graph.errors import Conflict, Unavailable
from graph.model import MODEL
from graph.model.interactions import INTERACTION
from graph.model.kinds import Node
from graph.model.machinery import MIGRATION
from graph.model.orders import DOCUMENT
from graph.model.parties import CUSTOMER, PARTNER, PARTY
from graph.model.programs import REQUEST
from graph.statements import Kind, Statement

LISTED: dict[Node, tuple[LiteralString, ...]] = {
    PARTY: ("name",),
    INTERACTION: ("at", "channel", "thread"),
    DOCUMENT: ("at",),
    REQUEST: ("at",),
    CUSTOMER: ("name",),
    PARTNER: ("name",),
}
"""Abstract labels that reads start from, and the properties by which they are listed."""

WAIT_SECONDS = 600

_THERE = frozenset(
    {
        "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists",
        "Neo.ClientError.Schema.ConstraintAlreadyExists",
        "Neo.ClientError.Schema.IndexAlreadyExists",
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One constraint or index; `name` is its name in the database and in the record."""

    name: LiteralString
    create: Statement
    drop: Statement
    promise: str


def search_index(node: Node) -> LiteralString:
    """Name of the full-text index over `node.search`."""
    return "search_" + node.name


def _step(name: LiteralString, text: LiteralString, drop: LiteralString, promise: str) -> Step:
    return Step(
        name,
        Statement(f"migrate.{name}", Kind.SCHEMA, text),
        Statement(f"migrate.drop.{name}", Kind.SCHEMA, drop),
        promise,
    )


def _columns(names: tuple[LiteralString, ...]) -> LiteralString:
    return ", ".join("n.`" + name + "`" for name in names)


def _unique(node: Node, *names: LiteralString) -> Step:
    name: LiteralString = "unique_" + node.name + "_" + "_".join(names)
    return _step(
        name,
        "CREATE CONSTRAINT " + name + " IF NOT EXISTS FOR (n:`" + node.name + "`) REQUIRE ("
        + _columns(names) + ") IS UNIQUE",
        "DROP CONSTRAINT " + name + " IF EXISTS",
        f"{node.name} unique by {' and '.join(names)}",
    )  # fmt: skip


def _range(node: Node, *names: LiteralString) -> Step:
    name: LiteralString = "range_" + node.name + "_" + "_".join(names)
    return _step(
        name,
        "CREATE RANGE INDEX " + name + " IF NOT EXISTS FOR (n:`" + node.name + "`) ON ("
        + _columns(names) + ")",
        "DROP INDEX " + name + " IF EXISTS",
        f"{node.name} by {' and '.join(names)}",
    )  # fmt: skip


def _search(node: Node) -> Step:
    name: LiteralString = search_index(node)
    return _step(
        name,
        "CREATE FULLTEXT INDEX " + name + " IF NOT EXISTS FOR (n:`" + node.name + "`) ON EACH ["
        + _columns(node.search) + "] OPTIONS "
        + "{indexConfig: {`fulltext.analyzer`: 'standard-folding'}}",
        "DROP INDEX " + name + " IF EXISTS",
        f"{node.name} by the words of {', '.join(node.search)}",
    )  # fmt: skip


def _of(node: Node) -> Iterator[Step]:
    """The steps of one label."""
    if not node.machinery and (not node.abstract or node in LISTED):
        yield _unique(node, "id")
    if node.sourced and not node.abstract:
        yield _unique(node, "source", "externalId")
    for key in node.keys:
        yield _unique(node, *key)
    if node.abstract:
        for name in LISTED.get(node, ()):
            yield _range(node, name, "id")
    else:
        for each in node.properties.values():
            # Of the many kinds of interaction only the order in time is asked for by kind.
            spared = node.is_a(INTERACTION) and each in INTERACTION.own and each.name != "at"
            if each.indexed and not spared:
                names = (each.name, "id") if "id" in node.properties else (each.name,)
                yield _range(node, *names)
    for names in node.indexes:
        yield _range(node, *names)
    if node.search:
        yield _search(node)


@cache
def steps() -> tuple[Step, ...]:
    """Every step in its order: the record's own constraint first, then domain by domain."""
    others = (step for node in MODEL.nodes if node != MIGRATION for step in _of(node))
    return (*_of(MIGRATION), *others)


_RECORDED = Statement(
    "migrate.recorded", Kind.READ, "MATCH (m:Migration) RETURN m.name, m.statement"
)
_RECORD = Statement(
    "migrate.record",
    Kind.WRITE,
    """UNWIND $steps AS step
MERGE (m:Migration {name: step.name})
WITH m, step WHERE coalesce(m.statement <> step.statement, true)
SET m.statement = step.statement, m.position = step.position, m.appliedAt = $now
RETURN m.name""",
)
_AWAIT = Statement("migrate.await", Kind.SCHEMA, "CALL db.awaitIndexes($seconds)")
_NOT_ONLINE = Statement(
    "migrate.not_online",
    Kind.SCHEMA,
    "SHOW INDEXES YIELD name, state WHERE state <> 'ONLINE' RETURN name ORDER BY name",
)


async def migrate(graph: Graph, on_step: Callable[[str], None] | None = None) -> list[str]:
    """Bring the database's constraints and indexes in line with the model.

    Safe to run again and from several processes at once: each step is applied and recorded once.

    Args:
        graph: The graph.
        on_step: Told the name of each step before it runs.

    Returns:
        Names of the steps that this call was the first to apply, in order. Every index is online
        when it returns.

    Raises:
        Conflict: the data breaks a uniqueness that the model promises.
        Unavailable: the database could not be reached.
    """
    recorded: dict[str, str] = dict(await graph.run(_RECORDED))
    due = [
        (position, step)
        for position, step in enumerate(steps(), 1)
        if recorded.get(step.name) != step.create.text
    ]
    if not due:
        return []
    fresh = not recorded and await _all_at_once(graph, [step for _, step in due], on_step)
    for _, step in due if not fresh else ():
        if on_step is not None:
            on_step(step.name)
        if step.name in recorded:
            await _schema(graph, step, step.drop)
        await _schema(graph, step, step.create)
    await _online(graph)
    return await _record(graph, due)


async def _all_at_once(
    graph: Graph, due: list[Step], on_step: Callable[[str], None] | None
) -> bool:
    """Apply every step in one transaction, in half the time; False when that cannot be done.

    Another process at the same work, or data that is in the way: then each step for itself finds
    out what is the matter.
    """
    try:
        async with graph.transaction("migrate.all", timeout=WAIT_SECONDS) as transaction:
            for step in due:
                if on_step is not None:
                    on_step(step.name)
                await transaction.run(step.create)
    except Neo4jError:
        return False
    return True


async def _schema(graph: Graph, step: Step, statement: Statement) -> None:
    """Run one schema change; that another process was first is as good."""
    try:
        async for attempt in stamina.retry_context(
            on=is_retryable, attempts=20, timeout=120.0, wait_initial=0.05, wait_max=1.0
        ):
            with attempt:
                await graph.run(statement, timeout=WAIT_SECONDS)
    except Neo4jError as error:
        if error.code in _THERE:
            return
        if str(error.code).endswith("ConstraintCreationFailed"):
            raise Conflict(
                f"The graph has duplicates, but the model promises {step.promise}; "
                "change or remove the duplicates, then run migrate again."
            ) from None
        raise


async def _record(graph: Graph, done: list[tuple[int, Step]]) -> list[str]:
    """Note that steps were applied; return the names of those that nobody else has noted.

    One statement for all: every schema change makes the database plan its statements anew, so a
    record after each step would take twice as long as the steps.
    """
    now = datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
    rows = [
        {"name": step.name, "statement": step.create.text, "position": position}
        for position, step in done
    ]
    noted = {row[0] for row in await graph.run(_RECORD, {"steps": rows, "now": now})}
    return [step.name for _, step in done if step.name in noted]


async def _online(graph: Graph) -> None:
    """Wait until every index answers.

    Raises:
        Unavailable: an index could not be built.
    """
    await graph.run(_AWAIT, {"seconds": WAIT_SECONDS}, timeout=WAIT_SECONDS)
    names = [row[0] for row in await graph.run(_NOT_ONLINE)]
    if names:
        raise Unavailable(
            f"These indexes could not be built: {', '.join(names)}; see the log of the database."
        )
