"""What every entity has: a global id and the marks of its last change."""

from datetime import datetime

import strawberry

from loaders.declare import interface, own_id, prop


@interface(None)
class Node:
    """Anything that has an identity of its own."""

    id: strawberry.ID = own_id()
    version: int = prop()
    created_at: datetime | None = prop()
    changed_at: datetime = prop()
