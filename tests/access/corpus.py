"""Questions of somebody outside: lists filtered, sorted, counted, paged; nodes, words, deeds."""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLSchema, get_named_type

from loaders.ids import encode_id
from loaders.registry import REGISTRY
from tests.access.viewers import OUTSIDE, Asked, lists
from tests.access.world import MARK, World

ROWS = "edges { cursor node { id __typename } } pageInfo { hasNextPage endCursor }"
MOST_SORTS = 4


def corpus(schema: GraphQLSchema, world: World, name: str) -> list[Asked]:
    """Questions of one viewer; those about another's things are among them."""
    return [*_lists(schema), *_paths(schema), *_nodes(schema, world, name), *_words(schema),
            *_deeds(schema, world)]  # fmt: skip


def _lists(schema: GraphQLSchema) -> Iterator[Asked]:
    query: Any = schema.query_type
    for name in lists(schema):
        definition = query.fields[name]
        yield f"{{ {name}(first: 50) {{ totalCount {ROWS} }} }}", {}
        yield f"{{ {name}(last: 2) {{ {ROWS} }} }}", {}
        connection: Any = get_named_type(definition.type)
        facets = connection.fields.get("facets")
        if facets is not None:
            values = list(get_named_type(facets.args["field"].type).values)
            parts = [
                f"f{i}: facets(field: {each}) {{ value count }}" for i, each in enumerate(values)
            ]
            yield f"{{ {name} {{ {' '.join(parts[:6])} }} }}", {}
        order: Any = get_named_type(definition.args["orderBy"].type)
        for field in list(get_named_type(order.fields["field"].type).values)[:MOST_SORTS]:
            given = f"orderBy: [{{field: {field}, direction: DESC}}], first: 50"
            yield f"{{ {name}({given}) {{ {ROWS} }} }}", {}
        filter_: Any = get_named_type(definition.args["filter"].type)
        texts = [
            key
            for key, each in filter_.fields.items()
            if get_named_type(each.type).name == "StringFilter"
        ]
        for key in texts[:2]:
            asked = f'{{{key}: {{contains: "{MARK}"}}}}'
            yield f"{{ {name}(filter: {asked}) {{ totalCount {ROWS} }} }}", {}


def _paths(schema: GraphQLSchema) -> Iterator[Asked]:
    """Filters along paths: whatever has at least one of something."""
    query: Any = schema.query_type
    for name in lists(schema):
        filter_: Any = get_named_type(query.fields[name].args["filter"].type)
        many = [
            k
            for k, each in filter_.fields.items()
            if get_named_type(each.type).name.endswith("ListFilter")
        ]
        for key in many[:4]:
            yield f"{{ {name}(filter: {{{key}: {{count: {{gte: 1}}}}}}) {{ totalCount }} }}", {}
            yield f"{{ {name}(filter: {{{key}: {{some: {{}}}}}}) {{ {ROWS} }} }}", {}


def _nodes(schema: GraphQLSchema, world: World, name: str) -> Iterator[Asked]:
    names = {kind.node.name: each for each, kind in REGISTRY.kinds.items() if kind.role is None}
    mine = [id_ for id_, owner in world.owners.items() if owner in OUTSIDE[name]]
    theirs = [id_ for id_, owner in world.owners.items() if owner not in OUTSIDE[name]]
    ids = [encode_id(names[world.labels[each]], each) for each in (*mine, *theirs)]
    for start in range(0, len(ids), 50):
        some = {"ids": ids[start : start + 50]}
        yield "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", some
    if "Customer" in schema.type_map and "customers" in lists(schema):
        for each in mine:
            if world.labels[each] in {"Company", "Person"}:
                query = (
                    "query ($id: ID!) { node(id: $id) { ... on Customer { name email phone "
                    "orders { totalCount edges { node { number } } } "
                    "cases { totalCount } timeline(first: 20) { totalCount edges { node { id } } } "
                    "} } }"
                )
                yield query, {"id": encode_id(world.labels[each], each)}


def _words(schema: GraphQLSchema) -> Iterator[Asked]:
    query: Any = schema.query_type
    if "search" in query.fields:
        for text in ("hidden", "name", "alpha firm", "half", "kestrel", "subject"):
            yield (
                "query ($t: String!) { search(text: $t, first: 20) "
                "{ totalCount edges { rank node { id } } } }",
                {"t": text},
            )
    if "me" in query.fields:
        yield "{ me { orders { totalCount edges { node { number } } } } }", {}
        yield "{ me { timeline(first: 50) { totalCount edges { node { id } } } } }", {}
        yield "{ me { cases { totalCount } quotes { totalCount } } }", {}


def _deeds(schema: GraphQLSchema, world: World) -> Iterator[Asked]:
    """Mutations of what is another's, and of what is not there at all."""
    mutation: Any = schema.mutation_type
    errors = "userErrors { code message field }"
    for name, label in (("caseClose", "Case"), ("quoteAccept", "Quote"), ("quoteDecline", "Quote")):
        if mutation is None or name not in mutation.fields:
            continue
        hidden = [i for i, own in world.labels.items() if own == label and "hidden" in i]
        for id_ in (*hidden[:2], "nothing"):
            key = label.lower() + "Id"
            yield (
                f"mutation ($id: ID!) {{ {name}(input: {{{key}: $id}}) {{ {errors} }} }}",
                {"id": encode_id(label, id_)},
            )
