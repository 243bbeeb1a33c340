"""Custom fields in the input of a mutation."""

from typing import Any

from graph.custom.definitions import definitions
from graph.custom.values import properties
from graph.database import Graph
from graph.write.actions.draft import Draft, node_of
from graph.write.actions.spec import Mutation


def customised(mutation: Mutation) -> str | None:
    """The node of a mutation whose custom fields its input offers: what it makes, or changes."""
    for create in mutation.creates:
        return create.name
    return next((each.name for each in mutation.updates if each.properties), None)


async def take(graph: Graph, draft: Draft) -> None:
    """Check the custom fields of a draft's input against the definitions, and complete the draft.

    Reads only if any were given.
    """
    given: list[dict[str, Any]] | None = draft.given.pop("custom", None)
    name = customised(draft.mutation)
    if not given or name is None:
        return
    node = draft.kinds.get(name)
    if node is None:
        named = draft.one(name)
        if named is None:
            return
        node = node_of(named.label)
    draft.custom[name], problems = properties(await definitions(graph, node), given)
    for code, message, path in problems:
        draft.refuse(code, message, *path)
