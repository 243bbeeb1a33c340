"""Quotes: drafted from an opportunity, revised, sent, answered, and converted into an order."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from graph.actions import papers
from graph.audiences import CUSTOMERS, Audience
from graph.commerce.drafting import Wish, drafted, kept
from graph.commerce.lines import Totals
from graph.commerce.money import quantity
from graph.commerce.reading import DOCUMENT, OPPORTUNITY, REVISION, Facts, facts_of
from graph.commerce.refusing import Refused
from graph.commerce.stages import ORDER as ORDERS
from graph.commerce.stages import QUOTE as STAGES
from graph.errors import NOT_THERE
from graph.model import opportunities
from graph.model.opportunities import QUOTED_AS
from graph.model.orders import BECAME, ORDER, QUOTE
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Guard,
    Link,
    Named,
    Outcome,
    Procedure,
    Ref,
    Return,
    Update,
    Work,
)

VALID_DAYS = 30
"""How long a quote is valid when nothing else is said."""

_SAID = ("number", "validUntil", "customerReference", "note")
_QUOTE = Ref("quote", (QUOTE,), "The quote.")
_OPPORTUNITY = Ref("opportunity", (opportunities.OPPORTUNITY,), "What it is made for.")
_RETURNS = (Return("quote", "quote", "Quote"),)

_DRAFTED = Action(
    "quoteDraft",
    "Makes a quote of lines that were priced.",
    refs=(*papers.REFS, _OPPORTUNITY),
    creates=(Create("quote", QUOTE),),
    links=(*papers.links("quote"), Link("opportunity", QUOTED_AS, "quote")),
    guards=(*papers.FRESH, papers.unchanged("opportunity")),
    returns=_RETURNS,
)


def _valid(draft: Draft, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a new quote; raises Refused OUT_OF_RANGE for a last day that has passed."""
    until, today = values.get("validUntil"), draft.now[:10]
    if until is None:
        until = papers.after(today, VALID_DAYS)
    if str(until) < today:
        raise Refused("OUT_OF_RANGE", "validUntil must not lie in the past.", ("validUntil",))
    return {**values, "validUntil": str(until), "status": STAGES.first}


def _interests(about: dict[str, Any]) -> list[Wish]:
    """What an opportunity is about as lines; one unit where nothing is said."""
    return [
        Wish(product, quantity(line["quantity"] or 1, ("opportunityId",)), place=("opportunityId",))
        for product, line in about["lines"]
    ]


async def _draft(work: Work, draft: Draft) -> Outcome:
    wishes, currency = papers.wishes(draft)
    tax, day = papers.tax_percent(draft), draft.now[:10]
    opportunity, partner = draft.one("opportunity"), draft.one("partner")
    found = await work.read(
        OPPORTUNITY,
        about=opportunity.id if opportunity else None,
        partner=partner.id if partner else None,
        products=[each.product for each in wishes],
        day=day,
    )
    if not found:
        raise Refused("NOT_FOUND", NOT_THERE, ("opportunityId",))
    facts = facts_of(found[0])
    about: dict[str, Any] = facts.about or {}
    if about["status"] in {"WON", "LOST"}:
        state = about["status"]
        raise Refused("NOT_ALLOWED", f"The opportunity is {state} already.", ("opportunityId",))
    if facts.customer is None:
        raise Refused("NOT_ALLOWED", "Say first whom the opportunity is for.", ("opportunityId",))
    asked = wishes or _interests(about)
    made = drafted(facts, asked, currency or about["currency"], day, complete=True)
    lines, amounts = papers.rows(made.lines, made.currency)
    contact = draft.one("contact") or (
        Named(about["contact"], "Person") if about["contact"] else None
    )
    refs = papers.people(Named(*facts.customer), contact, papers.seller(draft, facts), lines)
    quote = work.sketch(_DRAFTED, {**refs, "opportunity": opportunity}, {})
    quote.values |= papers.seen(facts, made) | {"heads": {about["id"]: about["head"]}}
    given = _valid(draft, draft.props["quote"]) | {"currency": made.currency, "revision": 1}
    papers.fill(quote, "quote", "QU", given, papers.summing(amounts, tax))
    return await work.perform(_DRAFTED, quote)


