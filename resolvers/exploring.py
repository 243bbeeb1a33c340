"""What of the graph can be explored along its relationships."""

from graph import model
from loaders.evidence import Explorable

EXPLORABLE = Explorable(
    hidden=frozenset({model.links.CAN_SEE.name}),
    aside=frozenset(
        each.name
        for each in (
            model.identity.RESOLVES_TO,
            model.identity.NOT_SAME_AS,
            model.machinery.HELD_BY,
        )
    ),
    silent=frozenset({"SHARED_WITH.by"}),
)
"""Rights are not shown; identity and legal holds are walked only when they are named."""

MEASURED = (
    "Customer", "Person", "Company", "Household", "Partner", "Product", "Quote", "Order", "Invoice",
    "CreditNote", "Contract", "Opportunity", "Case", "Article", "Interaction", "Task", "Campaign",
    "Consent", "Score", "Fund", "Request", "User",
)  # fmt: skip
"""Kinds of node whose groups can be measured."""
