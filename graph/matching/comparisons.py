"""What a linkage model compares and by what candidates are found, as data, by kind of party.

The conditions are the SQL that the batch runs in DuckDB; `graph.matching.conditions` reads the same
text online. Thresholds are those that the field has used for long: Jaro-Winkler of 0.88 and more
for names (Winkler 1990), one or two edits in dates and numbers (Damerau 1964).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.model.parties import COMPANY, PERSON

Comparison = dict[str, Any]
"""A comparison as splink's settings have it."""


def _level(condition: str, label: str) -> Comparison:
    return {"sql_condition": condition, "label_for_charts": label}


def _null(column: str) -> Comparison:
    condition = f'"{column}_l" IS NULL OR "{column}_r" IS NULL'
    return {**_level(condition, "missing"), "is_null_level": True}


def _equal(column: str) -> Comparison:
    return _level(f'"{column}_l" = "{column}_r"', "equal")


def _crossed(column: str, other: str) -> Comparison:
    return _level(f'"{column}_l" = "{other}_r"', f"equal to {other}")


def _alike(column: str, least: float) -> Comparison:
    condition = f'jaro_winkler_similarity("{column}_l", "{column}_r") >= {least}'
    return _level(condition, f"alike by {least}")


def _edits(column: str, most: int) -> Comparison:
    condition = f'damerau_levenshtein("{column}_l", "{column}_r") <= {most}'
    return _level(condition, f"edits up to {most}")


def _comparison(column: str, *levels: Comparison, silent: str | None = None) -> Comparison:
    """A column, which says nothing where it is missing, and where `silent` holds."""
    null = _null(column)
    if silent is not None:
        null["sql_condition"] = f"({null['sql_condition']}) OR ({silent})"
    return {
        "output_column_name": column,
        "comparison_levels": [null, _equal(column), *levels, _level("ELSE", "different")],
    }


@dataclass(frozen=True, slots=True)
class Linkage:
    """How records of one kind of party are linked.

    Attributes:
        comparisons: What is compared.
        blocking: Columns that candidates have in common, one list after the other.
        training: Columns by which the pairs are found that m is learned from; what is compared by
            these columns is learned in another round.
        certain: Columns that hardly ever agree of two parties: the share of pairs that are one
            party is estimated by them.
    """

    comparisons: tuple[Comparison, ...]
    blocking: tuple[tuple[str, ...], ...]
    training: tuple[tuple[str, ...], ...]
    certain: tuple[tuple[str, ...], ...]


def _missing(column: str) -> str:
    return f'("{column}_l" IS NULL OR "{column}_r" IS NULL)'


def _same(column: str) -> str:
    return f'"{column}_l" = "{column}_r"'


_NEAR = f"({_same('postcode')} OR {_same('city')})"
_NOWHERE = " AND ".join(map(_missing, ("street", "postcode", "city")))


def _begins(column: str) -> str:
    one, other = f'"{column}_l"', f'"{column}_r"'
    return f"starts_with({one}, {other}) = true OR starts_with({other}, {one}) = true"


_OTHERS = (
    'jaro_winkler_similarity("given_name_l", "given_name_r") < 0.88'
    ' AND jaro_winkler_similarity("given_name_l", "surname_r") < 0.88'
)
_TWO_TAX_IDS = 'damerau_levenshtein("tax_id_l", "tax_id_r") >= 2'
_OTHERS_BY_TAX = f"{_missing('tax_id')} OR {_TWO_TAX_IDS}"
_FAMILY = f"({_OTHERS}) AND ({_OTHERS_BY_TAX})"
"""Given names of two people, whom no tax id makes one. Those who live together have address and
surname in common, twins the day of birth, too: for them the address says nothing, or families would
be one person."""


_OTHER_NAMES = (
    'jaro_winkler_similarity("name_l", "name_r") < 0.85'
    ' AND starts_with("name_l", "name_r") = false AND starts_with("name_r", "name_l") = false'
)
_GROUP = f"({_TWO_TAX_IDS}) OR ({_OTHER_NAMES} AND ({_OTHERS_BY_TAX}))"
"""Companies that two tax ids, or two names and no common tax id, make two. Those of one group share
website, switchboard and address: for them these say nothing, or groups would be one company."""


