"""Bulk writes make kept answers stale: import and seed may touch anything at all."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import redis.asyncio
import structlog
from redis.exceptions import RedisError

from api.cache import cache_at
from loaders.responses import bump
from loaders.tags import EVERYTHING

logger = structlog.stdlib.get_logger(__name__)

EVERY_SECONDS = 1.0
SOCKET_SECONDS = 1.0


@contextlib.asynccontextmanager
async def stale_answers(redis_url: str) -> AsyncGenerator[None]:
    """Make every kept answer stale, again and again while this lasts, and once more at its end."""
    async with cache_at(redis_url, SOCKET_SECONDS) as cache:
        bumping = asyncio.create_task(_bump_again_and_again(cache))
        try:
            yield
        finally:
            bumping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await bumping
            await _bump(cache)


async def _bump_again_and_again(cache: redis.asyncio.Redis) -> None:
    while True:
        if not await _bump(cache):
            return
        await asyncio.sleep(EVERY_SECONDS)


async def _bump(cache: redis.asyncio.Redis) -> bool:
    """Say whether the cache was there."""
    try:
        await bump(cache, [EVERYTHING])
    except (RedisError, OSError) as error:
        logger.warning("kept answers stay until their time is over", error=type(error).__name__)
        return False
    return True
