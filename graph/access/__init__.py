"""Rights: which nodes each audience may see, and how much of them (docs/rights.md)."""

from graph.access.customers import CUSTOMER
from graph.access.marks import expanded, unwrapped
from graph.access.partners import PARTNER
from graph.access.rules import Rule, Rules
from graph.access.staff import NARROWED, STAFF
from graph.audiences import Audience

RULES = {Audience.STAFF: STAFF, Audience.PARTNER: PARTNER, Audience.CUSTOMER: CUSTOMER}
"""What each audience may see."""

__all__ = ["NARROWED", "RULES", "STAFF", "Rule", "Rules", "expanded", "unwrapped"]
