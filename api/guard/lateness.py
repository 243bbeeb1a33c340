"""Whether the process itself is what requests wait for, and who is then turned away.

A request that came waits until the event loop gets to it, unseen by the places of
`api/guard/admission.py`. With more to do than one core can, that queue would grow until everybody
is answered late and nobody in time; so who waited in it for too long is told to come again, which
costs a twentieth of an answer. A single stall, such as a large text that is planned, is forgiven.
"""

# As long as a request may wait for a place.
LATE_SECONDS = 0.1
# How long the process may work off what a stall has left before it counts as overloaded.
FORGIVEN_SECONDS = 0.3
# From here on the process is busy: what it waits for may have come and not been looked at.
BUSY_SECONDS = 0.03
# How long it counts as overloaded, or busy, after the last request that was late.
WARY_SECONDS = 1.0


class Lateness:
    """The lateness of one process.

    Attributes:
        refused: Requests that were turned away, so far.
    """

    def __init__(self) -> None:
        self._late_since: float | None = None
        self._wary_until = 0.0
        self._busy_until = 0.0
        self.refused = 0

    def busy(self, now: float) -> bool:
        """Whether the process has of late been slow to look at what came."""
        return now < self._busy_until

    def turns_away(self, arrived: float, now: float) -> bool:
        """Whether a request is turned away.

        Args:
            arrived: When its headers were there, on the loop's clock.
            now: When the loop gets to it.
        """
        if now - arrived > BUSY_SECONDS:
            self._busy_until = now + WARY_SECONDS
        if now - arrived <= LATE_SECONDS:
            self._late_since = None
            return False
        if self._late_since is None:
            self._late_since = now
        if now >= self._wary_until and now - self._late_since <= FORGIVEN_SECONDS:
            return False
        self._wary_until = now + WARY_SECONDS
        self.refused += 1
        return True
