"""Whether the process itself is what requests wait for, and who is then turned away.

A request that came waits until the event loop gets to it, unseen by the places of
`api/guard/admission.py`. With more to do than one core can, that queue would grow until everybody
is answered late and nobody in time; so who waited in it for too long is told to come again, which
costs a twentieth of an answer. A single stall, such as a large text that is planned, is forgiven.

Whoever sends far more than others is turned away first, so that they do not notice. Who asks is not
known yet, and who is told apart by the token that was sent: a crowd of tokens that nobody made
cannot make anybody else look greedy, since that takes a tenth of everything.
"""

from collections import Counter

# As long as a request may wait for a place.
LATE_SECONDS = 0.1
# How long the process may work off what a stall has left before it counts as overloaded.
FORGIVEN_SECONDS = 0.3
# From here on the process is busy: what it waits for may have come and not been looked at.
BUSY_SECONDS = 0.03
# A caller is greedy with so many times what callers send on average, and this part of everything.
GREEDY_TIMES = 1.5
GREEDY_PART = 0.1
COUNTED_SECONDS = 1.0
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
        self._counted_until = 0.0
        self._sent: Counter[int] = Counter()
        self._greedy: frozenset[int] = frozenset()
        self.refused = 0

    def busy(self, now: float) -> bool:
        """Whether the process has of late been slow to look at what came."""
        return now < self._busy_until

    def turns_away(self, caller: bytes, arrived: float, now: float) -> bool:
        """Whether a request is turned away.

        Args:
            caller: What tells callers apart.
            arrived: When its headers were there, on the loop's clock.
            now: When the loop gets to it.
        """
        who, waited = hash(caller), now - arrived
        if now >= self._counted_until:
            self._count(now)
        self._sent[who] += 1
        if waited > BUSY_SECONDS:
            self._busy_until = now + WARY_SECONDS
        wary = now < self._wary_until
        if waited <= LATE_SECONDS:
            self._late_since = None
            if not wary or waited <= BUSY_SECONDS or who not in self._greedy:
                return False
        elif self._late_since is None:
            self._late_since = now
        if not wary and now - (self._late_since or now) <= FORGIVEN_SECONDS:
            return False
        self._wary_until = now + WARY_SECONDS
        self.refused += 1
        return True

    def _count(self, now: float) -> None:
        """Find out who was greedy, and count anew."""
        everything = self._sent.total()
        if everything:
            most = max(GREEDY_TIMES * everything / len(self._sent), GREEDY_PART * everything)
            self._greedy = frozenset(who for who, sent in self._sent.items() if sent > most)
        self._sent.clear()
        self._counted_until = now + COUNTED_SECONDS
