"""Tasks: what somebody has to do, by when, and whether it was done."""

from graph.actions.checking import in_order, moment, once, ordered_guard
from graph.actions.interactions import REGARDED
from graph.model.interactions import PARTICIPATED_IN, TASK
from graph.model.links import ASSIGNED_TO, REGARDING
from graph.model.organisation import TEAM, USER
from graph.model.parties import PARTY
from graph.write.actions import Action, Create, Draft, Guard, Link, Ref, Return, Update

_SAID = ("subject", "body", "priority", "dueAt", "remindAt", "visibility")
_TASK = Ref("task", (TASK,), "The task.")
_RETURNS = (Return("task", "task", "Task"),)
_REMINDER = "remindAt must not lie after dueAt."
_FINISHED = Guard(
    "NOT_ALLOWED",
    "The task is {} already; reopen it first.",
    "coalesce(task.status, 'OPEN') <> 'OPEN'",
    ("taskId",),
    detail="task.status",
)


def _create(draft: Draft) -> None:
    values = draft.props["task"]
    values |= {"at": draft.now, "channel": "INTERNAL", "direction": "INTERNAL", "status": "OPEN"}
    if not str(values.get("subject") or "").strip():
        draft.refuse("REQUIRED", "Say in subject what is to be done.", "subject")
    if values.get("priority") is None:
        values["priority"] = "NORMAL"
    _remind(draft)
    draft.link("PARTICIPATED_IN")["role"] = "SUBJECT"
    draft.link("ASSIGNED_TO")["role"] = "OWNER"
    once(draft, "parties", "regarding")


def _remind(draft: Draft) -> None:
    values = draft.props["task"]
    due, remind = moment(values.get("dueAt")), moment(values.get("remindAt"))
    in_order(draft, remind, due, "dueAt", "remindAt")


TASK_CREATE = Action(
    "taskCreate",
    "Makes a task: something that a user or a team has to do.",
    refs=(
        Ref("assignee", (USER, TEAM), "Who has to do it.", required=False),
        Ref("parties", (PARTY,), "Parties it is about.", required=False, many=True),
        REGARDED,
    ),
    creates=(Create("task", TASK, _SAID),),
    links=(
        Link("task", ASSIGNED_TO, "assignee"),
        Link("parties", PARTICIPATED_IN, "task"),
        Link("task", REGARDING, "regarding"),
    ),
    prepare=_create,
    returns=_RETURNS,
)


def _update(draft: Draft) -> None:
    values = draft.props["task"]
    if "subject" in values and not str(values["subject"] or "").strip():
        draft.refuse("REQUIRED", "Say in subject what is to be done.", "subject")
    _remind(draft)


TASK_UPDATE = Action(
    "taskUpdate",
    "Changes a task that is still to do.",
    refs=(_TASK,),
    updates=(Update("task", _SAID),),
    guards=(_FINISHED, ordered_guard("task", "remindAt", "dueAt", _REMINDER)),
    prepare=_update,
    returns=_RETURNS,
)


def _complete(draft: Draft) -> None:
    draft.props["task"] |= {"status": "DONE", "completedAt": draft.now, "remindAt": None}


TASK_COMPLETE = Action(
    "taskComplete",
    "Records that a task was done.",
    refs=(_TASK,),
    updates=(Update("task"),),
    guards=(_FINISHED,),
    prepare=_complete,
    returns=_RETURNS,
)


def _cancel(draft: Draft) -> None:
    draft.props["task"] |= {"status": "CANCELLED", "remindAt": None}


TASK_CANCEL = Action(
    "taskCancel",
    "Records that a task is no longer needed.",
    refs=(_TASK,),
    updates=(Update("task"),),
    guards=(_FINISHED,),
    prepare=_cancel,
    returns=_RETURNS,
)


def _reopen(draft: Draft) -> None:
    draft.props["task"] |= {"status": "OPEN", "completedAt": None}
    _remind(draft)


TASK_REOPEN = Action(
    "taskReopen",
    "Opens a task again that was done or cancelled, perhaps with another due time.",
    refs=(_TASK,),
    updates=(Update("task", ("dueAt", "remindAt")),),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "The task is open already.",
            "coalesce(task.status, 'OPEN') = 'OPEN'",
            ("taskId",),
        ),
        ordered_guard("task", "remindAt", "dueAt", _REMINDER),
    ),
    prepare=_reopen,
    returns=_RETURNS,
)


def _assign(draft: Draft) -> None:
    draft.link("ASSIGNED_TO")["role"] = "OWNER"


TASK_ASSIGN = Action(
    "taskAssign",
    "Puts a user or a team in charge of a task, in the place of whoever was.",
    refs=(_TASK, Ref("assignee", (USER, TEAM), "Who has to do it.")),
    updates=(Update("task"),),
    links=(Link("task", ASSIGNED_TO, "assignee", ("role",), only=True),),
    guards=(_FINISHED,),
    prepare=_assign,
    returns=_RETURNS,
)

ACTIONS = (TASK_CREATE, TASK_UPDATE, TASK_COMPLETE, TASK_CANCEL, TASK_REOPEN, TASK_ASSIGN)
