"""At whose prices a partner buys and sells."""

from functools import cache

from graph.access import RULES, expanded
from graph.access.partners import PROLOGUE
from graph.audiences import Audience
from graph.database import Graph
from graph.statements import CYPHER_25, Kind, Statement


@cache
def _partner() -> Statement:
    text = expanded(
        "WITH * WHERE $customer IS NULL OR EXISTS { MATCH (party:Party {id: $customer}) "
        "WHERE SEEN_Party(party) } RETURN viewer.id",
        RULES[Audience.PARTNER],
    )
    return Statement("partnering.buying", Kind.READ, CYPHER_25 + PROLOGUE + " " + text)


async def partner_at(
    graph: Graph, issuer: str, subject: str, customer: str | None
) -> str | None:  # fmt: skip
    """The id of the partner that a user acts for.

    None when it acts for none, or when a customer is named that the partner does not see.

    Raises:
        Unavailable: the database cannot be reached.
    """
    parameters = {"ISSUER": issuer, "SUBJECT": subject, "customer": customer}
    rows = await graph.run(_partner(), parameters)
    return rows[0][0] if rows else None
