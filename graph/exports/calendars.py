"""Tasks as an iCalendar feed (RFC 5545), for the calendar of whoever has to do them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import icalendar

from graph.database import Graph
from graph.statements import Kind, Statement

MAX_TASKS = 2_000

TASKS = Statement(
    "exports.tasks",
    Kind.READ,
    """MATCH (u:User {issuer: $issuer, subject: $subject})
MATCH (u)<-[:ASSIGNED_TO]-(t:Task)
WITH DISTINCT t
RETURN t.id, t.subject, t.body, t.status, t.priority, t.dueAt, t.at, t.completedAt, t.changedAt,
       t.createdAt, t.version
ORDER BY coalesce(t.dueAt, t.at) DESC, t.id LIMIT $count""",
)
"""The tasks that a user is in charge of, those due last first."""

_STATES = {"OPEN": "NEEDS-ACTION", "DONE": "COMPLETED", "CANCELLED": "CANCELLED"}
_PRIORITIES = {"URGENT": 1, "HIGH": 3, "NORMAL": 5, "LOW": 9}

ALL = (TASKS,)


async def calendar(graph: Graph, issuer: str, subject: str) -> bytes:
    """Return the tasks of a user as a calendar of to-dos, at most 2,000, those due last.

    Raises:
        Unavailable: the database cannot be reached.
    """
    asked = {"issuer": issuer, "subject": subject, "count": MAX_TASKS}
    return feed(await graph.run(TASKS, asked))


def feed(rows: Iterable[list[str | int | None]]) -> bytes:
    """Write tasks, as `TASKS` returns them, as a calendar; an empty one without any."""
    made: Any = icalendar.Calendar()  # its methods are typed in part only
    made.add("prodid", "-//customer360//tasks//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "Tasks")
    for row in rows:
        made.add_component(_task(row))
    return made.to_ical()


def _task(row: list[str | int | None]) -> Any:
    id_, subject, body, status, priority, due, at, completed, changed, created, version = row
    task: Any = icalendar.Todo()
    task.add("uid", f"{id_}@customer360")
    task.add("summary", subject or "Task")
    task.add("status", _STATES.get(str(status), "NEEDS-ACTION"))
    task.add("sequence", int(version or 1) - 1)
    task.add("dtstamp", _moment(changed or at))
    if body:
        task.add("description", body)
    if priority in _PRIORITIES:
        task.add("priority", _PRIORITIES[str(priority)])
    for name, value in (
        ("due", due), ("completed", completed), ("created", created), ("last-modified", changed),
    ):  # fmt: skip
        if value:
            task.add(name, _moment(value))
    return task


def _moment(value: str | int | None) -> datetime:
    return datetime.fromisoformat(str(value))
