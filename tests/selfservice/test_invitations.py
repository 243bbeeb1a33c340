"""Colleagues who are invited, accept or are not let in, and friends who are named."""

from typing import Any

import pytest

from graph.selfservice.codes import SECRET
from graph.selfservice.messages import invitation_code, message
from graph.write.secret import secret
from loaders.ids import decode_id
from loaders.viewer import Audience, Viewer
from tests.mutations.conftest import link
from tests.selfservice.conftest import ISSUER, Customer, Shop

pytestmark = pytest.mark.anyio

SENT = "invitation { id state email scope company { name } }"


async def invited(shop: Shop, email: str = "dan@example.org", **given: Any) -> str:
    said = {"companyId": shop.ids["acme"], "name": "Dan Test", "scope": "OWN", **given}
    return (await shop.ana.done("colleagueInvite", SENT, email=email, **said))["invitation"]["id"]


async def code(shop: Shop, invitation: str) -> str:
    return invitation_code(await secret(shop.api.graph, SECRET), decode_id(invitation).id)


async def test_an_invitation_becomes_an_account_by_the_code_that_was_sent(shop: Shop):
    id_ = await invited(shop, scope="COMPANY")
    told = await message(shop.api.graph, decode_id(id_).id)
    account = {"issuer": ISSUER, "subject": "dan"}
    wrong = await shop.api.do("invitationAccept", invitationId=id_, code="x", **account)

    done = await shop.api.done(
        "invitationAccept", "invitation { state } user { name kind }",
        invitationId=id_, code=await code(shop, id_), **account,
    )  # fmt: skip

    assert told is not None
    assert (told.to, told.kind, told.values["company"]) == ("dan@example.org", "INVITATION", "Acme")
    assert [each["code"] for each in wrong["userErrors"]] == ["WRONG_CODE"]
    assert done == {
        "invitation": {"state": "ACCEPTED"}, "user": {"name": "Dan Test", "kind": "CUSTOMER"},
        "userErrors": [], "clientMutationId": None,
    }  # fmt: skip
    dan = Customer(shop.api, type(shop.ana.viewer)(shop.ana.viewer.audience, ISSUER, "dan"))
    assert await dan.me("profile { name } companies { edges { scope node { name } } }") == {
        "profile": {"name": "Dan Test"},
        "companies": {"edges": [{"scope": "COMPANY", "node": {"name": "Acme"}}]},
    }


async def test_an_invited_person_who_is_known_is_not_made_again(shop: Shop):
    await shop.put("Person", "dan", name="Dan Known", email="dan@example.org")
    await link(shop.api.graph, "Person/dan", "WORKS_AT", "Company/acme")
    id_ = await invited(shop)

    await shop.api.done(
        "invitationAccept", invitationId=id_, code=await code(shop, id_), issuer=ISSUER,
        subject="dan",
    )  # fmt: skip

    assert await shop.rows(
        "MATCH (u:User {subject: 'dan'})-[:IS_PERSON]->(p:Person) RETURN p.name"
    ) == [["Dan Known"]]


async def test_nobody_invites_further_than_the_own_account_reaches(shop: Shop):
    said = {"companyId": shop.ids["acme"], "name": "Dan", "email": "dan@example.org"}

    assert await shop.ana.refused("colleagueInvite", **said, scope="SUBTREE") == [
        ("NOT_ALLOWED", "scope")
    ]
    assert await shop.eve.refused("colleagueInvite", **said, scope="OWN") == [
        ("NOT_FOUND", "companyId")
    ]
    assert await shop.bob.refused("colleagueInvite", **said, scope="OWN") == [
        ("NOT_FOUND", "companyId")
    ]
    await link(shop.api.graph, "User/ana", "ACTS_FOR", "Company/acme", scope="SUBTREE")
    await shop.ana.done("colleagueInvite", **said, scope="SUBTREE")


async def test_an_address_has_one_open_invitation_which_can_be_taken_back(shop: Shop):
    id_ = await invited(shop)
    said = {"companyId": shop.ids["acme"], "name": "Dan", "scope": "OWN"}
    twice = await shop.ana.refused("colleagueInvite", email="dan@example.org", **said)
    foreign = await shop.bob.do("invitationWithdraw", invitationId=id_)
    nobody = await shop.bob.do("invitationWithdraw", invitationId="SW52aXRhdGlvbjpub25l")

    await shop.ana.done("invitationWithdraw", "invitation { state }", invitationId=id_)

    assert twice == [("NOT_ALLOWED", "email")]
    assert foreign == nobody
    assert foreign["userErrors"][0]["code"] == "NOT_FOUND"
    assert await message(shop.api.graph, decode_id(id_).id) is None
    late = await shop.api.do(
        "invitationAccept", invitationId=id_, code=await code(shop, id_), issuer=ISSUER,
        subject="dan",
    )  # fmt: skip
    assert [each["code"] for each in late["userErrors"]] == ["NOT_ALLOWED"]
    await invited(shop)


async def test_an_address_must_be_one(shop: Shop):
    said = {"companyId": shop.ids["acme"], "name": "Dan", "scope": "OWN"}

    refused = await shop.ana.refused("colleagueInvite", email="nobody", **said)

    assert refused == [("NOT_AN_EMAIL", "email")]


async def test_a_friend_is_noted_and_the_answer_does_not_tell_who_is_known(shop: Shop):
    known = await shop.ana.do("friendRefer", name="Bob", email="bob@example.org", note="Met once.")
    new = await shop.ana.do("friendRefer", name="Fay", email="fay@example.org")
    own = await shop.ana.refused("friendRefer", name="Me", email="ana@example.org")

    assert known == new
    assert known["userErrors"] == []
    assert own == [("NOT_ALLOWED", "email")]
    assert await shop.rows(
        "MATCH (p:Person)-[x:REFERRED]->(f) RETURN p.name, f.name, f.lifecycle, x.note "
        "ORDER BY f.name"
    ) == [["Ana Test", "Bob Test", None, "Met once."], ["Ana Test", "Fay", "PROSPECT", None]]
    seen = await shop.ana.ask("{ me { profile { name } } node(id: $id) { id } }".replace(
        "$id", f'"{shop.ids["bob"]}"'
    ))  # fmt: skip
    assert seen["node"] is None


async def test_a_partner_invites_a_colleague_to_the_partner(shop: Shop):
    await shop.put("Program", "comfort", name="Comfort")
    await link(shop.api.graph, "Company/globex", "ENROLLED_IN", "Program/comfort")
    await shop.put("User", "pat", issuer=ISSUER, subject="pat", kind="PARTNER", name="Pat")
    await link(shop.api.graph, "User/pat", "ACTS_FOR", "Company/globex", scope="COMPANY")
    pat = Customer(shop.api, Viewer(Audience.PARTNER, ISSUER, "pat"))
    said = {"name": "Dan", "email": "dan@example.org", "scope": "COMPANY"}

    done = await pat.done(
        "colleagueInvite", "invitation { id state }", companyId=shop.ids["globex"], **said
    )
    elsewhere = await pat.refused("colleagueInvite", companyId=shop.ids["acme"], **said)
    id_ = done["invitation"]["id"]
    accepted = await shop.api.done(
        "invitationAccept", "user { kind }",
        invitationId=id_, code=await code(shop, id_), issuer=ISSUER, subject="dan",
    )  # fmt: skip

    assert elsewhere == [("NOT_FOUND", "companyId")]
    assert accepted["user"] == {"kind": "PARTNER"}
