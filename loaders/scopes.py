"""What an API key may be used for: its scopes gate root fields, once per request.

`read` opens every root field of queries and subscriptions, `write` every mutation, and the name of
a root field that one alone. A token has no scopes: nothing narrows it but its audience.
"""

from collections.abc import Iterable

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationType,
    SelectionSetNode,
)

from loaders.errors import BadRequest, Code
from loaders.operations import Operation
from loaders.viewer import Viewer

READ, WRITE = "read", "write"
OPEN = frozenset({"__typename", "__schema", "__type", "viewer"})
"""What every key may ask: who it is, and what there is."""


def outside(operation: Operation, viewer: Viewer) -> list[GraphQLError]:
    """Return why an operation goes beyond the viewer's scopes; empty when it does not.

    Nothing of an operation is done when one of its root fields is not allowed, also not one that a
    variable would leave out.
    """
    scopes = viewer.scopes
    if scopes is None:
        return []
    kind = operation.definition.operation
    if (WRITE if kind is OperationType.MUTATION else READ) in scopes:
        return []
    names = _names(operation.definition.selection_set, operation.fragments, set())
    wanted = sorted(names - scopes - OPEN)
    if not wanted:
        return []
    message = f"The scopes of this API key do not include {', '.join(wanted[:5])}."
    return [BadRequest(Code.FORBIDDEN, message)]


def unknown(schema: GraphQLSchema, scopes: Iterable[str]) -> list[str]:
    """Return what is no scope: neither `read` nor `write` nor the name of a root field."""
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    known = {READ, WRITE} | {name for root in roots if root is not None for name in root.fields}
    return [each for each in scopes if each not in known]


def _names(
    selection: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], seen: set[str]
) -> set[str]:
    """The names of the root fields of a selection, each fragment looked at once."""
    found: set[str] = set()
    for node in selection.selections:
        match node:
            case FieldNode():
                found.add(node.name.value)
            case InlineFragmentNode():
                found |= _names(node.selection_set, fragments, seen)
            case FragmentSpreadNode():
                name = node.name.value
                if name not in seen and name in fragments:
                    seen.add(name)
                    found |= _names(fragments[name].selection_set, fragments, seen)
            case _:
                pass
    return found
