"""Cases: questions, incidents and complaints, with the talk about them and what solved them."""

from datetime import datetime, timedelta

from graph.demo.accounts import Account
from graph.demo.interactions import BY_MAIL, BY_PHONE, MANNERS, thread
from graph.demo.phrases import ISSUES
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Human, Ref, World
from graph.model.cases import CASE, CONCERNS, EXPLAINS
from graph.model.links import ASSIGNED_TO, FOR

_KINDS = (("QUESTION", 35), ("INCIDENT", 30), ("COMPLAINT", 15), ("REQUEST", 12), ("RETURN", 8))
_CHANNELS = (("EMAIL", 45), ("PHONE", 25), ("CHAT", 15), ("WEB", 10), ("PARTNER", 5))


def troubles(world: World, sheet: Sheet, account: Account) -> None:
    """Open the cases of a customer: a few have many, most have none or one."""
    if account.firm and account.firm.role == "PROSPECT":
        return
    for human in account.contacts:
        rate = 0.5 if human.twin is None else 1.2
        number = 0
        while account.rng.random() < rate and number < 9:
            number += 1
            _case(world, sheet, account, human, number)
            rate = 0.35


def _case(world: World, sheet: Sheet, account: Account, human: Human, number: int) -> None:
    rng = account.rng
    opened = world.calendar.office(rng, account.country, account.since)
    subject, description, cause = rng.choice(ISSUES[human.language])
    kind = rng.choices([k for k, _ in _KINDS], [w for _, w in _KINDS])[0]
    answered = world.calendar.later(rng, opened, (0.02, 1.5), account.country)
    solved = world.calendar.later(rng, answered, (0.1, 12), account.country) if answered else None
    closed = world.calendar.later(rng, solved, (3, 10), account.country) if solved else None
    key = f"K-{account.code}-{human.number:06}-{number}"
    values: Values = {
        "number": key, "subject": subject, "description": description, "kind": kind,
        "status": _status(rng.random(), answered, solved, closed),
        "priority": rng.choices(("LOW", "NORMAL", "HIGH", "URGENT"), (20, 55, 20, 5))[0],
        "channel": rng.choices([k for k, _ in _CHANNELS], [w for _, w in _CHANNELS])[0],
        "openedAt": opened, "firstRespondedAt": answered, "dueAt": opened + timedelta(5),
        "solvedAt": solved, "closedAt": closed,
        "satisfaction": rng.choice((1, 2, 3, 4, 4, 5, 5)) if closed else None,
        "cause": cause if solved else None,
    }  # fmt: skip
    case = sheet.node(CASE, ("helpdesk", key), values)
    sheet.link(FOR, case, account.ref, {"role": "CUSTOMER"})
    if human.ref != account.ref:
        sheet.link(FOR, case, human.ref, {"role": "CONTACT"})
    sheet.link(ASSIGNED_TO, case, account.agent.ref, {"role": "OWNER"})
    if kind == "COMPLAINT":
        sheet.link(ASSIGNED_TO, case, world.teams["service"], {"role": "ESCALATION"})
    _concerns(world, sheet, account, case)
    if solved and world.articles and rng.random() < 0.3:
        sheet.link(EXPLAINS, rng.choice(world.articles), case)
    manner = rng.choice((BY_MAIL, BY_MAIL, BY_PHONE, MANNERS[3]))
    thread(world, sheet, account, human, manner, opened, case, rng)
    account.topics.append((case, opened))


def _status(
    luck: float, answered: datetime | None, solved: datetime | None, closed: datetime | None
) -> str:  # fmt: skip
    if closed:
        return "CLOSED"
    if solved:
        return "SOLVED"
    if answered:
        return "PENDING" if luck < 0.3 else "OPEN"
    return "NEW"


def _concerns(world: World, sheet: Sheet, account: Account, case: Ref) -> None:
    """The order or invoice a case is about, and one of the products."""
    papers = [ref for ref, _ in account.topics if ref.node.name in {"Order", "Invoice"}]
    if papers:
        sheet.link(CONCERNS, case, account.rng.choice(papers))
    sheet.link(CONCERNS, case, account.rng.choice(world.items).ref)
