"""The structure of a request's variables: what of them decides a plan, without their values."""

from typing import Any, cast

from graphql import DocumentNode, FieldNode, GraphQLSchema, Visitor, visit
from graphql.language import VariableNode

from loaders.errors import BadRequest
from loaders.ids import decode_id
from loaders.schema import source_of
from loaders.sources import Explored


def structure(value: Any, *, is_id: bool) -> Any:
    """What of a variable may decide a plan: null, Booleans, enum values, types of ids.

    Of input objects, and of lists of them, also which members are given and how many there are: a
    filter's structure is part of a statement's text. Of a list of plain values nothing is.

    Args:
        value: A coerced variable.
        is_id: True when its declared type is ID, or a list of it.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return tuple((key, structure(each, is_id=False)) for key, each in items)
    if isinstance(value, list):
        return _of_list(cast("list[Any]", value), is_id=is_id)
    if is_id:
        try:
            return decode_id(value).type
        except BadRequest:
            return "malformed"
    return getattr(value, "name", "value")


def _of_list(values: list[Any], *, is_id: bool) -> Any:
    if is_id:
        return frozenset(structure(each, is_id=True) for each in values)
    if all(isinstance(each, dict) for each in values):
        return tuple(structure(each, is_id=False) for each in values)
    return "list" if None not in values else "list with null"


def structural_numbers(schema: GraphQLSchema, document: DocumentNode) -> frozenset[str]:
    """Names of the variables whose number is part of a statement's text, such as a depth."""
    found: set[str] = set()

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            definition = schema.query_type and schema.query_type.fields.get(node.name.value)
            source = source_of(definition) if definition else None
            if isinstance(source, Explored):
                found.update(
                    each.value.name.value
                    for each in node.arguments or ()
                    if each.name.value in source.structural and isinstance(each.value, VariableNode)
                )

    visit(document, Fields())
    return frozenset(found)
