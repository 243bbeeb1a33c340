"""Campaigns, segments, what people agreed to, and the figures computed about them."""

from datetime import timedelta
from random import Random
from typing import Any

import orjson

from graph.demo.accounts import Account
from graph.demo.organisation import STAFF
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Human, Ref, World
from graph.model.identity import IDENTIFIER
from graph.model.links import APPLIES_IN, ASSIGNED_TO
from graph.model.marketing import (
    CAMPAIGN,
    CONSENT,
    COVERS,
    GAVE,
    HAS_SCORE,
    MEMBER_OF,
    SCORE,
    SEGMENT,
    TARGETS,
)

CAMPAIGNS = (
    ("winter-24", "Warm through the winter", "EMAIL", -700, 60, "FR"),
    ("spring-25", "Spring check of your building", "EMAIL", -560, 45, "RO"),
    ("fair-25", "Meet us at the building fair", "EVENT", -410, 10, "GB"),
    ("save-25", "Ten ways to save energy", "EMAIL", -330, 90, "EU"),
    ("locks-26", "Doors that know you", "SOCIAL", -240, 60, "EU"),
    ("post-26", "The catalogue on paper", "POST", -180, 30, "FR"),
    ("summer-26", "Cool through the summer", "SMS", -130, 45, "RO"),
    ("autumn-26", "Ready for the cold", "EMAIL", -30, 60, "EU"),
    ("calls-26", "Renewal calls", "PHONE", -20, 40, "GB"),
    ("winter-26", "Winter offers", "WEB", 20, 60, "EU"),
)
SEGMENTS: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("gold", "Gold customers", {"tier": {"eq": "GOLD"}}),
    ("silver", "Silver customers", {"tier": {"eq": "SILVER"}}),
    ("romania", "Customers in Romania", {"country": {"eq": "RO"}}),
    ("consumers", "Consumers", {"companies": {"none": {}}}),
    ("decision-makers", "Decision makers", {"jobTitle": {"contains": "irect"}}),
    ("newsletter", "Readers of the newsletter", None),
)


def marketing(world: World, sheet: Sheet) -> None:
    """Make segments and campaigns, and who is addressed by which."""
    for number, (code, name, definition) in enumerate(SEGMENTS):
        values: Values = {
            "name": name, "description": f"{name}, kept by marketing.", "dynamic": bool(definition),
            "definition": orjson.dumps(definition).decode() if definition else None,
        }  # fmt: skip
        world.segments[code] = sheet.node(SEGMENT, ("marketing", f"segment-{code}"), values)
        if number == 0:
            for user in world.colleagues[: len(STAFF)]:
                if user.function == "MARKETING":
                    world.segments.setdefault("owner", user.ref)
    owner = world.segments.pop("owner", world.colleagues[0].ref)
    for number, (code, name, channel, begin, days, territory) in enumerate(CAMPAIGNS):
        starts = world.calendar.day(begin)
        ends = starts + timedelta(days)
        today = world.plan.today
        running = "RUNNING" if starts <= today else "PLANNED"
        values = {
            "name": name, "channel": channel, "status": "ENDED" if ends < today else running,
            "startsOn": starts, "endsOn": ends, "budget": (number + 2) * 250_000,
            "currency": "EUR", "goal": "More orders from customers who have been quiet.",
        }  # fmt: skip
        campaign = sheet.node(CAMPAIGN, ("marketing", f"campaign-{code}"), values)
        codes = tuple(world.segments)
        sheet.link(TARGETS, campaign, world.segments[codes[number % len(codes)]])
        sheet.link(APPLIES_IN, campaign, world.territories[territory])
        sheet.link(ASSIGNED_TO, campaign, owner, {"role": "OWNER"})
        world.campaigns.append((campaign, starts, name))


