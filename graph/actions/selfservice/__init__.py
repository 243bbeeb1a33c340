"""What customers do for themselves, by subject; each module ends in its `ACTIONS`."""

from graph.actions.selfservice import (
    caring,
    claims,
    decisions,
    feedback,
    invitations,
    privacy,
    profile,
    quoting,
    reordering,
)
from graph.write.actions import Mutation

ACTIONS: tuple[Mutation, ...] = (
    *profile.ACTIONS,
    *claims.ACTIONS,
    *decisions.ACTIONS,
    *quoting.ACTIONS,
    *reordering.ACTIONS,
    *caring.ACTIONS,
    *feedback.ACTIONS,
    *privacy.ACTIONS,
    *invitations.ACTIONS,
)
"""All of them, in the order of the schema."""
