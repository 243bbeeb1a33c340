"""Connection types and the arguments of connection fields, made from what the types declare."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from loaders.audiences import STAFF_ALONE
from loaders.facets import facet_fields
from loaders.inputs import facet_field
from loaders.members import base_name
from loaders.registry import PageInfo

FACETS = 20


@strawberry.type(description="How many rows of a list have one value of a field.")
class Facet:
    """How many rows of a list have one value of a field."""

    value: str | None = strawberry.field(
        description="The value as text, an enum value by name; null for rows without a value."
    )
    count: int = strawberry.field(description="Number of rows of the whole list that have it.")


class Deferred(StrawberryAnnotation):
    """The annotation of an argument whose type is made on demand."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Any]) -> None:
        super().__init__(object)
        self._make = make
        self._made: Any = None

    def resolve(self, *, type_definition: Any = None, origin: Any = None) -> Any:  # noqa: ARG002
        """The type."""
        if self._made is None:
            self._made = StrawberryAnnotation(self._make()).resolve()
        return self._made


@cache
def connection_type(edge: Any) -> Any:
    """The connection type over an edge type."""
    name = base_name(edge)
    annotations: dict[str, Any] = {"edges": list[edge], "page_info": PageInfo, "total_count": int}
    body: dict[str, Any] = {
        "edges": strawberry.field(description="Rows of this page, in the order of the list."),
        "page_info": strawberry.field(description="Where this page lies in the list."),
        "total_count": strawberry.field(
            description="Number of rows of the whole list; counted only when asked for."
        ),
    }
    if facet_fields(edge):
        annotations["facets"], body["facets"] = list[Facet], _facets(edge)
    cls = type(f"{name}Connection", (), {**body, "__annotations__": annotations})
    return cast("Any", strawberry.type(cls, description=f"A page of a list of {name} rows."))


def _facets(edge: Any) -> StrawberryField:
    field: Any = StrawberryField(
        description="Number of rows of the whole list by value, the most frequent first; null last "
        "among equals. Filters count, pages do not."
    )
    field.arguments = [
        argument("field", facet_field(edge), "What to count by."),
        argument("first", int, "How many values to return, 0 to 100.", FACETS),
    ]
    return field


def argument(
    name: str,
    annotation: Any,
    description: str,
    default: Any = strawberry.UNSET,
    *,
    staff_alone: bool = False,
) -> StrawberryArgument:
    """An argument of a field; `annotation` may be `Deferred`.

    It exists for whom the field does, unless it is `staff_alone`.
    """
    if not isinstance(annotation, StrawberryAnnotation):
        annotation = StrawberryAnnotation(annotation)
    return StrawberryArgument(
        name,
        name,
        annotation,
        description=description,
        default=default,
        directives=(STAFF_ALONE,) if staff_alone else (),
    )
