"""Batch linkage by splink in DuckDB: learning a model, and the pairs that it finds.

Needs the packages of requirements/matching.txt, which the server itself does without.
"""

import importlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, block_on

from graph.errors import InvalidInput
from graph.matching.comparisons import LINKAGES, Linkage, columns_of, without
from graph.matching.evaluating import untrained
from graph.matching.features import FEATURES
from graph.matching.pairs import Pair

SEED = 1
SAMPLED = 1_000_000
"""Random pairs that u is estimated from, and pairs of one round that m is learned from."""
RECALL = 0.8
"""How many of the pairs that are one party are believed to agree in `Linkage.certain`."""
COMMON = 5e-5
"""No more of all pairs are believed to be one party, however few records there are."""
CROWD = 50
"""Records that may have the columns of `Linkage.blocking` in common; those of more say nothing by
that, as online: a frequent name in a large town would cost more pairs than all the others."""
FILLED = 0.01
"""Share of records that must say something in a column for it to be compared."""

_arrow: Any = importlib.import_module("pyarrow")  # it has no types of its own

# What it says is for those who build a model by hand; ours says what went wrong by itself.
logging.getLogger("splink").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Table:
    """Records as DuckDB reads them.

    Attributes:
        arrow: The table, with a column `unique_id`: the record's place.
        count: How many records.
        filled: Share of records that say something, by column.
        fresh: Whether a column `fresh` says which records pairs are looked for.
    """

    arrow: Any
    count: int
    filled: Mapping[str, float]
    fresh: bool


def table(
    label: str, rows: Sequence[Sequence[str | None]], fresh: Sequence[bool] | None = None
) -> Table:
    """Rows of features as a table.

    Args:
        label: Kind of party.
        rows: The features.
        fresh: Which records pairs are looked for; None for all.
    """
    columns = {
        name: [row[place] for row in rows] for place, name in enumerate(FEATURES[label].columns)
    }
    count = len(rows)
    filled = {
        name: sum(value is not None for value in values) / max(count, 1)
        for name, values in columns.items()
    }
    arrays = {name: _arrow.array(values, _arrow.string()) for name, values in columns.items()}
    narrowed = fresh is not None and not all(fresh)
    if narrowed:
        arrays["fresh"] = _arrow.array(fresh, _arrow.bool_())
    arrays["unique_id"] = _arrow.array(range(count), _arrow.int64())
    return Table(_arrow.table(arrays), count, filled, narrowed)


def fitting(label: str, records: Table) -> Linkage:
    """What can be compared of records: columns that hardly any fills are left out."""
    empty = frozenset(name for name, share in records.filled.items() if share < FILLED)
    return without(LINKAGES[label], empty)


def connect(memory: str, threads: int) -> duckdb.DuckDBPyConnection:
    """A database in memory that uses no more than it is given.

    Raises:
        InvalidInput: that is no amount of memory.
    """
    try:
        return duckdb.connect(config={"memory_limit": memory, "threads": threads})
    except duckdb.Error:
        raise InvalidInput("Say how much memory linking may take, such as 2GB.") from None


