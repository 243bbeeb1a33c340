"""Explanations: who may see what and by which facts, what a change would do, who is responsible."""

from graph.explaining.access import Access, Because, Named, Seer, access, who_can_see
from graph.explaining.changing import AccessChange, Shift, Shifts, access_diff
from graph.explaining.responsible import Responsible, responsible_for

__all__ = [
    "Access", "AccessChange", "Because", "Named", "Responsible", "Seer", "Shift", "Shifts",
    "access", "access_diff", "responsible_for", "who_can_see",
]  # fmt: skip
