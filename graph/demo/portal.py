"""Users from outside: people of partners, of customers, and consumers with a log-in."""

from datetime import timedelta

from graph.demo.calendar import ZONES
from graph.demo.organisation import ISSUER
from graph.demo.selfservice import claim, invitation, questions, wishes
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Firm, Human, Ref, World
from graph.model.machinery import HELD_BY, LEGAL_HOLD
from graph.model.organisation import ACTS_FOR, IS_PERSON, USER
from graph.model.parties import SERVES


def portal(world: World, sheet: Sheet, human: Human) -> None:
    """Give a log-in to the first contact of every company that is no prospect, and to some others.

    Every eightieth consumer is served by a partner, and every hundred-and-twentieth person is
    protected by a legal hold.
    """
    rng = world.rng("portal", human.number)
    if human.firm is not None:
        firm = world.firms[human.firm]
        if firm.staff[0] == human.number and firm.role != "PROSPECT":
            kind = "PARTNER" if firm.partner_kind else "CUSTOMER"
            scope = "SUBTREE" if rng.random() < 0.2 else "COMPANY"
            user = _user(world, sheet, human, kind, firm.ref, scope)
            if kind == "CUSTOMER":
                wishes(world, sheet, human)
                questions(world, sheet, human)
                claim(world, sheet, human, user)
        elif _is_invited(firm, human) and firm.staff[0] in world.portals:
            scope = "OWN" if firm.number % 4 else "COMPANY"
            user = _user(world, sheet, human, "CUSTOMER", firm.ref, scope)
            invitation(world, sheet, human, user, subject_of("CUSTOMER", firm.staff[0]), scope)
    elif rng.random() < 0.2:
        _user(world, sheet, human, "CUSTOMER", human.ref, "OWN")
        wishes(world, sheet, human)
    elif rng.random() < 0.05:
        partner = rng.choice(world.firms[: world.plan.partners])
        sheet.link(SERVES, partner.ref, human.ref, {"from": world.calendar.start})
    if human.number % 120 == 31:
        _hold(world, sheet, human)


def _user(
    world: World, sheet: Sheet, human: Human, kind: str, party: Ref, scope: str
) -> Ref:  # fmt: skip
    rng = world.rng("user", human.number)
    values: Values = {
        "kind": kind, "name": human.name, "email": human.email, "jobTitle": human.title,
        "language": human.language, "timezone": ZONES[human.country], "active": True,
        "lastSeenAt": world.calendar.leisure(rng, human.country, world.calendar.day(-90)),
    }  # fmt: skip
    world.portals.add(human.number)
    user = sheet.node(USER, (ISSUER, subject_of(kind, human.number)), values)
    sheet.link(IS_PERSON, user, human.ref)
    since = world.calendar.day(-rng.randint(10, 700))
    expired = rng.random() < 0.05
    said: Values = {"scope": scope, "from": since, "to": since + timedelta(9) if expired else None}
    sheet.link(ACTS_FOR, user, party, said)
    return user


def subject_of(kind: str, number: int) -> str:
    """The name of a person's account at the issuer."""
    return f"{kind.lower()}-{number:06}"


def _is_invited(firm: Firm, human: Human) -> bool:
    """Whether the person is the second contact of a customer that invited it."""
    second = len(firm.staff) > 1 and firm.staff[1] == human.number
    return second and firm.role == "CUSTOMER" and firm.partner_kind is None and firm.number % 2 == 0


def _hold(world: World, sheet: Sheet, human: Human) -> None:
    values: Values = {"reason": "A claim about a delivery is open.", "from": world.calendar.at(-90)}
    hold = sheet.node(LEGAL_HOLD, (_id(world, human),), values)
    sheet.link(HELD_BY, human.ref, hold)


def _id(world: World, human: Human) -> str:
    return world.identity(Ref(LEGAL_HOLD, human.ref.key))
