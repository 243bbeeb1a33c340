"""`GraphField`: a field of a GraphQL type that says where its value comes from."""

from collections.abc import Callable
from typing import Any, Self, cast

from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import UNRESOLVED, FieldType, StrawberryField

from graph.write.actions import Mutation
from loaders.registry import REGISTRY
from loaders.sources import Source


class GraphField(StrawberryField):
    """A field that the plan compiler answers; its source says how."""

    source: Source | None = None
    column: str | None = None
    lazy_type: Callable[[], Any] | None = None
    enum: Any = None
    mutation: Mutation | None = None
    _resolved: FieldType | None = None

    def __copy__(self) -> Self:
        copied = super().__copy__()
        copied.source, copied.column, copied.lazy_type = self.source, self.column, self.lazy_type
        copied.enum, copied.mutation = self.enum, self.mutation
        return copied

    def resolve_type(self, *, type_definition: Any = None) -> FieldType:
        """The field's GraphQL type: what its source yields, else its annotation."""
        if self.lazy_type is None:
            return super().resolve_type(type_definition=type_definition)
        if not REGISTRY.complete:
            return cast("FieldType", UNRESOLVED)
        if self._resolved is None:
            # Strawberry asks several times, and resolving a type is most of building a schema.
            self._resolved = cast("FieldType", StrawberryAnnotation(self.lazy_type()).resolve())
        return self._resolved
