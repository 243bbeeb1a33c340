"""What the graph remembers of its demo world: which one it is, and whether it is complete."""

from dataclasses import dataclass
from datetime import date

import orjson

from graph.database import Graph
from graph.demo.world import Plan
from graph.model.machinery import JOB
from graph.statements import Kind, Statement
from graph.write import Batch, NodeRow, Nodes, Writer, write

KEY = ("SEED", "demo")

READ = Statement(
    "demo.marker",
    Kind.READ,
    "OPTIONAL MATCH (j:Job {kind: 'SEED', key: 'demo'})\n"
    "RETURN j.position, j.state, EXISTS { MATCH (:Party) }",
)
"""The marker's arguments and state, and whether there is any party at all."""


@dataclass(frozen=True, slots=True)
class Marker:
    """The plan that was begun, None for none; whether it is complete; whether parties are there."""

    plan: Plan | None
    complete: bool
    inhabited: bool


async def read(graph: Graph) -> Marker:
    """Read the marker."""
    [[position, state, inhabited]] = await graph.run(READ)
    if position is None:
        return Marker(None, complete=False, inhabited=inhabited)
    said = orjson.loads(position)
    plan = Plan(said["people"], said["seed"], date.fromisoformat(said["today"]), said["bench"])
    return Marker(plan, complete=state == "DONE", inhabited=inhabited)


async def mark(graph: Graph, plan: Plan, writer: Writer, *, complete: bool) -> None:
    """Record that a plan was begun, or completed."""
    said = {
        "people": plan.people, "seed": plan.seed, "today": plan.today.isoformat(),
        "bench": plan.bench,
    }  # fmt: skip
    values = {
        "state": "DONE" if complete else "RUNNING", "position": orjson.dumps(said).decode(),
        "total": plan.people, "done": plan.people if complete else 0, "startedAt": writer.now,
        "endedAt": writer.now if complete else None,
    }  # fmt: skip
    await write(
        graph, Batch([Nodes(JOB, [NodeRow(KEY, values, id=plan.identity("Job", KEY))])]), writer
    )
