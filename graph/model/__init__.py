"""The model as data: every label, key, property and relationship of the graph, by domain."""

from graph.model import (
    access,
    cases,
    identity,
    interactions,
    links,
    machinery,
    marketing,
    opportunities,
    orders,
    organisation,
    parties,
    products,
    programs,
    selfservice,
)
from graph.model.kinds import Model

_DOMAINS = (
    parties, identity, organisation, products, orders, opportunities, cases, interactions,
    marketing, programs, selfservice, access, machinery,
)  # fmt: skip

MODEL = Model(
    nodes=tuple(node for domain in _DOMAINS for node in domain.NODES),
    relationships=(
        *(each for domain in _DOMAINS for each in domain.RELATIONSHIPS),
        *links.RELATIONSHIPS,
    ),
)
"""The whole model, in the order in which its domains build on each other."""

__all__ = ["MODEL"]
