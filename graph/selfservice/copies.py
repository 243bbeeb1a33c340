"""Copies of personal data that a person asked for: written by a job, fetched by the person."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from graph.access.customers import PROLOGUE
from graph.database import Graph
from graph.exports import Folder
from graph.exports.files import DOCUMENT, written
from graph.jobs import Run, Runner
from graph.model.programs import PRIVACY_REQUEST
from graph.privacy import personal_data
from graph.statements import Kind, Statement
from graph.write import Batch, NodeRow, Nodes, Writer, write
from graph.write.formats import moment

KIND = "PERSONAL_DATA"
"""Kind of the jobs that write copies; their key is the id of the request."""
FORMAT = "json"

PERSON = Statement(
    "selfservice.copy",
    Kind.READ,
    "MATCH (r:PrivacyRequest {id: $request})-[:BY]->(p:Person) RETURN p.id, r.state",
)
FINISHED = Statement(
    "selfservice.finished_copy",
    Kind.READ,
    PROLOGUE + " MATCH (r:PrivacyRequest {id: $request, right: 'ACCESS', state: 'DONE'})"
    "-[:BY]->(self) MATCH (j:Job {kind: $kind, key: r.id}) WHERE j.state = 'DONE' RETURN j.id",
)


@dataclass(frozen=True, slots=True)
class _Written:
    """What was written, in bytes."""

    size: int


def copier(folder: Folder) -> Runner:
    """Return what writes copies of personal data.

    Args:
        folder: Where the files go; those that were kept long enough are deleted.
    """

    async def run(job: Run) -> dict[str, Any]:
        await asyncio.to_thread(folder.expire)
        request = str(job.parameters["request"])
        rows = await job.graph.run(PERSON, {"request": request})
        if not rows or rows[0][1] not in {"SUBMITTED", "DONE"}:
            return {"written": 0}
        data = await personal_data(job.graph, rows[0][0])
        done = await asyncio.to_thread(_write, folder, job.id, data)
        now = moment(datetime.now(UTC))
        change = NodeRow((request,), {"state": "DONE", "decidedAt": now})
        writer = Writer("c360", None, now, "personalDataExport")
        await write(job.graph, Batch([Nodes(PRIVACY_REQUEST, [change])]), writer)
        return {"written": 1, "bytes": done.size}

    return run


def _write(folder: Folder, job: str, data: dict[str, Any]) -> _Written:
    path = folder.file(job, DOCUMENT)
    with written(path) as part:
        part.write_bytes(orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    return _Written(path.stat().st_size)


async def finished(graph: Graph, issuer: str, subject: str, request: str) -> str | None:
    """Id of the job whose file is the copy that a person asked for; None while there is none.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    asked = {"ISSUER": issuer, "SUBJECT": subject, "request": request, "kind": KIND}
    rows = await graph.run(FINISHED, asked)
    return rows[0][0] if rows else None
