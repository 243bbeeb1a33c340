"""Conversations on every channel, in threads, with the people on both sides."""

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from graph.demo.accounts import Account
from graph.demo.phrases import TALKS
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Colleague, Human, Ref, World
from graph.model.interactions import (
    CALL,
    CHAT,
    EMAIL,
    LETTER,
    MEETING,
    NEXT_IN_THREAD,
    NOTE,
    PARTICIPATED_IN,
    POST,
    SURVEY,
    TASK,
    VISIT,
)
from graph.model.kinds import Node
from graph.model.links import ASSIGNED_TO, REGARDING, SHARED_WITH
from graph.model.marketing import OF_CAMPAIGN

MOST = 30


class Manner(NamedTuple):
    """A way of talking: the kind of node, its channel, where it is recorded, how long it gets."""

    node: Node
    channel: str
    source: str
    longest: int
    weight: int


MANNERS = (
    Manner(EMAIL, "EMAIL", "mail", 5, 40),
    Manner(CALL, "PHONE", "telephony", 2, 16),
    Manner(MEETING, "MEETING", "crm", 1, 6),
    Manner(CHAT, "CHAT", "helpdesk", 3, 9),
    Manner(CHAT, "SMS", "telephony", 2, 3),
    Manner(VISIT, "WEB", "web", 1, 12),
    Manner(POST, "SOCIAL", "social", 2, 3),
    Manner(LETTER, "POST", "crm", 1, 3),
    Manner(NOTE, "INTERNAL", "crm", 1, 5),
    Manner(SURVEY, "EMAIL", "helpdesk", 1, 5),
    Manner(TASK, "INTERNAL", "crm", 1, 4),
)
BY_MAIL, BY_PHONE = MANNERS[0], MANNERS[1]
_WEIGHTS = tuple(manner.weight for manner in MANNERS)


def talk(world: World, sheet: Sheet, account: Account) -> None:
    """Make what was said with each contact: with a few much, with most little."""
    for human in account.contacts:
        rng = world.rng("talk", account.code, human.number)
        count = min(int(rng.paretovariate(1.35) * 0.8), MOST)
        if human.twin is not None:
            count = rng.randint(0, 1)
        for _ in range(count):
            manner = rng.choices(MANNERS, _WEIGHTS)[0]
            if account.topics and rng.random() < 0.7:
                topic, since = rng.choice(account.topics)
                start = world.calendar.later(rng, since, (0.1, 30), account.country)
            else:
                topic, start = rng.choice(world.items).ref, None
            start = start or world.calendar.office(rng, account.country, account.since)
            thread(world, sheet, account, human, manner, start, topic, rng)
        _mailing(world, sheet, account, human, rng)


def thread(
    world: World, sheet: Sheet, account: Account, human: Human, manner: Manner, start: datetime,
    topic: Ref, rng: Random,
) -> Ref:  # fmt: skip
    """One conversation, as far as it has come by today; returns its first interaction."""
    said = rng.choice(TALKS[human.language])
    length = min(rng.randint(1, manner.longest), len(said.turns))
    what = topic.key[1] if topic.node.name != "Product" else "the catalogue"
    subject = said.subject.format(what=what)
    with_us = account.agent if topic.node.name == "Case" else account.owner
    name = account.number("TH")
    at: datetime | None = start
    first: Ref | None = None
    former: Ref | None = None
    for turn in range(length):
        if at is None:
            break
        values: Values = {
            "at": at, "channel": manner.channel, "subject": f"{'Re: ' if turn else ''}{subject}",
            "body": said.turns[turn], "language": human.language, "thread": name,
            "direction": "OUTBOUND" if turn % 2 else "INBOUND",
            "visibility": rng.choices(("ALL", "TEAM", "PARTICIPANTS"), (90, 8, 2))[0],
            "sentiment": round(rng.uniform(-0.4, 0.9), 2) if turn == 0 else None,
        }  # fmt: skip
        values |= _own(world, rng, manner, at, f"{name}.{turn + 1}")
        key = (manner.source, f"{name}.{turn + 1}")
        interaction = sheet.node(manner.node, key, values)
        _sides(sheet, account, human, with_us, interaction, rng, values["direction"])
        sheet.link(REGARDING, interaction, topic)
        if former:
            sheet.link(NEXT_IN_THREAD, former, interaction)
        first, former = first or interaction, interaction
        at = world.calendar.later(rng, at, (0.02, 3), account.country)
    if first is None:
        raise AssertionError("a thread has at least one interaction")
    return first


