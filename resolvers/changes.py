"""Changes: a page of the chain, and subscriptions to it; of a customer for whoever may see it."""

import math
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any, cast

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema

from graph.audiences import EVERYONE, Audience
from graph.changes import Event
from loaders.audiences import STAFF_ALONE, directives_of
from loaders.changes import Feed, Position, global_id, labels_of
from loaders.errors import BadRequest, Code
from loaders.history.values import named_fields
from loaders.ids import decode_id
from loaders.registry import PageInfo
from loaders.rereading import Rereading
from resolvers.context import Info
from resolvers.nodes import Node
from resolvers.parties.customer import Customer

Types = Annotated[
    list[str] | None,
    strawberry.argument(
        description="Only of these types of node; an interface such as Customer stands for all of "
        "its types, and null for everything."
    ),
]
Since = Annotated[
    str | None,
    strawberry.argument(
        description="Cursor of the last change that is known; what follows it comes next. "
        "Null begins with what happens from now on."
    ),
]
After = Annotated[
    str | None,
    strawberry.argument(description="The same as `since`, by the name that lists give it."),
]


def _rereading(info: Info) -> Rereading:
    found = info.context.rereading
    if found is None:
        raise BadRequest(Code.INVALID_ARGUMENT, "Changes are not followed here: ask the server.")
    return found


def _core(info: Info) -> Any:
    """What graphql-core knows of the field at hand; Strawberry keeps it to itself."""
    return cast("Any", info)._raw_info


async def _node(root: Any, info: Info) -> Any:
    """The node that changed, as it is now."""
    return await _rereading(info).node(_core(info), root.entity_id)


async def _customer(root: Any, info: Info) -> Any:
    """The customer, as it is now."""
    return await _rereading(info).node(_core(info), root.customer_id)


@strawberry.type(description="One change of one node: what changed, who did it, and when.")
class Change:
    """One change of one node."""

    cursor: str = strawberry.field(
        description="Opaque position of the change; give it as `since` to go on after it."
    )
    at: datetime | None = strawberry.field(description="When it happened, UTC.")
    actor: str | None = strawberry.field(
        directives=[STAFF_ALONE],
        description="Who did it: issuer and subject of a token, or the name of a program.",
    )
    op: str | None = strawberry.field(
        directives=[STAFF_ALONE],
        description="The business action, such as `caseOpen` or `import`.",
    )
    entity_id: strawberry.ID = strawberry.field(description="Opaque id of the node that changed.")
    type: str = strawberry.field(description="Type of that node.")
    version: int | None = strawberry.field(
        directives=[STAFF_ALONE], description="Version of the node after the change."
    )
    fields: list[str] = strawberry.field(
        directives=[STAFF_ALONE],
        description="Properties and relationship types that changed, by the names of the model.",
    )
    node: Node | None = strawberry.field(
        resolver=_node,
        description="The node as it is now; null when it is gone or not for the viewer.",
    )


@strawberry.type(description="A change that concerns a customer.")
class CustomerChange:
    """A change that concerns a customer."""

    customer_id: strawberry.Private[str]
    change: Change = strawberry.field(description="What changed.")
    customer: Customer | None = strawberry.field(
        resolver=_customer,
        description="The customer as it is now; null when it is gone or not for the viewer.",
    )


@strawberry.type(description="One change of a list.")
class ChangeEdge:
    """One change of a list."""

    node: Change = strawberry.field(description="The change.")
    cursor: str = strawberry.field(description="Opaque position of the change.")


@strawberry.type(description="A page of changes, in the order in which they happened.")
class ChangeConnection:
    """A page of changes."""

    edges: list[ChangeEdge] = strawberry.field(description="The changes of this page, in order.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in its list.")


def _change(found: Position) -> Change:
    event: Event = found.event
    return Change(
        cursor=found.cursor,
        at=event.at,  # pyright: ignore[reportArgumentType] - stored as it is shown
        actor=event.actor,
        op=event.op,
        entity_id=strawberry.ID(global_id(event)),
        type=event.label or "Node",
        version=event.version,
        fields=event.fields,
    )


