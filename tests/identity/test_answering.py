"""The id of a party that was merged names whoever answers for it."""

from datetime import UTC, datetime

import pytest

from graph.write.formats import moment
from loaders.execution import Executor
from loaders.ids import encode_id
from tests.identity.asking import MERGE, UNMERGE, ask, do
from tests.identity.telling import party, record_id

pytestmark = pytest.mark.anyio

ONE, TWO = (encode_id("Person", party(each)) for each in range(2))
READ = """query ($id: ID!, $ids: [ID!]!) {
  node(id: $id) { id } customer(id: $id) { id name } nodes(ids: $ids) { id } }"""
EARLIER = "query ($id: ID!, $at: DateTime) { node(id: $id, asOf: $at) { id } }"
PATCH = """mutation ($input: PersonPatchInput!) {
  personPatch(input: $input) { person { id city } userErrors { code field } } }"""


async def answering(executor: Executor) -> list[str]:
    """Who answers for the second person, by four ways to ask; the last is asked for the first."""
    found = await ask(executor, READ, id=TWO, ids=[TWO, ONE])
    return [each["id"] for each in (found["node"], found["customer"], *found["nodes"])]


async def test_a_former_id_answers_reads_until_the_unmerge(executor: Executor) -> None:
    before = moment(datetime.now(UTC))
    assert await answering(executor) == [TWO, TWO, TWO, ONE]

    await do(executor, MERGE, parties=[ONE, TWO])
    assert await answering(executor) == [ONE] * 4
    assert await ask(executor, EARLIER, id=TWO, at=before) == {"node": {"id": TWO}}

    records = [encode_id("SourceRecord", record_id(1))]
    await do(executor, UNMERGE, identityId=TWO, records=records)
    assert await answering(executor) == [TWO, TWO, TWO, ONE]


async def test_a_former_id_answers_changes_and_repetitions_of_them(executor: Executor) -> None:
    await do(executor, MERGE, parties=[ONE, TWO])

    for _ in range(2):
        done = await do(executor, PATCH, personId=TWO, city="Iași", clientMutationId="p")
        assert done == {"person": {"id": ONE, "city": "Iași"}, "userErrors": []}
    unknown = await do(executor, PATCH, personId=encode_id("Person", party(7)), city="Iași")
    assert unknown["userErrors"] == [{"code": "NOT_FOUND", "field": ["personId"]}]
