"""The end of background tasks."""

import asyncio
from typing import Any

AGAIN_SECONDS = 0.5


async def stop(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait for their end, whatever they still do.

    A library that takes a cancellation for a timeout of its own would go on for ever, so it is told
    again.
    """
    left = {each for each in tasks if not each.done()}
    while left:
        for each in left:
            each.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN_SECONDS)
