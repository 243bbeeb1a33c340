"""The connection to Neo4j: named statements in, rows out, with bounded retries.

Reads and single-statement writes run as auto-commit `session.run`: one round trip, where
`execute_read` takes three. A transient failure is retried here, since auto-commit has no retry of
its own; every statement that comes this way is therefore safe to repeat.
"""

import re
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, LiteralString, Self, cast

import neo4j
import stamina
from neo4j.exceptions import DriverError, Neo4jError

from graph.deadlines import within
from graph.errors import Timeout, Unavailable
from graph.statements import Kind, Statement
from graph.transport import mend
from graph.vigil import AWAY, Vigil

if TYPE_CHECKING:  # the write path itself needs this module
    from graph.write.resolving import Resolver

Row = list[Any]
Parameters = dict[str, Any]

_TIMEOUT_CODES = frozenset(
    {
        "Neo.ClientError.Transaction.TransactionTimedOut",
        "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
    }
)


def is_retryable(error: Exception) -> bool:
    """Whether the same statement may succeed when it is sent again."""
    return isinstance(error, DriverError | Neo4jError) and error.is_retryable()


def is_timeout(error: Exception) -> bool:
    """Whether the server ended the statement because it took too long."""
    return getattr(error, "code", None) in _TIMEOUT_CODES


_PARAMETER = re.compile(r"\$(?=[A-Za-z_])")


@lru_cache(4096)
def _unsized(text: LiteralString) -> LiteralString:
    """Return the text that reads every parameter from one map.

    Of a string or a list that is a parameter itself, Neo4j makes the order of magnitude of its
    length part of the plan, and plans the statement again for the next: a name of 11 letters would
    wait where one of 9 did not. What is inside a map is not looked at.
    """
    # The same literal, with a literal put in; `re` only loses the type.
    return cast("LiteralString", _PARAMETER.sub("$given.", text))


def _query(statement: Statement, timeout: float) -> neo4j.Query:
    return neo4j.Query(_unsized(statement.text), {"name": statement.name}, timeout)


def _given(parameters: Parameters | None) -> Parameters | None:
    return None if parameters is None else {"given": parameters}


