"""The pipeline: leads, buying committees, quotes in revisions, deals won and lost."""

from datetime import datetime, timedelta

from graph.demo.accounts import Account
from graph.demo.documents import Line, document, lines
from graph.demo.orders import place
from graph.demo.programs import register
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Ref, World
from graph.model.links import ASSIGNED_TO, FOR, SHARED_WITH
from graph.model.marketing import HAS_SCORE, OF_CAMPAIGN, SCORE
from graph.model.opportunities import INTERESTED_IN, OPPORTUNITY, QUOTED_AS, ROLE_IN
from graph.model.orders import BECAME, QUOTE

STAGES = ("LEAD", "QUALIFIED", "DISCOVERY", "PROPOSAL", "NEGOTIATION", "WON", "LOST")
_CHANCES = (0.05, 0.15, 0.3, 0.5, 0.7, 1.0, 0.0)
_OPEN = (20, 12, 10, 9, 6, 0, 0)
_OLD = (3, 2, 1, 1, 1, 32, 26)
_ROLES = ("CHAMPION", "DECISION_MAKER", "ECONOMIC_BUYER", "INFLUENCER", "USER", "BLOCKER")
_LOSSES = ("Price", "No budget this year", "Chose another supplier", "Project stopped")
_STEPS = ("Send the revised quote", "Visit on site", "Call the buyer", "Agree on a pilot")


def pipeline(world: World, sheet: Sheet, account: Account) -> None:
    """Make the customer's opportunities, and what came of them."""
    rng = account.rng
    if account.firm is None:
        count = int(account.contacts[0].twin is None and rng.random() < 0.08)
    else:
        count = min(int(rng.expovariate(0.55)), 8)
    for number in range(1, count + 1):
        _opportunity(world, sheet, account, number)


def _opportunity(world: World, sheet: Sheet, account: Account, number: int) -> None:
    rng, calendar = account.rng, world.calendar
    opened = calendar.office(rng, account.country, account.since)
    age = (calendar.now - opened).days
    place_in = rng.choices(range(7), _OPEN if age < 120 else _OLD)[0]
    stage = STAGES[place_in]
    closed = calendar.later(rng, opened, (10, 110), account.country)
    if stage in {"WON", "LOST"} and closed is None:
        stage, place_in = "PROPOSAL", 3
    rows = lines(world, account, most=3)
    over = stage in {"WON", "LOST"}
    values: Values = {
        "name": f"{rows[0].item.name} for {_who(account)}", "stage": stage,
        "kind": "NEW" if number == 1 else rng.choice(("EXPANSION", "RENEWAL")),
        "openedAt": opened, "closedAt": closed if over else None,
        "stageSince": closed if over else calendar.office(rng, account.country, opened.date()),
        "expectedCloseOn": (closed or opened + timedelta(rng.randint(120, 260))).date(),
        "amount": sum(row.amount for row in rows), "currency": account.currency,
        "probability": _CHANCES[place_in],
        "leadScore": rng.randint(20, 95),
        "origin": rng.choice(("TRADE_FAIR", "WEB", "REFERRAL", "PARTNER", "COLD_CALL")),
        "lossReason": rng.choice(_LOSSES) if stage == "LOST" else None,
        "competitor": rng.choice((None, "Norda Systems", "Helvar & Sons")),
        "nextStep": None if over else rng.choice(_STEPS),
    }  # fmt: skip
    key = ("crm", f"O-{account.code}-{number:02}")
    opportunity = sheet.node(OPPORTUNITY, key, values)
    account.topics.append((opportunity, opened))
    _around(world, sheet, account, opportunity, opened)
    for row in rows:
        sheet.link(INTERESTED_IN, opportunity, row.item.ref, {"quantity": float(row.quantity)})
    if account.partner and account.firm and rng.random() < 0.5:
        register(world, sheet, account, opportunity, rows[0], opened, values)
    if place_in >= 3:
        _quote(world, sheet, account, opportunity, rows, opened, closed, stage)


def _who(account: Account) -> str:
    return account.firm.name if account.firm else account.contacts[0].name


def _around(
    world: World, sheet: Sheet, account: Account, opportunity: Ref, opened: datetime
) -> None:
    """Whose it is, who decides, where it came from and what it scores."""
    rng = account.rng
    sheet.link(FOR, opportunity, account.ref, {"role": "CUSTOMER"})
    sheet.link(ASSIGNED_TO, opportunity, account.owner.ref, {"role": "OWNER"})
    if account.firm:
        size = min(rng.randint(1, 5), len(account.contacts))
        for role, human in zip(_ROLES, rng.sample(account.contacts, size), strict=False):
            said: Values = {"role": role, "influence": rng.randint(1, 5)}
            sheet.link(ROLE_IN, human.ref, opportunity, said)
    earlier = [each for each in world.campaigns if each[1] <= opened.date()]
    if earlier and rng.random() < 0.3:
        sheet.link(OF_CAMPAIGN, opportunity, earlier[-1][0])
    if account.partner and rng.random() < 0.4:
        said = {
            "level": "FULL", "by": account.owner.ref.key[1], "purpose": "Joint selling",
            "from": opened.date(),
        }  # fmt: skip
        sheet.link(SHARED_WITH, opportunity, account.partner.ref, said)
    said = {
        "kind": "LEAD", "value": float(rng.randint(10, 95)), "at": opened, "model": "lead 1.2",
        "reasons": ["title", "visits"],
    }  # fmt: skip
    score = sheet.node(SCORE, ("analytics", f"LEAD-{opportunity.key[1]}"), said)
    sheet.link(HAS_SCORE, opportunity, score)


def _quote(
    world: World, sheet: Sheet, account: Account, opportunity: Ref, rows: list[Line],
    opened: datetime, closed: datetime | None, stage: str,
) -> None:  # fmt: skip
    """One quote or two, the later a revision of the earlier; a deal won is ordered from it."""
    rng, calendar = account.rng, world.calendar
    limit = closed if stage in {"WON", "LOST"} and closed else calendar.now
    former: Ref | None = None
    revisions = rng.choice((1, 1, 2))
    for revision in range(1, revisions + 1):
        part = revision / (revisions + 1)
        at = opened + (limit - opened) * part
        last = revision == revisions
        outcome = {"WON": "ACCEPTED", "LOST": "DECLINED"}.get(stage, "SENT")
        values: Values = {
            "status": outcome if last else "REVISED", "revision": revision,
            "validUntil": (at + timedelta(60)).date(), "sentAt": at,
            "decidedAt": closed if last and outcome != "SENT" else None,
        }  # fmt: skip
        quote = document(sheet, QUOTE, account, "QU", at, rows, values, account.contact())
        sheet.link(QUOTED_AS, opportunity, quote)
        sheet.link(ASSIGNED_TO, quote, account.owner.ref, {"role": "AUTHOR"})
        if former:
            sheet.link(BECAME, former, quote)
        former = quote
    if stage == "WON" and closed:
        place(world, sheet, account, closed, rows, former)
