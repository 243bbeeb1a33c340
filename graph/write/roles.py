"""Labels that a party carries because of a relationship: Customer and Partner."""

from collections.abc import Iterable
from typing import Protocol

from graph.model.kinds import Node, Relationship
from graph.statements import Statement
from graph.write.link_statements import GIVE_CUSTOMER, GIVE_PARTNER, TAKE_CUSTOMER, TAKE_PARTNER
from graph.write.unit import Unit

BUYING = frozenset({"Order", "Invoice", "Contract"})
PARTNERING = frozenset({"ENROLLED_IN", "SERVES", "PARTNERS_WITH"})


class Ends(Protocol):
    """Anything that leads from one node to another."""

    start: int
    end: int


class Roles:
    """The label that a relationship gives one of its ends, and takes when the last one goes."""

    def __init__(self, give: Statement, take: Statement, *, at_start: bool) -> None:
        self._give = give
        self._take = take
        self._at_start = at_start

    def _ids(self, ends: Iterable[Ends]) -> set[int]:
        return {each.start if self._at_start else each.end for each in ends}

    async def gained(self, unit: Unit, ends: Iterable[Ends]) -> None:
        """Label the parties of new relationships."""
        await unit.over(self._give, self._ids(ends))

    async def lost(self, unit: Unit, ends: Iterable[Ends]) -> None:
        """Take the label from parties that no such relationship is left of."""
        await unit.over(self._take, self._ids(ends))


def roles_of(relationship: Relationship, start: Node) -> Roles | None:
    """The role that relationships of this type and start bring with them, if any."""
    if relationship.name == "FOR" and start.name in BUYING:
        return Roles(GIVE_CUSTOMER, TAKE_CUSTOMER, at_start=False)
    if relationship.name in PARTNERING:
        return Roles(GIVE_PARTNER, TAKE_PARTNER, at_start=True)
    return None
