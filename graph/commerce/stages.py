"""Where a document may go from where it stands: state × action → state, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

from graph.commerce.refusing import Place, Refused

Moves = Mapping[LiteralString, Mapping[LiteralString, LiteralString]]
"""For each state the actions it allows, and the state each leads to."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The states of one kind of document.

    Attributes:
        thing: What it is called in a sentence, such as `quote`.
        first: The state of a new one.
        moves: What each state allows; a state that is not named allows nothing.
    """

    thing: LiteralString
    first: LiteralString
    moves: Moves

    def before(self, action: str) -> tuple[LiteralString, ...]:
        """The states that allow an action."""
        return tuple(state for state, moves in self.moves.items() if action in moves)

    def after(self, state: str | None, action: str, place: Place = ("id",)) -> str:
        """The state after an action; a document without a state stands where a new one does.

        Raises:
            Refused: NOT_ALLOWED, naming the state and what it does allow.
        """
        stands = state or self.first
        moves: dict[str, str] = {}
        for each, allowed in self.moves.items():
            if each == stands:
                moves = {str(name): str(state) for name, state in allowed.items()}
        found = moves.get(action)
        if found is None:
            rest = ", ".join(moves)
            raise Refused(
                "NOT_ALLOWED",
                f"The {self.thing} is {stands}, which does not allow {action}; "
                + (f"it allows {rest}." if rest else "nothing more can be done with it."),
                place,
            )
        return found


QUOTE = Stages(
    "quote",
    "DRAFT",
    {
        "DRAFT": {"quoteSend": "SENT", "quoteRevise": "REVISED"},
        "SENT": {
            "quoteAccept": "ACCEPTED", "quoteDecline": "DECLINED", "quoteRevise": "REVISED",
        },
        "ACCEPTED": {"quoteConvert": "ACCEPTED"},
        "DECLINED": {"quoteRevise": "REVISED"},
        "EXPIRED": {"quoteRevise": "REVISED"},
    },
)  # fmt: skip
ORDER = Stages(
    "order",
    "PLACED",
    {
        "PLACED": {
            "orderUpdate": "PLACED", "orderConfirm": "CONFIRMED", "orderShip": "PARTLY_SHIPPED",
            "orderCancel": "CANCELLED", "invoiceIssue": "PLACED",
        },
        "CONFIRMED": {
            "orderUpdate": "CONFIRMED", "orderShip": "PARTLY_SHIPPED", "orderCancel": "CANCELLED",
            "invoiceIssue": "CONFIRMED",
        },
        "PARTLY_SHIPPED": {
            "orderShip": "PARTLY_SHIPPED", "orderReturn": "PARTLY_SHIPPED",
            "invoiceIssue": "PARTLY_SHIPPED",
        },
        "SHIPPED": {
            "orderDeliver": "DELIVERED", "orderReturn": "SHIPPED", "invoiceIssue": "SHIPPED",
        },
        "DELIVERED": {"orderReturn": "DELIVERED", "invoiceIssue": "DELIVERED"},
    },
)  # fmt: skip
INVOICE = Stages(
    "invoice",
    "OPEN",
    {
        "OPEN": {"invoicePay": "OPEN", "invoiceCancel": "VOID", "creditNoteIssue": "OPEN"},
        "OVERDUE": {
            "invoicePay": "OVERDUE", "invoiceCancel": "VOID", "creditNoteIssue": "OVERDUE",
        },
        "PAID": {"creditNoteIssue": "PAID"},
    },
)  # fmt: skip
CONTRACT = Stages(
    "contract",
    "DRAFT",
    {
        "DRAFT": {"contractUpdate": "DRAFT", "contractSign": "ACTIVE"},
        "ACTIVE": {"contractUpdate": "ACTIVE", "contractTerminate": "TERMINATED"},
    },
)
