"""identifierAdd and identifierVerify: what a customer claims counts once it is proved."""

import asyncio

import pytest

from graph.selfservice.codes import ATTEMPTS, PER_HOUR, SECRET, code_of, is_code_of
from graph.selfservice.messages import message
from graph.write.secret import secret
from loaders.ids import decode_id
from tests.selfservice.conftest import Shop

pytestmark = pytest.mark.anyio

CLAIM = "verification { id kind value intent attempts } identifier { value }"
ATTACHED = (
    "MATCH (p:Party)-[x:HAS_IDENTIFIER]->(i:Identifier {value: $value}) "
    "RETURN p.name, x.verifiedAt IS NOT NULL"
)


async def claimed(shop: Shop, value: str = "Ana@Private.example", **given: object) -> str:
    said = {"partyId": shop.ids["ana"], "kind": "EMAIL", "value": value, **given}
    return (await shop.ana.done("identifierAdd", CLAIM, **said))["verification"]["id"]


async def code(shop: Shop, verification: str) -> str:
    key = await secret(shop.api.graph, SECRET)
    return code_of(key, decode_id(verification).id)


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06}"


def test_a_code_belongs_to_one_verification_and_one_graph() -> None:
    codes = {code_of(key, id_) for key in (b"a", b"b") for id_ in ("1", "2", "3")}

    assert len(codes) == 6
    assert all(len(each) == 6 and each.isdecimal() for each in codes)
    assert is_code_of(b"a", "1", f" {code_of(b'a', '1')} ")
    assert not is_code_of(b"a", "1", code_of(b"a", "2"))


async def test_a_claim_is_no_identifier_until_its_code_comes_back(shop: Shop):
    id_ = await claimed(shop)
    assert await shop.rows(ATTACHED, value="ana@private.example") == []

    done = await shop.ana.done(
        "identifierVerify", CLAIM, verificationId=id_, code=await code(shop, id_)
    )

    assert done["identifier"] == {"value": "ana@private.example"}
    assert await shop.rows(ATTACHED, value="ana@private.example") == [["Ana Test", True]]
    assert (await shop.ana.me("verifications { totalCount } profile { email }")) == {
        "verifications": {"totalCount": 0},
        "profile": {"email": "ana@example.org"},
    }


async def test_a_main_address_takes_the_place_of_the_former_once_it_is_proved(shop: Shop):
    id_ = await claimed(shop, primary=True)

    await shop.ana.done("identifierVerify", verificationId=id_, code=await code(shop, id_))

    assert (await shop.ana.me("profile { email }")) == {"profile": {"email": "ana@private.example"}}
    assert await shop.rows(ATTACHED, value="ana@private.example") == [["Ana Test", True]]


async def test_a_telephone_number_of_the_company_is_proved_too(shop: Shop):
    done = await shop.ana.done(
        "identifierAdd", CLAIM, partyId=shop.ids["acme"], kind="PHONE", value="+33 1 99 00 12 34"
    )
    id_ = done["verification"]["id"]

    await shop.ana.done("identifierVerify", verificationId=id_, code=await code(shop, id_))

    assert await shop.rows(ATTACHED, value="+33199001234") == [["Acme", True]]


async def test_five_codes_may_be_tried_however_many_come_at_once(shop: Shop):
    id_ = await claimed(shop)
    right = await code(shop, id_)

    answers = await asyncio.gather(
        *(
            shop.ana.do("identifierVerify", verificationId=id_, code=wrong(right))
            for _ in range(3 * ATTEMPTS)
        )
    )
    told = [each["userErrors"][0]["code"] for each in answers]
    assert set(told) <= {"WRONG_CODE", "LIMIT_REACHED", "CONFLICT"}
    [[counted]] = await shop.rows("MATCH (v:Verification) RETURN v.attempts")
    # One that was told CONFLICT again and again was not compared, and does not count.
    assert told.count("WRONG_CODE") == counted <= ATTEMPTS
    for _ in range(ATTEMPTS - counted):
        tried = await shop.ana.do("identifierVerify", verificationId=id_, code=wrong(right))
        assert tried["userErrors"][0]["code"] == "WRONG_CODE"

    after = await shop.ana.refused("identifierVerify", verificationId=id_, code=right)

    assert after == [("LIMIT_REACHED", "code")]
    assert await shop.rows(ATTACHED, value="ana@private.example") == []


