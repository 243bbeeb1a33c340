"""A renewal at risk: the winery's contract ends soon, a complaint is open, and the mood is low."""

from datetime import timedelta

from graph.demo.accounts import Account
from graph.demo.documents import Line, document
from graph.demo.products import price
from graph.demo.sheet import Values
from graph.demo.stories.cast import Stage
from graph.demo.world import Ref
from graph.model.cases import CASE, CONCERNS
from graph.model.interactions import CALL, EMAIL, SURVEY
from graph.model.links import ASSIGNED_TO, FOR
from graph.model.marketing import HAS_SCORE, SCORE
from graph.model.opportunities import OPPORTUNITY, ROLE_IN
from graph.model.orders import BECAME, CONTRACT, INVOICE, ORDER


def renewal(stage: Stage) -> None:
    """Crama Dealu Vechi: its contract ends in 45 days, and it will not renew as things stand."""
    account = stage.account("RENEWAL", "story-crama-dealu-vechi", "ioana.stan", "marius.dinu")
    ana, radu = stage.people["story-ana-dumitrescu"], stage.people["story-radu-enache"]
    contract = _papers(stage, account)
    case = _complaint(stage, account, contract)
    values: Values = {
        "name": "Crama Dealu Vechi – renewal", "stage": "DISCOVERY", "kind": "RENEWAL",
        "openedAt": stage.moment(-60), "stageSince": stage.moment(-40),
        "expectedCloseOn": stage.world.calendar.day(30), "amount": 4_500_000, "currency": "RON",
        "probability": 0.3, "nextStep": "Solve the complaint first, then talk about the price.",
    }  # fmt: skip
    deal = stage.sheet.node(OPPORTUNITY, ("crm", "story-renewal-deal"), values)
    stage.sheet.link(FOR, deal, account.ref, {"role": "CUSTOMER"})
    stage.sheet.link(ASSIGNED_TO, deal, account.owner.ref, {"role": "OWNER"})
    stage.sheet.link(ROLE_IN, ana.ref, deal, {"role": "DECISION_MAKER", "influence": 5})
    stage.sheet.link(ROLE_IN, radu.ref, deal, {"role": "BLOCKER", "influence": 4})
    for kind, value, reasons in (
        ("CHURN", 0.81, ["open complaint", "NPS 3", "fewer log-ins"]),
        ("HEALTH", 22.0, ["open complaint", "contract ends soon"]),
        ("NPS", 3.0, ["survey"]),
    ):
        said: Values = {
            "kind": kind, "value": value, "at": stage.world.calendar.at(-1, 3),
            "model": f"{kind.lower()} 1.0", "reasons": reasons,
        }  # fmt: skip
        score = stage.sheet.node(SCORE, ("analytics", f"story-renewal-{kind.lower()}"), said)
        stage.sheet.link(HAS_SCORE, account.ref, score)
    _talk(stage, contract, case)


def _papers(stage: Stage, account: Account) -> Ref:
    """The order of last winter, its invoice, and the contract for a year that followed."""
    sheet, day = stage.sheet, stage.world.calendar.day
    plan, support = stage.item("Maintenance plan"), stage.item("Premium support")
    gate = stage.item("Predictive maintenance")
    rows = [
        Line(plan, 4, price(plan, "RON", "GOLD") * 12, 0, "Maintenance plan, 12 months"),
        Line(support, 1, price(support, "RON", "GOLD") * 12, 0, "Premium support, 12 months"),
        Line(gate, 40, price(gate, "RON", "GOLD") * 12, 5, "Predictive maintenance, 12 months"),
    ]
    begun = stage.moment(-319)
    said: Values = {"status": "DELIVERED", "channel": "SALES", "shippedAt": begun,
                    "deliveredAt": begun + timedelta(1)}  # fmt: skip
    order = document(sheet, ORDER, account, "SO", begun, rows, said)
    said = {"status": "PAID", "dueOn": day(-289), "paidAt": stage.moment(-270), "balance": 0}
    invoice = document(sheet, INVOICE, account, "IN", begun, rows, said)
    said = {
        "status": "ACTIVE", "startsOn": day(-319), "endsOn": day(45), "renewsOn": day(46),
        "autoRenew": False, "noticeDays": 30, "annualValue": sum(row.amount for row in rows),
    }  # fmt: skip
    contract = document(sheet, CONTRACT, account, "CT", begun, rows, said, account.contacts[0])
    sheet.link(BECAME, order, invoice)
    sheet.link(BECAME, order, contract)
    sheet.link(ASSIGNED_TO, contract, account.owner.ref, {"role": "OWNER"})
    return contract


