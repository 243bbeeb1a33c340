"""Pairs of records that may speak of one party."""

from typing import NamedTuple


class Pair(NamedTuple):
    """Two records that may be one.

    Attributes:
        left: Number of one.
        right: Number of the other.
        weight: The match weight in bits.
        probability: That they speak of one party, from 0 to 1.
    """

    left: int
    right: int
    weight: float
    probability: float
