"""Feedback: what people are asked about satisfaction, and what they answer."""

from typing import Any

from graph.actions.checking import moment, within
from graph.actions.selfservice.profile import IF_VERSION
from graph.audiences import CUSTOMERS
from graph.errors import NOT_THERE
from graph.model.cases import CASE
from graph.model.declare import text
from graph.model.interactions import INTERACTION, PARTICIPATED_IN, SURVEY
from graph.model.links import REGARDING
from graph.model.orders import DOCUMENT
from graph.model.parties import PERSON
from graph.model.products import PRODUCT
from graph.model.selfservice import ANSWERS, ASKS, EVALUATES, FEEDBACK_REQUEST
from graph.selfservice.standing import NOBODY, as_customer, principal
from graph.write.actions import (
    Action,
    Create,
    Draft,
    Given,
    Guard,
    Link,
    Named,
    Procedure,
    Ref,
    Return,
    Update,
    Work,
)

SCALES = {"NPS": (0, 10), "CSAT": (1, 5), "CES": (1, 7)}
"""Lowest and highest answer of each measure."""
MOST_A_DAY = 10
"""How many answers without a question a person may give on one day."""

_REQUEST = Ref("feedbackRequest", (FEEDBACK_REQUEST,), "The question that is answered.",
               required=False)  # fmt: skip
_RETURNS = (
    Return("feedbackRequest", "feedbackRequest", "FeedbackRequest"),
    Return("interaction", "survey", "Interaction"),
)


def _ask(draft: Draft) -> None:
    values = draft.props["feedbackRequest"]
    values["at"] = draft.now
    ends = moment(values.get("expiresAt"))
    if ends is not None and ends <= draft.now:
        draft.refuse("OUT_OF_RANGE", "expiresAt must lie in the future.", "expiresAt")


FEEDBACK_ASK = Action(
    "feedbackAsk",
    "Asks a person about satisfaction; the question stands in the person's self-service.",
    refs=(
        Ref("person", (PERSON,), "Who is asked."),
        Ref("about", (CASE, DOCUMENT, PRODUCT, INTERACTION), "What about.", required=False),
    ),
    creates=(
        Create(
            "feedbackRequest", FEEDBACK_REQUEST, ("measure", "question", "expiresAt"),
            optional=("at",),
        ),
    ),
    links=(Link("feedbackRequest", ASKS, "person"), Link("feedbackRequest", EVALUATES, "about")),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "The person is asked this already; wait for the answer.",
            "EXISTS { MATCH (person)<-[:ASKS]-(f:FeedbackRequest) "
            "WHERE f.measure = r.creates.feedbackRequest.measure AND f.answeredAt IS NULL "
            "AND coalesce(f.expiresAt > r.now, true) AND (about IS NULL "
            "AND NOT EXISTS { (f)-[:EVALUATES]->() } OR EXISTS { (f)-[:EVALUATES]->(about) }) }",
        ),
    ),
    prepare=_ask,
    returns=(_RETURNS[0],),
)  # fmt: skip

OWN_QUESTION = as_customer(
    "own_question",
    """OPTIONAL MATCH (f:FeedbackRequest {id: $request})-[:ASKS]->(self)
RETURN self.id, f.measure, COLLECT { MATCH (f)-[:EVALUATES]->(x) WHERE NOT x:Interaction
  RETURN [x.id, labels(x)] }""",
)
"""The person who asks, the measure of a question to that person, and what it is about."""