async def test_a_code_is_not_tried_twice_nor_by_another_account(shop: Shop):
    id_ = await claimed(shop)
    right = await code(shop, id_)

    foreign = await shop.bob.do("identifierVerify", verificationId=id_, code=right)
    unknown = await shop.bob.do(
        "identifierVerify", verificationId="VmVyaWZpY2F0aW9uOng=", code=right
    )
    await shop.ana.done("identifierVerify", verificationId=id_, code=right)

    assert foreign == unknown
    assert foreign["userErrors"][0]["code"] == "NOT_FOUND"
    again = await shop.ana.refused("identifierVerify", verificationId=id_, code=right)
    assert again == [("NOT_ALLOWED", "verificationId")]


async def test_an_ended_code_proves_nothing(shop: Shop):
    id_ = await claimed(shop)
    await shop.put("Verification", "old", kind="EMAIL", value="old@example.org",
                   at="2026-01-01T00:00:00.000Z", expiresAt="2026-01-01T00:15:00.000Z")  # fmt: skip
    rows = await shop.rows("MATCH (v:Verification {value: 'old@example.org'}) RETURN v.id")
    assert await message(shop.api.graph, rows[0][0]) is None
    assert await message(shop.api.graph, decode_id(id_).id) is not None


async def test_there_are_only_so_many_codes_within_an_hour(shop: Shop):
    for number in range(PER_HOUR):
        await claimed(shop, f"a{number}@private.example")

    refused = await shop.ana.refused(
        "identifierAdd", partyId=shop.ids["ana"], kind="EMAIL", value="more@private.example"
    )

    assert refused == [("LIMIT_REACHED", "")]


async def test_a_claim_of_something_else_than_an_address_is_refused(shop: Shop):
    for party, kind, value, expected in (
        ("ana", "TAX_ID", "FR1234", ("NOT_ALLOWED", "kind")),
        ("ana", "EMAIL", "nobody", ("NOT_AN_EMAIL", "value")),
        ("globex", "EMAIL", "a@b.example", ("NOT_FOUND", "partyId")),
        ("bob", "EMAIL", "a@b.example", ("NOT_FOUND", "partyId")),
    ):
        said = {"partyId": shop.ids[party], "kind": kind, "value": value}
        assert await shop.ana.refused("identifierAdd", **said) == [expected]
    said = {"partyId": shop.ids["acme"], "kind": "EMAIL", "value": "a@b.example"}
    assert await shop.eve.refused("identifierAdd", **said) == [("NOT_FOUND", "partyId")]


async def test_the_message_is_queued_with_the_claim_and_holds_no_code(shop: Shop):
    id_ = await claimed(shop)
    right = await code(shop, id_)

    [[key, parameters]] = await shop.rows(
        "MATCH (j:Job {kind: 'MESSAGE', state: 'QUEUED'}) RETURN j.key, j.parameters"
    )
    everything = await shop.rows("MATCH (n) WHERE NOT n:Secret RETURN properties(n)")
    told = await message(shop.api.graph, key)

    assert (key, parameters) == (decode_id(id_).id, "{}")
    assert right not in str(everything).replace("'", " ").split()
    assert told is not None
    assert (told.channel, told.to, told.values["code"]) == ("EMAIL", "ana@private.example", right)


async def test_staff_add_and_prove_at_once(shop: Shop):
    done = await shop.api.done(
        "identifierAdd", "identifier { id value } verification { id }",
        partyId=shop.ids["ana"], kind="EMAIL", value="desk@private.example",
    )  # fmt: skip
    await shop.api.done(
        "identifierVerify", partyId=shop.ids["ana"], identifierId=done["identifier"]["id"]
    )

    assert done["verification"] is None
    assert await shop.rows(ATTACHED, value="desk@private.example") == [["Ana Test", True]]
