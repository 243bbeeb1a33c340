"""Concurrent requests of one statement share it: one round trip carries several rows.

A call costs driver and database about as much as what it asks for. While a statement is in flight,
further requests for the same text wait; when a lane is free, all that wait leave together, each as
a row with its own parameters. An idle server sends at once, so sharing never adds a wait to an
unloaded one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, LiteralString, cast

from graph.database import Graph
from graph.errors import Unavailable
from graph.statements import CYPHER_25, Statement
from loaders.coalescing import Coalescer

LANES = 2
MAX_BATCH = 16
MAX_TEXTS = 1_000
SECONDS = 5.0

_PARAMETER = re.compile(r"\$([pf]\d+)\b")


@dataclass(frozen=True, slots=True)
class Shared:
    """A statement with its form for several rows.

    Attributes:
        single: The statement as it was written.
        several: The same for the rows in `$rows`; it returns [position, answer] pairs of those
            that match.
        names: Parameters that differ from row to row, in the order of a row.
        fixed: Parameters that all rows of one statement have in common.
    """

    single: Statement
    several: Statement
    names: tuple[str, ...]
    fixed: tuple[str, ...]

    def parameters(self, values: dict[str, Any]) -> dict[str, Any]:
        """What the statement for one row is sent with."""
        return {name: values[name] for name in (*self.names, *self.fixed)}

    def row(self, values: dict[str, Any]) -> list[Any]:
        """One row of the statement for several."""
        return [values[name] for name in self.names]


@lru_cache(MAX_TEXTS)
def shared(statement: Statement) -> Shared:
    """Derive the form for several rows: what differs is read from the row, the rest stays.

    A parameter named `f…` stands where Cypher takes nothing but a parameter, such as LIMIT.
    """
    found = list(dict.fromkeys(_PARAMETER.findall(statement.text)))
    names = tuple(name for name in found if name.startswith("p"))
    fixed = tuple(name for name in found if name.startswith("f"))
    places = {name: f"sharing[{position}]" for position, name in enumerate(names)}
    language, written = _language(statement.text)
    inner = _PARAMETER.sub(lambda each: places.get(each[1], each[0]), written)
    text = (
        f"{language}UNWIND range(0, size($rows) - 1) AS place "
        "WITH place, $rows[place] AS sharing "
        f"CALL (sharing) {{ {inner} }} RETURN collect([place, answer]) AS answers"
    )
    # The text of a literal statement with literal names put in; `re` only loses the type.
    several = Statement(statement.name, statement.kind, cast("LiteralString", text))
    return Shared(statement, several, names, fixed)


def _language(text: str) -> tuple[str, str]:
    """The language that a statement is written in, where it says so, and the rest."""
    return (CYPHER_25, text.removeprefix(CYPHER_25)) if text.startswith(CYPHER_25) else ("", text)


_Asked = tuple[Shared, dict[str, Any]]


class Lanes:
    """Sends statements, several requests at a time when they come faster than answers.

    Args:
        graph: Where statements run.
        max_batch: Most requests of one statement; 1 sends every request by itself.
        lanes: Statements of one text in flight at once.

    Attributes:
        batches: How many statements carried so many requests.
    """

    def __init__(self, graph: Graph, max_batch: int = MAX_BATCH, lanes: int = LANES) -> None:
        self._graph = graph
        self._max_batch = max_batch
        self._sending = Coalescer[_Asked, Any](self._single, self._several, max_batch, lanes)
        self.batches = self._sending.batches

    async def ask(self, statement: Statement, values: dict[str, Any]) -> Any:
        """The answer to one request, None when nothing matches.

        Args:
            statement: Returns at most one row, whose first column is the answer.
            values: Its parameters, and perhaps others.

        Raises:
            GraphError: what `Graph.run` raises; a request never fails for its neighbours' sake.
        """
        sent = shared(statement)
        kind = (statement.text, *[values[name] for name in sent.fixed])
        return await self._sending.ask(kind, (sent, values))

    async def prepare(self, statement: Statement, values: dict[str, Any]) -> None:
        """Have the database plan both forms of a statement, so that no request waits for it.

        Planning takes a tenth of a second; the form for several runs with no row at all.
        """
        sent = shared(statement)
        await self._graph.run(sent.single, sent.parameters(values))
        if self._max_batch > 1:
            fixed = {name: values[name] for name in sent.fixed}
            await self._graph.run(sent.several, {**fixed, "rows": []})

    async def _several(self, asked: list[_Asked]) -> list[Any] | None:
        """The answers of one statement for all of them; None when one of them spoils it.

        Raises:
            Unavailable: the database is away, for all of them.
        """
        statement, first = asked[0]
        parameters: dict[str, Any] = {name: first[name] for name in statement.fixed}
        parameters["rows"] = [statement.row(values) for _, values in asked]
        try:
            rows = await self._graph.run(statement.several, parameters, timeout=SECONDS)
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - each is asked again by itself and fails by itself
            return None
        answers: dict[int, Any] = dict(rows[0][0])
        return [answers.get(place) for place in range(len(asked))]

    async def _single(self, asked: _Asked) -> Any:
        statement, values = asked
        parameters = statement.parameters(values)
        rows = await self._graph.run(statement.single, parameters, timeout=SECONDS)
        return rows[0][0] if rows else None
