"""What does not exist for an audience is refused as if it existed nowhere."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_introspection_query,
    graphql_sync,
)
from hypothesis import given
from hypothesis import strategies as st

from graph.access import RULES
from graph.audiences import Audience
from loaders.operations import Operation, Operations
from loaders.projection import projection
from loaders.reference import by_response_key
from resolvers.schema import SCHEMA
from tests.projection.conftest import OTHERS

FULL = by_response_key(SCHEMA._schema)
SCHEMAS = {each: projection(FULL, each) for each in Audience}
PLANNING = {each: Operations(SCHEMAS[each], RULES[each], size=1) for each in Audience}
MADE_UP = "zzz"

Case = tuple[str, str]


def messages(audience: Audience, document: str) -> list[str]:
    found = PLANNING[audience].get(document, None)
    return [] if isinstance(found, Operation) else [each.message for each in found]


def fields_of(schema: GraphQLSchema, name: str) -> dict[str, Any]:
    type_ = schema.type_map.get(name)
    return dict(type_.fields) if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) else {}


def hidden_fields(audience: Audience) -> Iterator[Case]:
    """Fields of types that exist for the audience, which do not exist themselves."""
    schema = SCHEMAS[audience]
    for name in schema.type_map:
        if not name.startswith("__") and name != "Mutation":
            here = fields_of(schema, name)
            yield from ((name, each) for each in fields_of(FULL, name) if each not in here)


def hidden_members(audience: Audience) -> Iterator[Case]:
    """Members of inputs, and values of enums, of which the audience has only others."""
    schema = SCHEMAS[audience]
    for name, type_ in schema.type_map.items():
        whole: Any = FULL.type_map.get(name)
        here: Any = None
        if isinstance(type_, GraphQLInputObjectType):
            whole, here = whole.fields, type_.fields
        elif isinstance(type_, GraphQLEnumType) and isinstance(whole, GraphQLEnumType):
            whole, here = whole.values, type_.values
        if here is not None:
            yield from ((name, each) for each in whole if each not in here)


HIDDEN = {each: sorted(hidden_fields(each)) for each in OTHERS}
MEMBERS = {each: sorted(hidden_members(each)) for each in OTHERS}


def some(cases: list[Case]) -> list[Case]:
    """About a hundred of them, from everywhere; what is hidden is refused by the same code."""
    return cases[:: max(1, len(cases) // 100)]


def swapped(message: str, name: str) -> str:
    """The message as it would be about a name that is nowhere."""
    return message.replace(f"'{name}'", f"'{MADE_UP}'").replace(f"{{ {name}:", f"{{ {MADE_UP}:")


def selecting(type_: str, field: str) -> str:
    if type_ == "Query":
        return f"{{ {field} }}"
    return f'{{ node(id: "x") {{ ...F }} }} fragment F on {type_} {{ {field} }}'


def test_there_is_much_to_hide() -> None:
    assert all(len(HIDDEN[each]) > 300 and len(MEMBERS[each]) > 300 for each in OTHERS)


@pytest.mark.parametrize("audience", OTHERS)
def test_a_hidden_field_is_refused_in_the_words_of_one_that_is_nowhere(audience: Audience) -> None:
    differing: list[Case] = []
    for type_, field in some(HIDDEN[audience]):
        told = messages(audience, selecting(type_, field))
        unknown = messages(audience, selecting(type_, MADE_UP))
        if not told or [swapped(each, field) for each in told] != unknown:
            differing.append((type_, field))

    assert differing == []


@pytest.mark.parametrize("audience", OTHERS)
def test_a_refusal_names_nothing_that_was_not_asked_for(audience: Audience) -> None:
    suggesting = [
        each
        for type_, field in some(HIDDEN[audience])
        for each in messages(audience, selecting(type_, field))
        if "Did you mean" in each
    ]

    assert suggesting == []
    assert "Did you mean" in messages(Audience.STAFF, "{ custmers { totalCount } }")[0]


def using(type_: str, member: str) -> str:
    """A document that gives a variable of the input or enum a value made of the member."""
    whole: Any = FULL.type_map[type_]
    literal = member if isinstance(whole, GraphQLEnumType) else f"{{{member}: null}}"
    return f"query ($given: {type_} = {literal}) {{ viewer {{ name }} }}"


@pytest.mark.parametrize("audience", OTHERS)
def test_a_hidden_member_or_value_is_refused_in_the_words_of_one_that_is_nowhere(
    audience: Audience,
) -> None:
    differing: list[Case] = []
    for type_, member in some(MEMBERS[audience]):
        told = messages(audience, using(type_, member))
        unknown = messages(audience, using(type_, MADE_UP))
        if not told or [swapped(each, member) for each in told] != unknown:
            differing.append((type_, member))

    assert differing == []


@pytest.mark.parametrize("audience", OTHERS)
def test_a_hidden_type_is_refused_in_the_words_of_one_that_is_nowhere(audience: Audience) -> None:
    hidden = [
        name
        for name, type_ in FULL.type_map.items()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        and name not in SCHEMAS[audience].type_map
    ]
    for name in hidden[::8]:
        told = messages(audience, selecting(name, "id"))
        unknown = messages(audience, selecting("Zzz", "id"))

        assert [each.replace(name, "Zzz") for each in told] == unknown != [], name


@pytest.mark.parametrize("audience", OTHERS)
@pytest.mark.parametrize("operation", ["mutation", "subscription"])
def test_hidden_mutations_and_subscriptions_are_refused_alike(
    audience: Audience, operation: str
) -> None:
    root = {"mutation": "Mutation", "subscription": "Subscription"}[operation]
    hidden = set(fields_of(FULL, root)) - set(fields_of(SCHEMAS[audience], root))
    unknown = messages(audience, f"{operation} {{ {MADE_UP} }}")
    differing = [
        name
        for name in hidden
        if [
            each.replace(f"'{name}'", f"'{MADE_UP}'")
            for each in messages(audience, f"{operation} {{ {name} }}")
        ]
        != unknown
    ]

    assert hidden
    assert differing == []


@pytest.mark.parametrize("audience", OTHERS)
def test_the_argument_as_of_is_unknown_to_others(audience: Audience) -> None:
    document = '{ product(id: "x", %s: "2026-01-01T00:00:00Z") { id } }'

    told, unknown = messages(audience, document % "asOf"), messages(audience, document % MADE_UP)

    assert [each.replace("asOf", MADE_UP) for each in told] == unknown != []


@pytest.mark.parametrize("audience", OTHERS)
@given(data=st.data())
def test_a_hidden_field_anywhere_in_a_document_refuses_the_whole(
    audience: Audience, data: st.DataObject
) -> None:
    """Beside fields that exist, twice, behind an alias, in a fragment, left out by a directive."""
    type_, field = data.draw(st.sampled_from(HIDDEN[audience]))
    beside = sorted(fields_of(SCHEMAS[audience], type_)) if type_ != "Query" else ["__typename"]
    leaves = [each for each in beside if each in {"id", "name", "number", "__typename"}]
    around = data.draw(st.lists(st.sampled_from(leaves or ["__typename"]), max_size=3))
    alias = data.draw(st.sampled_from(["", "a: "]))
    directive = data.draw(st.sampled_from(["", " @include(if: false)", " @skip(if: true)"]))
    selected = " ".join([*around, f"{alias}%s{directive}", "__typename"])

    told = messages(audience, selecting(type_, selected % field))
    unknown = messages(audience, selecting(type_, selected % MADE_UP))

    assert told != []
    assert [each.replace(f"'{field}'", f"'{MADE_UP}'") for each in told] == unknown


@pytest.mark.parametrize("audience", Audience)
def test_introspection_tells_what_the_projection_holds_and_no_more(audience: Audience) -> None:
    schema = SCHEMAS[audience]

    found: Any = graphql_sync(schema, get_introspection_query()).data

    types = {each["name"]: each for each in found["__schema"]["types"]}
    assert set(types) == set(schema.type_map)
    assert ("Segment" in types) is (audience is Audience.STAFF)
    fields = {each["name"] for each in types["Product"]["fields"]}
    assert fields == set(fields_of(schema, "Product"))
    assert ("cost" in fields) is (audience is Audience.STAFF)


@pytest.mark.parametrize("audience", OTHERS)
def test_a_wrong_variable_gets_no_suggestion(audience: Audience) -> None:
    document = "query ($filter: ProductFilter) { products(filter: $filter) { totalCount } }"
    planned = PLANNING[audience].get(document, None)
    assert isinstance(planned, Operation)

    hidden = planned.variables.coerce({"filter": {"cost": {"isNull": True}}})
    unknown = planned.variables.coerce({"filter": {MADE_UP: {"isNull": True}}})

    assert isinstance(hidden, list)
    assert isinstance(unknown, list)
    assert [one(each) for each in hidden] == [one(each) for each in unknown]


def one(error: GraphQLError) -> str:
    return error.message.replace("cost", MADE_UP)
