"""`compact`: copy the graph into new files, in which nothing that was deleted is left."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from api.connections import engine_config, graph_at, open_graph
from api.settings import Settings, load_settings
from graph.engines import Endpoints, open_engines
from graph.write.copying import copy


def compact(
    into: Annotated[Path, typer.Option(help="A new data directory for the copy.")],
) -> None:
    """Copy the graph into an empty data directory; nobody may write to it meanwhile."""
    settings = load_settings()
    config = replace(
        engine_config(settings), data_dir=into.absolute(), neo4j_uri=None, redis_url=None,
        bolt_port=None,
    )  # fmt: skip
    with open_engines(config) as engines:
        nodes, ties = asyncio.run(_copy(settings, engines.endpoints))
    print(f"{nodes:,} nodes and {ties:,} relationships copied.")
    print("Set C360_DATA_DIR to the new directory, then delete the old one.")


async def _copy(settings: Settings, endpoints: Endpoints) -> tuple[int, int]:
    async def progress(done: int, total: int) -> None:
        print(f"{done:,} of {total:,}", end="\r", flush=True)

    async with open_graph(settings) as source, graph_at(endpoints) as target:
        return await copy(source, target, progress)
