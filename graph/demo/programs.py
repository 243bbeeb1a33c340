"""Partner programs with their funds, and everything that somebody asks for and another decides."""

from datetime import date, datetime, timedelta
from random import Random

from graph.demo.accounts import Account
from graph.demo.documents import Line
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Firm, Human, Ref, World
from graph.model.links import ASSIGNED_TO
from graph.model.programs import (
    ABOUT,
    ALLOCATED_TO,
    BY,
    DEAL_REGISTRATION,
    ENROLLED_IN,
    FUND,
    FUND_CLAIM,
    FUND_REQUEST,
    FUNDS,
    LEAD_OFFER,
    PRIVACY_REQUEST,
    PROGRAM,
    SHARE_PROPOSAL,
)

PROGRAMS = (
    ("comfort", "Comfort partner program", ("REGISTERED", "SILVER", "GOLD", "PLATINUM")),
    ("referral", "Referral program", ("MEMBER", "AMBASSADOR")),
    ("supply", "Supplier excellence", ("APPROVED", "PREFERRED")),
)
_OF_KIND = {"REFERRER": "referral", "SUPPLIER": "supply"}
_RIGHTS = ("ACCESS", "RECTIFICATION", "ERASURE", "RESTRICTION", "PORTABILITY", "OBJECTION")


def programs(world: World, sheet: Sheet) -> None:
    """Make the programs, enrol every partner, share out the funds, and let partners ask for it."""
    year = world.plan.today.year
    made: dict[str, tuple[Ref, Ref, tuple[str, ...]]] = {}
    for code, name, levels in PROGRAMS:
        values: Values = {
            "name": name, "levels": list(levels), "startsOn": world.calendar.start,
            "benefits": ["Deal protection", "Marketing money", "Training"],
        }  # fmt: skip
        program = sheet.node(PROGRAM, ("crm", f"program-{code}"), values)
        values = {
            "name": f"{name} fund {year}", "amount": 25_000_000, "remaining": 11_250_000,
            "currency": "EUR", "startsOn": date(year, 1, 1), "endsOn": date(year, 12, 31),
        }  # fmt: skip
        fund = sheet.node(FUND, ("crm", f"fund-{code}-{year}"), values)
        sheet.link(FUNDS, program, fund)
        made[code] = (program, fund, levels)
    for firm in world.firms[: world.plan.partners]:
        rng = world.rng("program", firm.number)
        program, fund, levels = made[_OF_KIND.get(firm.partner_kind or "", "comfort")]
        level = levels[min(int(rng.expovariate(1.2)), len(levels) - 1)]
        sheet.link(ENROLLED_IN, firm.ref, program, {"level": level, "from": firm.since})
        share: Values = {"amount": rng.randint(5, 60) * 10_000, "currency": "EUR"}
        sheet.link(ALLOCATED_TO, fund, firm.ref, share)
        if firm.number < 10 or rng.random() < 0.4:
            _activity(world, sheet, rng, firm, fund)


def _activity(world: World, sheet: Sheet, rng: Random, firm: Firm, fund: Ref) -> None:
    """A partner asks for marketing money, and claims what an approved activity cost."""
    asked = world.calendar.office(rng, firm.country, world.calendar.day(-300))
    decided = world.calendar.later(rng, asked, (2, 12), firm.country)
    granted = bool(decided) and rng.random() < 0.8
    settled = "APPROVED" if granted else "REJECTED"
    amount = rng.randint(10, 90) * 10_000
    values: Values = {
        "number": f"FR-{firm.number:05}", "state": settled if decided else "IN_REVIEW",
        "at": asked, "dueAt": asked + timedelta(14), "decidedAt": decided, "currency": "EUR",
        "amount": amount, "activity": "A stand at the regional building fair.",
        "decisionReason": None if granted or not decided else "The fund is for other regions.",
    }  # fmt: skip
    request = sheet.node(FUND_REQUEST, ("portal", values["number"]), values)
    _ask(world, sheet, rng, request, firm.ref, fund, firm.country)
    proved = world.calendar.later(rng, decided, (20, 60), firm.country) if decided else None
    if granted and proved:
        values = {
            "number": f"FC-{firm.number:05}", "state": "DONE", "at": proved, "currency": "EUR",
            "amount": amount * rng.randint(60, 100) // 100, "proof": "Invoice of the organiser.",
            "decidedAt": world.calendar.later(rng, proved, (1, 8), firm.country),
        }  # fmt: skip
        values["state"] = "DONE" if values["decidedAt"] else "SUBMITTED"
        claim = sheet.node(FUND_CLAIM, ("portal", values["number"]), values)
        _ask(world, sheet, rng, claim, firm.ref, fund, firm.country)


