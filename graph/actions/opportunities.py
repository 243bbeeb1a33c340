"""Opportunities: the pipeline, stage by stage, and the people who decide."""

from typing import Any

from graph.actions.checking import once, within
from graph.engagement.stages import STAGES, leading_to
from graph.model.links import ASSIGNED_TO, FOR
from graph.model.marketing import CAMPAIGN, OF_CAMPAIGN
from graph.model.opportunities import INTERESTED_IN, OPPORTUNITY, ROLE_IN
from graph.model.organisation import TEAM, USER
from graph.model.parties import PARTY, PERSON
from graph.model.products import PRODUCT
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Guard,
    Link,
    Ref,
    Return,
    Unlink,
    Update,
)

_SAID = (
    "name", "kind", "expectedCloseOn", "amount", "probability", "leadScore", "origin", "competitor",
    "nextStep",
)  # fmt: skip
_OPPORTUNITY = Ref("opportunity", (OPPORTUNITY,), "The opportunity.")
_RETURNS = (Return("opportunity", "opportunity", "Opportunity"),)


def _bounds(draft: Draft) -> dict[str, Any]:
    values = draft.props["opportunity"]
    within(draft, values, "probability", 0, 1)
    within(draft, values, "leadScore", 0, 100)
    amount: Any = values.get("amount")
    if amount is not None and amount["amount"] < 0:
        draft.refuse("OUT_OF_RANGE", "amount must not be negative.", "amount")
    return values


def _create(draft: Draft) -> None:
    values = _bounds(draft)
    if values.get("stage") is None:
        values["stage"] = "LEAD"
    stage = STAGES[str(values["stage"])]
    if stage.closed:
        message = f"It cannot begin as {stage.name}; create it and move it there."
        draft.refuse("NOT_ALLOWED", message, "stage")
    values |= {"openedAt": draft.now, "stageSince": draft.now}
    if values.get("probability") is None:
        values["probability"] = stage.probability
    draft.link("FOR", "contact")["role"] = "CONTACT"
    draft.link("ASSIGNED_TO")["role"] = "OWNER"
    customer, contact = draft.one("customer"), draft.one("contact")
    if customer is not None and contact is not None and customer.id == contact.id:
        # One relationship of a type between two nodes: the customer is whom to talk to.
        draft.refs["contact"] = None
    for i, each in enumerate(draft.many("products")):
        if each.values is not None and (each.values.get("quantity") or 0) < 0:
            message = "quantity must not be negative."
            draft.refuse("OUT_OF_RANGE", message, "products", str(i), "quantity")
    once(draft, "products")


OPPORTUNITY_CREATE = Action(
    "opportunityCreate",
    "Opens an opportunity for a customer; a lead unless another stage is given.",
    refs=(
        Ref("customer", (PARTY,), "Who may buy."),
        Ref("contact", (PERSON,), "The person to talk to.", required=False),
        Ref("owner", (USER, TEAM), "Who is in charge.", required=False),
        Ref(
            "products",
            (PRODUCT,),
            "What it is about.",
            required=False,
            many=True,
            row="productId",
            properties=(INTERESTED_IN.properties["quantity"],),
        ),
        Ref("campaign", (CAMPAIGN,), "The campaign it came from.", required=False),
    ),
    creates=(
        Create("opportunity", OPPORTUNITY, (*_SAID, "stage"), optional=("stage",)),
    ),
    links=(
        Link("opportunity", FOR, "customer"),
        Link("opportunity", FOR, "contact"),
        Link("opportunity", ASSIGNED_TO, "owner"),
        Link("opportunity", INTERESTED_IN, "products"),
        Link("opportunity", OF_CAMPAIGN, "campaign"),
    ),
    prepare=_create,
    returns=_RETURNS,
)  # fmt: skip


def _update(draft: Draft) -> None:
    _bounds(draft)


OPPORTUNITY_UPDATE = Action(
    "opportunityUpdate",
    "Changes what is known of an opportunity; its stage is moved by opportunityMove.",
    refs=(_OPPORTUNITY,),
    updates=(Update("opportunity", (*_SAID, "lossReason", "winReason")),),
    prepare=_update,
    returns=_RETURNS,
)


