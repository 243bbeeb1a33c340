"""The schema shows all of the model that people may read, and nothing else of it."""

from types import NoneType
from typing import Any, get_args

import pytest
from graphql import GraphQLNonNull

from graph.model import MODEL
from graph.model.kinds import Node, Pii, Property, Relationship, Type, Walk
from graph.model.parties import PARTNER
from graph.statements import Pattern
from loaders.registry import REGISTRY
from loaders.schema import object_type, source_of
from loaders.sources import Many, One, Stored
from resolvers.schema import SCHEMA

WHOLE = SCHEMA._schema
UNREAD = {
    "Version": "read by history, diff and asOf",
    "ChangeEvent": "read by history and changes",
    "Archived": "what was put away; read by asOf",
    "Secret": "a random value for keyed digests",
    "IdempotencyKey": "holds what makes requests repeatable; nobody reads it",
    "Suppression": "a digest that only the write path compares",
    "Alias": "the id of a merged party; reads follow it",
    "Relay": "the end of the chain of events, which only the relay reads",
    "WebhookState": "what the worker notes of a webhook",
    "Delivery": "read as the log of its webhook",
    "MatchRun": "what the next batch of matching goes by",
    "Migration": "the database's own record of its schema",
}
HIDDEN: dict[str, str] = {"Webhook.secret": "a credential"}
IN_PASSING = {"id", "version", "createdAt", "changedAt"}
"""Properties that the write path keeps and people may read all the same."""

NOT_WALKED = {
    "WAS": "leads to former states, which history and asOf read",
    "MERGED_INTO": "leads from what was merged, which is put away; the alias answers",
    "POSSIBLE_DUPLICATE": "a pair that waits for a person's decision",
}
NOT_ON_EDGES = {
    "SHARED_WITH.by": "an id; the edge leads to the user instead",
}


def concrete() -> list[Node]:
    """The kinds of node that people read."""
    return [each for each in MODEL.nodes if not each.abstract and each.name not in UNREAD]


def fields_of(name: str) -> dict[str, Any]:
    """The fields of a GraphQL type by name."""
    type_: Any = WHOLE.type_map[name]
    return type_.fields


def stored_in(name: str) -> dict[str, tuple[Property, bool]]:
    """The properties a type shows, by property name, and whether as non-null."""
    return {
        source.property.name: (source.property, isinstance(field.type, GraphQLNonNull))
        for field in fields_of(name).values()
        if isinstance(source := source_of(field), Stored)
    }


def shown(owner: Node | Relationship, declared: Property) -> bool:
    """Whether a property is for people to read."""
    if declared.pii is Pii.CREDENTIAL:
        return False
    if declared.type is Type.CURRENCY and any(
        each.type is Type.MONEY for each in owner.properties.values()
    ):
        return False  # part of every amount
    return not declared.internal or declared.name in IN_PASSING


@pytest.mark.parametrize("node", concrete(), ids=lambda node: node.name)
def test_every_property_that_people_may_read_is_a_field(node: Node) -> None:
    wanted = {name for name, each in node.properties.items() if shown(node, each)}

    assert set(stored_in(node.name)) | {"id"} == wanted


def test_no_type_shows_a_credential_or_an_internal_property() -> None:
    leaked = [
        f"{name}.{column}"
        for name in REGISTRY.types
        for column, (declared, _) in stored_in(name).items()
        if declared.pii is Pii.CREDENTIAL or (declared.internal and column not in IN_PASSING)
    ]

    assert leaked == []
    assert "secret" not in fields_of("Webhook")


def test_a_field_is_non_null_exactly_when_the_model_requires_it() -> None:
    differing = [
        f"{name}.{column}"
        for name in REGISTRY.types
        for column, (declared, required) in stored_in(name).items()
        if required is not (declared.required or declared.type is Type.STRINGS)
    ]

    assert differing == []


def test_an_annotation_says_the_same_as_the_model() -> None:
    differing = [
        f"{name}.{field.python_name}"
        for name, cls in REGISTRY.types.items()
        for field in cls.__strawberry_definition__.fields
        if isinstance(source := getattr(field, "source", None), Stored)
        and (NoneType not in get_args(field.type_annotation.raw_annotation))
        is not (source.property.required or source.property.type is Type.STRINGS)
    ]

    assert differing == []


def test_every_entity_has_an_id() -> None:
    entities = set(REGISTRY.types) - set(REGISTRY.views)

    assert all(isinstance(fields_of(name)["id"].type, GraphQLNonNull) for name in entities)


def test_a_view_has_no_id_for_another_type_stands_for_its_node() -> None:
    assert [name for name in REGISTRY.views if "id" in fields_of(name)] == []
    assert set(REGISTRY.views).isdisjoint(REGISTRY.kinds)


def test_everything_left_out_still_is_in_the_model() -> None:
    names = set(MODEL.by_label) | set(MODEL.by_type)
    properties = {
        f"{owner.name}.{column}"
        for owner in (*MODEL.nodes, *MODEL.relationships)
        for column in owner.properties
    }

    assert set(UNREAD) | set(NOT_WALKED) <= names
    assert set(HIDDEN) | set(NOT_ON_EDGES) <= properties


def walked_text() -> str:
    """Every way that connections and single walks take, as Cypher words."""
    words: list[str] = []
    for name in REGISTRY.types:
        for field in fields_of(name).values():
            source = source_of(field)
            if isinstance(source, Many | One):
                words.append(repr(source.reach))
    return " ".join(words)


def test_every_relationship_can_be_walked() -> None:
    text = walked_text()

    missing = [each.name for each in MODEL.relationships if each.name not in text]

    assert sorted(missing) == sorted(NOT_WALKED)


def relationships_of(source: Many) -> list[Relationship]:
    """The relationships whose properties the edges of a connection can show."""
    if isinstance(source.reach, Walk):
        return [source.reach.relationship]
    text = source.reach.text if isinstance(source.reach, Pattern) else ""
    return [each for each in MODEL.relationships if f"[EDGE:{each.name}]" in text]


def test_edges_show_every_property_of_their_relationship() -> None:
    found: dict[str, set[str]] = {each.name: set() for each in MODEL.relationships}
    for name in REGISTRY.types:
        for field in fields_of(name).values():
            source = source_of(field)
            if isinstance(source, Many):
                edge = object_type(object_type(field).fields["edges"]).name
                for each in relationships_of(source):
                    found[each.name] |= set(stored_in(edge))

    missing = [
        f"{each.name}.{declared.name}"
        for each in MODEL.relationships
        for declared in each.own
        if each.name not in NOT_WALKED
        and shown(each, declared)
        and declared.name not in found[each.name]
    ]

    assert missing == sorted(NOT_ON_EDGES)


def test_a_partner_shows_its_company() -> None:
    assert REGISTRY.kinds["Partner"].role == PARTNER
    assert "company" in fields_of("Partner")
