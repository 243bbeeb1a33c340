"""Price lists and the prices that they state."""

from dataclasses import replace
from typing import Any

from graph.actions.checking import day, in_order, within
from graph.actions.checking import ordered_guard as ordered
from graph.model.products import PRICE_LIST, PRICES, PRODUCT
from graph.write.actions import Action, Create, Draft, Guard, Link, Ref, Return, Unlink, Update

_SAID = ("name", "currency", "tier", "discount", "validFrom", "validTo")
_LIST = Ref("priceList", (PRICE_LIST,), "The price list.")
_RETURNS = (Return("priceList", "priceList", "PriceList"),)


def _create(draft: Draft) -> None:
    values = draft.props["priceList"]
    within(draft, values, "discount", 0, 100)
    if values.get("currency") is None:
        draft.refuse("REQUIRED", "Name the currency of its prices.", "currency")
    first, last = day(values.get("validFrom")), day(values.get("validTo"))
    in_order(draft, first, last, "validTo", "validFrom")


PRICE_LIST_CREATE = Action(
    "priceListCreate",
    "Makes a price list for a tier or for everyone, in one currency.",
    creates=(Create("priceList", PRICE_LIST, _SAID),),
    prepare=_create,
    returns=_RETURNS,
)


def _update(draft: Draft) -> None:
    within(draft, draft.props["priceList"], "discount", 0, 100)


PRICE_LIST_UPDATE = Action(
    "priceListUpdate",
    "Changes a price list; its currency stays what it is.",
    refs=(_LIST,),
    updates=(Update("priceList", ("name", "tier", "discount", "validFrom", "validTo")),),
    guards=(ordered("priceList", "validFrom", "validTo", "validTo must not be before validFrom."),),
    prepare=_update,
    returns=_RETURNS,
)


def _set(draft: Draft) -> None:
    seen: set[tuple[str, Any]] = set()
    currencies: list[str] = []
    for i, each in enumerate(draft.many("prices")):
        values = each.values if each.values is not None else {}
        price: Any = values["price"]
        currencies.append(str(price["currency"]).strip().upper())
        if price["amount"] < 0:
            draft.refuse("OUT_OF_RANGE", "price must not be negative.", "prices", str(i), "price")
        if values.get("minQuantity") is None:
            values["minQuantity"] = 1
        if values["minQuantity"] < 1:
            draft.refuse(
                "OUT_OF_RANGE", "minQuantity must be 1 or more.", "prices", str(i), "minQuantity"
            )
        key = (each.id, values["minQuantity"])
        if key in seen:
            draft.refuse("DUPLICATE", "It is named twice; name it once.", "prices", str(i))
        seen.add(key)
    draft.values["currencies"] = currencies


PRICE_SET = Action(
    "priceSet",
    "States prices of products in a list, each from a smallest quantity on (1 unless given).",
    refs=(
        _LIST,
        Ref(
            "prices",
            (PRODUCT,),
            "Products and their prices.",
            many=True,
            row="productId",
            properties=(
                replace(PRICES.properties["price"], required=True),
                PRICES.properties["minQuantity"],
            ),
        ),
    ),
    updates=(Update("priceList"),),
    links=(Link("priceList", PRICES, "prices"),),
    guards=(
        Guard(
            "CURRENCY_MISMATCH",
            "The prices of this list are in {}.",
            "any(c IN r.values.currencies WHERE c <> priceList.currency)",
            ("prices",),
            detail="priceList.currency",
        ),
    ),
    prepare=_set,
    returns=_RETURNS,
)

PRICE_WITHDRAW = Action(
    "priceWithdraw",
    "Takes every price of products out of a list.",
    refs=(_LIST, Ref("products", (PRODUCT,), "The products.", many=True)),
    updates=(Update("priceList"),),
    unlinks=(Unlink("priceList", PRICES, "products"),),
    returns=_RETURNS,
)

ACTIONS = (PRICE_LIST_CREATE, PRICE_LIST_UPDATE, PRICE_SET, PRICE_WITHDRAW)
