"""People and the households they live in."""

from datetime import date
from typing import Any

from graph import model
from graph import parties as cypher
from graph.audiences import CUSTOMERS, EVERYONE
from loaders.declare import Order, edge, node, one, prop
from resolvers.keeping import BUSINESS
from resolvers.opportunities import OpportunityRole
from resolvers.parties.customer import Customer
from resolvers.parties.relationships import (
    Acquaintance,
    Employer,
    Home,
    Inhabitant,
    Report,
)
from resolvers.sorting import (
    BY_NAME,
    CURRENT,
    LATEST_START,
)


@node(model.parties.PERSON, keep=BUSINESS)
class Person(Customer):
    """A human being."""

    version: int = prop(to=CUSTOMERS)
    given_name: str | None = prop(to=EVERYONE)
    family_name: str | None = prop(to=EVERYONE)
    honorific: str | None = prop(to=EVERYONE)
    birth_date: date | None = prop(to=CUSTOMERS)
    job_title: str | None = prop(to=EVERYONE)
    companies: Any = edge(
        model.parties.WORKS_AT.out,
        "Company",
        "Companies the person works or worked for, latest first.",
        order=LATEST_START,
        where=(CURRENT,),
        on=Employer,
        to=EVERYONE,
    )
    manager: Any = one(
        cypher.MANAGER,
        "Person",
        "Whom the person reports to today; the latest, should there be several.",
        order=LATEST_START,
    )
    reports: Any = edge(
        model.parties.REPORTS_TO.back,
        "Person",
        "People who report or reported to the person, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=Report,
    )
    households: Any = edge(
        model.parties.LIVES_IN.out,
        "Household",
        "Households the person lives or lived in, latest first.",
        order=LATEST_START,
        where=(CURRENT,),
        on=Home,
    )
    knows: Any = edge(
        cypher.ACQUAINTANCES,
        "Person",
        "People met in interactions, the best known first.",
        order=Order("coalesce(EDGE.strength, 0)", descending=True, kind=int),
        on=Acquaintance,
    )
    opportunity_roles: Any = edge(
        model.opportunities.ROLE_IN.out,
        "Opportunity",
        "Opportunities in whose buying committee the person is, latest opened first.",
        order=Order("NODE.openedAt + ' ' + coalesce(EDGE.role, '')", descending=True),
        on=OpportunityRole,
    )
    account: Any = one(
        model.organisation.IS_PERSON.back, "User", "The person's user account; null without one."
    )


@node(model.parties.HOUSEHOLD, keep=BUSINESS)
class Household(Customer):
    """People who live at one address and decide together."""

    members: int | None = prop(to=EVERYONE)
    people: Any = edge(
        model.parties.LIVES_IN.back,
        "Person",
        "People who live or lived there, by name.",
        order=BY_NAME,
        where=(CURRENT,),
        on=Inhabitant,
        to=EVERYONE,
    )
