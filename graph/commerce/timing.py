"""What the clock does to papers: quotes lapse, invoices fall overdue, contracts renew or end.

Each step is a business action of nobody in particular, `c360|clock`, with its event and the former
state kept. Its guard asks again, after the locks, whether it is due: whoever comes second finds
nothing to do, and what a kill leaves undone is done the next time.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from graph.database import Graph
from graph.model.orders import CONTRACT, INVOICE, QUOTE
from graph.partnering.waiting import ACTOR
from graph.statements import Kind, Statement
from graph.write.actions import Action, Caller, Guard, Named, Ref, Update, ready, sketch
from graph.write.actions.performing import Ready, perform
from graph.write.actions.spec import Values
from graph.write.formats import moment

COUNT = 100
"""Steps of one statement."""
RENEWAL_MONTHS = 12
"""For how long a contract renews when it does not say."""

_RACED = "Somebody else changed it."

_LAPSING = Statement(
    "timing.lapsing",
    Kind.READ,
    """MATCH (n:Quote) USING INDEX n:Quote(status)
WHERE n.status = 'SENT' AND n.validUntil < $today AND n.id > $after
RETURN n.id ORDER BY n.id LIMIT $count""",
)
_LATE = Statement(
    "timing.late",
    Kind.READ,
    """MATCH (n:Invoice) USING INDEX n:Invoice(status)
WHERE n.status = 'OPEN' AND n.dueOn < $today AND n.id > $after
  AND coalesce(n.balance, n.total, 1) > 0
RETURN n.id ORDER BY n.id LIMIT $count""",
)
_ENDING = Statement(
    "timing.ending",
    Kind.READ,
    """MATCH (n:Contract) USING INDEX n:Contract(status)
WHERE n.status = 'ACTIVE' AND n.endsOn < $today AND n.id > $after
  AND NOT coalesce(n.autoRenew, false)
RETURN n.id ORDER BY n.id LIMIT $count""",
)
_RENEWING = Statement(
    "timing.renewing",
    Kind.READ,
    """MATCH (n:Contract) USING INDEX n:Contract(status)
WHERE n.status = 'ACTIVE' AND n.autoRenew AND n.id > $after
  AND (n.renewsOn <= $today OR n.renewsOn IS NULL AND n.endsOn < $today)
