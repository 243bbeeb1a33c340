"""One real Neo4j and one real Valkey for the whole test session."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import neo4j
import platformdirs
import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from graph.engines import Endpoints, EngineConfig, Engines, open_engines

# How long an example takes is up to the machine and to whatever else runs on it.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("here")


class FilesAndServer(LoadFileScheduling):
    """Gives whole files to a worker, and all files of tests/api to the same one.

    Those share a server that takes half a minute to start; a second worker would start another.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "tests/api" if file.startswith("tests/api/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Share the tests out among the workers as above."""
    return FilesAndServer(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Return asyncio; of the session's scope, so that all async fixtures share one event loop."""
    return "asyncio"


@pytest.fixture(scope="session")
def cache_dir() -> Path:
    """Return the developer's own cache, so that a machine downloads the engines once."""
    configured = os.environ.get("C360_CACHE_DIR")
    return Path(configured or platformdirs.user_cache_dir("customer360", appauthor=False))


@pytest.fixture(scope="session")
def engine_config(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> EngineConfig:
    """Return the configuration of the session's engines, with an empty data directory."""
    data_dir = tmp_path_factory.mktemp("engines") / "data"
    return EngineConfig(data_dir=data_dir, cache_dir=cache_dir, neo4j_page_cache="64m")


@pytest.fixture(scope="session")
def engines(engine_config: EngineConfig) -> Iterator[Engines]:
    """Run the engines until the session ends."""
    with open_engines(engine_config) as running:
        yield running


@pytest.fixture(scope="session")
def endpoints(engines: Engines) -> Endpoints:
    """Return where the session's engines answer."""
    return engines.endpoints


@pytest.fixture(scope="session")
async def driver(
    anyio_backend: str,  # noqa: ARG001 - async fixtures need it
    endpoints: Endpoints,
) -> AsyncIterator[neo4j.AsyncDriver]:
    """Return a driver of the session's Neo4j."""
    auth = (endpoints.neo4j_user, endpoints.neo4j_password)
    async with neo4j.AsyncGraphDatabase.driver(endpoints.neo4j_uri, auth=auth) as opened:
        yield opened


@pytest.fixture(scope="session")
def wipe_graph(driver: neo4j.AsyncDriver, endpoints: Endpoints) -> Callable[[], Awaitable[None]]:
    """Return a function that deletes every node, in batches; constraints and indexes stay."""

    async def wipe() -> None:
        async with driver.session(database=endpoints.neo4j_database) as session:
            result = await session.run(
                "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
            )
            await result.consume()

    return wipe


@pytest.fixture
async def clean_graph(wipe_graph: Callable[[], Awaitable[None]]) -> None:
    """Delete every node before the test; constraints and indexes stay."""
    await wipe_graph()


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the database time where every question is a new text, which it has to plan first."""
    monkeypatch.setattr("loaders.lanes.SECONDS", 120.0)
