"""`migrate`: bring constraints and indexes up to date."""

import asyncio

from api.connections import open_graph
from api.settings import Settings, load_settings
from graph.migrations import migrate as migrate_graph


def migrate() -> None:
    """Create missing constraints and indexes; safe to repeat, and to run twice at once."""
    asyncio.run(_migrate(load_settings()))


async def _migrate(settings: Settings) -> None:
    async with open_graph(settings) as graph:
        applied = await migrate_graph(graph)
    print(f"{len(applied)} steps applied; the schema is up to date.")
