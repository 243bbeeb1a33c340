"""What customers did in the portal: wishes, answers, a claim to an address, invitations."""

from datetime import UTC, datetime, time, timedelta

from graph.demo.organisation import ISSUER
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Human, Ref, World
from graph.model.interactions import PARTICIPATED_IN, SURVEY
from graph.model.kinds import Node
from graph.model.organisation import USER
from graph.model.selfservice import (
    ANSWERS,
    ASKS,
    BECAME_USER,
    CLAIMS,
    EVALUATES,
    FEEDBACK_REQUEST,
    INVITATION,
    INVITED_BY,
    INVITES_TO,
    PREFERENCE,
    PREFERS,
    VERIFICATION,
)
from graph.selfservice.preferences import preference_id

_WISHES = (
    ("ORDERS", ("EMAIL", "SMS", "PORTAL"), ("AT_ONCE", "DAILY")),
    ("INVOICES", ("EMAIL", "POST"), ("AT_ONCE", "MONTHLY")),
    ("PRODUCTS", ("EMAIL", "PORTAL"), ("WEEKLY", "MONTHLY", "NEVER")),
)
_QUESTIONS = (
    ("NPS", "How likely is it that you recommend us?", (0, 10)),
    ("CSAT", "How satisfied are you with it?", (1, 5)),
    ("CES", "How easy was it to have it solved?", (1, 7)),
)


def wishes(world: World, sheet: Sheet, human: Human) -> None:
    """How a person wants to hear of orders, invoices and products."""
    rng = world.rng("wishes", human.number)
    for topic, channels, frequencies in _WISHES:
        values: Values = {
            "topic": topic, "channel": rng.choice(channels), "frequency": rng.choice(frequencies),
        }  # fmt: skip
        id_ = preference_id(world.identity(human.ref), topic)
        sheet.link(PREFERS, human.ref, sheet.node(PREFERENCE, (id_,), values))


def questions(world: World, sheet: Sheet, human: Human) -> None:
    """Ask a person how satisfied it is; the first question was answered."""
    rng = world.rng("questions", human.number)
    for number, (measure, question, scale) in enumerate(_QUESTIONS[: rng.randint(2, 3)]):
        answered = number == 0
        at = _at(world, rng.randint(30, 90) if answered else rng.randint(1, 10))
        done = at + timedelta(days=2) if answered else None
        values: Values = {
            "measure": measure, "question": question, "at": at, "answeredAt": done,
            "expiresAt": at + timedelta(days=60),
        }  # fmt: skip
        key = f"FR-{human.number:06}-{measure}"
        asked = sheet.node(FEEDBACK_REQUEST, ("survey", key), values)
        sheet.link(ASKS, asked, human.ref)
        if number:
            sheet.link(EVALUATES, asked, rng.choice(world.items).ref)
        if done is not None:
            said: Values = {
                "at": done, "channel": "WEB", "direction": "INBOUND", "measure": measure,
                "score": rng.randint(*scale), "subject": "Answer about satisfaction",
            }  # fmt: skip
            survey = sheet.node(SURVEY, ("survey", f"SV-{human.number:06}-{measure}"), said)
            sheet.link(PARTICIPATED_IN, human.ref, survey, {"role": "FROM"})
            sheet.link(ANSWERS, survey, asked)


def claim(world: World, sheet: Sheet, human: Human, user: Ref) -> None:
    """A private address that the person has never proved to have."""
    at = _at(world, 3)
    address = f"{user.key[1]}@private.example.org"
    values: Values = {
        "kind": "EMAIL", "value": address, "display": address, "label": "private", "at": at,
        "intent": "FURTHER", "expiresAt": at + timedelta(minutes=15), "attempts": 1,
    }  # fmt: skip
    claimed = sheet.node(VERIFICATION, (_id(world, VERIFICATION, human),), values)
    sheet.link(CLAIMS, human.ref, claimed)


def invitation(
    world: World, sheet: Sheet, human: Human, user: Ref, host: str, scope: str
) -> None:  # fmt: skip
    """How the second account of a company came about."""
    firm = world.firms[human.firm or 0]
    at = _at(world, 400)
    values: Values = {
        "name": human.name, "email": human.email or f"{user.key[1]}@post.example.com",
        "scope": scope, "state": "ACCEPTED", "at": at, "expiresAt": at + timedelta(days=14),
    }  # fmt: skip
    invited = sheet.node(INVITATION, (_id(world, INVITATION, human),), values)
    sheet.link(INVITED_BY, invited, Ref(USER, (ISSUER, host)))
    sheet.link(INVITES_TO, invited, firm.ref)
    sheet.link(BECAME_USER, invited, user)


def _id(world: World, node: Node, human: Human) -> str:
    return world.identity(Ref(node, human.ref.key))


def _at(world: World, days: int) -> datetime:
    """Ten in the morning, so many days ago."""
    return datetime.combine(world.calendar.day(-days), time(10), UTC)