def _feed(info: Info) -> Feed:
    found = info.context.feed
    if found is None:
        raise BadRequest(Code.INVALID_ARGUMENT, "Changes are not followed here: ask the server.")
    return found


async def changes_page(
    info: Info,
    since: Annotated[
        str | None,
        strawberry.argument(
            description="Cursor of the last change that is known; null begins with the first."
        ),
    ] = None,
    after: After = None,
    first: Annotated[
        int, strawberry.argument(description="How many changes at most, from 0 to 200.")
    ] = 50,
    types: Types = None,
    entity: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Only of the node of this opaque id."),
    ] = None,
) -> ChangeConnection:
    """A page of changes, the oldest first."""
    if since is not None and after is not None:
        raise BadRequest(Code.INVALID_PAGE, "Give `after` or `since`, not both.")
    since = after if since is None else since
    if first == 0:
        return _page([], since, since, more=False)
    wanted = decode_id(entity).id if entity is not None else None
    found = await _feed(info).page(info.context.viewer, since, first, labels_of(types), wanted)
    edges = [ChangeEdge(node=_change(each), cursor=each.cursor) for each in found.shown]
    return _page(edges, since, found.end if edges or found.more else None, more=found.more)


def _page(
    edges: list[ChangeEdge], since: str | None, end: str | None, *, more: bool
) -> ChangeConnection:
    return ChangeConnection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=more,
            has_previous_page=since is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=end,
        ),
    )


async def _changes(
    info: Info,
    since: Since = None,
    types: Types = None,
    first: Annotated[
        int | None,
        strawberry.argument(
            description="How many changes until the subscription completes; null goes on for ever."
        ),
    ] = None,
) -> AsyncGenerator[Change, None]:
    labels = labels_of(types)
    if first is not None and first < 1:
        raise BadRequest(Code.INVALID_PAGE, "`first` must be at least 1, or null.")
    following = _feed(info).follow(
        info.context.viewer, since, lambda each: labels is None or each.label in labels
    )
    left = math.inf if first is None else first
    async with aclosing(following):
        async for found in following:
            yield _change(found)
            left -= 1
            if not left:
                return


async def _customer_changed(
    info: Info,
    id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the customer.")],
    since: Since = None,
) -> AsyncGenerator[CustomerChange, None]:
    party, viewer, schema = decode_id(id).id, info.context.viewer, _core(info).schema

    def wanted(each: Event) -> bool:
        concerns = each.entity == party or party in each.parties
        return concerns and (viewer.audience is Audience.STAFF or _shown(schema, each))

    async with aclosing(_feed(info).follow(viewer, since, wanted)) as following:
        async for found in following:
            yield CustomerChange(customer_id=id, change=_change(found))


def _shown(schema: GraphQLSchema, event: Event) -> bool:
    """Whether anything changed that exists in a schema; the rest is nobody's business there."""
    type_ = event.label or ""
    if not isinstance(schema.type_map.get(type_), GraphQLObjectType):
        return False
    shown = {column for _, column, _ in named_fields(schema, type_)}
    return not shown.isdisjoint(event.fields)


@strawberry.type(description="Everything that can be followed as it happens.")
class Subscription:
    """Everything that can be followed."""

    changes: Change = strawberry.subscription(  # pyright: ignore[reportAssignmentType] - one at a time
        resolver=_changes,
        description="Every change, once and in order; what a node selects is read again for the "
        "viewer.",
    )
    customer_changed: CustomerChange = strawberry.subscription(  # pyright: ignore[reportAssignmentType]
        resolver=_customer_changed,
        description="Every change that concerns a customer, once and in order. Others than staff "
        "are told of what they may see when it changes, and only of values that exist for them.",
        directives=directives_of(EVERYONE),
    )
