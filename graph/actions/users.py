"""Users: who may sign in, and the end of what is signed in."""

from graph.model.organisation import USER
from graph.write.actions import Action, Draft, Guard, Ref, Return, Update

_USER = Ref("user", (USER,), "The user.")
_RETURNS = (Return("user", "user", "User"),)


def _revoke(draft: Draft) -> None:
    draft.props["user"]["sessionsRevokedAt"] = draft.now


def _deactivate(draft: Draft) -> None:
    draft.props["user"] |= {"active": False, "sessionsRevokedAt": draft.now}


def _reactivate(draft: Draft) -> None:
    draft.props["user"]["active"] = True


SESSIONS_REVOKE = Action(
    "sessionsRevoke",
    "Ends every session of a user within seconds: tokens issued until now are refused. API keys "
    "stay; see `apiKeyRevoke`.",
    refs=(_USER,),
    updates=(Update("user"),),
    prepare=_revoke,
    returns=_RETURNS,
)
USER_DEACTIVATE = Action(
    "userDeactivate",
    "Lets a user in no more: tokens and API keys are refused within seconds.",
    refs=(_USER,),
    updates=(Update("user"),),
    guards=(Guard("NOT_ALLOWED", "The user is not active.", "user.active = false"),),
    prepare=_deactivate,
    returns=_RETURNS,
)
USER_REACTIVATE = Action(
    "userReactivate",
    "Lets a user in again, with tokens issued from now on and the API keys that are left.",
    refs=(_USER,),
    updates=(Update("user"),),
    guards=(Guard("NOT_ALLOWED", "The user is active.", "coalesce(user.active, true)"),),
    prepare=_reactivate,
    returns=_RETURNS,
)
ACTIONS = (SESSIONS_REVOKE, USER_DEACTIVATE, USER_REACTIVATE)
