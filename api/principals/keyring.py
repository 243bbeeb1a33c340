"""The keys of an issuer as one process knows them: fetched now and then, and when one is unknown.

The last good set stays for as long as the issuer is away. What an issuer withdraws is refused with
the next fetch, also in tokens that were accepted before.
"""

import asyncio
import random
import time

import structlog

from api.principals.issuer import Issuer, IssuerAway
from api.tokens import Verifier

logger = structlog.stdlib.get_logger(__name__)

REFRESH_SECONDS = 300.0
FIRST_PAUSE_SECONDS = 1.0
EXTRA_SECONDS = 30.0
"""An unknown key is looked for at most once in so long, whoever sends tokens with made-up names."""


class KeysMissing(Exception):
    """No token can be checked yet: the issuer has never answered."""


class Keyring:
    """Hands the keys of an issuer to a verifier, again and again.

    Args:
        issuer: Where they come from.
        verifier: Who checks tokens by them.
        refresh: Seconds between two fetches.
        extra: Fewest seconds between two looks for an unknown key.
    """

    def __init__(
        self,
        issuer: Issuer,
        verifier: Verifier,
        *,
        refresh: float = REFRESH_SECONDS,
        extra: float = EXTRA_SECONDS,
    ) -> None:
        self._issuer = issuer
        self._verifier = verifier
        self._refresh, self._extra = refresh, extra
        self._fetching: asyncio.Task[bool] | None = None
        self._looked_at = float("-inf")
        self.loaded = False

    async def serve(self) -> None:
        """Keep the keys fresh until cancelled."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            good = await self._fetch()
            pause = self._refresh if good else min(pause * 2, self._refresh)
            # Not all processes at once.
            await asyncio.sleep(pause * random.uniform(0.8, 1.0))  # noqa: S311 - no secret

    async def look_again(self) -> bool:
        """Look for a key that is not known; whether the issuer was asked and has answered.

        Raises:
            KeysMissing: the issuer has never answered, so that nothing is known of any key.
        """
        now = time.monotonic()
        asked = False
        if self._fetching is not None or now - self._looked_at >= self._extra:
            if self._fetching is None:
                self._looked_at = now
            asked = await self._fetch()
        if not self.loaded:
            raise KeysMissing
        return asked

    async def _fetch(self) -> bool:
        """Fetch once, for all who wait; whether it worked."""
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetched())
        return await asyncio.shield(self._fetching)

    async def _fetched(self) -> bool:
        try:
            keys = await self._issuer.keys()
        except IssuerAway as error:
            logger.warning("the issuer's keys cannot be fetched", reason=str(error))
            return False
        finally:
            self._fetching = None
        self._verifier.replace(keys)
        self.loaded = True
        return True
