"""Who asks, whose things nobody else may find, and everything that can be asked."""

from base64 import urlsafe_b64decode
from collections.abc import Iterator
from itertools import islice
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, get_nullable_type

from loaders.ids import encode_id
from loaders.registry import REGISTRY
from loaders.schema import source_of
from loaders.sources import Many
from loaders.viewer import Audience, Viewer
from tests.access.world import ISSUER, MARK, World
from tests.resolvers.queries import leaves, of_roots, of_type

OUTSIDE = {
    "kestrel": {"kestrel", "open"},
    "heron": {"heron", "open"},
    "ana": {"ana", "acme", "papers", "open"},
    "bob": {"bob", "acme", "open"},
    "carla": {"carla", "open"},
    "nobody": set[str](),
    "stranger": set[str](),
}
"""Of everybody outside, whose things he may see."""

TEAMS = {"sue": {"south"}, "tom": {"north"}}
"""Of staff of two teams under a rule, whose things they may not see."""

_AUDIENCES = {
    "kestrel": Audience.PARTNER, "heron": Audience.PARTNER, "stranger": Audience.PARTNER,
    "sue": Audience.STAFF, "tom": Audience.STAFF,
}  # fmt: skip

NODES = "edges { node { __typename id } }"

Asked = tuple[str, dict[str, Any]]


def viewer(name: str) -> Viewer:
    """The viewer of a name."""
    subject = name if name in TEAMS else f"{name}-user"
    return Viewer(_AUDIENCES.get(name, Audience.CUSTOMER), ISSUER, subject)


def owners_in(answer: Any, world: World) -> set[str]:
    """The owners of every text and id in an answer, however deep."""
    found: set[str] = set()
    if isinstance(answer, dict):
        for each in answer.values():
            found |= owners_in(each, world)
    elif isinstance(answer, list):
        for each in answer:
            found |= owners_in(each, world)
    elif isinstance(answer, str):
        if MARK in answer:
            head = answer.split(MARK)[0]
            found.add(head.rsplit("/", 1)[-1])
        found |= _named(answer, world)
    return found


def _named(text: str, world: World) -> set[str]:
    try:
        decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return set()
    _, _, id_ = decoded.partition(":")
    return {world.owners[id_]} if id_ in world.owners else set()


USUAL = {"Company", "Person", "Order", "Case", "Email", "Note", "Opportunity", "User",
         "DealRegistration", "Consent"}  # fmt: skip
"""Labels whose own values are asked by default: a rule each, or more than one way to it."""

LISTS = {"companies", "customers", "orders", "cases", "interactions", "opportunities", "requests",
         "products"}  # fmt: skip


def everything(schema: GraphQLSchema, world: World, *, full: bool) -> Iterator[Asked]:
    """Everything that can be asked: lists, views, nodes by every id, and finders by every text.

    With `full` every connection of every type, whose texts take the database minutes to plan.
    """
    for name, query in of_roots(schema):
        if full:
            yield query, {}
        elif name in LISTS:
            yield f"{{ {name}(first: 100) {{ totalCount {NODES} }} }}", {}
    yield from _views(schema, full=full)
    yield from by_ids(schema, world, full=full)
    yield from by_texts(schema, world, full=full)


def _views(schema: GraphQLSchema, *, full: bool) -> Iterator[Asked]:
    query: Any = schema.query_type
    for name, definition in query.fields.items():
        named = get_named_type(definition.type)
        if named.name in REGISTRY.views:
            for selection in islice(of_type(schema, named.name), None if full else 2):
                yield f"{{ {name} {{ {selection} }} }}", {}


def by_ids(schema: GraphQLSchema, world: World, *, full: bool) -> Iterator[Asked]:
    """Every node by its id, with all there is to ask of it; and all at once."""
    names = {kind.node.name: name for name, kind in REGISTRY.kinds.items() if kind.role is None}
    ids = {each: encode_id(names[label], each) for each, label in world.labels.items()}
    yield (
        "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }",
        {"ids": list(ids.values())[:100]},
    )
    by_label: dict[str, list[str]] = {}
    for each, label in world.labels.items():
        by_label.setdefault(label, []).append(ids[each])
    for label, those in by_label.items():
        type_ = schema.type_map.get(names[label])
        if not isinstance(type_, GraphQLObjectType):
            continue
        if not full and label not in USUAL:
            continue
        for selection in islice(of_type(schema, names[label]), None if full else 1):
            inner = f"... on {names[label]} {{ {selection} }}"
            query = f"query ($id: ID!) {{ node(id: $id) {{ {inner} }} }}"
            for each in those:
                yield query, {"id": each}


def by_texts(schema: GraphQLSchema, world: World, *, full: bool) -> Iterator[Asked]:
    """Every root field that takes an id or a text, with those of every node."""
    named = ("name", "email", "phone", "number", "sku", "subject")
    texts = sorted(
        {
            each["values"][name]
            for each in world.nodes
            for name in named
            if isinstance(each["values"].get(name), str)
        }
    )[:: 1 if full else 12]
    query: Any = schema.query_type
    for name, definition in query.fields.items():
        if "text" in definition.args:
            edges = "edges { node { __typename id } }"
            for each in texts:
                words = each.replace(MARK, " ")
                yield (
                    f"query ($t: String!) {{ {name}(text: $t) {{ {edges} totalCount }} }}",
                    {"t": words},
                )
        elif "by" in definition.args:
            yield from _by(name, definition, texts)


def _by(name: str, definition: Any, texts: list[str]) -> Iterator[Asked]:
    input_: Any = get_named_type(definition.args["by"].type)
    selection = leaves(get_named_type(definition.type))
    for way, each in input_.fields.items():
        if get_named_type(get_nullable_type(each.type)).name != "String":
            continue
        query = f"query ($t: String!) {{ {name}(by: {{{way}: $t}}) {{ {selection} }} }}"
        for text in texts:
            yield query, {"t": text}


def lists(schema: GraphQLSchema) -> list[str]:
    """The root lists by name."""
    query: Any = schema.query_type
    return [name for name, each in query.fields.items() if isinstance(source_of(each), Many)]