RETURN n.id, n.version, n.renewsOn, n.endsOn, n.renewalMonths ORDER BY n.id LIMIT $count""",
)

QUOTE_EXPIRE = Action(
    "quoteExpire",
    "Ends a quote whose last day passed without an answer.",
    refs=(Ref("quote", (QUOTE,), "The quote."),),
    updates=(Update("quote"),),
    guards=(
        Guard(
            "CONFLICT",
            _RACED,
            "NOT coalesce(quote.status = 'SENT' AND quote.validUntil < r.values.today, false)",
        ),
    ),
)
INVOICE_FALL_OVERDUE = Action(
    "invoiceFallOverdue",
    "Notes that an invoice was not paid in full when it was due.",
    refs=(Ref("invoice", (INVOICE,), "The invoice."),),
    updates=(Update("invoice"),),
    guards=(
        Guard(
            "CONFLICT",
            _RACED,
            "NOT coalesce(invoice.status = 'OPEN' AND invoice.dueOn < r.values.today "
            "AND coalesce(invoice.balance, invoice.total, 1) > 0, false)",
        ),
    ),
)
CONTRACT_EXPIRE = Action(
    "contractExpire",
    "Ends a contract that does not renew, after its last day.",
    refs=(Ref("contract", (CONTRACT,), "The contract."),),
    updates=(Update("contract"),),
    guards=(
        Guard(
            "CONFLICT",
            _RACED,
            "NOT coalesce(contract.status = 'ACTIVE' AND contract.endsOn < r.values.today "
            "AND NOT coalesce(contract.autoRenew, false), false)",
        ),
    ),
)
CONTRACT_RENEW = Action(
    "contractRenew",
    "Renews a contract that renews by itself, on the day it says.",
    refs=(Ref("contract", (CONTRACT,), "The contract."),),
    updates=(Update("contract"),),
    # A read without locks may see the day of before and the version of after a renewal.
    guards=(
        Guard(
            "CONFLICT",
            _RACED,
            "contract.version <> r.values.version "
            "OR coalesce(contract.renewsOn, '') <> r.values.renewsOn",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Passed:
    """What time has done: quotes and contracts that ended, invoices overdue, contracts renewed."""

    quotes: int
    invoices: int
    contracts: int
    renewed: int


_Step = Callable[[list[Any], str], tuple[Values, Values]]
"""What is changed of a node, and what its guard asks for; from its row and the day."""


@dataclass(frozen=True, slots=True)
class _Timer:
    """One kind of step: what is due, what is done, and how."""

    due: Statement
    action: Action
    step: _Step


def _ends(status: str) -> _Step:
    return lambda _, today: ({"status": status}, {"today": today})


def _renew(row: list[Any], today: str) -> tuple[Values, Values]:
    _, version, said, ends, months = row
    last = date.fromisoformat(ends) if ends else None
    renews = date.fromisoformat(said) if said else (last or date.min) + timedelta(1)
    following = renewed(renews, months or RENEWAL_MONTHS, date.fromisoformat(today))
    changed: Values = {"renewsOn": following.isoformat()}
    if last is not None:
        changed["endsOn"] = (following - (renews - last)).isoformat()
    return changed, {"version": version, "renewsOn": said or ""}


def renewed(renews: date, months: int, today: date) -> date:
    """The next day after today on which a contract renews that renewed on a day.

    So many months later, as often as it takes; a day that a month does not have is its last.
    """
    for times in range(1, 12 * 10_000):
        month = renews.month - 1 + months * times
        year, month = renews.year + month // 12, month % 12 + 1
        found = date(year, month, min(renews.day, monthrange(year, month)[1]))
        if found > today:
            return found
    return renews


_QUOTES = _Timer(_LAPSING, QUOTE_EXPIRE, _ends("EXPIRED"))
_INVOICES = _Timer(_LATE, INVOICE_FALL_OVERDUE, _ends("OVERDUE"))
_CONTRACTS = _Timer(_ENDING, CONTRACT_EXPIRE, _ends("EXPIRED"))
_RENEWALS = _Timer(_RENEWING, CONTRACT_RENEW, _renew)


async def pass_time(graph: Graph, now: datetime | None = None) -> Passed:
    """Take every step that is due; safe to repeat, to interrupt, and to do twice at a time.

    Days are those of UTC.

    Args:
        graph: The graph.
        now: When it is.

    Raises:
        GraphError: the database cannot be reached; what is done stays done.
    """
    at = moment(now or datetime.now(UTC))
    quotes = await _take(graph, _QUOTES, at)
    invoices = await _take(graph, _INVOICES, at)
    ended = await _take(graph, _CONTRACTS, at)
    return Passed(quotes, invoices, ended, await _take(graph, _RENEWALS, at))


async def _take(graph: Graph, timer: _Timer, at: str) -> int:
    """Take the steps of one kind, a hundred in a statement; how many were taken."""
    taken, after, today = 0, "", at[:10]
    while rows := await graph.run(timer.due, {"today": today, "after": after, "count": COUNT}):
        after = rows[-1][0]
        made = [_ready(timer, row, at) for row in rows]
        outcomes = await perform(graph, [each for each in made if each is not None])
        taken += sum(not each.refusals for each in outcomes)
    return taken


def _ready(timer: _Timer, row: list[Any], at: str) -> Ready | None:
    action = timer.action
    name, label = action.refs[0].name, action.refs[0].nodes[0].name
    draft = sketch(action, Caller(ACTOR, at), {name: Named(row[0], label)}, {})
    draft.props[name], draft.values = timer.step(row, at[:10])
    found = ready(action, draft)
    return found if isinstance(found, Ready) else None


ACTIONS = (QUOTE_EXPIRE, INVOICE_FALL_OVERDUE, CONTRACT_EXPIRE, CONTRACT_RENEW)
"""What the clock does; nobody can ask for it."""
