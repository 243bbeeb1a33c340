"""Contracts over GraphQL: drawn up, signed, changed, ended with their period of notice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.mutations.commerce import Shop, shop
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

CONTRACT = (
    "contract { id number status startsOn endsOn autoRenew annualValue { amount currency } version "
    "customer { id } }"
)


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days)).date().isoformat()


async def made(api: Api, there: Shop, **more: Any) -> dict[str, Any]:
    given = {"annualValue": {"amount": "1200", "currency": "EUR"}, "noticeDays": 30, **more}
    payload = await api.done("contractCreate", CONTRACT, customerId=there.customer, **given)
    return payload["contract"]


async def test_a_contract_is_drawn_up_signed_and_ended(api: Api, put: Put) -> None:
    there = await shop(api, put)
    contract = await made(api, there, autoRenew=True, clientMutationId="k")
    assert (contract["status"], contract["customer"]["id"]) == ("DRAFT", there.customer)
    assert contract["annualValue"] == {"amount": "1200.00", "currency": "EUR"}
    assert (await made(api, there, autoRenew=True, clientMutationId="k"))["id"] == contract["id"]
    id_ = contract["id"]
    signed = (await api.done("contractSign", CONTRACT, contractId=id_))["contract"]
    assert (signed["status"], signed["startsOn"]) == ("ACTIVE", in_days(0))
    soon = await api.refused("contractTerminate", contractId=id_, endsOn=in_days(29))
    assert soon == [("NOT_ALLOWED", "endsOn")]
    ended = await api.done("contractTerminate", CONTRACT, contractId=id_, endsOn=in_days(31))
    assert (ended["contract"]["status"], ended["contract"]["autoRenew"]) == ("TERMINATED", False)
    assert await api.refused("contractUpdate", contractId=id_, note="x") == [
        ("NOT_ALLOWED", "contractId")
    ]


async def test_a_contract_that_makes_no_sense_is_refused(api: Api, put: Put) -> None:
    there = await shop(api, put)
    whom = {"customerId": there.customer}
    days = {"startsOn": "2026-05-01", "endsOn": "2026-04-01"}
    found = await api.refused("contractCreate", **whom, **days)
    assert [each[1] for each in found] == ["endsOn"]
    assert await api.refused("contractCreate", **whom, noticeDays=-1) == [
        ("OUT_OF_RANGE", "noticeDays")
    ]
    negative = {"amount": "-1", "currency": "EUR"}
    assert await api.refused("contractCreate", **whom, annualValue=negative) == [
        ("OUT_OF_RANGE", "annualValue")
    ]
    id_ = (await made(api, there))["id"]
    assert await api.refused("contractTerminate", contractId=id_, endsOn=in_days(90)) == [
        ("NOT_ALLOWED", "contractId")
    ]
    await api.done("contractUpdate", contractId=id_, startsOn="2026-05-01", ifVersion=1)
    assert await api.refused("contractUpdate", contractId=id_, note="x", ifVersion=1) == [
        ("CONFLICT", "ifVersion")
    ]
    found = await api.refused("contractUpdate", contractId=id_, endsOn="2026-04-01")
    assert [each[1] for each in found] == ["endsOn"]
