"""Privacy: one closure over the model, from which export, erasure and their proof follow."""

from graph.privacy.closure import NotFound
from graph.privacy.erasing import (
    Held,
    PlanChanged,
    Receipt,
    allow,
    erase,
    erasure_plan,
    personal_data,
)
from graph.privacy.plan import ErasurePlan, Retained
from graph.privacy.rules import Reason
from graph.privacy.verifying import Left, Verification, verify_erasure

__all__ = [
    "ErasurePlan",
    "Held",
    "Left",
    "NotFound",
    "PlanChanged",
    "Reason",
    "Receipt",
    "Retained",
    "Verification",
    "allow",
    "erase",
    "erasure_plan",
    "personal_data",
    "verify_erasure",
]
