"""Merging, unmerging and telling apart, as staff ask for it."""

import pytest

from loaders.execution import Executor
from loaders.ids import encode_id
from tests.identity.asking import MARK, MERGE, UNMERGE, do
from tests.identity.telling import party, record_id

pytestmark = pytest.mark.anyio


async def test_staff_merge_unmerge_and_tell_apart(executor: Executor) -> None:
    one, two = (encode_id("Person", party(each)) for each in range(2))

    done = {"party": {"id": one}, "userErrors": []}
    records = [encode_id("SourceRecord", record_id(1))]
    for _ in range(2):
        again = await do(executor, MERGE, parties=[one, two], clientMutationId="m")
        assert again == done
    assert await do(executor, UNMERGE, identityId=one, records=records) == done
    assert await do(executor, MARK, partyId=one, otherId=two) == done
    assert await do(executor, MERGE, parties=[one, two]) == {
        "party": None,
        "userErrors": [{"code": "NOT_ALLOWED", "field": ["parties"]}],
    }
