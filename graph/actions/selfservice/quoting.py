"""What customers ask to be different in a quote; they never change one themselves."""

from datetime import datetime, timedelta
from typing import Any

from graph.actions.papers import allowing
from graph.actions.selfservice.profile import IF_VERSION
from graph.audiences import CUSTOMERS
from graph.commerce.stages import QUOTE as STAGES
from graph.errors import NOT_THERE
from graph.model.declare import number, text
from graph.model.interactions import CHAT, PARTICIPATED_IN, TASK
from graph.model.links import ASSIGNED_TO, REGARDING
from graph.model.orders import CONTAINS, QUOTE
from graph.model.organisation import TEAM, USER
from graph.model.parties import PERSON
from graph.selfservice.standing import as_customer, principal
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
from graph.write.formats import moment

DAYS = 2
"""Within how many days somebody has to answer."""
PLATFORM = "PORTAL"

_QUOTE = Ref("quote", (QUOTE,), "The quote, which waits for an answer.")
_RETURNS = (
    Return("quote", "quote", "Quote"),
    Return("interaction", "message", "Interaction"),
)
OWN_QUOTE = as_customer(
    "own_quote",
    """MATCH (q:Quote {id: $quote})-[whose:FOR]->(party:Party)
WHERE party IN whole AND coalesce(q.status, '') <> 'DRAFT'
WITH me, self, q, collect([party.id, coalesce(whose.role, 'CUSTOMER')]) AS parties
RETURN q.number, self.id, any(each IN parties WHERE each[1] = 'CUSTOMER'),
  COLLECT { MATCH (q)-[x:CONTAINS]->() RETURN x.line },
  head(COLLECT {
    CALL (q) {
      MATCH (q)-[x:ASSIGNED_TO]->(who:User|Team) RETURN who, x, 1 AS near
      UNION
      MATCH (q)<-[:QUOTED_AS]-()-[x:ASSIGNED_TO]->(who:User|Team) RETURN who, x, 2 AS near
      UNION
      MATCH (q)-[:FOR]->()-[x:ASSIGNED_TO]->(who:User|Team) RETURN who, x, 3 AS near
    }
    RETURN [who.id, CASE WHEN who:User THEN 'User' ELSE 'Team' END]
    ORDER BY near, coalesce(x.role, '') <> 'OWNER', x.role, who.id LIMIT 1
  })""",
)
"""A quote that the customer sees: whether he may decide on it, and who of us is in charge."""

_PROPOSED = Action(
    "quoteProposeChange",
    "Asks for a change of a quote.",
    refs=(
        _QUOTE,
        Ref("person", (PERSON,), "Who asks.", required=False),
        Ref("account", (USER,), "Who asks, without a person.", required=False),
        Ref("assignee", (USER, TEAM), "Who answers.", required=False),
    ),
    creates=(Create("message", CHAT), Create("task", TASK)),
    updates=(Update("quote"),),
    links=(
        Link("person", PARTICIPATED_IN, "message", ("role",)),
        Link("account", PARTICIPATED_IN, "message", ("role",)),
        Link("message", REGARDING, "quote"),
        Link("task", REGARDING, "quote"),
        Link("task", ASSIGNED_TO, "assignee", ("role",)),
    ),
    guards=(
        allowing(STAGES, "quoteAccept", "quote"),
        Guard(
            "EXPIRED",
            "The quote was valid until {}; ask for a new one.",
            "quote.validUntil < r.values.today",
            ("quoteId",),
            detail="quote.validUntil",
        ),
    ),
    returns=_RETURNS,
)


async def _propose(work: Work, draft: Draft) -> None:
    quote = draft.one("quote")
    if quote is None:
        return
    rows = await work.read(OWN_QUOTE, **principal(work), quote=quote.id)
    if not rows:
        draft.refuse("NOT_FOUND", NOT_THERE, "quoteId")
        return
    printed, person, decides, lines, assignee = rows[0]
    if not decides:
        message = "This account may not decide for the customer of the quote."
        draft.refuse("NOT_ALLOWED", message, "quoteId")
    said = _said(draft, lines)
    if draft.refusals:
        return
    refs: dict[str, Any] = {
        "quote": quote,
        "person": Named(person, "Person") if person else None,
        "assignee": Named(*assignee) if assignee else None,
    }
    version = draft.given.get("ifVersion")
    inside = work.trusted()
    inner = inside.sketch(_PROPOSED, refs, {} if version is None else {"ifVersion": version})
    inner.values["today"] = draft.now[:10]
    _write(inner, printed, said)
    draft.take(await inside.perform(_PROPOSED, inner))


def _said(draft: Draft, lines: list[int]) -> str:
    """What is asked for in words; refuses an empty message and lines that are not there."""
    message = str(draft.given.get("message") or "").strip()
    if not message:
        draft.refuse("REQUIRED", "Say in message what should be different.", "message")
    words = [message]
    seen: set[int] = set()
    for i, each in enumerate(draft.given.get("lines") or []):
        line, quantity = each["line"], each["quantity"]
        if line not in lines:
            draft.refuse("NOT_FOUND", "The quote has no such line.", "lines", str(i), "line")
        elif line in seen:
            draft.refuse("DUPLICATE", "It is named twice; name it once.", "lines", str(i), "line")
        elif not 0 <= quantity <= 1_000_000:
            limits = "quantity must be from 0 to 1000000; 0 leaves the line out."
            draft.refuse("OUT_OF_RANGE", limits, "lines", str(i), "quantity")
        seen.add(line)
        words.append(f"Line {line}: quantity {quantity:g}.")
    return "\n".join(words)


def _write(inner: Draft, printed: str, said: str) -> None:
    due = datetime.fromisoformat(inner.now) + timedelta(days=DAYS)
    inner.props["message"] = {
        "at": inner.now, "channel": "WEB", "direction": "INBOUND", "platform": PLATFORM,
        "subject": f"Change of quote {printed}", "body": said,
    }  # fmt: skip
    inner.props["task"] = {
        "at": inner.now, "channel": "INTERNAL", "direction": "INTERNAL", "status": "OPEN",
        "priority": "NORMAL", "dueAt": moment(due),
        "subject": f"Answer the change of quote {printed} that was asked for",
    }  # fmt: skip
    inner.link("PARTICIPATED_IN")["role"] = "FROM"
    inner.link("ASSIGNED_TO")["role"] = "OWNER"


QUOTE_PROPOSE_CHANGE = Procedure(
    "quoteProposeChange",
    "Asks for a change of a quote that waits for an answer; who is in charge of it gets a task. "
    "The quote stays as it is until it is revised.",
    refs=(_QUOTE,),
    given=(
        Given(text("message", "What should be different, in words."), required=True),
        Given(
            number("lines", "Lines whose quantity should be another one."),
            many=True,
            fields=(
                Given(CONTAINS.properties["line"], required=True),
                Given(number("quantity", "How many units; 0 for none."), required=True),
            ),
        ),
        IF_VERSION,
    ),
    returns=_RETURNS,
    run=_propose,
    audiences=CUSTOMERS,
    staff=False,
)

ACTIONS = (QUOTE_PROPOSE_CHANGE,)
