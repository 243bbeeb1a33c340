"""What belongs to a person, as data over the model: where the closure walks, and what is kept.

A node that a rule leads to belongs to the person as a whole unless somebody else stands at the end
of one of the rule's `others`; then it is shared, and only the person's part goes. What no rule
leads to is somebody else's: the relationship to it belongs to the person, the node does not.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from graph.model import MODEL
from graph.model.cases import CASE
from graph.model.identity import (
    HAS_IDENTIFIER,
    IDENTIFIER,
    MERGED_INTO,
    RESOLVES_TO,
    SOURCE_RECORD,
)
from graph.model.interactions import INTERACTION, PARTICIPATED_IN
from graph.model.kinds import Node, Walk
from graph.model.links import FOR, REGARDING
from graph.model.machinery import DATA_ACCESS, HELD_BY, LEGAL_HOLD, SAW
from graph.model.marketing import CONSENT, GAVE, HAS_SCORE, SCORE
from graph.model.opportunities import OPPORTUNITY, QUOTED_AS
from graph.model.orders import CONTRACT, CREDIT_NOTE, DOCUMENT, INVOICE, ORDER, QUOTE
from graph.model.organisation import IS_PERSON, USER
from graph.model.parties import HOUSEHOLD, LIVES_IN, PARTY, PERSON
from graph.model.programs import BY, PRIVACY_REQUEST, REQUEST
from graph.model.selfservice import (
    ASKS,
    CLAIMS,
    FEEDBACK_REQUEST,
    PREFERENCE,
    PREFERS,
    VERIFICATION,
)


class Reason(StrEnum):
    """Why something that belongs to a person is kept when the person is erased."""

    LEGAL_HOLD = "LEGAL_HOLD"  # article 17(3)(e): a claim is open
    RETENTION_BY_LAW = "RETENTION_BY_LAW"  # article 17(3)(b): commercial and tax law
    ACCOUNTABILITY = "ACCOUNTABILITY"  # article 5(2): that and when the request was fulfilled
    SHARED = "SHARED"  # it is also somebody else's; what names the person is taken out of it
    ACCOUNT = "ACCOUNT"  # the account of somebody who works here or for a partner
    AUDIT = "AUDIT"  # that something changed, when and by whom; never a value


@dataclass(frozen=True, slots=True)
class Belonging:
    """One step from what belongs to a person to what belongs to the person because of it.

    Attributes:
        owner: Kind of node from which it leads.
        walk: The relationship.
        node: Kind of node to which it leads.
        others: From there: relationships at whose ends nobody else may stand.
        parties: Whether only parties count as somebody else.
    """

    owner: Node
    walk: Walk
    node: Node
    others: tuple[Walk, ...]
    parties: bool = True


BELONGINGS = (
    Belonging(PARTY, RESOLVES_TO.back, SOURCE_RECORD, (RESOLVES_TO.out,)),
    Belonging(PARTY, HAS_IDENTIFIER.out, IDENTIFIER, (HAS_IDENTIFIER.back,), parties=False),
    Belonging(SOURCE_RECORD, HAS_IDENTIFIER.out, IDENTIFIER, (HAS_IDENTIFIER.back,), parties=False),
    Belonging(PERSON, LIVES_IN.out, HOUSEHOLD, (LIVES_IN.back,)),
    Belonging(PERSON, GAVE.out, CONSENT, (GAVE.back,)),
    Belonging(PARTY, HAS_SCORE.out, SCORE, (HAS_SCORE.back,), parties=False),
    Belonging(OPPORTUNITY, HAS_SCORE.out, SCORE, (HAS_SCORE.back,), parties=False),
    Belonging(PARTY, PARTICIPATED_IN.out, INTERACTION, (PARTICIPATED_IN.back,)),
    Belonging(PARTY, FOR.back, OPPORTUNITY, (FOR.out,)),
    Belonging(PARTY, FOR.back, DOCUMENT, (FOR.out,)),
    Belonging(PARTY, FOR.back, CASE, (FOR.out,)),
    Belonging(OPPORTUNITY, QUOTED_AS.out, QUOTE, (FOR.out,)),
    *(
        # Notes and tasks without a party belong to what they are about.
        Belonging(owner, REGARDING.back, INTERACTION, (PARTICIPATED_IN.back, REGARDING.out), False)
        for owner in (OPPORTUNITY, DOCUMENT, CASE)
    ),
    Belonging(PERSON, IS_PERSON.back, USER, (IS_PERSON.out,)),
    Belonging(PARTY, BY.back, REQUEST, (BY.out,), parties=False),
    Belonging(PARTY, HELD_BY.out, LEGAL_HOLD, (HELD_BY.back,)),
    Belonging(PARTY, CLAIMS.out, VERIFICATION, (CLAIMS.back,)),
    Belonging(PERSON, PREFERS.out, PREFERENCE, (PREFERS.back,)),
    Belonging(PERSON, ASKS.back, FEEDBACK_REQUEST, (ASKS.out,)),
    Belonging(PERSON, SAW.back, DATA_ACCESS, (SAW.out,)),
    # Who was merged into the person is put away, and is the person all the same.
    Belonging(PERSON, MERGED_INTO.back, PERSON, (MERGED_INTO.out,), parties=False),
)
"""Every step of the closure; from a household with one member on as from the person."""

PASSED_OVER = frozenset(
    {"User"}  # somebody of ours who took part in or is in charge of it does not make it shared
)

LAW_YEARS = 10
"""For how long documents are kept (Germany: sections 147 AO and 257 HGB; most of the EU less)."""
PROOF_YEARS = 3
"""For how long it can be claimed that a request was not fulfilled."""

_CONCRETE = frozenset(node.name for node in MODEL.nodes if not node.abstract)
_BY_LAW = frozenset(node.name for node in (ORDER, INVOICE, CREDIT_NOTE, CONTRACT))
_ACCOUNTS = frozenset({"STAFF", "PARTNER", "SERVICE"})


@dataclass(frozen=True, slots=True)
class Kept:
    """Why a node is kept, and until when; None means until something else changes."""

    reason: Reason
    until: str | None = None


def kept(label: str, values: dict[str, object], now: datetime) -> Kept | None:
    """Why a node that belongs to an erased person as a whole is kept; None if it is not.

    Args:
        label: Its concrete label.
        values: Its properties.
        now: When it is decided.
    """
    by_law = label in _BY_LAW or (label == QUOTE.name and values.get("status") == "ACCEPTED")
    if by_law:
        return _while_young(Reason.RETENTION_BY_LAW, values, LAW_YEARS, now)
    if label == PRIVACY_REQUEST.name:
        return _while_young(Reason.ACCOUNTABILITY, values, PROOF_YEARS, now)
    if label == USER.name and values.get("kind") in _ACCOUNTS:
        return Kept(Reason.ACCOUNT)
    return None


def _while_young(
    reason: Reason, values: dict[str, object], years: int, now: datetime
) -> Kept | None:
    """Keep until the end of a number of years after the node's own time."""
    at = datetime.fromisoformat(str(values["at"])).astimezone(UTC)
    end = datetime(at.year + years + 1, 1, 1, tzinfo=UTC) - timedelta(milliseconds=1)
    return Kept(reason, end.isoformat(timespec="milliseconds")[:-6] + "Z") if end > now else None


def concrete(labels: list[str]) -> str:
    """The concrete label among those of a node; of one without a label of the model the first."""
    known = (label for label in labels if label in _CONCRETE)
    return next(known, labels[0] if labels else "")


def base(kind: str) -> str:
    """A relationship type without the suffix of former states."""
    return kind.removesuffix("_WAS")