def _own(world: World, rng: Random, manner: Manner, at: datetime, name: str) -> Values:
    """What only this kind of interaction has."""
    kind = manner.node
    if kind == EMAIL:
        return {"messageId": f"<{name.lower()}@mail.example.org>", "opened": rng.random() < 0.7}
    if kind == CALL:
        reached = rng.random() < 0.75
        outcome = "REACHED" if reached else rng.choice(("NO_ANSWER", "VOICEMAIL"))
        return {"outcome": outcome, "durationSeconds": rng.randint(40, 1_900) if reached else 0}
    if kind == MEETING:
        minutes = rng.choice((30, 60, 90))
        return {
            "endsAt": at + timedelta(minutes=minutes), "durationSeconds": minutes * 60,
            "location": rng.choice(("Video call", "On site", "Our show room")),
        }  # fmt: skip
    if kind == TASK:
        due = at + timedelta(rng.randint(2, 20))
        done = world.calendar.later(rng, at, (1, 20), "GB") if rng.random() < 0.8 else None
        return {
            "status": "DONE" if done else "OPEN", "priority": rng.choice(("LOW", "NORMAL", "HIGH")),
            "dueAt": due, "completedAt": done, "direction": "INTERNAL",
        }  # fmt: skip
    return _little(rng, manner, name)


def _little(rng: Random, manner: Manner, name: str) -> Values:
    kind = manner.node
    if kind == CHAT:
        platform = "SMS" if manner.channel == "SMS" else rng.choice(("Web chat", "App"))
        return {"platform": platform, "durationSeconds": rng.randint(60, 1_200)}
    if kind == VISIT:
        page = rng.choice(("pricing", "support", "catalogue", "portal"))
        return {
            "url": f"https://www.example.org/{page}", "pages": rng.randint(1, 14),
            "referrer": rng.choice((None, "https://search.example.com/")), "direction": "INBOUND",
            "subject": f"Visited {page}", "body": None, "sentiment": None,
        }  # fmt: skip
    if kind == POST:
        return {"platform": "Plaza", "url": f"https://plaza.example.com/{name.lower()}"}
    if kind == LETTER:
        return {"trackingNumber": f"LT{rng.randrange(10**9):09}"}
    if kind == SURVEY:
        measure, best = rng.choice((("NPS", 10), ("CSAT", 5), ("CES", 7)))
        score = max(best - int(rng.expovariate(0.55)), 0 if measure == "NPS" else 1)
        return {"measure": measure, "score": score, "direction": "INBOUND"}
    return {"pinned": rng.random() < 0.1, "direction": "INTERNAL", "sentiment": None}


def _sides(
    sheet: Sheet, account: Account, human: Human, with_us: Colleague, interaction: Ref,
    rng: Random, direction: str,
) -> None:  # fmt: skip
    """Who took part: the contact, one of us, sometimes a second contact or the company itself."""
    kind = interaction.node
    theirs, ours = ("FROM", "TO") if direction == "INBOUND" else ("TO", "FROM")
    if kind == MEETING:
        theirs, ours = "ATTENDEE", "HOST"
    elif kind in {NOTE, TASK}:
        theirs, ours = "SUBJECT", "FROM"
    sheet.link(PARTICIPATED_IN, human.ref, interaction, {"role": theirs})
    if kind == TASK:
        sheet.link(ASSIGNED_TO, interaction, with_us.ref, {"role": "OWNER"})
    if kind not in {VISIT, SURVEY}:
        sheet.link(PARTICIPATED_IN, with_us.ref, interaction, {"role": ours})
    if len(account.contacts) > 1 and kind in {EMAIL, MEETING} and rng.random() < 0.2:
        other = rng.choice([each for each in account.contacts if each is not human])
        sheet.link(
            PARTICIPATED_IN, other.ref, interaction,
            {"role": "ATTENDEE" if kind == MEETING else "CC"},
        )  # fmt: skip
    if kind == LETTER and account.firm:
        sheet.link(PARTICIPATED_IN, account.ref, interaction, {"role": theirs})
    if kind == MEETING and account.partner and rng.random() < 0.5:
        said: Values = {"level": "FULL", "by": with_us.ref.key[1], "purpose": "Joint meeting"}
        sheet.link(SHARED_WITH, interaction, account.partner.ref, said)


def _mailing(world: World, sheet: Sheet, account: Account, human: Human, rng: Random) -> None:
    """The mailings of campaigns that reached this person."""
    if human.email is None or human.twin is not None:
        return
    for campaign, begin, name in world.campaigns:
        if rng.random() < 0.11 and begin < world.plan.today:
            at = world.calendar.office(rng, account.country, begin)
            key = account.number("MA")
            values: Values = {
                "at": at, "channel": "EMAIL", "direction": "OUTBOUND", "subject": name,
                "language": human.language, "visibility": "ALL",
                "messageId": f"<{key.lower()}@news.example.org>", "opened": rng.random() < 0.35,
                "bounced": rng.random() < 0.02,
            }  # fmt: skip
            mail = sheet.node(EMAIL, ("marketing", key), values)
            sheet.link(PARTICIPATED_IN, human.ref, mail, {"role": "TO"})
            sheet.link(OF_CAMPAIGN, mail, campaign)
            sheet.link(REGARDING, mail, campaign)
