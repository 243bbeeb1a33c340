"""`migrate`: bring constraints and indexes up to date."""

import asyncio

from api.connections import open_graph
from api.settings import Settings, load_settings
from graph.migrations import migrate as migrate_graph
from graph.write.sight import sweep


def migrate() -> None:
    """Create missing constraints and indexes; safe to repeat, and to run twice at once.

    What follows from other facts, such as which partner sees whom, is worked out again.
    """
    asyncio.run(_migrate(load_settings()))


async def _migrate(settings: Settings) -> None:
    async with open_graph(settings) as graph:
        applied = await migrate_graph(graph)
        await sweep(graph)
    print(f"{len(applied)} steps applied; the schema is up to date.")