def _move(draft: Draft) -> None:
    values = _bounds(draft)
    if values.get("stage") is None:
        draft.refuse("REQUIRED", "Say in stage where it goes.", "stage")
        return
    stage = STAGES[str(values["stage"])]
    values["stage"], values["stageSince"] = stage.name, draft.now
    if stage.closed or values.get("probability") is None:
        values["probability"] = stage.probability
    values["closedAt"] = draft.now if stage.closed else None
    if stage.needs is not None and not str(values.get(stage.needs) or "").strip():
        message = f"Say in {stage.needs} why it was {stage.name.lower()}."
        draft.refuse("REQUIRED", message, stage.needs)
    for other in ("winReason", "lossReason"):
        if other != stage.needs:
            if values.get(other) is not None:
                message = f"{other} belongs to another stage; leave it out."
                draft.refuse("NOT_ALLOWED", message, other)
            values[other] = None
    draft.values |= {"stage": stage.name, "before": leading_to(stage.name)}


OPPORTUNITY_MOVE = Action(
    "opportunityMove",
    "Moves an opportunity to another stage of the pipeline. The former stage, its probability and "
    "how long it lasted are kept; what is won or lost needs to say why.",
    refs=(_OPPORTUNITY,),
    updates=(
        Update("opportunity", ("stage", "probability", "lossReason", "winReason", "competitor")),
    ),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "It is in stage {} already.",
            "opportunity.stage = r.values.stage",
            ("stage",),
            detail="opportunity.stage",
        ),
        Guard(
            "NOT_ALLOWED",
            "From stage {} it may not move to this stage.",
            "NOT opportunity.stage IN r.values.before",
            ("stage",),
            detail="opportunity.stage",
        ),
    ),
    prepare=_move,
    returns=_RETURNS,
)


def _role(draft: Draft) -> None:
    values = draft.link("ROLE_IN")
    within(draft, values, "influence", 1, 5)
    if values.get("role") is None:
        draft.refuse("REQUIRED", "Say in role which part the person has.", "role")


OPPORTUNITY_ROLE_SET = Action(
    "opportunityRoleSet",
    "Says which part a person has in the decision; a person may have several.",
    refs=(_OPPORTUNITY, Ref("person", (PERSON,), "The person.")),
    updates=(Update("opportunity"),),
    links=(Link("person", ROLE_IN, "opportunity", ("role", "influence")),),
    prepare=_role,
    returns=(*_RETURNS, Return("person", "person", "Person")),
)


OPPORTUNITY_ROLE_UNSET = Action(
    "opportunityRoleUnset",
    "Takes a person out of the decision, whatever the parts; the history keeps them.",
    refs=(_OPPORTUNITY, Ref("person", (PERSON,), "The person.")),
    updates=(Update("opportunity"),),
    unlinks=(Unlink("person", ROLE_IN, "opportunity"),),
    guards=(
        Guard(
            "NOT_FOUND",
            "The person has no part in it.",
            "NOT EXISTS { (person)-[:ROLE_IN]->(opportunity) }",
            ("personId",),
        ),
    ),
    returns=(*_RETURNS, Return("person", "person", "Person")),
)


def _assign(draft: Draft) -> None:
    draft.link("ASSIGNED_TO")["role"] = "OWNER"


OPPORTUNITY_ASSIGN = Action(
    "opportunityAssign",
    "Puts a user or a team in charge of an opportunity, in the place of whoever was.",
    refs=(_OPPORTUNITY, Ref("owner", (USER, TEAM), "Who is in charge.")),
    updates=(Update("opportunity"),),
    links=(Link("opportunity", ASSIGNED_TO, "owner", ("role",), only=True),),
    prepare=_assign,
    returns=_RETURNS,
)

ACTIONS = (
    OPPORTUNITY_CREATE, OPPORTUNITY_UPDATE, OPPORTUNITY_MOVE, OPPORTUNITY_ROLE_SET,
    OPPORTUNITY_ROLE_UNSET, OPPORTUNITY_ASSIGN,
)  # fmt: skip
