"""Demo worlds as rows, without a graph."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graph.demo.steps import Step, steps
from graph.demo.world import Human, Plan, World
from graph.model.kinds import Node
from graph.write import Key, LinkRow, NodeRow, Nodes

SMALL = Plan(people=60, seed=7)


@dataclass
class Made:
    """Everything a plan makes."""

    steps: list[Step] = field(default_factory=list)
    told: list[tuple[Human, list[str]]] = field(default_factory=list)

    def parts(self) -> Iterator[Any]:
        """Every part of every batch, in order."""
        for step in self.steps:
            yield from step.batch.parts

    def nodes(self, kind: Node) -> dict[Key, NodeRow]:
        """Rows of nodes of a kind, the kinds below it included, by key."""
        return {
            row.key: row
            for part in self.parts()
            if isinstance(part, Nodes) and part.node.is_a(kind)
            for row in part.rows
        }

    def links(self, name: str) -> Iterator[tuple[Node, Node, LinkRow]]:
        """Rows of relationships of a type, with the kinds of their ends."""
        for part in self.parts():
            if not isinstance(part, Nodes) and part.relationship.name == name:
                for row in part.rows:
                    yield part.start, part.end, row


@cache
def made(plan: Plan = SMALL) -> Made:
    """All rows of a plan, made once."""
    result = Made()
    result.steps.extend(
        steps(World.of(plan), lambda human, changes: result.told.append((human, changes)))
    )
    return result


def fingerprint(plan: Plan) -> list[Any]:
    """All rows of a plan as plain values, made anew."""
    found: list[Any] = []
    for step in steps(World.of(plan), lambda human, changes: found.append((human.name, changes))):
        for part in step.batch.parts:
            if isinstance(part, Nodes):
                found.extend((r.key, r.id, r.observed_at, r.properties) for r in part.rows)
            else:
                found.extend((r.start, r.end, r.properties) for r in part.rows)
    return found
