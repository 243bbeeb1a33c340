"""Which team a new case goes to: rules as data, the first that fits counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Route:
    """Cases of these kinds, priorities and tiers go to teams of a function; empty means any."""

    function: str
    kinds: frozenset[str] = frozenset()
    priorities: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()

    def fits(self, kind: str | None, priority: str | None, tier: str | None) -> bool:
        """Whether the rule speaks of such a case."""
        return all(
            not wanted or said in wanted
            for wanted, said in (
                (self.kinds, kind),
                (self.priorities, priority),
                (self.tiers, tier),
            )
        )


ROUTES: tuple[Route, ...] = (
    Route("MANAGEMENT", frozenset({"COMPLAINT"}), frozenset({"URGENT"}), frozenset({"PLATINUM"})),
    Route("SERVICE"),
)
"""In the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class Team:
    """A team that may get a case, and whether it is responsible for the customer's territory."""

    id: str
    function: str | None
    near: bool


def route(
    kind: str | None,
    priority: str | None,
    tier: str | None,
    teams: Sequence[Team],
    case: str,
    routes: Sequence[Route] = ROUTES,
) -> Team | None:
    """Choose a team for a case; None when no team has the function of a rule that fits.

    Of several teams those responsible for the customer's territory come first; among equals cases
    are spread evenly by their ids, so that no team has to be counted out.

    Args:
        kind: What kind of case it is.
        priority: How urgent it is.
        tier: The customer's tier.
        teams: All teams, in any order.
        case: Id of the case, a UUID.
        routes: The rules.
    """
    for each in routes:
        if not each.fits(kind, priority or "NORMAL", (tier or "").upper()):
            continue
        able = sorted((one for one in teams if one.function == each.function), key=_id)
        near = [one for one in able if one.near] or able
        if near:
            return near[UUID(case).int % len(near)]
    return None


def _id(team: Team) -> str:
    return team.id
