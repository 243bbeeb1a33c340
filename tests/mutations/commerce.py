"""A small shop: a customer, a partner, products with prices, and an opportunity."""

from dataclasses import dataclass
from typing import Any

from loaders.ids import decode_id
from tests.mutations.conftest import Api, Put, link, uuid_of

LINES = (
    "lines { edges { line quantity unitPrice { amount currency } discount amount { amount } "
    "shipped returned node { sku } } }"
)
AMOUNTS = "id number status net { amount currency } tax { amount } total { amount }"
PAPER = f"{AMOUNTS} {LINES} customer {{ id }}"


@dataclass(frozen=True)
class Shop:
    """Global ids of what is there."""

    customer: str
    partner: str
    pump: str
    valve: str
    hose: str
    old: str
    opportunity: str


async def shop(api: Api, put: Put) -> Shop:
    """Pump 100 EUR, valve 20 EUR, hose 5.55 EUR (required by the pump), and one no longer sold."""
    made = Shop(
        await put("Company", "acme", name="Acme", tier="GOLD"),
        await put("Company", "reseller", name="Reseller", tier="PARTNER"),
        await put(
            "Product",
            "pump",
            sku="PUMP",
            name="Pump",
            listPrice=10_000,
            currency="EUR",
            active=True,
        ),
        await put("Product", "valve", sku="VALVE", name="Valve", listPrice=2_000, currency="EUR"),
        await put("Product", "hose", sku="HOSE", name="Hose", listPrice=555, currency="EUR"),
        await put(
            "Product", "old", sku="OLD", name="Old", listPrice=1, currency="EUR", active=False
        ),
        await put("Opportunity", "deal", name="Pumps", stage="PROPOSAL", currency="EUR"),
    )
    await link(api.graph, "Opportunity/deal", "FOR", "Company/acme", role="CUSTOMER")
    await link(api.graph, "Opportunity/deal", "INTERESTED_IN", "Product/pump", quantity=2.0)
    await api.done("productRelate", productId=made.pump, otherId=made.hose, kind="REQUIRES")
    return made


async def listed(api: Api, name: str, **more: Any) -> str:
    """A price list; its global id."""
    payload = await api.done(
        "priceListCreate", "priceList { id }", name=name, currency="EUR", **more
    )
    return payload["priceList"]["id"]


def lines(*rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Lines of an input: product, quantity and perhaps more."""
    return [
        {"productId": row[0], "quantity": row[1], **(row[2] if len(row) > 2 else {})}
        for row in rows
    ]


def shown(paper: dict[str, Any]) -> list[tuple[str, float, str, str]]:
    """Its lines: SKU, quantity, price of one unit and amount."""
    return [
        (
            edge["node"]["sku"],
            edge["quantity"],
            edge["unitPrice"]["amount"],
            edge["amount"]["amount"],
        )
        for edge in paper["lines"]["edges"]
    ]


def own_id(id_: str) -> str:
    """The node's own id."""
    return decode_id(id_).id


__all__ = [
    "AMOUNTS",
    "LINES",
    "PAPER",
    "Shop",
    "lines",
    "listed",
    "own_id",
    "shop",
    "shown",
    "uuid_of",
]