def train(label: str, records: Table, database: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Learn a model from records, without labels, by expectation and maximisation.

    Args:
        label: Kind of party.
        records: As `table` makes them; 1,000 are few, 20,000 are plenty.
        database: As `connect` makes it.

    Returns:
        The model as JSON, as splink saves it.

    Raises:
        InvalidInput: a level is never seen in these records, so there is nothing to learn it from.
    """
    linkage = fitting(label, records)
    if not linkage.certain or len(linkage.training) < 2:
        raise InvalidInput("The records say too little to learn from; take more, or fuller ones.")
    first = _linker(_settings(linkage), records, database)
    _estimate_prior(first, linkage)
    first.training.estimate_u_using_random_sampling(max_pairs=SAMPLED, seed=SEED)
    linker = _linker(_seen(first.misc.save_model_to_json(), records), records, database)
    for columns in linkage.training:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*columns), max_pairs=SAMPLED
        )
    model = _found(linker.misc.save_model_to_json(), records)
    if missing := untrained(model):
        raise InvalidInput(
            f"Nothing to learn these levels from, take more records: {', '.join(missing)[:300]}."
        )
    return model


def _estimate_prior(linker: Linker, linkage: Linkage) -> None:
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*columns) for columns in linkage.certain], recall=RECALL
    )


def _seen(model: dict[str, Any], records: Table) -> dict[str, Any]:
    """The model with a u for levels that no random pair reached: as if one more pair had.

    Two numbers of twelve digits that differ in one hardly ever meet by chance; that says a lot.
    """
    for comparison in model["comparisons"]:
        filled = max(records.filled[each] for each in columns_of(comparison))
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level") and "u_probability" not in level:
                level["u_probability"] = 1.0 / (SAMPLED * filled * filled + 1.0)
    return model


def _found(model: dict[str, Any], records: Table) -> dict[str, Any]:
    """The model with an m for levels that no pair of one party reached: as if one more pair had.

    Only of comparisons that were learned, and never so that the level speaks for one party.
    """
    pairs = records.count * (records.count - 1) / 2
    matches = model["probability_two_random_records_match"] * pairs
    for comparison in model["comparisons"]:
        levels = [each for each in comparison["comparison_levels"] if "u_probability" in each]
        if any("m_probability" in each for each in levels):
            for level in levels:
                level.setdefault("m_probability", min(1 / (matches + 1), level["u_probability"]))
    return model


def predict(
    model: Mapping[str, Any], records: Table, database: duckdb.DuckDBPyConnection,
    least: float,
) -> list[Pair]:  # fmt: skip
    """The pairs of records that a model holds to be one with some probability.

    There are none where the records say nothing that candidates could have in common.

    Args:
        model: As `train` returns it.
        records: As `table` makes them.
        database: As `connect` makes it.
        least: Least probability.
    """
    linkage, fresh = fitting(str(model["kind"]), records), records.fresh
    if not linkage.blocking:
        return []
    settings = {name: each for name, each in model.items() if name not in {"version", "kind"}}
    blocked = replace(records, arrow=_blocked(records, linkage, database))
    settings["blocking_rules_to_generate_predictions"] = [
        {"blocking_rule": _narrowed(place, fresh=fresh), "sql_dialect": "duckdb"}
        for place in range(len(linkage.blocking))
    ]
    settings["retain_matching_columns"] = False
    settings["additional_columns_to_retain"] = ["fresh"] if fresh else []
    # How rare it is that two records are one depends on how many there are, not on the model.
    prior: float = settings["probability_two_random_records_match"]
    if linkage.certain:
        linker = _linker(settings, blocked, database)
        _estimate_prior(linker, linkage)
        prior = linker.misc.save_model_to_json()["probability_two_random_records_match"]
    settings["probability_two_random_records_match"] = min(prior, COMMON)
    linker = _linker(settings, blocked, database)
    found = linker.inference.predict(threshold_match_probability=least)
    table_ = found.as_duckdbpyrelation().project(
        "unique_id_l, unique_id_r, match_weight, match_probability"
    )
    return [Pair(*row) for row in table_.fetchall()]


def _blocked(records: Table, linkage: Linkage, database: duckdb.DuckDBPyConnection) -> Any:
    """The records with one more column for each list of `Linkage.blocking`, null in a crowd."""
    keys = ", ".join(
        f"CASE WHEN {' AND '.join(f'{each} IS NOT NULL' for each in columns)}"
        f" AND count(*) OVER (PARTITION BY {', '.join(columns)}) <= {CROWD}"
        f" THEN hash({', '.join(columns)}) END AS block{place}"
        for place, columns in enumerate(linkage.blocking)
    )
    return database.from_arrow(records.arrow).project(f"*, {keys}").to_arrow_table()


def _narrowed(place: int, *, fresh: bool) -> str:
    rule = f'l."block{place}" = r."block{place}"'
    return f'{rule} AND (l."fresh" OR r."fresh")' if fresh else rule


def _settings(linkage: Linkage) -> dict[str, Any]:
    return {
        "link_type": "dedupe_only",
        "comparisons": list(linkage.comparisons),
        "blocking_rules_to_generate_predictions": [
            block_on(*columns).get_blocking_rule("duckdb").as_dict() for columns in linkage.blocking
        ],
        "retain_matching_columns": False,
    }


def _linker(
    settings: Mapping[str, Any], records: Table, database: duckdb.DuckDBPyConnection
) -> Linker:
    api: Any = DuckDBAPI(connection=database)
    return Linker(api.register(records.arrow), dict(settings), log_level=None)


def save(model: Mapping[str, Any], path: Path, label: str, version: str) -> None:
    """Write a model that may be used, with what it is of and its version.

    Raises:
        InvalidInput: a level lacks m or u.
    """
    if missing := untrained(model):
        raise InvalidInput(f"A model lacks m or u: {', '.join(missing)[:300]}.")
    kept = {name: value for name, value in model.items() if name != "linker_uid"}
    text = json.dumps({"kind": label, "version": version, **kept}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")


def load(path: Path) -> dict[str, Any]:
    """Read a model that `save` wrote."""
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded
