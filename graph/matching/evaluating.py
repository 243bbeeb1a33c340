"""How alike two records are, by a saved linkage model: what splink says, without splink.

Fellegi and Sunter (1969): a model says of each level of a comparison how often it is seen among
records of one party (m) and of two (u). The match weight of a pair, in bits, is the logarithm of
the odds before anything is compared, plus log2(m/u) of every level that it reaches.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import orjson

from graph.errors import InvalidInput
from graph.matching.conditions import FUNCTIONS, python_of
from graph.matching.features import FEATURES, Features, Row

MODELS = Path(__file__).with_name("models")
JUDGED = frozenset(each.stem.title() for each in MODELS.glob("*.json"))
"""Kinds of party of which a model comes with the server."""
Reach = Callable[[Row, Row], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a comparison.

    Attributes:
        label: Its name, such as `exact`.
        weight: log2(m/u), bits; 0 where a value is missing.
    """

    label: str
    weight: float


@dataclass(frozen=True, slots=True)
class Score:
    """How alike two records are.

    Attributes:
        weight: The match weight in bits.
        probability: That they speak of one party, from 0 to 1.
        evidence: The level that each comparison reached, by its name.
    """

    weight: float
    probability: float
    evidence: Mapping[str, Level]


@dataclass(frozen=True, slots=True)
class Evaluator:
    """A saved model, made ready to compare.

    Attributes:
        model: Name and version of the model.
        features: Columns of the rows that it compares.
        prior: Match weight of two records of which nothing is known.
        comparisons: Levels by name of the comparison, in the order in which they are tried.
        reach: The place of the level that two rows reach, for each comparison.
    """

    model: str
    features: Features
    prior: float
    comparisons: Mapping[str, Sequence[Level]]
    reach: Reach
    _weights: Sequence[Sequence[float]]

    def weight(self, left: Row, right: Row) -> float:
        """The match weight of two rows, bits."""
        found = self.prior
        for weights, place in zip(self._weights, self.reach(left, right), strict=True):
            found += weights[place]
        return found

    def score(self, left: Row, right: Row) -> Score:
        """How alike two rows are, and by what."""
        weight = self.weight(left, right)
        places = zip(self.comparisons.items(), self.reach(left, right), strict=True)
        evidence = {name: levels[place] for (name, levels), place in places}
        return Score(weight, probability(weight), evidence)


def probability(weight: float) -> float:
    """The probability of a match weight."""
    # Beyond that the probability is 1 to the last bit, and the power would overflow.
    return 1.0 if weight > 1_000 else (odds := 2.0**weight) / (1.0 + odds)


def untrained(model: Mapping[str, Any]) -> list[str]:
    """Levels of a model that lack m or u, as `comparison: level`: it must not be used."""
    return [
        f"{comparison['output_column_name']}: {level['label_for_charts']}"
        for comparison in model["comparisons"]
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level") and not _known(level)
    ]


def _known(level: Mapping[str, Any]) -> bool:
    return all(
        isinstance(value, float) and 0.0 < value <= 1.0
        for value in (level.get("m_probability"), level.get("u_probability"))
    )


def evaluator(model: Mapping[str, Any], label: str, name: str) -> Evaluator:
    """Make a model ready that splink saved.

    Args:
        model: Its JSON.
        label: Kind of party that it compares.
        name: Name and version.

    Raises:
        InvalidInput: a level lacks m or u, or the model says something that is not understood.
    """
    if missing := untrained(model):
        raise InvalidInput(f"A model lacks m or u, train it again: {', '.join(missing)[:300]}.")
    features = FEATURES[label]
    comparisons: dict[str, list[Level]] = {}
    branches: list[list[str]] = []
    for comparison in model["comparisons"]:
        levels: list[Level] = []
        conditions: list[str] = []
        for level in comparison["comparison_levels"]:
            condition = str(level["sql_condition"])
            conditions.append("" if condition == "ELSE" else python_of(condition, features.columns))
            levels.append(_level(level))
        if conditions[-1] or not all(conditions[:-1]):
            raise InvalidInput("The last level of a comparison, and no other, must be ELSE.")
        comparisons[comparison["output_column_name"]] = levels
        branches.append(conditions)
    prior = float(model["probability_two_random_records_match"])
    return Evaluator(
        name,
        features,
        math.log2(prior / (1.0 - prior)),
        comparisons,
        _reach(branches),
        [[level.weight for level in levels] for levels in comparisons.values()],
    )


def _level(level: Mapping[str, Any]) -> Level:
    if level.get("is_null_level"):
        return Level("missing", 0.0)
    ratio = level["m_probability"] / level["u_probability"]
    return Level(str(level["label_for_charts"]), math.log2(ratio))


def _reach(branches: Sequence[Sequence[str]]) -> Reach:
    """One function for all comparisons: a call for each level would cost more than the levels."""
    lines = ["def reach(l, r):"]
    for number, conditions in enumerate(branches):
        for place, condition in enumerate(conditions):
            word = "if" if not place else "elif"
            lines.append(f"    {f'{word} {condition}' if condition else 'else'}:")
            lines.append(f"        g{number} = {place}")
    lines.append(f"    return ({''.join(f'g{number}, ' for number in range(len(branches)))})")
    names: dict[str, Any] = dict(FUNCTIONS)
    # Generated by `python_of`: places of columns, names of FUNCTIONS and numbers, nothing else.
    exec(compile("\n".join(lines), "<comparisons>", "exec"), names)  # noqa: S102
    return cast("Reach", names["reach"])


@lru_cache
def published(label: str) -> Evaluator:
    """The model that comes with the server for a kind of party.

    Raises:
        FileNotFoundError: there is none for this kind.
    """
    name = label.lower()
    model = orjson.loads((MODELS / f"{name}.json").read_bytes())
    return evaluator(model, label, f"{name} {model['version']}")
