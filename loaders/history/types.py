"""The GraphQL types of `history` and `diff`."""

from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, cast

import strawberry

from graph.history import MAX_LINKS
from loaders.evidence import Explorable, WalkDirection
from loaders.history.values import FieldValue
from loaders.registry import PageInfo

_ACTOR = "Who did it; null when no event was kept."
_OP = "Name of the business action, such as `import`; null when no event was kept."
_REASON = "Why, in the words of who did it; null when none was given."


@strawberry.enum(description="What a change did.")
class HistoryKind(Enum):
    """What a change did."""

    CREATED = strawberry.enum_value("CREATED", description="The node was recorded first.")
    CHANGED = strawberry.enum_value("CHANGED", description="Values changed.")
    ARCHIVED = strawberry.enum_value("ARCHIVED", description="The node was put away.")
    RESTORED = strawberry.enum_value("RESTORED", description="The node was taken out again.")


@strawberry.type(description="A field before and after a change.")
class FieldChange:
    """A field before and after a change."""

    field: str = strawberry.field(description="Name of the field; of a custom one its property.")
    before: FieldValue | None = strawberry.field(description="Value before; null for none.")
    after: FieldValue | None = strawberry.field(description="Value afterwards; null for none.")


@strawberry.type(description="One change of one node.")
class HistoryEntry:
    """One change of one node."""

    version: int = strawberry.field(description="Number of the state that it led to, from 1.")
    at: datetime = strawberry.field(description="When it was recorded, UTC.")
    kind: HistoryKind = strawberry.field(description="What it did.")
    actor: str | None = strawberry.field(description=_ACTOR)
    op: str | None = strawberry.field(description=_OP)
    reason: str | None = strawberry.field(description=_REASON)
    fields: list[FieldChange] = strawberry.field(
        description="The fields whose values changed; of those asked for."
    )


@strawberry.type(description="One change of a list.")
class HistoryEdge:
    """One change of a list."""

    node: HistoryEntry = strawberry.field(description="The change.")
    cursor: str = strawberry.field(description="Opaque position of this change in its list.")


@strawberry.type(description="A page of changes of one node, the latest first.")
class HistoryConnection:
    """A page of changes of one node."""

    edges: list[HistoryEdge] = strawberry.field(description="Changes, the latest first.")
    page_info: PageInfo = strawberry.field(description="Where this page lies in the list.")


@strawberry.type(description="A field that differs between two moments, and its last change.")
class FieldDifference:
    """A field that differs between two moments."""

    field: str = strawberry.field(description="Name of the field; of a custom one its property.")
    before: FieldValue | None = strawberry.field(description="Value at the first; null for none.")
    after: FieldValue | None = strawberry.field(description="Value at the second; null for none.")
    at: datetime | None = strawberry.field(description="When it changed last in between, UTC.")
    actor: str | None = strawberry.field(description=_ACTOR)
    op: str | None = strawberry.field(description=_OP)
    reason: str | None = strawberry.field(description=_REASON)


@cache
def difference_class(explorable: Explorable) -> Any:
    """The type of what differs between two moments."""
    link: dict[str, Any] = {
        "type": strawberry.field(description="How the two nodes are related."),
        "direction": strawberry.field(description="ALONG when it starts at the node asked for."),
        "node_id": strawberry.field(description="Id of the other node."),
        "headline": strawberry.field(
            description="What the other node is in a line, today; null for nothing to show."
        ),
        "at": strawberry.field(description="When it was recorded or retracted, UTC."),
        "actor": strawberry.field(description=_ACTOR),
        "op": strawberry.field(description=_OP),
        "reason": strawberry.field(description=_REASON),
        "__annotations__": {
            "type": explorable.enum, "direction": WalkDirection, "node_id": strawberry.ID,
            "headline": str | None, "at": datetime, "actor": str | None, "op": str | None,
            "reason": str | None,
        },
    }  # fmt: skip
    text = "A relationship that there was at one of two moments only."
    made = cast("Any", strawberry.type(type("RelationshipDifference", (), link), description=text))
    body: dict[str, Any] = {
        "existed_before": strawberry.field(description="True when it was there at the first."),
        "exists_after": strawberry.field(description="True when it was there at the second."),
        "fields": strawberry.field(description="Fields whose values differ."),
        "gained": strawberry.field(
            description="Relationships at the second moment only, the latest first. Of gained and "
            f"lost together at most {MAX_LINKS:,}."
        ),
        "lost": strawberry.field(
            description="Relationships at the first moment only, the latest first."
        ),
        "__annotations__": {
            "existed_before": bool, "exists_after": bool, "fields": list[FieldDifference],
            "gained": list[made], "lost": list[made],
        },
    }  # fmt: skip
    about = "What differs in a node between two moments."
    return cast("Any", strawberry.type(type("Difference", (), body), description=about))