QUOTE_DRAFT = Procedure(
    "quoteDraft",
    "Drafts a quote for an opportunity: its products or the lines given, at the prices that "
    "hold for the customer's tier and the partner. Products that others require are added; those "
    "that exclude each other are refused with the pair named.",
    refs=(_OPPORTUNITY, papers.CONTACT, papers.SELLER, papers.SOME_LINES),
    creates=(Create("quote", QUOTE, _SAID, optional=("number", "at")),),
    given=(papers.CURRENCY, papers.TAX),
    returns=_RETURNS,
    run=papers.reading(_draft),
)

_REVISED = Action(
    "quoteRevise",
    "Makes the next revision of a quote.",
    refs=(
        *papers.REFS,
        _QUOTE,
        Ref("opportunities", _OPPORTUNITY.nodes, "What it is made for.", many=True),
    ),
    creates=(Create("revision", QUOTE),),
    updates=(Update("quote"),),
    links=(
        *papers.links("revision"),
        Link("quote", BECAME, "revision"),
        Link("opportunities", QUOTED_AS, "revision"),
    ),
    guards=(papers.unchanged("quote"), *papers.FRESH),
    returns=(Return("quote", "revision", "Quote"), Return("former", "quote", "Quote")),
)


def _revised(
    draft: Draft, facts: Facts, about: dict[str, Any]
) -> tuple[list[Named], Totals, dict[str, Any]]:
    """Lines and totals of the next revision, and what they rest on."""
    wishes, currency = papers.wishes(draft)
    tax = _former_tax(about)
    if draft.given.get("taxPercent") is not None:
        tax = papers.tax_percent(draft)
    if currency not in (None, about["currency"]):
        raise Refused("CURRENCY_MISMATCH", "Its amounts are in another currency.", ("lines",))
    if wishes:
        made = drafted(facts, wishes, about["currency"], draft.now[:10], complete=True)
        lines, amounts = papers.rows(made.lines, made.currency)
        return lines, papers.summing(amounts, tax), papers.seen(facts, made)
    lines, amounts = papers.rows(
        [kept(line, product) for product, line in about["lines"]], about["currency"]
    )
    heads = {each.id: each.head for each in facts.products.values()}
    return lines, papers.summing(amounts, tax), {"products": heads, "lists": []}


def _former_tax(about: dict[str, Any]) -> Decimal:
    net, tax = about["net"] or 0, about["tax"] or 0
    return round(Decimal(tax) * 100 / net, 4) if net else Decimal(0)


async def _revise(work: Work, draft: Draft) -> Outcome:
    quote = draft.one("quote")
    asked = [each.id for each in draft.many("lines")]
    found = await work.read(
        REVISION, about=quote.id if quote else None, products=asked, day=draft.now[:10]
    )
    if not found:
        raise Refused("NOT_FOUND", NOT_THERE, ("quoteId",))
    facts = facts_of(found[0])
    about: dict[str, Any] = facts.about or {}
    state = STAGES.after(about["status"], "quoteRevise", ("quoteId",))
    lines, amounts, basis = _revised(draft, facts, about)
    refs = papers.refs_of(about, lines) | {
        "quote": quote,
        "opportunities": [Named(each, "Opportunity") for each in about["opportunities"]],
    }
    made = work.sketch(_REVISED, refs, papers.same_version(draft))
    made.values |= basis | {"heads": {about["id"]: about["head"]}}
    given = {
        "customerReference": about["customerReference"], "note": about["note"],
        **draft.props["revision"], "currency": about["currency"],
        "revision": (about["revision"] or 1) + 1,
    }  # fmt: skip
    papers.fill(made, "revision", "QU", _valid(draft, given), amounts)
    made.props["quote"] = {"status": state}
    return await work.perform(_REVISED, made)


QUOTE_REVISE = Procedure(
    "quoteRevise",
    "Makes a new revision of a quote that was not accepted; the former one is REVISED. Without "
    "lines it has those of the former at their prices.",
    refs=(_QUOTE, papers.SOME_LINES),
    creates=(Create("revision", QUOTE, _SAID, optional=("number", "at")),),
    updates=(Update("quote"),),
    given=(papers.TAX,),
    returns=(Return("quote", "revision", "Quote"), Return("former", "quote", "Quote")),
    run=papers.reading(_revise),
)


def _expired(draft: Draft) -> None:
    draft.values["today"] = draft.now[:10]


_DECIDES = Guard(
    "NOT_ALLOWED",
    "This account may not decide for the customer of the quote.",
    "NOT EXISTS { (quote)-[whose:FOR]->(party) WHERE party IN whole "
    "AND coalesce(whose.role, 'CUSTOMER') = 'CUSTOMER' }",
    ("quoteId",),
    audience=Audience.CUSTOMER,
)
"""Whoever is only the contact of a quote sees it, and does not decide."""