def _website(silent: str) -> Comparison:
    """Mailbox and website as one comparison, since the one follows from the other."""
    nowhere = f"{_missing('domain')} AND {_missing('email')}"
    levels = [
        {**_level(f"({nowhere}) OR ({silent})", "missing"), "is_null_level": True},
        _level(_same("email"), "mailbox"),
        _level(_same("domain"), "website"),
        _level("ELSE", "different"),
    ]
    return {"output_column_name": "website", "comparison_levels": levels}


def _address(silent: str) -> Comparison:
    """The whole address as one comparison, since a street says the town, and must not count twice.

    Args:
        silent: When the address says nothing.
    """
    levels = [
        {**_level(silent, "missing"), "is_null_level": True},
        _level(f"{_same('street')} AND {_NEAR}", "street and town"),
        _level(
            f'jaro_winkler_similarity("street_l", "street_r") >= 0.88 AND {_NEAR}',
            "street alike and town",
        ),
        _level(_same("street"), "street"),
        _level(f"{_same('postcode')} AND {_same('city')}", "town"),
        _level(_NEAR, "postcode or city"),
        _level("ELSE", "different"),
    ]
    return {"output_column_name": "address", "comparison_levels": levels}


LINKAGES: Mapping[str, Linkage] = {
    PERSON.name: Linkage(
        comparisons=(
            _comparison(
                "given_name", _crossed("given_name", "surname"), _alike("given_name", 0.88),
                _level(_begins("given_name"), "beginning"),
            ),
            _comparison("surname", _crossed("surname", "given_name"), _alike("surname", 0.88)),
            _comparison("birth_date", _edits("birth_date", 1), _edits("birth_date", 2)),
            # No level for similar ones: addresses are made of names, which are compared already.
            _comparison("email"),
            # Nor for numbers: those of one house or firm follow each other.
            _comparison("phone"),
            _comparison("tax_id", _edits("tax_id", 1), _edits("tax_id", 2)),
            _address(f"({_NOWHERE}) OR ({_FAMILY})"),
        ),
        blocking=(
            ("tax_id",), ("email",), ("phone",), ("birth_date", "postcode"),
            ("given_name", "surname"), ("birth_date", "surname"), ("birth_date", "given_name"),
            ("street", "postcode"), ("street", "city"), ("surname", "street"),
            ("surname", "postcode"), ("given_name", "postcode"),
        ),
        training=(("birth_date",), ("given_name", "surname"), ("tax_id",), ("email",), ("phone",)),
        certain=(("tax_id",), ("given_name", "surname", "birth_date"), ("email", "surname")),
    ),
    COMPANY.name: Linkage(
        comparisons=(
            _comparison(
                "name", _alike("name", 0.94), _level(_begins("name"), "beginning"),
                _alike("name", 0.85),
            ),
            _comparison("tax_id", _edits("tax_id", 1)),
            _website(_GROUP),
            _comparison("phone", silent=_GROUP),
            _address(f"({_NOWHERE}) OR ({_GROUP})"),
        ),
        blocking=(
            ("tax_id",), ("domain",), ("email",), ("phone",), ("name", "city"),
            ("name", "postcode"), ("street", "postcode"),
        ),
        training=(("name",), ("domain",), ("tax_id",), ("phone",)),
        certain=(("tax_id",), ("name", "postcode")),
    ),
}  # fmt: skip
"""What is linked, by label."""


def columns_of(comparison: Comparison) -> set[str]:
    """The columns that a comparison is about: those that its first level says may be missing.

    What else makes it silent, behind an OR between brackets, is about others.
    """
    first: str = comparison["comparison_levels"][0]["sql_condition"]
    return set(re.findall(r'"([a-z_]+)_l" IS NULL', first.split(") OR (")[0]))


def without(linkage: Linkage, empty: frozenset[str]) -> Linkage:
    """What is left of it for data in which some columns say nothing."""

    def known(columns: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        return tuple(each for each in columns if not empty.intersection(each))

    return Linkage(
        tuple(each for each in linkage.comparisons if not columns_of(each) <= empty),
        known(linkage.blocking),
        known(linkage.training),
        known(linkage.certain),
    )
