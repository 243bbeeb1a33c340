"""`audit`: whether the audit trail is what was written."""

import asyncio
from enum import Enum
from typing import Annotated

import typer

from api.connections import open_graph
from api.settings import Settings, load_settings
from graph.auditing import Audit, verify


class Action(Enum):
    """What can be done with the audit trail."""

    VERIFY = "verify"


def audit(
    action: Annotated[Action, typer.Argument(help="verify: walk the chain, report its break.")],
) -> None:
    """Verify the chain of all changes; the exit status is 1 when it is broken."""
    found = asyncio.run(_verify(load_settings(), action))
    print(told(found))
    if found.broken is not None:
        raise typer.Exit(1)


async def _verify(settings: Settings, _action: Action) -> Audit:
    async with open_graph(settings) as graph:
        return await verify(graph)


def told(found: Audit) -> str:
    """Return what was found as a sentence or two."""
    if found.broken is not None:
        return f"The chain breaks at change {found.broken}: {found.reason}"
    waiting = f" {found.waiting} more wait for the worker." if found.waiting else ""
    erased = found.events - found.digests
    return f"The chain of {found.events} changes holds; of {erased} the values are erased.{waiting}"
