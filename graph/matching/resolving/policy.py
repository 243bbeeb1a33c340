"""What resolution may do by itself, and how sure it has to be."""

from dataclasses import dataclass
from typing import Literal

from graph.errors import InvalidInput

Mode = Literal["review", "auto"]


@dataclass(frozen=True, slots=True)
class Policy:
    """How new records are resolved.

    Attributes:
        mode: `auto` joins what a rule or a score is sure of; `review` only proposes it.
        accept: Least probability from 0 to 1 at which a score alone joins.
        review: Least probability at which a pair is proposed; at most `accept`.
    """

    mode: Mode = "auto"
    accept: float = 0.9
    review: float = 0.5

    def __post_init__(self) -> None:
        if not 0.0 <= self.review <= self.accept <= 1.0:
            raise InvalidInput("Matching thresholds need 0 <= review <= accept <= 1.")
