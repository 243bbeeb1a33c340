"""The staging file: everything a file says, reduced, sorted and on disk.

An SQLite file of its own per import. Memory stays flat however long the file is, nothing is written
to the graph before the whole file was found readable, and an interrupted import finds it again.
"""

import contextlib
import sqlite3
from collections.abc import Collection, Generator, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson

from graph.imports.definitions import Definition, Item
from graph.imports.errors import Refusal
from graph.imports.reducing import Reducer, Stamp, State

HELD = 20_000
"""Things and counters held in memory before they go to disk."""

_SCHEMA = """
CREATE TABLE item (def INTEGER, key TEXT, state BLOB, PRIMARY KEY (def, key)) WITHOUT ROWID;
CREATE TABLE refusal (row INTEGER, place TEXT, code TEXT, message TEXT,
  PRIMARY KEY (row, place, code, message)) WITHOUT ROWID;
CREATE TABLE candidate (def INTEGER, by TEXT, moment, row INTEGER, key TEXT,
  PRIMARY KEY (def, by, moment, row)) WITHOUT ROWID;
CREATE TABLE wish (def INTEGER, by TEXT, moment, row INTEGER, key TEXT);
CREATE TABLE counter (def INTEGER, key TEXT, count INTEGER, PRIMARY KEY (def, key)) WITHOUT ROWID;
CREATE TABLE said (def INTEGER, key TEXT, digest BLOB, row INTEGER, other INTEGER,
  PRIMARY KEY (def, key)) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
"""
Stored = tuple[str, list[Any], int]
"""A key, the values, and the number of the row that spoke last."""

Raw = tuple[str, bytes]
"""The same as it lies on the disk: key, and values with stamps as JSON."""