_IN_TIME = Guard(
    "EXPIRED",
    "The quote was valid until {}; revise it and send it anew.",
    "quote.validUntil < r.values.today",
    ("quoteId",),
    detail="quote.validUntil",
)
_OPEN_TO_CUSTOMERS = replace(
    _IN_TIME,
    message="The quote was valid until {}; ask for a new one.",
    audience=Audience.CUSTOMER,
)


def _send(draft: Draft) -> None:
    _expired(draft)
    draft.props["quote"] |= {"status": "SENT", "sentAt": draft.now}


QUOTE_SEND = Action(
    "quoteSend",
    "Says that a quote was sent to the customer.",
    refs=(_QUOTE,),
    updates=(Update("quote"),),
    guards=(papers.allowing(STAGES, "quoteSend", "quote"), _IN_TIME),
    prepare=_send,
    returns=_RETURNS,
)


def _accept(draft: Draft) -> None:
    _expired(draft)
    draft.props["quote"] |= {"status": "ACCEPTED", "decidedAt": draft.now}


QUOTE_ACCEPT = Action(
    "quoteAccept",
    "Says that the customer accepted a quote; one whose last day has passed is EXPIRED.",
    refs=(_QUOTE,),
    updates=(Update("quote"),),
    guards=(_DECIDES, papers.allowing(STAGES, "quoteAccept", "quote"), _IN_TIME),
    prepare=_accept,
    returns=_RETURNS,
    audiences=CUSTOMERS,
)


def _decline(draft: Draft) -> None:
    _expired(draft)
    draft.props["quote"] |= {"status": "DECLINED", "decidedAt": draft.now}


QUOTE_DECLINE = Action(
    "quoteDecline",
    "Says that the customer declined a quote.",
    refs=(_QUOTE,),
    updates=(Update("quote"),),
    guards=(_DECIDES, papers.allowing(STAGES, "quoteDecline", "quote"), _OPEN_TO_CUSTOMERS),
    prepare=_decline,
    returns=_RETURNS,
    audiences=CUSTOMERS,
)

_CONVERTED = Action(
    "quoteConvert",
    "Makes the order of a quote.",
    refs=(*papers.REFS, Ref("quote", (QUOTE,), "The quote.", lock=True)),
    creates=(Create("order", ORDER),),
    links=(*papers.links("order"), Link("quote", BECAME, "order")),
    guards=(
        papers.allowing(STAGES, "quoteConvert", "quote"),
        Guard(
            "NOT_ALLOWED",
            "It became an order already: {}.",
            "EXISTS { (quote)-[:BECAME]->(:Order) }",
            ("quoteId",),
            detail="head(COLLECT { MATCH (quote)-[:BECAME]->(o:Order) RETURN o.number })",
        ),
        papers.unchanged("quote"),
    ),
    returns=(Return("order", "order", "Order"), Return("quote", "quote", "Quote")),
)


async def _convert(work: Work, draft: Draft) -> Outcome:
    quote = draft.one("quote")
    found = await work.read(DOCUMENT, about=quote.id if quote else None)
    about = papers.document(found[0] if found else None, "quote")
    STAGES.after(about["status"], "quoteConvert", ("quoteId",))
    refs = papers.refs_of(about, papers.copied(about)) | {"quote": quote}
    order = work.sketch(_CONVERTED, refs, {})
    order.values["heads"] = {about["id"]: about["head"]}
    given = {
        "customerReference": about["customerReference"], **draft.props["order"],
        "status": ORDERS.first, "currency": about["currency"],
    }  # fmt: skip
    totals = Totals(about["net"], about["tax"] or 0, about["total"])
    papers.fill(order, "order", "SO", given, totals)
    return await work.perform(_CONVERTED, order)


QUOTE_CONVERT = Procedure(
    "quoteConvert",
    "Makes an order of an accepted quote, with its lines and prices, once.",
    refs=(_QUOTE,),
    creates=(
        Create(
            "order", ORDER, ("number", "channel", "customerReference", "note"),
            optional=("number", "at"),
        ),
    ),
    returns=(Return("order", "order", "Order"), Return("quote", "quote", "Quote")),
    run=papers.reading(_convert),
)  # fmt: skip

ACTIONS = (
    QUOTE_DRAFT, QUOTE_REVISE, QUOTE_SEND, QUOTE_ACCEPT, QUOTE_DECLINE, QUOTE_CONVERT,
)  # fmt: skip