def _ask(
    world: World, sheet: Sheet, rng: Random, request: Ref, by: Ref, about: Ref, country: str
) -> None:  # fmt: skip
    sheet.link(BY, request, by)
    sheet.link(ABOUT, request, about)
    manager = world.colleague(rng, "PARTNER_MANAGEMENT", country)
    sheet.link(ASSIGNED_TO, request, manager.ref, {"role": "APPROVER"})


def register(
    world: World, sheet: Sheet, account: Account, opportunity: Ref, row: Line, at: datetime,
    deal: Values,
) -> None:  # fmt: skip
    """The partner that serves the customer registers the deal; now and then another tries too."""
    if account.partner is None:
        return
    rng = account.rng
    decided = world.calendar.later(rng, at, (2, 10), account.country)
    state = deal["stage"] if deal["stage"] in {"WON", "LOST"} else "APPROVED"
    claims = [(account.partner, at, state if decided else "IN_REVIEW", decided)]
    second = world.calendar.later(rng, at, (1, 20), account.country)
    rivals = [firm for firm in world.firms[: world.plan.partners] if firm is not account.partner]
    if second and rng.random() < 0.12:
        claims.append((rng.choice(rivals), second, "WAITLISTED" if decided else "SUBMITTED", None))
    for number, (partner, asked, stand, settled) in enumerate(claims, 1):
        values: Values = {
            "number": f"DR-{opportunity.key[1]}-{number}", "state": stand, "at": asked,
            "dueAt": asked + timedelta(7), "decidedAt": settled, "currency": account.currency,
            "amount": deal["amount"], "dealName": deal["name"],
            "expectedCloseOn": deal["expectedCloseOn"],
            "protectedUntil": (asked + timedelta(180)).date() if settled else None,
        }  # fmt: skip
        request = sheet.node(DEAL_REGISTRATION, ("portal", values["number"]), values)
        _ask(world, sheet, rng, request, partner.ref, opportunity, account.country)
        sheet.link(ABOUT, request, account.ref)
        sheet.link(ABOUT, request, row.item.ref)


def offer(world: World, sheet: Sheet, account: Account) -> None:
    """Offer a company without a partner to one that could serve it."""
    rng = account.rng
    if account.firm is None or account.firm.partner_kind or account.partner:
        return
    if rng.random() < 0.25 or account.firm.wanted:
        partner = rng.choice(world.firms[: world.plan.partners])
        at = world.calendar.office(rng, account.country, account.since)
        decided = world.calendar.later(rng, at, (1, 6), account.country)
        values: Values = {
            "number": f"LO-{account.code}", "at": at, "expiresAt": at + timedelta(7),
            "dueAt": at + timedelta(7), "decidedAt": decided,
            "state": rng.choice(("APPROVED", "REJECTED", "EXPIRED")) if decided else "SUBMITTED",
        }  # fmt: skip
        request = sheet.node(LEAD_OFFER, ("portal", values["number"]), values)
        sheet.link(BY, request, account.owner.ref)
        sheet.link(ABOUT, request, account.ref)
        sheet.link(ASSIGNED_TO, request, partner.ref, {"role": "APPROVER"})


def propose(world: World, sheet: Sheet, account: Account) -> None:
    """A partner asks that a company without one be shared with it."""
    if account.firm is None or account.firm.partner_kind or account.partner:
        return
    rng = world.rng("share", account.firm.number)
    if rng.random() < 0.06 or account.firm.wanted:
        at = world.calendar.office(rng, account.country, world.calendar.day(-120))
        decided = world.calendar.later(rng, at, (1, 6), account.country)
        values: Values = {
            "number": f"SP-{account.code}", "at": at,
            "dueAt": None if decided else at + timedelta(7), "decidedAt": decided,
            "level": "PROFILE", "purpose": "We install there already.",
            "state": "REJECTED" if decided else "SUBMITTED",
            "decisionReason": "Another partner is closer." if decided else None,
        }  # fmt: skip
        request = sheet.node(SHARE_PROPOSAL, ("portal", values["number"]), values)
        partner = rng.choice(world.firms[: world.plan.partners])
        _ask(world, sheet, rng, request, partner.ref, account.ref, account.country)


def privacy(world: World, sheet: Sheet, human: Human) -> None:
    """One person in sixty exercises a right over personal data."""
    rng = world.rng("privacy", human.number)
    if human.number % 60 != 11:
        return
    at = world.calendar.office(rng, human.country, world.calendar.day(-400))
    done = world.calendar.later(rng, at, (3, 25), human.country)
    values: Values = {
        "number": f"PR-{human.number:06}", "right": rng.choice(_RIGHTS), "at": at,
        "state": "DONE" if done else "IN_REVIEW", "dueAt": at + timedelta(30), "decidedAt": done,
    }  # fmt: skip
    request = sheet.node(PRIVACY_REQUEST, ("portal", values["number"]), values)
    sheet.link(BY, request, human.ref)
    sheet.link(ABOUT, request, human.ref)