class Staging:
    """One staging file. Close it, or use it as a context."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # A killed process loses nothing that was committed; a power cut may, and is noticed.
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA cache_size = -16384")
        self._stored: set[int] = set()

    def close(self) -> None:
        """Close the file and keep it."""
        self._db.close()

    def create(self) -> None:
        """Create the tables in an empty file.

        Until it is complete the file is worth nothing, so what a kill would spoil need not be kept.
        """
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.executescript(_SCHEMA)

    def finish(self, meta: dict[str, Any]) -> None:
        """Mark the file as complete."""
        self._db.execute("INSERT INTO meta VALUES ('complete', ?)", (orjson.dumps(meta),))
        self._db.execute("PRAGMA journal_mode = WAL")

    def complete(self) -> dict[str, Any] | None:
        """Return what `finish` was given; None when the file is not complete or damaged."""
        try:
            row = self._db.execute("SELECT value FROM meta WHERE name = 'complete'").fetchone()
        except sqlite3.DatabaseError:
            return None
        return orjson.loads(row[0]) if row else None

    @contextlib.contextmanager
    def transaction(self) -> Generator[None]:
        """Write many things at once."""
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Add refusals; the same one twice is kept once."""
        rows = ((each.row, each.column or "", each.code, each.message) for each in refusals)
        self._db.executemany("INSERT OR IGNORE INTO refusal VALUES (?, ?, ?, ?)", rows)

    def refusals(self) -> Iterator[Refusal]:
        """Yield every refusal in the order of the rows."""
        for row, place, code, message in self._db.execute("SELECT * FROM refusal"):
            yield Refusal(row, place or None, code, message)

    def refused_rows(self) -> int:
        """Return how many rows were refused."""
        return self._one("SELECT count(DISTINCT row) FROM refusal")

    def store(self, position: int, reducer: Reducer, states: dict[str, State]) -> None:
        """Merge states into those on disk."""
        for key, state in self._known(position, states):
            earlier = _loaded(state)
            reducer.merge(earlier, states[key])
            states[key] = earlier
        dumps = orjson.dumps
        rows = [
            (position, key, dumps((state.values, state.top, state.bottom)))
            for key, state in sorted(states.items(), key=itemgetter(0))
        ]
        self._db.executemany("INSERT OR REPLACE INTO item VALUES (?, ?, ?)", rows)
        self._stored.add(position)

    def _known(self, position: int, keys: Collection[str]) -> list[Raw]:
        """Return the states on disk of those keys that are there."""
        if position not in self._stored or not keys:
            return []
        return self._db.execute(
            # CROSS JOIN keeps the order: a look-up by the primary key for each wanted one.
            "SELECT item.key, state FROM json_each(?) AS wanted"
            " CROSS JOIN item WHERE def = ? AND item.key = wanted.value",
            (orjson.dumps(list(keys)).decode(), position),
        ).fetchall()

    def items(
        self, position: int, after: str, limit: int, before: str | None = None
    ) -> list[Stored]:
        """Return things of a definition in the order of their keys; arguments as for `raw`."""
        return [stored(each) for each in self.raw(position, after, limit, before)]

    def raw(self, position: int, after: str, limit: int, before: str | None = None) -> list[Raw]:
        """Return things of a definition as they lie on the disk, in the order of their keys.

        Args:
            position: Which definition.
            after: The key they come after.
            limit: How many at most; -1 for all.
            before: The key they come before; None for the end.
        """
        until = "" if before is None else " AND key < ?"
        bounds: tuple[Any, ...] = (position, after) if before is None else (position, after, before)
        query = (
            "SELECT key, state FROM item"  # noqa: S608 - both texts are literals
            f" WHERE def = ? AND key > ?{until} ORDER BY key LIMIT ?"
        )
        return self._db.execute(query, (*bounds, limit)).fetchall()

    def key_at(self, position: int, after: str, distance: int) -> str | None:
        """Return the key that so many others of a definition separate from a key; None past all."""
        row = self._db.execute(
            "SELECT key FROM item WHERE def = ? AND key > ? ORDER BY key LIMIT 1 OFFSET ?",
            (position, after, distance),
        ).fetchone()
        return row[0] if row else None

    def named(self, position: int, keys: Sequence[str]) -> list[Stored]:
        """Return the things of a definition with these keys; absent ones are left out."""
        found: list[Stored] = []
        for key in keys:
            row = self._db.execute(
                "SELECT key, state FROM item WHERE def = ? AND key = ?", (position, key)
            ).fetchone()
            if row:
                found.append(stored(row))
        return found

    def count(self, position: int) -> int:
        """Return how many things a definition has."""
        return self._one("SELECT count(*) FROM item WHERE def = ?", position)

    def count_until(self, position: int, key: str) -> int:
        """Return how many things of a definition come up to a key."""
        return self._one("SELECT count(*) FROM item WHERE def = ? AND key <= ?", position, key)

    def add_candidates(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add nodes that a link may lead to: definition, by, order, row, key."""
        self._db.executemany("INSERT INTO candidate VALUES (?, ?, ?, ?, ?)", rows)

    def add_wishes(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add links whose end is to be found: definition, by, order, row, start."""
        self._db.executemany("INSERT INTO wish VALUES (?, ?, ?, ?, ?)", rows)

    def granted(self, position: int) -> Iterator[tuple[str, str, str | float, int]]:
        """Yield the links whose end was found: start, end, order, row."""
        yield from self._db.execute(
            "SELECT key, found, moment, row FROM (SELECT w.key, w.moment, w.row,"
            " (SELECT c.key FROM candidate c WHERE c.def = w.def AND c.by = w.by"
            "  AND (c.moment, c.row) < (w.moment, w.row)"
            "  ORDER BY c.moment DESC, c.row DESC LIMIT 1) AS found"
            " FROM wish w WHERE w.def = ?) WHERE found IS NOT NULL ORDER BY row",
            (position,),
        )

    def counters(self, position: int, key: str) -> int:
        """Return the count of a group that went to disk; 0 when there is none."""
        row = self._db.execute(
            "SELECT count FROM counter WHERE def = ? AND key = ?", (position, key)
        ).fetchone()
        return row[0] if row else 0

    def store_counters(self, position: int, counts: dict[str, int]) -> None:
        """Put counts on disk."""
        rows = ((position, key, count) for key, count in counts.items())
        self._db.executemany("INSERT OR REPLACE INTO counter VALUES (?, ?, ?)", rows)

    def say(self, rows: Sequence[tuple[int, str, bytes, int]]) -> None:
        """Note what rows say of a key that must be said once: definition, key, digest, row."""
        self._db.executemany(
            "INSERT INTO said VALUES (?, ?, ?, ?, NULL) ON CONFLICT DO UPDATE"
            " SET other = excluded.row WHERE digest <> excluded.digest AND other IS NULL",
            rows,
        )

    def contradicted(self, position: int, key: str) -> tuple[int, int] | None:
        """Return the rows that first contradicted each other over a key."""
        return self._db.execute(
            "SELECT row, other FROM said WHERE def = ? AND key = ? AND other IS NOT NULL",
            (position, key),
        ).fetchone()

    def _one(self, query: str, *parameters: Any) -> int:
        return self._db.execute(query, parameters).fetchone()[0]


def _loaded(state: bytes) -> State:
    values, top, bottom = orjson.loads(state)
    return State(values, (top[0], top[1], top[2]), (bottom[0], bottom[1], bottom[2]))


def values_of(state: bytes) -> bytes:
    """Return the part of a staged state that tells of values, not of rows."""
    return state[: state.rindex(b",[", 0, state.rindex(b",["))]


def stored(raw: Raw) -> Stored:
    """Return a thing as it was staged."""
    key, state = raw
    values, top, _ = orjson.loads(state)
    return key, values, top[2]


class Collector:
    """Holds states of all definitions in memory, and stores them when they are many."""

    def __init__(self, staging: Staging, definitions: Sequence[Definition]) -> None:
        self._staging = staging
        self._reducers = [Reducer(each) for each in definitions]
        self._states: list[dict[str, State]] = [{} for _ in definitions]
        self._held = 0

    def add(self, position: int, items: Sequence[Item | None], stamps: Sequence[Stamp]) -> None:
        """Merge what rows say of the things of one definition; None says nothing."""
        states, reducer = self._states[position], self._reducers[position]
        merge, repeatable = reducer.add, reducer.repeatable
        before = len(states)
        former: Item | None = None
        state: State | None = None
        for item, stamp in zip(items, stamps, strict=True):
            if item is None:
                continue
            # Rows of one invoice follow each other, and what was remembered is the same object.
            if item is former and state is not None and repeatable and stamp >= state.top:
                state.top = stamp
                continue
            former = item
            key, values = item
            state = states.get(key)
            if state is None:
                states[key] = state = State(values, stamp, stamp)
            else:
                merge(state, values, stamp)
        self._held += len(states) - before
        if self._held >= HELD:
            self.flush()

    def flush(self) -> None:
        """Store everything that is held."""
        with self._staging.transaction():
            for position, states in enumerate(self._states):
                self._staging.store(position, self._reducers[position], states)
                states.clear()
        self._held = 0


class Counters:
    """Counts rows per group, from 1, in bounded memory."""

    def __init__(self, staging: Staging, groups: int) -> None:
        self._staging = staging
        self._counts: list[dict[str, int]] = [{} for _ in range(groups)]
        self._spilled = False

    def count(self, position: int, keys: Sequence[str]) -> list[int]:
        """Return the position of each of some rows in its group."""
        counts = self._counts[position]
        found: list[int] = []
        for key in keys:
            count = counts.get(key)
            if count is None:
                count = self._staging.counters(position, key) if self._spilled else 0
            counts[key] = count = count + 1
            found.append(count)
        if len(counts) > HELD:
            self._spill(position, counts)
        return found

    def _spill(self, position: int, counts: dict[str, int]) -> None:
        with self._staging.transaction():
            self._staging.store_counters(position, counts)
        counts.clear()
        self._spilled = True
