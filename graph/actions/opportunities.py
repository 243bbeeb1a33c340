"""Opportunities: the pipeline, stage by stage."""

from graph.model.opportunities import OPPORTUNITY
from graph.write.actions import Action, Draft, Guard, Ref, Return, Update


def _move(draft: Draft) -> None:
    draft.values["stage"] = draft.props["opportunity"].get("stage")


OPPORTUNITY_MOVE = Action(
    "opportunityMove",
    "Moves an opportunity to another stage of the pipeline.",
    refs=(Ref("opportunity", (OPPORTUNITY,), "The opportunity."),),
    updates=(Update("opportunity", ("stage", "lossReason")),),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "It is {} already; reopen it first.",
            "opportunity.stage IN ['WON', 'LOST'] AND opportunity.stage <> r.values.stage",
            ("stage",),
            detail="opportunity.stage",
        ),
    ),
    prepare=_move,
    returns=(Return("opportunity", "opportunity", "Opportunity"),),
)

ACTIONS = (OPPORTUNITY_MOVE,)
