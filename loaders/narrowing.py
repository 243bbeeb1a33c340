"""Whether staff are narrowed by rules: looked up in the background, no request waits for it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from graph.access import NARROWED, RULES, Rules
from graph.audiences import Audience
from graph.database import Graph
from graph.errors import GraphError
from graph.statements import Kind, Statement

SECONDS = 1.0
"""How old what is known may be."""

ANY_RULE = Statement(
    "access.any_rule",
    Kind.READ,
    "RETURN EXISTS { MATCH (rule:AccessRule) WHERE coalesce(rule.active, true) }",
)


class Narrowing:
    """Knows whether there is a rule of staff. Which one holds for whom, each statement finds out.

    Attributes:
        narrowed: Whether there is one, as far as is known.
    """

    def __init__(self, graph: Graph) -> None:
        """Know of none, until it is looked up."""
        self._graph = graph
        self.narrowed = False

    def rules(self, audience: Audience) -> Rules:
        """What an audience may see by now."""
        if audience is Audience.STAFF and self.narrowed:
            return NARROWED
        return RULES[audience]

    async def look(self) -> None:
        """Look it up.

        Raises:
            GraphError: the database cannot be reached.
        """
        self.narrowed = bool((await self._graph.run(ANY_RULE, {}))[0][0])

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator[None]:
        """Look it up now and again and again, as long as this is open.

        While the database is away what was known last counts; at first there are rules.
        """
        self.narrowed = True
        with contextlib.suppress(GraphError):
            await self.look()
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(SECONDS)
            with contextlib.suppress(GraphError):
                await self.look()
