"""The champion who left: Claire Fontaine went to a competitor, and her deal stands still."""

from graph.demo.documents import Line, document
from graph.demo.products import price
from graph.demo.stories.cast import Stage
from graph.demo.world import Ref
from graph.model.interactions import CALL, EMAIL, MEETING, NOTE, TASK
from graph.model.links import ASSIGNED_TO, FOR
from graph.model.marketing import HAS_SCORE, SCORE
from graph.model.opportunities import INTERESTED_IN, OPPORTUNITY, QUOTED_AS, ROLE_IN
from graph.model.orders import QUOTE
from graph.model.parties import WORKS_AT


def champion(stage: Stage) -> None:
    """Ateliers Vauban: an opportunity in NEGOTIATION whose champion moved to Norda Systems."""
    sheet, world = stage.sheet, stage.world
    claire, luc = stage.people["story-claire-fontaine"], stage.people["story-luc-marchal"]
    account = stage.account("CHAMPION", "story-ateliers-vauban", "helene.roche", "marius.dinu")
    job = {
        "title": "Directrice commerciale", "department": "Sales", "primary": True,
        "from": world.calendar.day(-61),
    }  # fmt: skip
    sheet.link(WORKS_AT, claire.ref, stage.firms["story-norda-systems"].ref, job)
    platform, reports = stage.item("Platform Enterprise"), stage.item("Energy reports")
    rows = [
        Line(platform, 240, price(platform, "EUR", "GOLD"), 10),
        Line(reports, 240, price(reports, "EUR", "GOLD"), 0),
    ]
    values = {
        "name": "Ateliers Vauban – platform for three plants", "stage": "NEGOTIATION",
        "kind": "EXPANSION", "openedAt": stage.moment(-210), "stageSince": stage.moment(-140),
        "expectedCloseOn": world.calendar.day(-31), "amount": sum(row.amount for row in rows),
        "currency": "EUR", "probability": 0.7, "leadScore": 88, "origin": "REFERRAL",
        "competitor": "Norda Systems",
        "nextStep": "Find a new sponsor: Claire Fontaine has left for Norda Systems.",
    }  # fmt: skip
    deal = sheet.node(OPPORTUNITY, ("crm", "story-champion-deal"), values)
    sheet.link(FOR, deal, account.ref, {"role": "CUSTOMER"})
    sheet.link(ASSIGNED_TO, deal, account.owner.ref, {"role": "OWNER"})
    sheet.link(ROLE_IN, claire.ref, deal, {"role": "CHAMPION", "influence": 5})
    sheet.link(ROLE_IN, luc.ref, deal, {"role": "ECONOMIC_BUYER", "influence": 3})
    for row in rows:
        sheet.link(INTERESTED_IN, deal, row.item.ref, {"quantity": float(row.quantity)})
    said = {
        "status": "SENT", "revision": 1, "validUntil": world.calendar.day(-20),
        "sentAt": stage.moment(-138),
    }  # fmt: skip
    quote = document(sheet, QUOTE, account, "QU", stage.moment(-138), rows, said, claire)
    sheet.link(QUOTED_AS, deal, quote)
    _health(stage, account.ref)
    _talk(stage, deal, quote)


def _health(stage: Stage, customer: Ref) -> None:
    score = {
        "kind": "HEALTH", "value": 34.0, "at": stage.world.calendar.at(-1, 3),
        "model": "health 1.0", "reasons": ["champion left", "no answer for 60 days"],
    }  # fmt: skip
    stage.sheet.link(
        HAS_SCORE, customer, stage.sheet.node(SCORE, ("analytics", "story-champion-health"), score)
    )


def _talk(stage: Stage, deal: Ref, quote: Ref) -> None:
    """What was said: a meeting full of hope, a farewell, and then silence."""
    claire = stage.people["story-claire-fontaine"].ref
    luc = stage.people["story-luc-marchal"].ref
    ours = stage.colleague("helene.roche").ref
    thread = {"thread": "story-champion", "language": "fr"}
    pilot = stage.scene(MEETING, "champion-pilot", thread | {
        "at": stage.moment(-150, 8), "channel": "MEETING", "direction": "INTERNAL",
        "subject": "Bilan du pilote", "sentiment": 0.9, "durationSeconds": 5_400,
        "body": "Claire veut équiper les trois usines avant l'hiver.",
        "endsAt": stage.moment(-150, 9, 30), "location": "On site",
    }, [(ours, "HOST"), (claire, "ATTENDEE"), (luc, "ATTENDEE")], [deal])  # fmt: skip
    farewell = stage.scene(EMAIL, "champion-farewell", thread | {
        "at": stage.moment(-95, 15), "channel": "EMAIL", "direction": "INBOUND",
        "subject": "Mon départ", "sentiment": 0.1, "opened": True,
        "body": "Je quitte Ateliers Vauban vendredi. Luc Marchal reprend le dossier.",
        "messageId": "<story-champion-farewell@mail.example.org>",
    }, [(claire, "FROM"), (ours, "TO"), (luc, "CC")], [deal], pilot)  # fmt: skip
    follow = stage.scene(EMAIL, "champion-follow-up", thread | {
        "at": stage.moment(-80, 9), "channel": "EMAIL", "direction": "OUTBOUND",
        "subject": "Suite du projet", "opened": False,
        "body": "Bonjour Luc, quand pouvons-nous parler de l'offre ?",
        "messageId": "<story-champion-follow-up@mail.example.org>",
    }, [(ours, "FROM"), (luc, "TO")], [deal, quote], farewell)  # fmt: skip
    call = stage.scene(CALL, "champion-call", thread | {
        "at": stage.moment(-66, 9, 20), "channel": "PHONE", "direction": "OUTBOUND",
        "subject": "Suite du projet", "outcome": "NO_ANSWER", "durationSeconds": 0,
    }, [(ours, "FROM"), (luc, "TO")], [deal], follow)  # fmt: skip
    stage.scene(NOTE, "champion-note", thread | {
        "at": stage.moment(-45, 14), "channel": "INTERNAL", "direction": "INTERNAL",
        "subject": "Claire Fontaine est chez Norda Systems", "pinned": True,
        "body": "Vu sur son profil. Norda a présenté une offre concurrente à Luc.",
    }, [(ours, "FROM"), (claire, "SUBJECT")], [deal], call)  # fmt: skip
    task = stage.scene(TASK, "champion-task", thread | {
        "at": stage.moment(-44, 9), "channel": "INTERNAL", "direction": "INTERNAL",
        "subject": "Trouver un nouveau soutien", "status": "OPEN", "priority": "HIGH",
        "dueAt": stage.moment(-14),
    }, [(ours, "FROM"), (luc, "SUBJECT")], [deal])  # fmt: skip
    stage.sheet.link(ASSIGNED_TO, task, ours, {"role": "OWNER"})
