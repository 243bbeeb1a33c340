"""Rules of staff: who sees how much. They count from the next second on, without a restart."""

from graph.model.access import ACCESS_RULE, GOVERNS
from graph.model.organisation import TEAM
from graph.write.actions import Action, Create, Draft, Link, Ref, Return, Update

_RULE = Ref("rule", (ACCESS_RULE,), "The rule.")
_RETURNS = (Return("rule", "rule", "AccessRule"),)


def _add(draft: Draft) -> None:
    draft.props["rule"]["active"] = True


def _end(draft: Draft) -> None:
    draft.props["rule"]["active"] = False


ACCESS_RULE_ADD = Action(
    "accessRuleAdd",
    "Narrows what staff see: of the teams named and those below them, or without teams of "
    "everybody for whom no other rule holds.",
    refs=(Ref("teams", (TEAM,), "The teams it holds for.", required=False, many=True),),
    creates=(Create("rule", ACCESS_RULE, ("name", "parties", "interactions")),),
    links=(Link("rule", GOVERNS, "teams"),),
    prepare=_add,
    returns=_RETURNS,
)
ACCESS_RULE_CHANGE = Action(
    "accessRuleChange",
    "Changes what a rule lets staff see.",
    refs=(_RULE,),
    updates=(Update("rule", ("name", "parties", "interactions", "active")),),
    returns=_RETURNS,
)
ACCESS_RULE_END = Action(
    "accessRuleEnd",
    "Takes a rule out of use; where no other is left, staff see everything again.",
    refs=(_RULE,),
    updates=(Update("rule"),),
    prepare=_end,
    returns=_RETURNS,
)

ACTIONS = (ACCESS_RULE_ADD, ACCESS_RULE_CHANGE, ACCESS_RULE_END)
