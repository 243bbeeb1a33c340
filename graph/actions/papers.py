"""What the documents of commerce share: lines, for whom they are, reading before writing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, LiteralString

from graph.commerce.drafting import Drafted, Wish, known_currency
from graph.commerce.lines import Line, Totals, totals
from graph.commerce.money import percent, quantity
from graph.commerce.numbers import numbered
from graph.commerce.reading import Facts
from graph.commerce.refusing import Place, Refused
from graph.commerce.stages import Stages
from graph.errors import NOT_THERE
from graph.model.declare import currency, number
from graph.model.links import FOR
from graph.model.orders import CONTAINS, SOLD_BY
from graph.model.parties import COMPANY, PARTY, PERSON
from graph.model.products import PRODUCT
from graph.money import minor_units
from graph.write.actions import Draft, Given, Guard, Link, Named, Outcome, Ref, Work

TRIES = 3
STALE = "STALE"
"""Never shown: what was read has changed, so it is read again."""

CUSTOMER = Ref("customer", (PARTY,), "Whom it is for.")
CONTACT = Ref("contact", (PERSON,), "The person to talk to about it.", required=False)
SELLER = Ref("partner", (COMPANY,), "The partner through which it came about.", required=False)
LINES = Ref(
    "lines",
    (PRODUCT,),
    "One line for each: a product, and how much of it.",
    many=True,
    row="productId",
    properties=(
        CONTAINS.properties["quantity"],
        replace(
            CONTAINS.properties["unitPrice"],
            required=False,
            description="Price of one unit before tax and discount; null for the one that holds.",
        ),
        CONTAINS.properties["discount"],
        CONTAINS.properties["description"],
    ),
)
SOME_LINES = replace(LINES, required=False)
CURRENCY = Given(currency("Currency of every amount; null for that of the prices given or listed."))
TAX = Given(number("taxPercent", "Tax on the net amount, in percent; null for none."))
PARTS = Given(
    number("lines", "Which lines, and how much of each; null for all that is left."),
    many=True,
    fields=(
        Given(CONTAINS.properties["line"], required=True),
        Given(CONTAINS.properties["quantity"], required=True),
    ),
)


def links(name: LiteralString) -> tuple[Link, ...]:
    """The relationships of a new document: whom it is for, who sold it, and its lines."""
    return (
        Link(name, FOR, "customer"),
        Link(name, FOR, "contact"),
        Link(name, SOLD_BY, "partner"),
        Link(name, CONTAINS, "lines"),
    )


REFS = (CUSTOMER, CONTACT, SELLER, LINES)
"""Refs of an action that makes a document from lines that were computed."""

FRESH = (
    Guard(
        STALE,
        "A product changed.",
        "any(x IN lines WHERE coalesce(x.head, '') <> coalesce(r.values.products[x.id], ''))",
    ),
    Guard(
        STALE,
        "A price list changed.",
        "any(x IN r.values.lists WHERE NOT EXISTS { MATCH (l:PriceList {id: x.id}) "
        "WHERE coalesce(l.head, '') = coalesce(x.head, '') })",
    ),
)
"""Refuse when a product or a price list is no longer as it was read."""


def unchanged(name: LiteralString) -> Guard:
    """Refuse when a document is no longer as it was read; links count, too."""
    return Guard(
        STALE,
        "It changed.",
        name + " IS NOT NULL AND coalesce(" + name + ".head, '') <> "
        "coalesce(r.values.heads[" + name + ".id], '')",
    )  # fmt: skip


def allowing(stages: Stages, action: str, name: LiteralString) -> Guard:
    """Refuse in every state that does not allow the action."""
    allowed: LiteralString = "', '".join(stages.before(action))
    state: LiteralString = "coalesce(" + name + ".status, '" + stages.first + "')"
    return Guard(
        "NOT_ALLOWED",
        f"The {stages.thing} is {{}}, which does not allow {action}.",
        "NOT " + state + " IN ['" + allowed + "']",
        (name + "Id",),
        detail=state,
    )


Attempt = Callable[[Work, Draft], Awaitable[Outcome]]


def reading(attempt: Attempt) -> Callable[[Work, Draft], Awaitable[None]]:
    """Run an attempt that reads and then writes, again if what it read changed in between."""

    async def run(work: Work, draft: Draft) -> None:
        for _ in range(TRIES):
            try:
                outcome = await attempt(work, draft)
            except Refused as refused:
                draft.refuse(refused.code, refused.message, *map(str, refused.place))
                return
            if not any(each.code == STALE for each in outcome.refusals):
                draft.take(outcome)
                return
        draft.refuse("CONFLICT", "Others keep changing what this depends on; try again.")

    return run


def wishes(draft: Draft) -> tuple[list[Wish], str | None]:
    """The lines of the input, and the one currency that the amounts given have.

    Raises:
        Refused: OUT_OF_RANGE, INVALID_AMOUNT, CURRENCY_MISMATCH, NOT_ALLOWED.
    """
    asked = draft.given.get("currency")
    found = None if asked is None else known_currency(str(asked))
    lines: list[Wish] = []
    for i, each in enumerate(draft.many("lines")):
        values, place = each.values or {}, ("lines", i)
        price = values.get("unitPrice")
        amount = None
        if price is not None:
            amount, unit = _amount(price, (*place, "unitPrice"))
            if found not in (None, unit):
                raise Refused(
                    "CURRENCY_MISMATCH",
                    "All amounts of a document have one currency.",
                    (*place, "unitPrice"),
                )
            found = unit
        lines.append(
            Wish(
                each.id,
                quantity(values["quantity"], (*place, "quantity")),
                amount,
                percent(values.get("discount"), (*place, "discount")),
                values.get("description"),
                place,
            )
        )
    return lines, found


def _amount(price: dict[str, Any], place: Place) -> tuple[int, str]:
    unit = known_currency(str(price["currency"]), place)
    return amount_of(price, unit, place), unit


def amount_of(price: dict[str, Any], unit: str, place: Place) -> int:
    """Minor units of an amount given in a currency.

    Raises:
        Refused: CURRENCY_MISMATCH, INVALID_AMOUNT; OUT_OF_RANGE for a negative one.
    """
    if str(price["currency"]).strip().upper() != unit:
        raise Refused("CURRENCY_MISMATCH", f"Its amounts are in {unit}.", place)
    try:
        found = minor_units(Decimal(price["amount"]), unit)
    except ValueError as error:
        raise Refused("INVALID_AMOUNT", f"The amount {error}.", place) from error
    if found < 0:
        raise Refused("OUT_OF_RANGE", "An amount must not be negative.", place)
    return found


def tax_percent(draft: Draft) -> Decimal:
    """The tax of the input, 0 without one; raises Refused OUT_OF_RANGE."""
    return percent(draft.given.get("taxPercent"), ("taxPercent",))


def rows(lines: Sequence[Line], unit: str) -> tuple[list[Named], list[int]]:
    """Lines as rows of CONTAINS, numbered from 1, and their amounts."""
    found: list[Named] = []
    amounts: list[int] = []
    for i, line in enumerate(lines):
        stored = line.stored(i + 1, unit, ("lines", i))
        amounts.append(stored["amount"])
        found.append(Named(line.product, "Product", stored))
    return found, amounts


def party(facts: Facts) -> Named:
    """The customer as it was read; raises Refused NOT_FOUND."""
    if facts.customer is None:
        raise Refused("NOT_FOUND", NOT_THERE, ("customerId",))
    return Named(*facts.customer)


def seller(draft: Draft, facts: Facts) -> Named | None:
    """The partner as it was read; raises Refused NOT_FOUND for one that is not there."""
    if facts.partner is None and draft.one("partner") is not None:
        raise Refused("NOT_FOUND", NOT_THERE, ("partnerId",))
    return Named(facts.partner, "Company") if facts.partner is not None else None


def people(
    customer: Named, contact: Named | None, partner: Named | None, lines: list[Named]
) -> dict[str, Named | list[Named] | None]:
    """The refs of an action that makes a document; the customer is not its contact, too."""
    if contact is not None and contact.id == customer.id:
        contact = None
    return {"customer": customer, "contact": contact, "partner": partner, "lines": lines}


def seen(facts: Facts, drafted: Drafted) -> dict[str, Any]:
    """What FRESH compares: the states of the products and price lists that were read."""
    return {
        "products": {each.id: each.head for each in facts.products.values()},
        "lists": [{"id": each, "head": facts.heads[each]} for each in sorted(drafted.lists)],
    }


def fill(draft: Draft, name: str, prefix: str, given: dict[str, Any], amounts: Totals) -> None:
    """Complete the properties of a new document: its number, time and amounts."""
    values = {**given, **amounts.stored()}
    if values.get("number") is None:
        values["number"] = numbered(prefix, draft.now[:10])
    if values.get("at") is None:
        values["at"] = draft.now
    draft.props[name] = values
    _of_people(draft)


def _of_people(draft: Draft) -> None:
    for link, values in zip(draft.mutation.links, draft.links, strict=True):
        if link.relationship is FOR:
            values["role"] = "CUSTOMER" if link.end == "customer" else "CONTACT"


def summing(amounts: Sequence[int], tax: Decimal) -> Totals:
    """Totals of the amounts of lines."""
    return totals(amounts, tax)


def after(day: str, days: int) -> str:
    """The day so many days later; both ISO 8601."""
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def document(found: list[Any] | None, name: str) -> dict[str, Any]:
    """A document as it was read; raises Refused NOT_FOUND."""
    if not found:
        raise Refused("NOT_FOUND", NOT_THERE, (name + "Id",))
    return found[0]


def same_version(draft: Draft) -> dict[str, Any]:
    """The version that the caller expects, for an action that updates the same node first."""
    expected = draft.given.get("ifVersion")
    return {} if expected is None else {"ifVersion": expected}


def refs_of(about: dict[str, Any], lines: list[Named]) -> dict[str, Named | list[Named] | None]:
    """The refs of a document that follows from another: the same people, the same partner."""
    customer = about["customer"]
    if customer[0] is None:
        raise Refused("NOT_ALLOWED", "It is for nobody; say first whom it is for.", ())
    contact = Named(about["contact"], "Person") if about["contact"] else None
    partner = Named(about["partner"], "Company") if about["partner"] else None
    return people(Named(customer[0], customer[1]), contact, partner, lines)


def copied(about: dict[str, Any]) -> list[Named]:
    """The lines of a document as lines of the next; what was shipped or returned stays behind."""
    return [
        Named(
            product,
            "Product",
            {
                **{k: v for k, v in line.items() if k not in {"shipped", "returned"}},
                "currency": about["currency"],
            },
        )
        for product, line in about["lines"]
    ]