class Graph:
    """One database of one Neo4j server or cluster. Close it, or use it as an async context.

    What was written by it is seen by every statement that it sends afterwards, also when another
    member of a cluster answers.

    Attributes:
        vigil: Tells who asks at once while the database is away; None where everybody finds out for
            himself, as long work does.
        observe: Told the name of every statement that was answered, and how many seconds it took.
        resolver: Tells which records that are written speak of one party; None where each new one
            is a party of its own until somebody says otherwise.
    """

    def __init__(self, uri: str, user: str, password: str, database: str = "neo4j") -> None:
        self._database = database
        self.vigil: Vigil | None = None
        self.observe: Callable[[str, float], None] | None = None
        self.resolver: Resolver | None = None
        mend()
        # Members of a cluster are behind each other; a single server is never behind itself.
        routed = uri.startswith("neo4j")
        self._bookmarks = neo4j.AsyncGraphDatabase.bookmark_manager() if routed else None
        # The driver types its options as unknown keywords.
        self._driver = neo4j.AsyncGraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType]
            uri,
            auth=(user, password),
            connection_acquisition_timeout=5,
            connection_timeout=5,
            max_transaction_retry_time=5,
            # The driver logs every notification about a label that does not exist yet.
            notifications_min_severity="OFF",
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        if self.vigil is not None:
            await self.vigil.close()
        await self._driver.close()

    def watch(self) -> Vigil:
        """Know from now on whether the database is there: for a server that must answer at once."""
        query = neo4j.Query("RETURN 1", metadata={"name": "database.alive"}, timeout=5.0)
        self.vigil = Vigil(lambda: self._sent(query, Kind.READ, None))
        return self.vigil

    async def seen(self) -> frozenset[str]:
        """Return the bookmarks that statements wait for; empty where there is one server only."""
        if self._bookmarks is None:
            return frozenset()
        return frozenset(await self._bookmarks.get_bookmarks())

    async def verify(self) -> None:
        """Raise `Unavailable` unless the database answers."""
        await self.run(Statement("database.verify", Kind.READ, "RETURN 1"))

    async def run(
        self,
        statement: Statement,
        parameters: Parameters | None = None,
        *,
        timeout: float = 30.0,  # noqa: ASYNC109 - the server, not this task, ends the statement
    ) -> list[Row]:
        """Run one statement in one round trip and return its rows, columns in RETURN order.

        Args:
            statement: The statement; its kind decides the access mode.
            parameters: Its parameters.
            timeout: Seconds after which the server ends it; fewer when the request has fewer left.

        Raises:
            Unavailable: the database could not be reached within the retries.
            Timeout: the server ended the statement.
        """
        timeout = within(timeout)
        query = _query(statement, timeout)
        try:
            try:
                return await self._once(query, statement.kind, parameters)
            except (DriverError, Neo4jError) as error:
                # The retry machinery costs a tenth of a millisecond: only failures pay for it.
                if not is_retryable(error):
                    raise
            async for attempt in stamina.retry_context(
                on=is_retryable, attempts=3, timeout=5.0, wait_initial=0.02, wait_max=1.0
            ):
                with attempt:
                    return await self._once(query, statement.kind, parameters)
        except (DriverError, Neo4jError) as error:
            if is_timeout(error):
                raise Timeout(f"{statement.name} took longer than {timeout:g} seconds.") from error
            if is_retryable(error):
                self._lost(error)
                raise Unavailable(AWAY) from error
            raise
        raise Unavailable(AWAY)

    def _lost(self, error: Exception) -> None:
        """Take note that the database could not be reached; a transient refusal is an answer."""
        if self.vigil is not None and isinstance(error, DriverError):
            self.vigil.breaker.trip()

    async def attempt(
        self,
        statement: Statement,
        parameters: Parameters | None = None,
        *,
        timeout: float = 30.0,  # noqa: ASYNC109 - the server, not this task, ends the statement
    ) -> list[Row]:
        """Run one statement once: for a caller that must know that it is being repeated.

        Raises:
            DriverError: the database could not be reached.
            Neo4jError: the database refused or ended it.
            Unavailable: it is known to be away.
        """
        query = _query(statement, timeout)
        return await self._once(query, statement.kind, parameters)

    async def profile(self, statement: Statement, parameters: Parameters) -> "Profile":
        """Run a statement as PROFILE does: with everything the database counts on the way.

        Raises:
            Unavailable: the database cannot be reached.
        """
        try:
            async with self._session(neo4j.READ_ACCESS) as session:
                result = await session.run(
                    "PROFILE " + _unsized(statement.text), _given(parameters)
                )
                summary = await result.consume()
        except (DriverError, Neo4jError) as error:
            if is_retryable(error):
                raise Unavailable(AWAY) from error
            raise
        # The driver leaves the types of a plan open.
        return _profile(cast("dict[str, Any]", summary.profile or {}))  # pyright: ignore[reportUnknownMemberType]

    def _session(self, mode: str) -> neo4j.AsyncSession:
        # The driver types its session options as unknown keywords.
        return self._driver.session(  # pyright: ignore[reportUnknownMemberType]
            database=self._database,
            default_access_mode=mode,
            bookmark_manager=self._bookmarks,
        )

    async def _once(
        self, query: neo4j.Query, kind: Kind, parameters: Parameters | None
    ) -> list[Row]:
        if self.vigil is None:
            return await self._sent(query, kind, parameters)
        started = time.perf_counter()
        async with self.vigil.watched():
            rows = await self._sent(query, kind, parameters)
        if self.observe is not None and query.metadata:
            self.observe(query.metadata["name"], time.perf_counter() - started)
        return rows

    async def _sent(
        self, query: neo4j.Query, kind: Kind, parameters: Parameters | None
    ) -> list[Row]:
        mode = neo4j.READ_ACCESS if kind is Kind.READ else neo4j.WRITE_ACCESS
        async with self._session(mode) as session:
            result = await session.run(query, _given(parameters))
            return [list(record.values()) async for record in result]

    @asynccontextmanager
    async def transaction(
        self,
        name: str,
        *,
        timeout: float = 60.0,  # noqa: ASYNC109 - ended by the server
    ) -> AsyncGenerator["Transaction"]:
        """Several statements in one transaction: committed at the end, undone by an exception."""
        async with self._session(neo4j.WRITE_ACCESS) as session:
            inner = await session.begin_transaction(metadata={"name": name}, timeout=timeout)
            async with inner:
                yield Transaction(inner)
                await inner.commit()


@dataclass(frozen=True, slots=True)
class Profile:
    """How the database ran a statement.

    Attributes:
        db_hits: Accesses to the store, of all operators together.
        table: The plan with its counts, as the database draws it.
    """

    db_hits: int
    table: str


def _profile(plan: dict[str, Any]) -> Profile:
    arguments: dict[str, Any] = plan.get("args", {})
    return Profile(_hits(plan), str(arguments.get("string-representation", "")))


def _hits(plan: dict[str, Any]) -> int:
    own = int(plan.get("args", {}).get("DbHits", 0))
    return own + sum(_hits(child) for child in plan.get("children", ()))


class Transaction:
    """Several statements that take effect together or not at all."""

    def __init__(self, inner: neo4j.AsyncTransaction) -> None:
        self._inner = inner

    async def run(self, statement: Statement, parameters: Parameters | None = None) -> list[Row]:
        """Run one statement and return its rows, columns in RETURN order."""
        result = await self._inner.run(_unsized(statement.text), _given(parameters))
        return [list(record.values()) async for record in result]
