"""What ordinary resolvers get to know of a request."""

from collections.abc import Sequence
from typing import Any, cast

import strawberry

from graph.access.wholly import sees_everything
from graph.audiences import Audience
from loaders.backing import Backing
from loaders.errors import BadRequest, Code
from loaders.reference import Context
from loaders.rereading import seen
from loaders.subjects import operation_of

Info = strawberry.Info[Context, None]


def for_staff(info: Info) -> Backing:
    """The parts of the server that a resolver may use, where staff ask.

    Raises:
        BadRequest: somebody else asks.
    """
    found = info.context.backing
    if found is None or info.context.viewer.audience is not Audience.STAFF:
        raise BadRequest(Code.FORBIDDEN, "Only staff may ask for this.")
    return found


async def all_seen(info: Info, ids: Sequence[str]) -> bool:
    """Whether the viewer, of staff, sees every node of some global ids.

    Without rules that narrow staff nothing is asked: whether there are such nodes is for the
    resolver to say.

    Raises:
        BadRequest: somebody else asks, or an id is none.
        GraphError: the graph is away.
    """
    backing = for_staff(info)
    if not backing.narrowed():
        return True
    return set(ids) <= await seen(backing.answers, ids, info.context.viewer)


async def nothing_hidden(info: Info) -> None:
    """Go on only if nothing is hidden from the viewer, of staff: for what looks at everything.

    Raises:
        BadRequest: somebody else asks, or one whom a rule narrows.
        GraphError: the graph is away.
    """
    backing, viewer = for_staff(info), info.context.viewer
    if not backing.narrowed():
        return
    if not await sees_everything(backing.graph, viewer.issuer, viewer.subject):
        raise BadRequest(Code.FORBIDDEN, "Only who sees everything may ask for this.")


async def hidden_of(info: Info, ids: Sequence[str]) -> set[str]:
    """Those of some global ids that a rule hides from the viewer, of staff.

    Raises:
        BadRequest: somebody else asks, or an id is none.
        GraphError: the graph is away.
    """
    backing = for_staff(info)
    if not ids or not backing.narrowed():
        return set()
    return set(ids) - await seen(backing.answers, ids, info.context.viewer)


def told(info: Info, classes: Sequence[str], people: Sequence[str]) -> None:
    """Record that the viewer, of staff, is told personal data of people.

    Args:
        info: Of the field that tells it.
        classes: Kinds of personal data.
        people: Ids of the people in the graph.
    """
    operation = operation_of(cast("Any", info)._raw_info.operation)
    for_staff(info).told(info.context.viewer, operation, classes, people)