def agree(world: World, sheet: Sheet, human: Human, said: Values) -> None:
    """What a person agreed to and later withdrew, and the segments the person belongs to."""
    rng = world.rng("consent", human.number)
    choices = (("MARKETING", "EMAIL"), ("NEWSLETTER", "EMAIL"), ("MARKETING", "PHONE"))
    for purpose, channel in (*choices, ("SURVEY", "ANY"), ("PROFILING", "ANY")):
        address = human.email if channel != "PHONE" else human.phone
        if address and rng.random() < (0.5 if channel == "EMAIL" else 0.15):
            _consent(world, sheet, rng, human, purpose, channel, address)
    names = {
        "gold": said["tier"] == "GOLD", "silver": said["tier"] == "SILVER",
        "romania": human.country == "RO", "consumers": human.firm is None,
        "decision-makers": "irect" in (human.title or ""), "newsletter": rng.random() < 0.2,
    }  # fmt: skip
    for code, belongs in names.items():
        if belongs:
            left = code == "newsletter" and rng.random() < 0.2
            since = world.calendar.office(rng, human.country)
            values: Values = {
                "from": since, "reason": "Signed up" if code == "newsletter" else "Definition",
                "to": world.calendar.later(rng, since, (10, 200), human.country) if left else None,
            }  # fmt: skip
            sheet.link(MEMBER_OF, human.ref, world.segments[code], values)


def _consent(
    world: World, sheet: Sheet, rng: Random, human: Human, purpose: str, channel: str, address: str
) -> None:  # fmt: skip
    at = world.calendar.leisure(rng, human.country)
    decisions = [("GRANTED", at)]
    if rng.random() < 0.18:
        later = world.calendar.later(rng, at, (20, 400), human.country)
        decisions += [("WITHDRAWN", later)] if later else []
    for status, when in decisions:
        granted = status == "GRANTED"
        values: Values = {
            "purpose": purpose, "channel": channel, "status": status, "at": when,
            "method": "DOUBLE_OPT_IN" if granted else "UNSUBSCRIBE_LINK",
            "evidence": "Form of the web shop, version 4." if granted else "Link in a message.",
            "expiresAt": when + timedelta(1_095) if granted else None,
        }  # fmt: skip
        key = ("marketing", f"CO-{human.number:06}-{purpose}-{channel}-{status}")
        consent = sheet.node(CONSENT, key, values)
        sheet.link(GAVE, human.ref, consent)
        kind = "PHONE" if channel == "PHONE" else "EMAIL"
        sheet.link(COVERS, consent, Ref(IDENTIFIER, (kind, address)))


def figures(world: World, sheet: Sheet, account: Account) -> None:
    """What the models say of a customer, and how engaged each person is."""
    rng = world.rng("figures", account.code)
    if account.firm and account.firm.role == "CUSTOMER":
        health = rng.randint(25, 98)
        _score(world, sheet, account.ref, "HEALTH", float(health), account.code, "usage")
        churn = round((100 - health) / 120, 2)
        _score(world, sheet, account.ref, "CHURN", churn, account.code, "fewer orders")
        orders = sum(ref.node.name == "Order" for ref, _ in account.topics)
        _score(world, sheet, account.ref, "VALUE", orders * 950.0, account.code, "orders")
    for human in account.contacts:
        if human.firm not in {None, account.firm.number if account.firm else None}:
            continue  # counted with the main employer
        name = f"{account.code}-{human.number:06}"
        if human.twin is None and rng.random() < 0.35:
            value = float(rng.randint(0, 100))
            _score(world, sheet, human.ref, "ENGAGEMENT", value, name, "opened mails")
        if human.twin is None and rng.random() < 0.08:
            _score(world, sheet, human.ref, "NPS", float(rng.randint(0, 10)), name, "survey")


def _score(
    world: World, sheet: Sheet, about: Ref, kind: str, value: float, name: str, reason: str
) -> None:  # fmt: skip
    values: dict[str, Any] = {
        "kind": kind, "value": value, "at": world.calendar.at(-1, 3),
        "model": f"{kind.lower()} 1.0", "reasons": [reason],
    }  # fmt: skip
    score = sheet.node(SCORE, ("analytics", f"{kind}-{name}"), values)
    sheet.link(HAS_SCORE, about, score)
