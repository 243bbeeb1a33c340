"""Customers of two companies on the real graph, and what they ask for over GraphQL."""

from dataclasses import dataclass
from typing import Any

import pytest

from graph.statements import Kind, Statement
from loaders.execution import Explained
from loaders.lanes import shared
from loaders.viewer import Audience, Viewer
from tests.mutations.conftest import Api, Put, api, link, migrated, put

__all__ = ["api", "migrated", "put"]

ISSUER = "https://issuer.example"


def statement(text: str) -> Statement:
    """A read of the test's own."""
    return Statement("test.read", Kind.READ, text)  # pyright: ignore[reportArgumentType]


@dataclass(slots=True)
class Customer:
    """One customer's account."""

    api: Api
    viewer: Viewer

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a query, which must have no errors."""
        return await self.api.ask(query, self.viewer, **variables)

    async def do(self, name: str, selection: str = "", /, **given: Any) -> dict[str, Any]:
        """The payload of a mutation."""
        type_ = name[0].upper() + name[1:] + "Input"
        query = (
            f"mutation ($input: {type_}!) {{ {name}(input: $input) "
            f"{{ {selection} userErrors {{ code field message }} }} }}"
        )
        return (await self.ask(query, input=given))[name]

    async def done(self, name: str, selection: str = "", /, **given: Any) -> dict[str, Any]:
        """As `do`, of a mutation that must not be refused."""
        payload = await self.do(name, selection, **given)
        assert payload["userErrors"] == []
        return payload

    async def refused(self, name: str, /, **given: Any) -> list[tuple[str, str]]:
        """Codes and dotted fields of the refusals of a mutation."""
        payload = await self.do(name, **given)
        assert payload["userErrors"], "It was not refused."
        return [(each["code"], ".".join(each["field"])) for each in payload["userErrors"]]

    async def me(self, selection: str) -> Any:
        """What `me` shows; a new statement is planned first, since a busy machine is slow at it."""
        query = f"{{ me {{ {selection} }} }}"
        for each in self.api.executor.explain(query, {}, None, self.viewer):
            assert isinstance(each, Explained)
            if each.statement is not None:
                sent = shared(each.statement)
                await self.api.graph.run(sent.single, sent.parameters(each.parameters), timeout=120)
        return (await self.ask(query))["me"]


@dataclass(slots=True)
class Shop:
    """The world: global ids of what is in it, and who asks.

    Ana acts for Acme as a whole, Eve for Acme but only as herself, Bob for Globex.
    """

    api: Api
    put: Put
    ids: dict[str, str]
    ana: Customer
    eve: Customer
    bob: Customer

    async def rows(self, text: str, **parameters: Any) -> list[list[Any]]:
        """What the graph says."""
        return await self.api.graph.run(statement(text), parameters)

    async def paper(self, label: str, key: str, party: str, **values: Any) -> str:
        """A document or case for a party, which is written `Label/key`."""
        id_ = await self.put(label, key, **values)
        await link(self.api.graph, f"{label}/{key}", "FOR", party, role="CUSTOMER")
        self.ids[key] = id_
        return id_


@pytest.fixture
async def shop(api: Api, put: Put) -> Shop:
    """Return two companies with three accounts."""
    graph = api.graph
    ids = {
        "acme": await put("Company", "acme", name="Acme"),
        "globex": await put("Company", "globex", name="Globex"),
    }
    for key, company, scope in (
        ("ana", "acme", "COMPANY"), ("eve", "acme", "OWN"), ("bob", "globex", "COMPANY")
    ):  # fmt: skip
        ids[key] = await put(
            "Person", key, name=f"{key.title()} Test", givenName=key.title(), familyName="Test",
            email=f"{key}@example.org",
        )  # fmt: skip
        await put(
            "User", key, issuer=ISSUER, subject=key, kind="CUSTOMER", name=f"{key.title()} Test"
        )
        await link(graph, f"User/{key}", "IS_PERSON", f"Person/{key}")
        await link(graph, f"User/{key}", "ACTS_FOR", f"Company/{company}", scope=scope)

    def customer(name: str) -> Customer:
        return Customer(api, Viewer(Audience.CUSTOMER, ISSUER, name))

    return Shop(api, put, ids, customer("ana"), customer("eve"), customer("bob"))
