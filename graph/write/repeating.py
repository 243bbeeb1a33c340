"""Requests that may be repeated: a key, kept with its answer in the request's own transaction.

The answer holds counts and positions of rows, never what is in them: a repetition brings its rows
along.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from graph.errors import Conflict
from graph.statements import Kind, Statement
from graph.write.batch import Batch, Count, Key, Links, Outcome, Request
from graph.write.statements import KEEP_PLAN
from graph.write.unit import Unit

TAKE = Statement(
    "write.key.take",
    Kind.WRITE,
    # Whoever comes second waits here until the first has committed or given up.
    KEEP_PLAN + "MERGE (k:IdempotencyKey {key: $p.key})\n"
    "ON CREATE SET k.request = $p.request, k.at = $p.now\n"
    "RETURN [k.request = $p.request, k.result]",
)
"""Takes a key: whether it belongs to this request, and the answer if there is one."""

ANSWER = Statement(
    "write.key.answer",
    Kind.WRITE,
    KEEP_PLAN + "MATCH (k:IdempotencyKey {key: $p.key})\nSET k.result = $p.result\nRETURN count(*)",
)
"""Keeps the answer with its key."""


async def earlier(unit: Unit, request: Request, batch: Batch) -> Outcome | None:
    """Take the request's key; return the answer when it was answered before.

    Raises:
        Conflict: the key belongs to another request.
    """
    mine, result = await unit.run(TAKE, key=request.key, request=request.digest, now=unit.now)
    if not mine:
        raise Conflict("This idempotency key belongs to another request; choose a new one.")
    if result is None:
        return None
    if batch.named is not None:
        named: dict[str, list[str]] = orjson.loads(result)
        known = {variable: (each[0], each[1]) for variable, each in named.items()}
        return Outcome(repeated=True, named=known)
    return _restored(result, batch)


async def answer(unit: Unit, request: Request, batch: Batch) -> None:
    """Keep the answer of a request whose key was taken."""
    if batch.named is None:
        result = _dumped(unit.outcome, batch)
    else:
        result = orjson.dumps(unit.outcome.named).decode()
    await unit.run(ANSWER, key=request.key, result=result)


def _dumped(outcome: Outcome, batch: Batch) -> str:
    positions: dict[tuple[Key, Key], int] = {}
    if any(count.missing for _, count in _counts(outcome)):
        positions = {pair: i for i, pair in reversed(list(enumerate(_pairs(batch))))}
    answer = [
        {
            name: [
                count.created,
                count.changed,
                count.unchanged,
                count.retracted,
                count.suppressed,
                [positions[pair] for pair in count.missing],
            ]
            for name, count in counts.items()
        }
        for counts in (outcome.nodes, outcome.links)
    ]
    return orjson.dumps(answer).decode()


def _counts(outcome: Outcome) -> Iterator[tuple[str, Count]]:
    yield from outcome.nodes.items()
    yield from outcome.links.items()


def _restored(result: str, batch: Batch) -> Outcome:
    nodes, links = orjson.loads(result)
    pairs = list(_pairs(batch))

    def count(stated: list[Any]) -> Count:
        *numbers, missing = stated
        return Count(*numbers, missing=[pairs[i] for i in missing])

    return Outcome(
        {name: count(stated) for name, stated in nodes.items()},
        {name: count(stated) for name, stated in links.items()},
        repeated=True,
    )


def _pairs(batch: Batch) -> Iterator[tuple[Key, Key]]:
    """Whatever could be missing of a batch, in an order that follows from its rows."""
    for part in batch.parts:
        if isinstance(part, Links):
            for row in part.rows:
                yield row.start, row.end
                yield row.start, row.via or row.end
        else:
            for row in part.rows:
                yield row.key, row.of_party or row.key