def _complaint(stage: Stage, account: Account, contract: Ref) -> Ref:
    sheet = stage.sheet
    values: Values = {
        "number": "K-RENEWAL-1", "subject": "Senzorii din cramă nu mai trimit date",
        "description": "De trei săptămâni nu mai primim date din crama doi. E perioada recoltei.",
        "kind": "COMPLAINT", "status": "OPEN", "priority": "URGENT", "channel": "PHONE",
        "openedAt": stage.moment(-24, 7), "firstRespondedAt": stage.moment(-20, 12),
        "dueAt": stage.moment(-17, 7),
    }  # fmt: skip
    case = sheet.node(CASE, ("helpdesk", "story-renewal-complaint"), values)
    sheet.link(FOR, case, account.ref, {"role": "CUSTOMER"})
    sheet.link(FOR, case, stage.people["story-radu-enache"].ref, {"role": "CONTACT"})
    sheet.link(ASSIGNED_TO, case, account.agent.ref, {"role": "OWNER"})
    sheet.link(CONCERNS, case, contract)
    sheet.link(CONCERNS, case, stage.item("Predictive maintenance").ref)
    return case


def _talk(stage: Stage, contract: Ref, case: Ref) -> None:
    ana = stage.people["story-ana-dumitrescu"].ref
    radu = stage.people["story-radu-enache"].ref
    agent, owner = stage.colleague("marius.dinu").ref, stage.colleague("ioana.stan").ref
    thread: Values = {"thread": "story-renewal", "language": "ro"}
    call = stage.scene(CALL, "renewal-call", thread | {
        "at": stage.moment(-24, 7), "channel": "PHONE", "direction": "INBOUND",
        "subject": "Senzorii nu mai trimit date", "sentiment": -0.7, "outcome": "REACHED",
        "durationSeconds": 840, "body": "Foarte supărat: recolta este în toi.",
    }, [(radu, "FROM"), (agent, "TO")], [case])  # fmt: skip
    reply = stage.scene(EMAIL, "renewal-reply", thread | {
        "at": stage.moment(-20, 12), "channel": "EMAIL", "direction": "OUTBOUND",
        "subject": "Senzorii nu mai trimit date", "opened": True,
        "body": "Am trimis cazul la producător. Revenim săptămâna aceasta.",
        "messageId": "<story-renewal-reply@mail.example.org>",
    }, [(agent, "FROM"), (radu, "TO"), (ana, "CC")], [case], call)  # fmt: skip
    stage.scene(EMAIL, "renewal-warning", thread | {
        "at": stage.moment(-9, 8), "channel": "EMAIL", "direction": "INBOUND",
        "subject": "Prelungirea contractului", "sentiment": -0.8,
        "body": "Dacă nu se rezolvă până la mijlocul lunii, nu mai prelungim contractul.",
        "messageId": "<story-renewal-warning@mail.example.org>",
    }, [(ana, "FROM"), (owner, "TO")], [contract, case], reply)  # fmt: skip
    stage.scene(SURVEY, "renewal-survey", {
        "at": stage.moment(-12, 16), "channel": "EMAIL", "direction": "INBOUND", "language": "ro",
        "subject": "Ne-ați recomanda?", "measure": "NPS", "score": 3, "sentiment": -0.6,
        "body": "Produsul e bun, dar nu răspunde nimeni.",
    }, [(ana, "FROM")], [contract])  # fmt: skip
