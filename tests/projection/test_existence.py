"""What exists for an audience, by the tags of the full schema."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    print_schema,
    validate_schema,
)
from strawberry.utils.str_converters import to_camel_case

from graph.access import RULES
from graph.access.rules import NEVER
from graph.audiences import Audience
from graph.model.programs import REQUEST
from loaders.audiences import named_audiences
from loaders.members import definition_of
from loaders.projection import project, projection
from loaders.registry import REGISTRY
from loaders.schema import source_of
from loaders.sources import Many, One, Order, Where
from tests.projection.conftest import OTHERS

Projections = dict[Audience, GraphQLSchema]
ROOTS = {"Query", "Mutation", "Subscription"}


def fields_of(schema: GraphQLSchema, name: str) -> dict[str, Any]:
    type_ = schema.type_map.get(name)
    return dict(type_.fields) if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) else {}


def needs_tag(type_: str, name: str) -> bool:
    """Whether a field exists for nobody but staff unless it says so."""
    declared = {f"{each.__name__}Edge": each for each in REGISTRY.edges}.get(type_)
    own = declared is not None and name not in {"node", "cursor"}
    return type_ in ROOTS or type_ in REGISTRY.types or own


def tagged(definition: Any) -> frozenset[Audience] | None:
    return named_audiences(definition.extensions.get("strawberry-definition"))


@pytest.mark.parametrize("audience", Audience)
def test_every_projection_is_a_valid_schema(full: GraphQLSchema, audience: Audience) -> None:
    made = project(full, audience)
    made._validation_errors = None

    assert validate_schema(made) == []


@pytest.mark.parametrize("audience", OTHERS)
def test_every_field_that_needs_a_tag_has_one_that_names_the_audience(
    full: GraphQLSchema, projections: Projections, audience: Audience
) -> None:
    wrong = [
        f"{name}.{key}"
        for name in projections[audience].type_map
        if not name.startswith("__")
        for key in fields_of(projections[audience], name)
        if needs_tag(name, key)
        and audience not in (tagged(fields_of(full, name)[key]) or frozenset())
    ]

    assert wrong == []


@pytest.mark.parametrize("audience", Audience)
def test_every_tag_that_names_an_audience_makes_a_field_exist(
    full: GraphQLSchema, projections: Projections, audience: Audience
) -> None:
    lost = [
        f"{name}.{key}"
        for name in full.type_map
        if name in ROOTS or name in projections[audience].type_map
        for key, each in fields_of(full, name).items()
        if audience in (tagged(each) or frozenset()) and needs_tag(name, key)
        if key not in fields_of(projections[audience], name)
    ]

    assert lost == []


@pytest.mark.parametrize("audience", OTHERS)
def test_every_type_with_a_tagged_field_can_be_reached(
    projections: Projections, audience: Audience
) -> None:
    told = {name for name in REGISTRY.kinds if audience in REGISTRY.told[name]}
    concrete = {name for name in told if not definition_of(REGISTRY.types[name]).is_interface}

    assert concrete - set(projections[audience].type_map) == set()


def reachable(schema: GraphQLSchema) -> set[str]:
    """The types that a client can come to, followed anew: by fields, arguments and kinds."""
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    found = {each.name for each in roots if each is not None}
    waiting = list(found)
    while waiting:
        type_: Any = schema.type_map[waiting.pop()]
        leads: list[Any] = []
        if not isinstance(type_, GraphQLEnumType):
            for each in getattr(type_, "fields", {}).values():
                leads += [each.type, *(one.type for one in getattr(each, "args", {}).values())]
        if isinstance(type_, GraphQLInterfaceType):
            leads += schema.get_possible_types(type_)
        if isinstance(type_, GraphQLObjectType):
            leads += type_.interfaces
        names = {get_named_type(each).name for each in leads} - found
        found |= names
        waiting += names
    return found


@pytest.mark.parametrize("audience", OTHERS)
def test_a_schema_has_no_type_that_its_root_fields_do_not_lead_to(
    projections: Projections, audience: Audience
) -> None:
    schema = projections[audience]
    builtin = {name for name in schema.type_map if name.startswith("__")}

    # Introspection needs these two, whatever the schema.
    assert set(schema.type_map) - reachable(schema) - builtin <= {"String", "Boolean"}


@pytest.mark.parametrize("audience", OTHERS)
def test_filters_orders_and_facets_speak_of_nothing_but_what_exists(
    projections: Projections, audience: Audience
) -> None:
    schema = projections[audience]
    betraying: list[str] = []
    for (owner, name), about in REGISTRY.about.items():
        type_: Any = schema.type_map.get(owner)
        members = type_.values if isinstance(type_, GraphQLEnumType) else None
        members = type_.fields if isinstance(type_, GraphQLInputObjectType) else members
        if name in (members or ()):
            for of, key in about:
                if of not in schema.type_map or (key and key not in fields_of(schema, of)):
                    betraying.append(f"{owner}.{name} tells of {of}.{key}")

    assert betraying == []


@pytest.mark.parametrize("audience", OTHERS)
def test_every_member_of_a_filter_is_a_field_of_its_type(
    projections: Projections, audience: Audience
) -> None:
    schema = projections[audience]
    combining = {"and", "or", "not", "custom"}
    strange = [
        f"{name}Filter.{key}"
        for name in REGISTRY.types
        if isinstance(filter_ := schema.type_map.get(name + "Filter"), GraphQLInputObjectType)
        for key in filter_.fields
        if key not in combining
        and key not in fields_of(schema, name)
        and key.removeprefix("as") not in schema.type_map
    ]

    assert strange == []


def properties_in(text: str, variable: str) -> set[str]:
    return set(re.findall(rf"\b{variable}\.(\w+)", text))


def edge_fields(schema: GraphQLSchema, source: Many) -> set[str]:
    name = f"{source.on.__name__ if source.on else source.target}Edge"
    return set(fields_of(schema, name))


@pytest.mark.parametrize("audience", OTHERS)
def test_no_list_is_ordered_or_narrowed_by_what_is_not_told(
    projections: Projections, audience: Audience
) -> None:
    """An order by a hidden value tells it: hidden changes would move rows and cursors."""
    schema = projections[audience]
    betraying: list[str] = []
    for name in schema.type_map:
        for key, field in fields_of(schema, name).items():
            source = source_of(field)
            if not isinstance(source, Many | One):
                continue
            texts: list[Order | Where] = [source.order] if source.order is not None else []
            if isinstance(source, Many):
                texts += [each for each in source.wheres if each.name in field.args]
            edges = edge_fields(schema, source) if isinstance(source, Many) else None
            for each in texts:
                text = each.term if isinstance(each, Order) else each.condition
                told = {
                    one
                    for kind in (source.target, *kinds_of(source.target))
                    for one in fields_of(schema, kind)
                }
                unknown = properties_in(text, "NODE") - told
                if edges is not None:
                    unknown |= {f"EDGE.{one}" for one in properties_in(text, "EDGE") - edges}
                betraying += [f"{name}.{key}: {one}" for one in sorted(unknown)]

    assert betraying == []


def kinds_of(target: str) -> list[str]:
    return [
        name
        for name, cls in REGISTRY.types.items()
        if any(each.name == target for each in definition_of(cls).interfaces)
    ]


@pytest.mark.parametrize("audience", OTHERS)
def test_a_type_exists_for_whom_the_rules_let_see_its_nodes(audience: Audience) -> None:
    rules = RULES[audience]
    differing: list[str] = []
    for name, kind in REGISTRY.kinds.items():
        if kind.node.abstract:
            continue
        rule = next(
            (rules.rules[each] for each in reversed(kind.node.labels) if each in rules.rules),
            rules.other,
        )
        seen = rule.seen != NEVER or bool(rule.walked)
        if seen is not (audience in REGISTRY.told[name]):
            differing.append(name)

    assert set(differing) == KEPT_APART[audience]


REQUESTS = {name for name, each in REGISTRY.kinds.items() if each.node.is_a(REQUEST)} - {"Request"}
KEPT_APART = {
    Audience.PARTNER: {"PrivacyRequest"},
    # Notes and tasks are interactions that customers never see; partners are parties to them.
    Audience.CUSTOMER: {"Note", "Task", "Partner"} | REQUESTS - {"PrivacyRequest"},
}
"""Types whose rows the rule of a wider label leaves out by itself."""


NEVER_TOLD = (
    "asOf", "changedAt", "customFields", "sourceRecords", "notSameAs", "cost", "lift", "leadScore",
    "probability", "lossReason", "winReason", "competitor", "sentiment", "visibility", "segments",
    "campaigns", "scores", "legalHolds", "contactPolicy", "orderStats", "interactionStats",
    "annualRevenue", "issuer", "holders", "externalId", "priceLists", "owners", "cause", "knows",
)  # fmt: skip
NEVER_ASKED = {
    "history", "diff", "metrics", "path", "neighborhood", "changes", "personalData", "erasurePlan",
    "minimisationReport", "exportDownload", "users", "segments", "territories", "jobs", "webhooks",
}  # fmt: skip


@pytest.mark.parametrize("audience", OTHERS)
def test_what_is_ours_alone_is_nowhere(projections: Projections, audience: Audience) -> None:
    """Not as a field, an argument or a member of an input, whatever its type."""
    names = {
        name
        for type_ in projections[audience].type_map.values()
        if not type_.name.startswith("__") and type_.name != "Viewer"
        for key, each in getattr(type_, "fields", {}).items()
        for name in (key, *getattr(each, "args", ()))
    }

    assert names & set(NEVER_TOLD) == set()
    assert set(fields_of(projections[audience], "Query")) & NEVER_ASKED == set()
    assert "name" in names


def test_what_is_made_for_customers_does_not_exist_for_the_others(
    projections: Projections,
) -> None:
    queries = {each: set(fields_of(schema, "Query")) for each, schema in projections.items()}

    assert "me" in queries[Audience.CUSTOMER]
    assert "me" not in queries[Audience.PARTNER] | queries[Audience.STAFF]
    assert queries[Audience.STAFF] > queries[Audience.PARTNER] - {"partnership"}


def test_staff_are_told_whatever_needs_no_other_audience(
    full: GraphQLSchema, projections: Projections
) -> None:
    missing = [
        f"{name}.{key}"
        for name in full.type_map
        if name not in REGISTRY.views and not name.startswith("__")
        for key, each in fields_of(full, name).items()
        if Audience.STAFF in (tagged(each) or {Audience.STAFF})
        and name in projections[Audience.STAFF].type_map
        and key not in fields_of(projections[Audience.STAFF], name)
    ]

    assert missing == []


@pytest.mark.parametrize("audience", OTHERS)
def test_the_directive_that_tells_of_audiences_is_told_to_staff_alone(
    projections: Projections, audience: Audience
) -> None:
    assert "audience" in {each.name for each in projections[Audience.STAFF].directives}
    assert "audience" not in {each.name for each in projections[audience].directives}
    assert "@audience" not in print_schema(projections[audience])


@pytest.mark.parametrize("audience", Audience)
def test_no_type_of_a_projection_leads_back_to_the_full_schema(
    projections: Projections, audience: Audience
) -> None:
    schema = projections[audience]
    foreign = [
        f"{type_.name}.{key}"
        for type_ in schema.type_map.values()
        if not isinstance(type_, GraphQLEnumType)
        for key, each in getattr(type_, "fields", {}).items()
        for one in (each, *getattr(each, "args", {}).values())
        if schema.type_map[get_named_type(one.type).name] is not get_named_type(one.type)
    ]

    assert foreign == []


def test_a_projection_is_made_once_however_many_ask_at_once(full: GraphQLSchema) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: projection(full, Audience.PARTNER), range(16)))

    assert len({id(each) for each in found}) == 1


@pytest.mark.parametrize("audience", OTHERS)
def test_what_an_enum_lost_is_no_value_of_it(
    full: GraphQLSchema, projections: Projections, audience: Audience
) -> None:
    lessened: dict[str, set[str]] = {}
    for name, type_ in projections[audience].type_map.items():
        whole = full.type_map.get(name)
        if isinstance(type_, GraphQLEnumType) and isinstance(whole, GraphQLEnumType):
            assert set(type_.values) <= set(whole.values)
            assert all(type_.values[key].value == whole.values[key].value for key in type_.values)
            lessened[name] = set(whole.values) - set(type_.values)

    assert "HIERARCHY" in lessened["TimelineScope"]
    assert ("NOTE" in lessened["ActivityType"]) is (audience is Audience.CUSTOMER)
    assert "COST" in lessened["ProductOrderField"]


def test_every_declared_python_name_is_the_graphql_name_by_rule() -> None:
    """Tags are found by the Python name; a field that goes by another one would lose its own."""
    for cls in REGISTRY.edges:
        for each in cls.__annotations__:
            field = vars(cls)[each]
            assert field.graphql_name in {None, to_camel_case(each).rstrip("_")}
