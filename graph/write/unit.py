"""One transaction of the write path: what it knows so far, and how it finds nodes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import uuid_utils

from graph.database import Row, Transaction
from graph.errors import InvalidInput
from graph.model.kinds import Node
from graph.statements import Statement
from graph.write import statements
from graph.write.batch import Count, Key, Outcome, Writer, slices
from graph.write.ledger import Ledger
from graph.write.resolving import Resolver

Found = dict[Key, Row]


def new_id() -> str:
    """Return a new UUIDv7."""
    return str(uuid_utils.uuid7())


@dataclass(slots=True)
class Unit:
    """The state of one attempt to apply a batch.

    Attributes:
        places: The internal number of every node found or created, by label and key.
        records: For a party named by a key, the id of the source record behind the key.
        homes: For a party named by a key that is merged into another: its own id.
        suppressed: Label and key of rows that were left out for the sake of an erasure.
        anything_away: Whether anything is archived; None until somebody asked.
        fresh: Internal numbers of nodes that this transaction created: nobody else can see them,
            so their relationships need neither a look nor a lock.
        linked: Fresh nodes that this transaction has linked since, by relationship type.
        resolver: Tells which new records speak of one party; None where each has one of its own.
        ledger: What was changed, for the events.
    """

    transaction: Transaction
    writer: Writer
    now: str
    outcome: Outcome = field(default_factory=Outcome)
    places: dict[tuple[str, Key], int] = field(default_factory=dict[tuple[str, Key], int])
    records: dict[tuple[str, Key], str] = field(default_factory=dict[tuple[str, Key], str])
    homes: dict[tuple[str, Key], str] = field(default_factory=dict[tuple[str, Key], str])
    suppressed: set[tuple[str, Key]] = field(default_factory=set[tuple[str, Key]])
    anything_away: bool | None = None
    fresh: set[int] = field(default_factory=set[int])
    linked: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    resolver: Resolver | None = None
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.now)

    async def run(self, statement: Statement, **parameters: Any) -> Any:
        """Run a statement that returns one value, with parameters as `$p.name`, and return it."""
        return (await self.transaction.run(statement, {"p": parameters}))[0][0]

    async def each(self, statement: Statement, rows: list[Any], **parameters: Any) -> list[Row]:
        """Run a statement over slices of `$rows` and return all that it collected."""
        found: list[Row] = []
        for part in slices(rows):
            found.extend(await self.run(statement, rows=part, **parameters))
        return found

    async def over(self, statement: Statement, ids: Iterable[int], **parameters: Any) -> list[Any]:
        """Run a statement over slices of `$ids`, in ascending order; all that it collected."""
        found: list[Any] = []
        for part in slices(sorted(ids)):
            collected: Any = await self.run(statement, ids=part, **parameters)
            # Statements that are run for their effect alone return a number.
            if isinstance(collected, list):
                found += collected
        return found

    async def lock(self, ids: Iterable[int]) -> None:
        """Lock nodes until the end, the lowest number first, leaving out what only we can see."""
        await self.over(statements.LOCK, set(ids) - self.fresh)

    def count_node(self, label: str) -> Count:
        """Return the running count of a label."""
        return self.outcome.nodes.setdefault(label, Count())

    def count_link(self, name: str) -> Count:
        """Return the running count of a relationship type."""
        return self.outcome.links.setdefault(name, Count())

    async def find(self, node: Node, keys: Iterable[Key]) -> Found:
        """Look nodes up by key: `[i, number, mark, id]`, for a party the record's id as third."""
        found: Found = {}
        wanted = list(keys)
        for length, table in ((1, statements.FIND_BY_ID), (2, statements.FIND)):
            some = [key for key in wanted if len(key) == length]
            if some:
                rows = [[i, *key] for i, key in enumerate(some)]
                for row in await self.each(table[node.name], rows):
                    found[some[row[0]]] = row
                    self.ledger.names[row[1]] = (row[3], node.name)
        return found

    async def resolve(self, node: Node, keys: Iterable[Key]) -> dict[Key, int]:
        """Return the internal numbers of the nodes that exist, looking up only unknown keys."""
        label, party = node.name, statements.is_party(node)
        wanted = set(keys)
        unknown = sorted(key for key in wanted if (label, key) not in self.places)
        for key, row in (await self.find(node, unknown)).items():
            self.places[label, key] = row[1]
            if party and row[2] is not None:
                self.records[label, key] = row[2]
            if party and row[4] is not None:
                self.homes[label, key] = row[4]
        return {key: self.places[label, key] for key in wanted if (label, key) in self.places}


def check_keys(node: Node, keys: Iterable[Key], place: str) -> None:
    """Raise `InvalidInput` unless keys have the form that this kind of node is named by."""
    natural = node.name in statements.FIND
    for key in keys:
        if natural and len(key) == 2:
            fine = _is_name(key[0]) and _is_name(key[1])
        else:
            fine = len(key) == 1 and _is_name(key[0])
        if not fine:
            raise InvalidInput(
                f"{place}: the key must be the node's id or its unique key, as texts."
            )


def _is_name(part: Any) -> bool:
    return isinstance(part, str) and 0 < len(part) <= 1_000
