"""Business actions as data, and what performs them; see docs/mutations.md."""

from graph.write.actions.draft import Caller, Draft, Named, Outcome, sketch
from graph.write.actions.performing import Ready, perform, plan, ready
from graph.write.actions.spec import (
    Action,
    Create,
    Given,
    Guard,
    Link,
    Mutation,
    Procedure,
    Ref,
    Refusal,
    Return,
    Unlink,
    Update,
)
from graph.write.actions.work import Work

__all__ = [
    "Action",
    "Caller",
    "Create",
    "Draft",
    "Given",
    "Guard",
    "Link",
    "Mutation",
    "Named",
    "Outcome",
    "Procedure",
    "Ready",
    "Ref",
    "Refusal",
    "Return",
    "Unlink",
    "Update",
    "Work",
    "perform",
    "plan",
    "ready",
    "sketch",
]
