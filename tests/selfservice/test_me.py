"""`me`: everything of the own side, and nothing of anybody else's."""

import json
from typing import Any

import pytest

from graph.statements import Kind, Statement
from tests.mutations.conftest import STAFF, link
from tests.selfservice.conftest import Customer, Shop

pytestmark = pytest.mark.anyio

EVERYTHING = """
name email language timezone lastSeenAt
profile { id name email }
identifiers { edges { primary verifiedAt node { kind value } } }
verifications { totalCount }
companies { edges { scope from to node { id name } } }
consents { edges { node { purpose status } } }
preferences { edges { node { topic channel frequency } } }
timeline { totalCount edges { node { __typename id at } } }
orders { totalCount edges { node { number status } } }
quotes { edges { node { number status } } }
invoices { edges { node { number } } }
contracts { edges { node { number } } }
cases { edges { node { number subject } } }
owns { edges { node { name } } }
articles { edges { node { title } } }
responsibleContact { name email jobTitle company }
whoSawMyData { edges { node { at audience operation classes } } }
feedbackRequests { edges { node { measure } } }
privacyRequests { edges { node { number } } }
invitations { edges { node { email } } }
"""


def names(found: dict[str, Any], field: str, key: str = "number") -> list[str]:
    """A value of each row of a connection."""
    return [each["node"][key] for each in found[field]["edges"]]


async def filled(shop: Shop) -> None:
    """A paper of each kind for Acme, and some for the others, with words that tell whose."""
    graph, put = shop.api.graph, shop.put
    for who, party in (("acme", "Company/acme"), ("globex", "Company/globex")):
        for label in ("Order", "Quote", "Invoice", "Contract"):
            status = {"Order": "PLACED", "Quote": "SENT", "Invoice": "OPEN", "Contract": "ACTIVE"}
            key = f"{label}-{who}"
            await shop.paper(label, key, party, number=key, status=status[label])
        await shop.paper("Case", f"Case-{who}", party, number=f"Case-{who}", subject=who)
        await put("Product", who, sku=who, name=f"Product {who}")
        await link(graph, party, "OWNS", f"Product/{who}")
        await put("Article", who, title=f"Article {who}", status="PUBLISHED", audience="CUSTOMER")
        await link(graph, f"Article/{who}", "EXPLAINS", f"Product/{who}")
    await shop.paper("Quote", "draft", "Company/acme", number="draft", status="DRAFT")
    await put("Article", "internal", title="Internal", status="PUBLISHED", audience="STAFF")
    await link(graph, "Article/internal", "EXPLAINS", "Product/acme")
    await put("Note", "note", at="2026-01-01T00:00:00.000Z", channel="INTERNAL", body="difficult")
    await link(graph, "Person/ana", "PARTICIPATED_IN", "Note/note", role="SUBJECT")
    await put("Email", "mail", at="2026-01-01T00:00:00.000Z", channel="EMAIL", subject="Hello")
    await link(graph, "Person/ana", "PARTICIPATED_IN", "Email/mail", role="TO")
    await put("User", "sal", issuer="x", subject="sal", kind="STAFF", name="Sal",
              email="sal@staff.example", jobTitle="Account manager")  # fmt: skip
    await link(graph, "Company/acme", "ASSIGNED_TO", "User/sal", role="ACCOUNT_MANAGER")


async def test_me_shows_the_own_side_and_nothing_else(shop: Shop):
    await filled(shop)

    found = await shop.ana.me(EVERYTHING)

    assert found["profile"]["name"] == "Ana Test"
    assert names(found, "companies", "name") == ["Acme"]
    for field in ("orders", "quotes", "invoices", "contracts", "cases"):
        assert names(found, field) == [f"{field[:-1].title()}-acme"], field
    assert names(found, "owns", "name") == ["Product acme"]
    assert names(found, "articles", "title") == ["Article acme"]
    assert found["timeline"]["totalCount"] == 5
    assert "Note" not in names(found, "timeline", "__typename")
    assert found["responsibleContact"] == {
        "name": "Sal", "email": "sal@staff.example", "jobTitle": "Account manager",
        "company": "Acme",
    }  # fmt: skip
    assert found["identifiers"]["edges"][0]["node"]["value"] == "ana@example.org"
    assert "globex" not in json.dumps(found).lower()


async def test_the_scope_own_shows_the_company_and_only_what_names_the_person(shop: Shop):
    await filled(shop)
    await link(shop.api.graph, "Order/Order-acme", "FOR", "Person/eve", role="CONTACT")

    found = await shop.eve.me(EVERYTHING)

    assert names(found, "companies", "name") == ["Acme"]
    assert names(found, "orders") == ["Order-acme"]
    for field in ("quotes", "invoices", "contracts", "cases", "owns"):
        assert found[field]["edges"] == [], field


async def test_the_scope_subtree_reaches_what_stands_below(shop: Shop):
    await filled(shop)
    await link(shop.api.graph, "Company/globex", "SUBSIDIARY_OF", "Company/acme")
    assert names(await shop.ana.me(EVERYTHING), "orders") == ["Order-acme"]

    await link(shop.api.graph, "User/ana", "ACTS_FOR", "Company/acme", scope="SUBTREE")

    assert sorted(names(await shop.ana.me(EVERYTHING), "orders")) == ["Order-acme", "Order-globex"]


async def test_an_account_that_has_ended_sees_nothing(shop: Shop):
    await filled(shop)
    await link(shop.api.graph, "User/bob", "ACTS_FOR", "Company/globex", scope="COMPANY",
               to="2020-01-01")  # fmt: skip

    found = await shop.bob.me(EVERYTHING)

    assert found["profile"]["name"] == "Bob Test"
    assert found["companies"]["edges"] == found["orders"]["edges"] == []
    await shop.api.graph.run(_switched_off())
    assert await shop.bob.me(EVERYTHING) is None


def _switched_off() -> Any:
    from_staff = "MATCH (u:User {subject: 'bob'}) SET u.active = false"
    return Statement("test.off", Kind.WRITE, from_staff)


async def test_nobody_else_has_a_me(shop: Shop):
    stranger = Customer(
        shop.api, type(shop.ana.viewer)(shop.ana.viewer.audience, "https://issuer.example", "zoe")
    )

    assert await stranger.me(EVERYTHING) is None
    response = await shop.api.executor.execute("{ me { name } }", {}, None, STAFF)
    assert isinstance(response, dict)
    assert response["errors"][0]["message"].startswith("Cannot query field 'me'")


async def test_lists_of_me_are_filtered_sorted_and_paged_like_all_others(shop: Shop):
    for number in range(5):
        await shop.paper(
            "Order", f"o{number}", "Company/acme",
            number=f"O{number}", status="PLACED" if number % 2 else "SHIPPED",
            at=f"2026-01-0{number + 1}T00:00:00.000Z",
        )  # fmt: skip

    page = "orders(first: 2, after: %s) { edges { node { number } } pageInfo { endCursor } }"
    first = await shop.ana.me(page % "null")
    second = await shop.ana.me(page % json.dumps(first["orders"]["pageInfo"]["endCursor"]))
    some = await shop.ana.me(
        "orders(filter: {status: {eq: PLACED}}, orderBy: [{field: NUMBER}]) "
        "{ totalCount edges { node { number } } }"
    )

    assert names(first, "orders") == ["O4", "O3"]
    assert names(second, "orders") == ["O2", "O1"]
    assert (some["orders"]["totalCount"], names(some, "orders")) == (2, ["O1", "O3"])
