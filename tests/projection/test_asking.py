"""The executor answers each viewer by the schema of its audience, on the real graph."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import GraphQLSchema, get_introspection_query

from api.connections import graph_at
from graph.engines import Endpoints
from graph.migrations import migrate
from loaders.execution import Executor
from loaders.subscribing import is_subscription, subscribe
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA
from tests.projection.conftest import OTHERS

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def executor(endpoints: Endpoints) -> AsyncIterator[Executor]:
    """Execute operations on the session's engine."""
    async with graph_at(endpoints) as graph:
        await migrate(graph)
        yield Executor(SCHEMA._schema, graph)


def viewer(audience: Audience) -> Viewer:
    return Viewer(audience, "https://id.example.org", "nobody")


async def ask(executor: Executor, audience: Audience, query: str, **variables: Any) -> Any:
    return await executor.execute(query, variables, None, viewer(audience))


@pytest.mark.parametrize("audience", Audience)
async def test_introspection_is_answered_from_the_viewers_projection(
    executor: Executor, audience: Audience, projections: dict[Audience, GraphQLSchema]
) -> None:
    found = await ask(executor, audience, get_introspection_query())

    types = {each["name"] for each in found["data"]["__schema"]["types"]}
    assert types == set(projections[audience].type_map)


@pytest.mark.parametrize("audience", OTHERS)
async def test_a_hidden_field_and_an_unknown_one_get_the_same_bytes(
    executor: Executor, audience: Audience
) -> None:
    query = "{ products(first: 1) { edges { node { %s } } } }"

    hidden = await ask(executor, audience, query % "cost")
    unknown = await ask(executor, audience, query % "cast")

    assert str(hidden).replace("cost", "cast") == str(unknown)
    assert hidden["errors"][0]["extensions"]["code"] == "INVALID_DOCUMENT"
    assert "data" not in hidden


@pytest.mark.parametrize("audience", OTHERS)
async def test_an_id_of_a_type_that_does_not_exist_for_the_viewer_names_nothing(
    executor: Executor, audience: Audience
) -> None:
    made = 'query { node(id: "%s") { id } nodes(ids: ["%s"]) { id } }'
    segment, nowhere = "U2VnbWVudDox", "WnplZ21lbnQ6MQ=="  # Segment:1 and Zzegment:1

    hidden = await ask(executor, audience, made % (segment, segment))
    unknown = await ask(executor, audience, made % (nowhere, nowhere))

    assert hidden == unknown == {"data": {"node": None, "nodes": [None]}}


async def test_staff_ask_what_others_may_but_not_for_what_is_somebody_elses_alone(
    executor: Executor,
) -> None:
    found = await ask(executor, Audience.STAFF, "{ products { totalCount } viewer { audience } }")
    refused = await ask(executor, Audience.STAFF, "{ me { __typename } }")

    assert found["data"]["viewer"] == {"audience": "STAFF"}
    assert "errors" not in found
    assert refused["errors"][0]["message"].startswith("Cannot query field 'me' on type 'Query'.")


@pytest.mark.parametrize("audience", OTHERS)
async def test_what_exists_is_answered(executor: Executor, audience: Audience) -> None:
    query = "{ viewer { audience } products(first: 1) { edges { node { sku } } } }"

    found = await ask(executor, audience, query)

    assert "errors" not in found
    assert found["data"]["viewer"] == {"audience": audience.name}


@pytest.mark.parametrize("audience", OTHERS)
async def test_a_subscription_that_does_not_exist_is_no_subscription(
    executor: Executor, audience: Audience
) -> None:
    query = "subscription { changes { cursor } }"

    answers = [each async for each in subscribe(executor, query, None, None, viewer(audience))]

    assert is_subscription(executor, query, None)
    assert not is_subscription(executor, query, None, audience)
    assert [list(each) for each in answers] == [["errors"]]


@pytest.mark.parametrize("audience", OTHERS)
async def test_a_hidden_mutation_changes_nothing(executor: Executor, audience: Audience) -> None:
    query = 'mutation { productCreate(input: {sku: "X", name: "X"}) { product { id } } }'

    refused = await ask(executor, audience, query)
    count = await ask(
        executor, Audience.STAFF, '{ products(filter: {sku: {eq: "X"}}) { totalCount } }'
    )

    assert "data" not in refused
    assert count["data"]["products"]["totalCount"] == 0
