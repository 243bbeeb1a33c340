"""Companies, and who stands above and below them."""

from datetime import datetime
from typing import Any

from graph import model
from graph import parties as cypher
from graph.audiences import EVERYONE, PARTNERS
from loaders.declare import Order, edge, node, one, prop
from loaders.registry import Money
from resolvers.keeping import BUSINESS
from resolvers.parties.customer import Customer
from resolvers.parties.relationships import (
    Ally,
    Ancestor,
    Descendant,
    Employee,
    Parent,
    Subsidiary,
)
from resolvers.sorting import (
    BY_NAME,
    CURRENT,
    LATEST_START,
)

BY_DISTANCE = Order("EDGE", kind=int)


@node(model.parties.COMPANY, keep=BUSINESS)
class Company(Customer):
    """An organisation: a firm, an authority, an association."""

    legal_name: str | None = prop(to=EVERYONE)
    industry: str | None = prop(to=EVERYONE)
    tax_id: str | None = prop(to=EVERYONE)
    website: str | None = prop(to=EVERYONE)
    employees: int | None = prop()
    annual_revenue: Money | None = prop()
    partner_kind: str | None = prop(to=PARTNERS)
    partner_since: datetime | None = prop()
    people: Any = edge(
        model.parties.WORKS_AT.back,
        "Person",
        "People who work or worked for the company, latest first.",
        order=LATEST_START,
        where=(CURRENT,),
        on=Employee,
        to=EVERYONE,
    )
    parent: Any = one(
        cypher.PARENT,
        "Company",
        "The company that holds it today; the latest, should there be several.",
        order=LATEST_START,
        to=EVERYONE,
    )
    parents: Any = edge(
        model.parties.SUBSIDIARY_OF.out,
        "Company",
        "Companies that hold or held it directly, latest first.",
        order=LATEST_START,
        where=(CURRENT,),
        on=Parent,
    )
    subsidiaries: Any = edge(
        model.parties.SUBSIDIARY_OF.back,
        "Company",
        "Companies it holds or held directly, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=Subsidiary,
        to=EVERYONE,
    )
    ancestors: Any = edge(
        cypher.PARENTS,
        "Company",
        "Every company above it today, up to 8 steps, the nearest first.",
        order=BY_DISTANCE,
        on=Ancestor,
    )
    descendants: Any = edge(
        cypher.SUBSIDIARIES,
        "Company",
        "Every company below it today, up to 8 steps, the nearest first.",
        order=BY_DISTANCE,
        on=Descendant,
    )
    allies: Any = edge(
        cypher.ALLIES,
        "Company",
        "Companies it works together with, by name.",
        order=Order(
            "NODE.name + ' ' + coalesce(EDGE.type, '') "
            "+ CASE WHEN startNode(EDGE) = NODE THEN ' ' ELSE '' END"
        ),
        where=(CURRENT,),
        on=Ally,
    )
    partner: Any = one(
        cypher.AS_PARTNER,
        "Partner",
        "The company in its role as a partner; null when it is none.",
        to=PARTNERS,
    )
