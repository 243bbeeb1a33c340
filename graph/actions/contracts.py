"""Contracts: made, signed, changed, ended with their period of notice."""

from typing import Any

from graph.actions import papers
from graph.actions.checking import day, in_order
from graph.actions.checking import ordered_guard as ordered
from graph.commerce.numbers import numbered
from graph.commerce.stages import CONTRACT as STAGES
from graph.model.links import FOR
from graph.model.orders import BECAME, CONTRACT, ORDER, SOLD_BY
from graph.write.actions import Action, Create, Draft, Guard, Link, Ref, Return, Update

_SAID = (
    "startsOn", "endsOn", "renewsOn", "autoRenew", "renewalMonths", "noticeDays", "annualValue",
    "customerReference", "note",
)  # fmt: skip
_CONTRACT = Ref("contract", (CONTRACT,), "The contract.")
_RETURNS = (Return("contract", "contract", "Contract"),)


def _bounds(draft: Draft) -> dict[str, Any]:
    values = draft.props["contract"]
    notice: Any = values.get("noticeDays")
    if notice is not None and not 0 <= notice <= 3_650:
        draft.refuse("OUT_OF_RANGE", "noticeDays must be from 0 to 3650.", "noticeDays")
    months: Any = values.get("renewalMonths")
    if months is not None and not 1 <= months <= 120:
        draft.refuse("OUT_OF_RANGE", "renewalMonths must be from 1 to 120.", "renewalMonths")
    value: Any = values.get("annualValue")
    if value is not None and value["amount"] < 0:
        draft.refuse("OUT_OF_RANGE", "annualValue must not be negative.", "annualValue")
    return values


def _create(draft: Draft) -> None:
    values = _bounds(draft)
    if values.get("number") is None:
        values["number"] = numbered("CT", draft.now[:10])
    values |= {"at": draft.now, "status": STAGES.first}
    first, last = day(values.get("startsOn")), day(values.get("endsOn"))
    in_order(draft, first, last, "endsOn", "startsOn")
    draft.link("FOR", "customer")["role"] = "CUSTOMER"
    draft.link("FOR", "contact")["role"] = "CONTACT"
    customer, contact = draft.one("customer"), draft.one("contact")
    if customer is not None and contact is not None and customer.id == contact.id:
        draft.refs["contact"] = None


CONTRACT_CREATE = Action(
    "contractCreate",
    "Draws up a contract, perhaps from an order; it is in force once it is signed.",
    refs=(
        papers.CUSTOMER,
        papers.CONTACT,
        papers.SELLER,
        Ref("order", (ORDER,), "The order it comes from.", required=False),
    ),
    creates=(Create("contract", CONTRACT, ("number", *_SAID), optional=("number", "at")),),
    links=(
        Link("contract", FOR, "customer"),
        Link("contract", FOR, "contact"),
        Link("contract", SOLD_BY, "partner"),
        Link("order", BECAME, "contract"),
    ),
    prepare=_create,
    returns=_RETURNS,
)


def _update(draft: Draft) -> None:
    _bounds(draft)


CONTRACT_UPDATE = Action(
    "contractUpdate",
    "Changes a contract that has not ended.",
    refs=(_CONTRACT,),
    updates=(Update("contract", _SAID),),
    guards=(
        papers.allowing(STAGES, "contractUpdate", "contract"),
        ordered("contract", "startsOn", "endsOn", "endsOn must not be before startsOn."),
    ),
    prepare=_update,
    returns=_RETURNS,
)


def _sign(draft: Draft) -> None:
    draft.props["contract"] |= {"status": "ACTIVE", "at": draft.now}
    if draft.props["contract"].get("startsOn") is None:
        draft.props["contract"]["startsOn"] = draft.now[:10]


CONTRACT_SIGN = Action(
    "contractSign",
    "Puts a contract in force; from today on unless another first day is given.",
    refs=(_CONTRACT,),
    updates=(Update("contract", ("startsOn",)),),
    guards=(
        papers.allowing(STAGES, "contractSign", "contract"),
        ordered("contract", "startsOn", "endsOn", "endsOn must not be before startsOn."),
    ),
    prepare=_sign,
    returns=_RETURNS,
)


def _terminate(draft: Draft) -> None:
    values = draft.props["contract"]
    if values.get("endsOn") is None:
        draft.refuse("REQUIRED", "Say in endsOn on which day it ends.", "endsOn")
    values |= {"status": "TERMINATED", "renewsOn": None, "autoRenew": False}
    draft.values |= {"endsOn": day(values.get("endsOn")), "today": draft.now[:10]}


CONTRACT_TERMINATE = Action(
    "contractTerminate",
    "Ends a contract on a day that leaves its period of notice; it does not renew any more.",
    refs=(_CONTRACT,),
    updates=(Update("contract", ("endsOn",)),),
    guards=(
        papers.allowing(STAGES, "contractTerminate", "contract"),
        Guard(
            "NOT_ALLOWED",
            "With its period of notice it ends on {} at the earliest.",
            "r.values.endsOn < toString(date(r.values.today) "
            "+ duration({days: coalesce(contract.noticeDays, 0)}))",
            ("endsOn",),
            detail="toString(date(r.values.today) "
            "+ duration({days: coalesce(contract.noticeDays, 0)}))",
        ),
        Guard(
            "NOT_ALLOWED",
            "It ends on {} anyway; choose an earlier day.",
            "contract.endsOn < r.values.endsOn AND NOT coalesce(contract.autoRenew, false)",
            ("endsOn",),
            detail="contract.endsOn",
        ),
    ),
    prepare=_terminate,
    returns=_RETURNS,
)

ACTIONS = (CONTRACT_CREATE, CONTRACT_UPDATE, CONTRACT_SIGN, CONTRACT_TERMINATE)
