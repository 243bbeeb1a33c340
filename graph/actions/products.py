"""Products: made, changed, related to each other, and taken from sale."""

from typing import Any

from graph.actions.checking import in_order
from graph.actions.checking import ordered_guard as ordered
from graph.model.products import PRODUCT, RELATED
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Given,
    Guard,
    Link,
    Ref,
    Return,
    Unlink,
    Update,
)

_SAID = (
    "sku", "name", "description", "kind", "category", "otherNames", "listPrice", "cost", "unit",
    "launchedOn", "endOfLifeOn",
)  # fmt: skip
_PRODUCT = Ref("product", (PRODUCT,), "The product.")
_OTHER = Ref("other", (PRODUCT,), "The other product.")
_RETURNS = (Return("product", "product", "Product"),)
_KIND = RELATED.properties["kind"]
_FREE = Guard(
    "CONFLICT",
    "Another product has this sku; choose another one.",
    "r.values.sku IS NOT NULL AND EXISTS { MATCH (p:Product {sku: r.values.sku}) "
    "WHERE p.id <> coalesce(r.refs.product, '') }",
    ("sku",),
)


def _checked(draft: Draft) -> dict[str, Any]:
    """See that amounts are not negative; the properties."""
    values = draft.props["product"]
    for name in ("listPrice", "cost"):
        price: Any = values.get(name)
        if price is not None and price["amount"] < 0:
            draft.refuse("OUT_OF_RANGE", f"{name} must not be negative.", name)
    sku = values.get("sku")
    draft.values["sku"] = str(sku).strip() if sku is not None else None
    return values


def _create(draft: Draft) -> None:
    values = _checked(draft)
    values.setdefault("active", True)
    first, last = values.get("launchedOn"), values.get("endOfLifeOn")
    in_order(
        draft, str(first) if first else None, str(last) if last else None, "endOfLifeOn",
        "launchedOn",
    )  # fmt: skip


PRODUCT_CREATE = Action(
    "productCreate",
    "Adds a product to what is sold.",
    refs=(),
    creates=(Create("product", PRODUCT, _SAID),),
    guards=(_FREE,),
    prepare=_create,
    returns=_RETURNS,
)


def _update(draft: Draft) -> None:
    _checked(draft)


PRODUCT_UPDATE = Action(
    "productUpdate",
    "Changes a product; `active` true puts it on sale again.",
    refs=(_PRODUCT,),
    updates=(Update("product", (*_SAID, "active")),),
    guards=(
        _FREE,
        ordered(
            "product", "launchedOn", "endOfLifeOn", "endOfLifeOn must not be before launchedOn."
        ),
    ),
    prepare=_update,
    returns=_RETURNS,
)


def _discontinue(draft: Draft) -> None:
    draft.props["product"]["active"] = False


PRODUCT_DISCONTINUE = Action(
    "productDiscontinue",
    "Takes a product from sale; documents that hold it stay as they are.",
    refs=(_PRODUCT,),
    updates=(Update("product", ("endOfLifeOn",)),),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "It is no longer sold already.",
            "product.active = false",
            ("productId",),
        ),
    ),
    prepare=_discontinue,
    returns=_RETURNS,
)


def _relate(draft: Draft) -> None:
    product, other = draft.one("product"), draft.one("other")
    if product is not None and other is not None and product.id == other.id:
        draft.refuse(
            "NOT_ALLOWED", "Name two products; one has nothing to do with itself.", "otherId"
        )
    lift = draft.link("RELATED").get("lift")
    if isinstance(lift, int | float) and lift < 0:
        draft.refuse("OUT_OF_RANGE", "lift must not be negative.", "lift")
    kind = draft.given.get("kind")
    draft.link("RELATED")["kind"] = kind
    against = {"REQUIRES": "EXCLUDES", "EXCLUDES": "REQUIRES"}
    draft.values["against"] = against.get(str(kind))


PRODUCT_RELATE = Action(
    "productRelate",
    "Says how one product goes with another; of one kind there is one relation between two.",
    refs=(_PRODUCT, _OTHER),
    updates=(Update("product"),),
    links=(Link("product", RELATED, "other", ("lift",)),),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "A product cannot require one that it excludes; take the other relation away first.",
            "EXISTS { (product)-[x:RELATED]-(other) WHERE x.kind = r.values.against }",
            ("kind",),
        ),
    ),
    given=(Given(_KIND, required=True),),
    prepare=_relate,
    returns=_RETURNS,
)

PRODUCT_UNRELATE = Action(
    "productUnrelate",
    "Takes away everything that was said of how one product goes with another.",
    refs=(_PRODUCT, _OTHER),
    updates=(Update("product"),),
    unlinks=(Unlink("product", RELATED, "other"),),
    guards=(
        Guard(
            "NOT_FOUND",
            "The first is not related to the other.",
            "NOT EXISTS { (product)-[:RELATED]->(other) }",
            ("otherId",),
        ),
    ),
    returns=_RETURNS,
)

ACTIONS = (
    PRODUCT_CREATE, PRODUCT_UPDATE, PRODUCT_DISCONTINUE, PRODUCT_RELATE, PRODUCT_UNRELATE,
)  # fmt: skip
