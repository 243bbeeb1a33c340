"""A graph with its constraints, the real file where it is there, and short ways to small files."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import neo4j
import pytest

from api.connections import graph_at
from graph.database import Graph
from graph.engines import Endpoints
from graph.imports import Summary, import_file, load_mapping
from graph.migrations import migrate

ROOT = Path(__file__).resolve().parents[2]
REAL_FILE = ROOT.parent / "shared" / "data" / "online-retail-sample.csv.gz"

Importer = Callable[..., Awaitable[Summary]]
Query = Callable[..., Awaitable[list[list[Any]]]]


@pytest.fixture
def real_file() -> Path:
    """Return the Online-Retail sample, which is not committed."""
    if not REAL_FILE.exists():
        pytest.skip("the Online-Retail sample is not beside this checkout")
    return REAL_FILE


@pytest.fixture(scope="session")
async def graph(anyio_backend: str, endpoints: Endpoints) -> AsyncIterator[Graph]:  # noqa: ARG001
    """Return the session's graph with its constraints."""
    opened = graph_at(endpoints)
    async with opened:
        await migrate(opened)
        yield opened


def kept(content: str | bytes | Path, path: Path) -> Path:
    """Return a file that holds the content; a path is one already."""
    if isinstance(content, Path):
        return content
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.fixture
def importer(graph: Graph, clean_graph: None, tmp_path: Path) -> Importer:  # noqa: ARG001
    """Return a function that imports a file, or text, into the empty graph."""

    async def run(
        content: str | bytes | Path,
        mapping: str | Path,
        *,
        name: str = "input.csv",
        **options: Any,
    ) -> Summary:
        file = kept(content, tmp_path / name)
        usable = load_mapping(kept(mapping, tmp_path / "mapping.yaml"))
        options.setdefault("report", tmp_path / "work" / "refused.jsonl")
        return await import_file(graph, file, usable, **options)

    return run


@pytest.fixture
def query(driver: neo4j.AsyncDriver, endpoints: Endpoints) -> Query:
    """Return a function that runs Cypher and returns its rows."""

    async def run(text: str, **parameters: Any) -> list[list[Any]]:
        async with driver.session(database=endpoints.neo4j_database) as session:
            result = await session.run(text, parameters)  # pyright: ignore[reportArgumentType]
            return [list(record.values()) async for record in result]

    return run


@pytest.fixture
def content(query: Query) -> Callable[[], Awaitable[list[Any]]]:
    """Return a function that returns all that was said: nodes by key and links, without ids."""

    async def run() -> list[Any]:
        nodes = await query(
            "MATCH (n) WHERE n.externalId IS NOT NULL OR n:Party OR n:Identifier"
            " RETURN labels(n), [k IN keys(n) WHERE NOT k IN $own | [k, n[k]]]",
            own=["id", "createdAt", "changedAt", "observedAt", "head", "hash"],
        )
        links = await query(
            "MATCH (a)-[r]->(b) WHERE type(r) <> 'WAS'"
            " RETURN type(r), coalesce(a.externalId, a.name, a.value),"
            " coalesce(b.externalId, b.name, b.value),"
            " [k IN keys(r) WHERE NOT k IN $own | [k, r[k]]]",
            own=["via", "recordedFrom", "from"],
        )
        tidy = [[sorted(labels), sorted(map(repr, values))] for labels, values in nodes]
        tidy += [[*ends, sorted(map(repr, values))] for *ends, values in links]
        return sorted(map(repr, tidy))

    return run


@pytest.fixture
def refusals(tmp_path: Path) -> Callable[[], list[dict[str, Any]]]:
    """Return a function that reads the report of the last import."""

    def read() -> list[dict[str, Any]]:
        report = tmp_path / "work" / "refused.jsonl"
        return [json.loads(line) for line in report.read_text().splitlines()]

    return read