_SUBMITTED = Action(
    "feedbackSubmit",
    "Answers a question about satisfaction.",
    refs=(
        Ref("person", (PERSON,), "Who answers."),
        _REQUEST,
        Ref("regarding", (CASE, DOCUMENT, PRODUCT), "What about.", required=False, many=True),
    ),
    creates=(Create("survey", SURVEY),),
    updates=(Update("feedbackRequest"),),
    links=(
        Link("person", PARTICIPATED_IN, "survey", ("role",)),
        Link("survey", ANSWERS, "feedbackRequest"),
        Link("survey", REGARDING, "regarding"),
    ),
    guards=(
        Guard(
            "NOT_ALLOWED",
            "It was answered already.",
            "feedbackRequest.answeredAt IS NOT NULL",
            ("feedbackRequestId",),
        ),
        Guard(
            "EXPIRED",
            "It could be answered until {}.",
            "feedbackRequest.expiresAt <= r.now",
            ("feedbackRequestId",),
            detail="feedbackRequest.expiresAt",
        ),
        Guard(
            "LIMIT_REACHED",
            f"There are {MOST_A_DAY} answers without a question today; try again tomorrow.",
            "feedbackRequest IS NULL AND COUNT { MATCH (person)-[:PARTICIPATED_IN {role: 'FROM'}]"
            "->(s:Survey) WHERE s.at >= left(r.now, 10) AND NOT EXISTS { (s)-[:ANSWERS]->() } } "
            ">= r.values.most",
        ),
    ),
    returns=_RETURNS,
)


def _label(labels: list[str]) -> str:
    known = ("Case", "Product", "Quote", "Order", "Invoice", "CreditNote", "Contract")
    return next(each for each in known if each in labels)


async def _submit(work: Work, draft: Draft) -> None:
    asked = draft.one("feedbackRequest")
    rows = await work.read(OWN_QUESTION, **principal(work), request=asked.id if asked else "")
    if not rows or rows[0][0] is None:
        draft.refuse("NOT_ALLOWED", NOBODY)
        return
    person, measure, about = rows[0]
    if asked is not None and measure is None:
        draft.refuse("NOT_FOUND", NOT_THERE, "feedbackRequestId")
        return
    score = _score(draft, measure)
    if draft.refusals:
        return
    inside, version = work.trusted(), draft.given.get("ifVersion")
    refs: dict[str, Any] = {
        "person": Named(person, "Person"), "feedbackRequest": asked,
        "regarding": [Named(id_, _label(labels)) for id_, labels in about],
    }  # fmt: skip
    inner = inside.sketch(_SUBMITTED, refs, {} if version is None else {"ifVersion": version})
    inner.values["most"] = MOST_A_DAY
    inner.props["survey"] = score | {
        "at": draft.now, "channel": "WEB", "direction": "INBOUND",
        "subject": "Answer about satisfaction", "body": draft.given.get("comment"),
    }  # fmt: skip
    inner.props["feedbackRequest"] = {"answeredAt": draft.now}
    inner.link("PARTICIPATED_IN")["role"] = "FROM"
    draft.take(await inside.perform(_SUBMITTED, inner))


def _score(draft: Draft, asked: str | None) -> dict[str, Any]:
    """Measure and score, on the scale of the measure."""
    given = draft.given.get("measure")
    measure = asked or given
    if measure is None:
        draft.refuse("REQUIRED", "Name the question that you answer, or a measure.", "measure")
        return {}
    if asked is not None and given not in (None, asked):
        draft.refuse("NOT_ALLOWED", f"The question asks for {asked}.", "measure")
    within(draft, draft.given, "score", *SCALES[measure])
    return {"measure": measure, "score": draft.given["score"]}


FEEDBACK_SUBMIT = Procedure(
    "feedbackSubmit",
    "Answers a question about satisfaction, or says unasked how satisfied the person is: NPS from "
    "0 to 10, CSAT from 1 to 5, CES from 1 to 7. A question says itself which measure it is.",
    refs=(_REQUEST,),
    given=(
        Given(SURVEY.properties["measure"], owner="Survey"),
        Given(SURVEY.properties["score"], required=True),
        Given(text("comment", "Why, in words.")),
        IF_VERSION,
    ),
    returns=_RETURNS,
    run=_submit,
    audiences=CUSTOMERS,
    staff=False,
)  # fmt: skip

ACTIONS = (FEEDBACK_ASK, FEEDBACK_SUBMIT)
