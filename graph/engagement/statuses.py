"""Where cases and campaigns may go from where they stand, as data."""

CASE: dict[str, tuple[str, ...]] = {
    "NEW": ("OPEN", "PENDING", "SOLVED"),
    "OPEN": ("PENDING", "SOLVED"),
    "PENDING": ("OPEN", "SOLVED"),
    "SOLVED": ("OPEN", "CLOSED"),
    "CLOSED": ("OPEN",),
}
"""A case is solved before it is closed; one that was closed may be reopened for a while."""

REOPEN_DAYS = 30
"""Days after its closing in which a case may be reopened; later a new one is opened."""

CAMPAIGN: dict[str, tuple[str, ...]] = {
    "PLANNED": ("RUNNING", "ENDED"),
    "RUNNING": ("PAUSED", "ENDED"),
    "PAUSED": ("RUNNING", "ENDED"),
    "ENDED": (),
}
"""A campaign that ended stays ended."""


def leading_to(moves: dict[str, tuple[str, ...]], status: str) -> list[str]:
    """Statuses from which one may be reached, itself included: to stay is no move."""
    return [status, *(before for before, after in moves.items() if status in after)]
