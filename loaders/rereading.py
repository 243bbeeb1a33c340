"""Nodes that changed, read again for whoever is told of it: by the plan of what it selects.

What a resolver selects below a node becomes a query of its own, `nodes(ids:)` with the same
selection. So a subscriber gets what it would get if it asked, and nothing of what it may not see.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, cast

import graphql
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    NamedTypeNode,
    NameNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from strawberry.dataloader import DataLoader

from loaders.declare import MAX_PAGE
from loaders.viewer import Viewer

Answers = Callable[[str, dict[str, Any], Viewer], Awaitable[dict[str, Any]]]
"""The uncompleted answers of a query by response key."""

SEEN = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
IDS = "idsOfChangedNodes"
_HEAD = graphql.parse(f"query ChangedNodes(${IDS}: [ID!]!) {{ nodes(ids: ${IDS}) {{ id }} }}")


async def seen(answers: Answers, ids: Sequence[str], viewer: Viewer) -> set[str]:
    """Those of some global ids of which the viewer may see the node, however many they are.

    Raises:
        Exception: what the query raises.
    """
    found = set[str]()
    for start in range(0, len(ids), MAX_PAGE):
        part = [*ids[start : start + MAX_PAGE]]
        rows = (await answers(SEEN, {"ids": part}, viewer))["nodes"]
        if isinstance(rows, Exception):
            raise rows
        found |= {id_ for id_, row in zip(part, rows, strict=True) if row is not None}
    return found


class Rereading:
    """Reads nodes for the resolvers of one request, those of one selection together."""

    def __init__(self, answers: Answers, viewer: Viewer) -> None:
        self._answers = answers
        self._viewer = viewer
        self._loaders: dict[tuple[int, ...], DataLoader[str, Any]] = {}

    async def node(self, info: GraphQLResolveInfo[Any], id_: str) -> Any:
        """Return the node of a global id as the field at hand selects it; None without one.

        Raises:
            Exception: what the query raises.
        """
        key = tuple(id(each) for each in info.field_nodes)
        loader = self._loaders.get(key)
        if loader is None:
            loader = self._loaders[key] = self._loader(info)
        return await loader.load(id_)

    def _loader(self, info: GraphQLResolveInfo[Any]) -> DataLoader[str, Any]:
        text, variables = _query(info), _variables(info)

        async def load(ids: list[str]) -> list[Any]:
            answers = await self._answers(text, {**variables, IDS: ids}, self._viewer)
            found = answers["nodes"]
            if isinstance(found, Exception):
                raise found
            return cast("list[Any]", found)

        # Nothing is remembered: a subscription asks for the same node again because it changed.
        return DataLoader(load_fn=load, cache=False, max_batch_size=MAX_PAGE)


def _query(info: GraphQLResolveInfo[Any]) -> str:
    """The text of the query for what the field at hand selects."""
    selected = _selected(info)
    fragments = _reached(selected, cast("Any", info).fragments)
    used = {
        each.name.value
        for part in (selected, *fragments)
        for each in _below(part)
        if isinstance(each, VariableNode)
    }
    given = [
        each
        for each in info.operation.variable_definitions or ()
        if each.variable.name.value in used
    ]
    head = cast("OperationDefinitionNode", _HEAD.definitions[0])
    root: Any = head.selection_set.selections[0]
    field = type(root)(
        name=root.name, arguments=root.arguments, directives=(), selection_set=selected
    )
    operation = OperationDefinitionNode(
        operation=head.operation,
        name=head.name,
        variable_definitions=(*(head.variable_definitions or ()), *given),
        directives=(),
        selection_set=SelectionSetNode(selections=(field,)),
    )
    return graphql.print_ast(DocumentNode(definitions=(operation, *fragments)))


def _selected(info: GraphQLResolveInfo[Any]) -> SelectionSetNode:
    """What all mentions of the field at hand select, on its type."""
    selections = tuple(
        each
        for field in info.field_nodes
        for each in (field.selection_set.selections if field.selection_set else ())
    )
    named = cast("Any", graphql).get_named_type(cast("Any", info).return_type).name
    inner = InlineFragmentNode(
        type_condition=NamedTypeNode(name=NameNode(value=named)),
        directives=(),
        selection_set=SelectionSetNode(selections=selections),
    )
    return SelectionSetNode(selections=(inner,))


def _variables(info: GraphQLResolveInfo[Any]) -> dict[str, Any]:
    """The variables of the request as they were sent."""
    sources = cast("Any", info).variable_values.sources
    return {
        name: source.value
        for name, source in sources.items()
        if source.value is not graphql.Undefined
    }


def _reached(
    start: Node, fragments: dict[str, FragmentDefinitionNode]
) -> list[FragmentDefinitionNode]:
    """The fragments that a selection spreads, and those that they spread."""
    found: dict[str, FragmentDefinitionNode] = {}
    waiting = [start]
    while waiting:
        for each in _below(waiting.pop()):
            if isinstance(each, FragmentSpreadNode) and each.name.value not in found:
                fragment = found[each.name.value] = fragments[each.name.value]
                waiting.append(fragment)
    return list(found.values())


def _below(node: Node) -> Iterator[Node]:
    """A node of a document and everything below it."""
    yield node
    for key in node.keys:
        value: Any = getattr(node, key, None)
        for each in cast("tuple[Any, ...]", value if isinstance(value, tuple | list) else (value,)):
            if isinstance(each, Node) and key != "loc":
                yield from _below(each)
