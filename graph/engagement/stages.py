"""Stages of the pipeline as data: which moves are allowed, what they need, how likely a win is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of an opportunity.

    Attributes:
        name: As the model names it.
        probability: Chance of winning, from 0 to 1, unless somebody knows better.
        after: Stages from which it may be reached.
        needs: Property that must say why it was reached; None when nothing must.
        closed: Whether the sale is decided.
    """

    name: str
    probability: float
    after: tuple[str, ...]
    needs: str | None = None
    closed: bool = False


OPEN = ("LEAD", "QUALIFIED", "DISCOVERY", "PROPOSAL", "NEGOTIATION")
"""Stages in which the sale is undecided, in their order."""

_LIKELY = {
    "LEAD": 0.05,
    "QUALIFIED": 0.2,
    "DISCOVERY": 0.35,
    "PROPOSAL": 0.5,
    "NEGOTIATION": 0.75,
}

STAGES: dict[str, Stage] = {
    # An open one may move to any other open stage, and what was lost may come back.
    **{
        name: Stage(name, _LIKELY[name], (*(each for each in OPEN if each != name), "LOST"))
        for name in OPEN
    },
    # Nobody buys what was never qualified.
    "WON": Stage("WON", 1.0, OPEN[1:], "winReason", closed=True),
    "LOST": Stage("LOST", 0.0, OPEN, "lossReason", closed=True),
}
"""All stages by name; what was won stays won."""


def leading_to(stage: str) -> list[str]:
    """Stages from which an opportunity may move to this one."""
    return list(STAGES[stage].after)
