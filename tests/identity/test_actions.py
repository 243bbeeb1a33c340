"""Merging, unmerging and telling apart, as staff ask for it."""

import pytest

from graph.database import Graph
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA
from tests.identity.telling import begin, party, record_id

pytestmark = pytest.mark.anyio
STAFF = Viewer(Audience.STAFF, "https://issuer.example", "ann")
MERGE = """mutation ($input: PartiesMergeInput!) {
  partiesMerge(input: $input) { party { id } userErrors { code field } } }"""
UNMERGE = """mutation ($input: PartiesUnmergeInput!) {
  partiesUnmerge(input: $input) { party { id } userErrors { code field } } }"""
MARK = """mutation ($input: MarkNotSameInput!) {
  markNotSame(input: $input) { party { id } userErrors { code field } } }"""


async def test_staff_merge_unmerge_and_tell_apart(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.lanes.SECONDS", 120.0)
    executor = Executor(SCHEMA._schema, graph)
    one, two = (encode_id("Person", party(each)) for each in (0, 1))
    await begin(graph, 2)

    async def do(query: str, **given: object) -> object:
        response = await executor.execute(query, {"input": given}, None, STAFF)
        assert isinstance(response, dict)
        assert "errors" not in response, response["errors"]
        return next(iter(response["data"].values()))

    done = {"party": {"id": one}, "userErrors": []}
    records = [encode_id("SourceRecord", record_id(1))]
    assert await do(MERGE, parties=[one, two], clientMutationId="m") == done
    assert await do(MERGE, parties=[one, two], clientMutationId="m") == done
    assert await do(UNMERGE, identityId=one, records=records) == done
    assert await do(MARK, partyId=one, otherId=two) == done
    assert await do(MERGE, parties=[one, two]) == {
        "party": None,
        "userErrors": [{"code": "NOT_ALLOWED", "field": ["parties"]}],
    }
