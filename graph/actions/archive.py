"""Putting things away and taking them out again: parties, and everything else that can be."""

from collections.abc import Awaitable, Callable

from graph.errors import NOT_THERE, NotFound, Outdated
from graph.model.cases import ARTICLE, CASE
from graph.model.declare import integer
from graph.model.interactions import INTERACTION
from graph.model.kinds import Node
from graph.model.marketing import CAMPAIGN, SEGMENT
from graph.model.opportunities import OPPORTUNITY
from graph.model.orders import DOCUMENT
from graph.model.organisation import TEAM, TERRITORY
from graph.model.parties import PARTY
from graph.model.products import PRODUCT
from graph.model.programs import FUND, PROGRAM, REQUEST
from graph.write.actions import Draft, Given, Procedure, Ref, Return, Work
from graph.write.actions.draft import node_of
from graph.write.archiving import Put, put

_THINGS: tuple[Node, ...] = (
    OPPORTUNITY, DOCUMENT, CASE, INTERACTION, PRODUCT, CAMPAIGN, SEGMENT, ARTICLE, TEAM, TERRITORY,
    PROGRAM, FUND, REQUEST,
)  # fmt: skip


def _putting(variable: str, *, restore: bool) -> Callable[[Work, Draft], Awaitable[None]]:
    async def run(work: Work, draft: Draft) -> None:
        named = draft.one(variable)
        if named is None:
            return
        node = node_of(named.label)
        wanted = draft.given.get("ifVersion")
        request = Put(named, variable, draft.mutation.name, wanted, restore)
        work.touched |= {*node.labels, "Customer", "Partner", "Version", "ChangeEvent", "Archived"}
        try:
            await put(work.graph, node, request, work.caller)
        except NotFound:
            message = "There is no archived one with this id." if restore else None
            text = message or NOT_THERE
            draft.refuse("NOT_FOUND", text, variable + "Id")
        except Outdated as error:
            draft.refuse("CONFLICT", str(error), "ifVersion")
        else:
            draft.returned[variable] = named

    return run


_VERSION = (
    Given(integer("ifVersion", "Version it must still have; with another one nothing is done.")),
)

PARTY_ARCHIVE = Procedure(
    "partyArchive",
    "Puts a party away: it is not found any more, and nothing refers to it until it is restored.",
    refs=(Ref("party", (PARTY,), "The party."),),
    given=_VERSION,
    returns=(Return("party", "party", "Customer"),),
    run=_putting("party", restore=False),
)
PARTY_RESTORE = Procedure(
    "partyRestore",
    "Takes an archived party out again, with its relationships as they were.",
    refs=(Ref("party", (PARTY,), "The party."),),
    given=_VERSION,
    returns=(Return("party", "party", "Customer"),),
    run=_putting("party", restore=True),
)
ENTITY_ARCHIVE = Procedure(
    "entityArchive",
    "Puts something away: it is not found any more, and nothing refers to it until it is restored.",
    refs=(Ref("entity", _THINGS, "Anything but a party."),),
    given=_VERSION,
    returns=(Return("entity", "entity", "Node"),),
    run=_putting("entity", restore=False),
)
ENTITY_RESTORE = Procedure(
    "entityRestore",
    "Takes something archived out again, with its relationships as they were.",
    refs=(Ref("entity", _THINGS, "Anything but a party."),),
    given=_VERSION,
    returns=(Return("entity", "entity", "Node"),),
    run=_putting("entity", restore=True),
)

ACTIONS = (PARTY_ARCHIVE, PARTY_RESTORE, ENTITY_ARCHIVE, ENTITY_RESTORE)
