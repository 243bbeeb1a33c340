"""A partner deal in conflict: two partners register the same deal with Thornbury Council."""

from graph.demo.products import price
from graph.demo.sheet import Values
from graph.demo.stories.cast import Stage
from graph.demo.world import Ref
from graph.model.interactions import CALL, EMAIL, MEETING
from graph.model.links import ASSIGNED_TO, FOR
from graph.model.opportunities import INTERESTED_IN, OPPORTUNITY, ROLE_IN
from graph.model.parties import SERVES
from graph.model.programs import ABOUT, BY, DEAL_REGISTRATION, ENROLLED_IN, PROGRAM


def conflict(stage: Stage) -> None:
    """Kestrel came first, Bluefell two days later with the better price; nobody has decided."""
    sheet, day = stage.sheet, stage.world.calendar.day
    council = stage.firms["story-thornbury-council"].ref
    kestrel, bluefell = stage.firms["story-kestrel"].ref, stage.firms["story-bluefell"].ref
    charger = next(item for item in stage.world.items if item.name.startswith("Wall charger"))
    amount = 150 * price(charger, "GBP", "STANDARD")
    values: Values = {
        "name": "Thornbury Council – 150 wall chargers", "stage": "PROPOSAL", "kind": "NEW",
        "openedAt": stage.moment(-16), "stageSince": stage.moment(-10),
        "expectedCloseOn": day(60), "amount": amount, "currency": "GBP", "probability": 0.5,
        "origin": "PARTNER", "nextStep": "Decide which registration holds.",
    }  # fmt: skip
    deal = sheet.node(OPPORTUNITY, ("crm", "story-conflict-deal"), values)
    sheet.link(FOR, deal, council, {"role": "CUSTOMER"})
    sheet.link(ASSIGNED_TO, deal, stage.colleague("grace.whitfield").ref, {"role": "OWNER"})
    sheet.link(INTERESTED_IN, deal, charger.ref, {"quantity": 150.0})
    said: Values = {"role": "DECISION_MAKER", "influence": 5}
    sheet.link(ROLE_IN, stage.people["story-priya-nair"].ref, deal, said)
    sheet.link(SERVES, kestrel, council, {"territory": "GB-SOUTH", "from": day(-500)})
    program = Ref(PROGRAM, ("crm", "program-comfort"))
    sheet.link(ENROLLED_IN, kestrel, program, {"level": "GOLD", "from": day(-800)})
    sheet.link(ENROLLED_IN, bluefell, program, {"level": "SILVER", "from": day(-300)})
    claims = [
        _claim(stage, "kestrel", kestrel, -12, "IN_REVIEW", amount, [deal, council, charger.ref]),
        _claim(stage, "bluefell", bluefell, -10, "SUBMITTED", amount * 94 // 100,
               [deal, council, charger.ref]),
    ]  # fmt: skip
    _talk(stage, deal, claims)


def _claim(
    stage: Stage, code: str, partner: Ref, days: int, state: str, amount: int, about: list[Ref]
) -> Ref:  # fmt: skip
    values: Values = {
        "number": f"DR-STORY-{code.upper()}", "state": state, "at": stage.moment(days),
        "dueAt": stage.moment(days + 14), "currency": "GBP", "amount": amount,
        "dealName": "150 wall chargers for Thornbury Council",
        "expectedCloseOn": stage.world.calendar.day(60),
    }  # fmt: skip
    key = ("portal", f"story-conflict-{code}")
    claim = stage.sheet.node(DEAL_REGISTRATION, key, values)
    stage.sheet.link(BY, claim, partner)
    for ref in about:
        stage.sheet.link(ABOUT, claim, ref)
    stage.sheet.link(ASSIGNED_TO, claim, stage.colleague("owen.price").ref, {"role": "APPROVER"})
    return claim


def _talk(stage: Stage, deal: Ref, claims: list[Ref]) -> None:
    priya, tom, megan = (
        stage.people[f"story-{code}"].ref for code in ("priya-nair", "tom-ashworth", "megan-rhys")
    )
    owen, grace = stage.colleague("owen.price").ref, stage.colleague("grace.whitfield").ref
    thread: Values = {"thread": "story-conflict", "language": "en"}
    first = stage.scene(MEETING, "conflict-site-visit", thread | {
        "at": stage.moment(-14, 13), "channel": "MEETING", "direction": "INTERNAL",
        "subject": "Site visit of the depots", "location": "On site", "sentiment": 0.6,
        "endsAt": stage.moment(-14, 15), "durationSeconds": 7_200,
        "body": "Kestrel walked the three depots with the council.",
    }, [(tom, "HOST"), (priya, "ATTENDEE"), (grace, "ATTENDEE")], [deal])  # fmt: skip
    second = stage.scene(EMAIL, "conflict-kestrel", thread | {
        "at": stage.moment(-9, 9), "channel": "EMAIL", "direction": "INBOUND",
        "subject": "Our registration", "sentiment": -0.5, "opened": True,
        "body": "We brought this deal. Bluefell has never been on site.",
        "messageId": "<story-conflict-kestrel@mail.example.org>",
    }, [(tom, "FROM"), (owen, "TO")], [deal, claims[0]], first)  # fmt: skip
    stage.scene(CALL, "conflict-bluefell", thread | {
        "at": stage.moment(-8, 14), "channel": "PHONE", "direction": "INBOUND",
        "subject": "Our registration", "outcome": "REACHED", "durationSeconds": 620,
        "sentiment": -0.2, "body": "Bluefell says procurement asked them for a price.",
    }, [(megan, "FROM"), (owen, "TO")], [deal, claims[1]], second)  # fmt: skip
