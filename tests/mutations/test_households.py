"""householdUpsert and householdPatch."""

import pytest

from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio


async def test_a_household_is_made_changed_and_repeated(api: Api):
    given = {"source": "crm", "externalId": "h", "name": "Souza", "members": 3}

    first = await api.done("householdUpsert", "household { id name members }", **given)
    second = await api.done("householdUpsert", "household { id name members }", **given)
    assert second["household"] == first["household"]

    payload = await api.done(
        "householdPatch",
        "household { name members version }",
        householdId=first["household"]["id"],
        members=4,
        clientMutationId="h1",
    )
    assert payload["household"] == {"name": "Souza", "members": 4, "version": 2}


async def test_a_household_that_makes_no_sense_is_refused(api: Api, put: Put):
    home = await put("Household", "home", name="Home")
    ana = await put("Person", "ana", name="Ana")

    assert await api.refused("householdPatch", householdId=ana, members=1) == [
        ("NOT_FOUND", "householdId")
    ]
    assert await api.refused("householdPatch", householdId=home, name="") == [("REQUIRED", "name")]
    assert await api.refused("householdUpsert", members=1) == [("REQUIRED", "name")]
