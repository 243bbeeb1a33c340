"""How long a request may still take, known wherever it goes on without being passed along."""

import time
from contextvars import ContextVar

_DEADLINE: ContextVar[float | None] = ContextVar("deadline", default=None)
# A statement that would have less is not worth sending, and the database takes 0 for no limit.
LEAST_SECONDS = 0.05


def begin(seconds: float) -> None:
    """Give the request of this task, and the tasks it starts, so many seconds from now."""
    _DEADLINE.set(time.monotonic() + seconds)


def within(seconds: float) -> float:
    """Return the seconds a statement may take: no more than the request has left, at least 0.05."""
    deadline = _DEADLINE.get()
    if deadline is None:
        return seconds
    return max(LEAST_SECONDS, min(seconds, deadline - time.monotonic()))
