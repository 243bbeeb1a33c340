"""How many statements and round trips each common mutation takes, counted where they leave.

A round trip is a statement by itself, or each statement of a transaction and its begin and commit.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from api.connections import graph_at
from graph.database import Graph, Parameters, Row, Transaction
from graph.engines import Endpoints
from graph.statements import Kind, Statement
from loaders.execution import Executor
from resolvers.schema import SCHEMA
from tests.mutations.commerce import Shop, lines, shop
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio


@dataclass(slots=True)
class Sent:
    """What left for the database; reads and writes are statements outside of a transaction."""

    reads: int = 0
    writes: int = 0
    in_transactions: int = 0
    round_trips: int = 0


ONE = (0, 1, 0, 1)
"""One write statement, and that is all."""

READ_FIRST = (1, 1, 0, 2)
"""What the write rests on is read first; the write makes sure that it is still so."""

EXPECTED: dict[str, tuple[int, int, int, int]] = {
    "personUpsert of a known person": READ_FIRST,
    "personUpsert again": READ_FIRST,
    "personPatch first": READ_FIRST,
    "personPatch": READ_FIRST,
    "personPatch again": (1, 0, 0, 1),
    "identifierAdd": READ_FIRST,
    # Identifiers that follow from what is said take a batch.
    "personUpsert of a new person": (1, 0, 8, 11),
    "personUpsert with another address": (1, 0, 21, 24),
    "partyArchive": ONE,
    "partyRestore": ONE,
    "taskCreate": ONE,
    "taskComplete": ONE,
    "interactionLog": ONE,
    "opportunityMove": ONE,
    "noteAdd": ONE,
    "consentGive": ONE,
    "caseOpen": READ_FIRST,
    "caseUpdate": READ_FIRST,
    "quoteDraft": READ_FIRST,
    "quoteSend": ONE,
    "quoteAccept": ONE,
    "quoteConvert": READ_FIRST,
    "orderPlace": READ_FIRST,
    "orderConfirm": ONE,
    "orderShip": READ_FIRST,
    "invoiceIssue": READ_FIRST,
    "invoicePay": READ_FIRST,
}
"""By mutation: reads, writes, statements inside a transaction, round trips."""


class CountingGraph(Graph):
    """A graph that counts what it sends."""

    def __init__(self, *args: str) -> None:
        super().__init__(*args)
        self.sent = Sent()

    def _note(self, statement: Statement) -> None:
        self.sent.round_trips += 1
        if statement.kind is Kind.READ:
            self.sent.reads += 1
        else:
            self.sent.writes += 1

    async def run(
        self, statement: Statement, parameters: Parameters | None = None, **options: Any
    ) -> list[Row]:
        """Count the statement, then run it."""
        self._note(statement)
        return await super().run(statement, parameters, **options)

    async def attempt(
        self, statement: Statement, parameters: Parameters | None = None, **options: Any
    ) -> list[Row]:
        """Count the statement, then run it."""
        self._note(statement)
        return await super().attempt(statement, parameters, **options)

    @asynccontextmanager
    async def transaction(self, name: str, **options: Any) -> AsyncGenerator[Transaction]:
        """Count begin and commit, and every statement between."""
        self.sent.round_trips += 2
        async with super().transaction(name, **options) as inner:
            yield _Counting(inner, self.sent)


class _Counting(Transaction):
    def __init__(self, inner: Transaction, sent: Sent) -> None:
        self._counted = inner
        self._sent = sent

    async def run(self, statement: Statement, parameters: Parameters | None = None) -> list[Row]:
        self._sent.in_transactions += 1
        self._sent.round_trips += 1
        return await self._counted.run(statement, parameters)


@pytest.fixture
async def counted(endpoints: Endpoints, api: Api) -> AsyncIterator[Api]:  # noqa: ARG001 - it empties
    """Return the API over an empty graph that counts."""
    async with graph_at(endpoints, CountingGraph) as graph:
        yield Api(Executor(SCHEMA._schema, graph), graph)  # pyright: ignore[reportPrivateUsage]


class Counter:
    """Performs mutations, and keeps what each of them sent."""

    def __init__(self, api: Api) -> None:
        assert isinstance(api.graph, CountingGraph)
        self._api, self._graph = api, api.graph
        self.found: dict[str, tuple[int, int, int, int]] = {}

    async def do(self, name: str, selection: str = "", /, *, told: str = "", **given: Any) -> Any:
        """Perform a mutation that selects nothing but ids; `told` says in which case."""
        self._graph.sent = sent = Sent()
        payload = await self._api.done(name, selection, **given)
        counts = (sent.reads, sent.writes, sent.in_transactions, sent.round_trips)
        self.found[f"{name} {told}".strip()] = counts
        return payload


async def parties(counter: Counter) -> str:
    """What is said of people; the id of one."""
    of = {"source": "crm", "externalId": "1"}
    made = await counter.do(
        "personUpsert", "person { id }", told="of a new person",
        **of, name="Ana", email="ana@example.org",
    )  # fmt: skip
    id_: str = made["person"]["id"]
    await counter.do("personUpsert", told="of a known person", **of, name="Ana", jobTitle="Buyer")
    await counter.do("personUpsert", told="again", **of, name="Ana", jobTitle="Buyer")
    await counter.do("personUpsert", told="with another address", **of, email="a@example.org")
    await counter.do("personPatch", told="first", personId=id_, jobTitle="Director")
    await counter.do("personPatch", personId=id_, jobTitle="Owner")
    await counter.do("personPatch", told="again", personId=id_, jobTitle="Owner")
    await counter.do("identifierAdd", partyId=id_, kind="LOYALTY_CARD", value="L-1")
    await counter.do("partyArchive", partyId=id_)
    await counter.do("partyRestore", partyId=id_)
    return id_


async def engagement(counter: Counter, person: str, deal: str) -> None:
    task = await counter.do("taskCreate", "task { id }", subject="Call back", parties=[person])
    await counter.do("taskComplete", taskId=task["task"]["id"])
    await counter.do(
        "interactionLog",
        kind="CALL", channel="PHONE", subject="Pump", at="2026-01-05T10:00:00Z",
        participants=[{"participantId": person, "role": "FROM"}],
    )  # fmt: skip
    await counter.do("opportunityMove", opportunityId=deal, stage="NEGOTIATION")
    await counter.do("noteAdd", parties=[person], body="Likes pumps.")
    case = await counter.do("caseOpen", "case { id }", customerId=person, subject="It leaks")
    await counter.do("caseUpdate", caseId=case["case"]["id"], priority="HIGH")
    await counter.do(
        "consentGive",
        personId=person,
        purpose="NEWSLETTER",
        channel="EMAIL",
        method="DOUBLE_OPT_IN",
        evidence="double opt-in 7",
    )


async def commerce(counter: Counter, there: Shop) -> None:
    quote = await counter.do(
        "quoteDraft", "quote { id }",
        opportunityId=there.opportunity, lines=lines((there.valve, 5)),
    )  # fmt: skip
    named = {"quoteId": quote["quote"]["id"]}
    await counter.do("quoteSend", **named)
    await counter.do("quoteAccept", **named)
    order = await counter.do("quoteConvert", "order { id }", **named)
    await counter.do("orderConfirm", orderId=order["order"]["id"])
    placed = await counter.do(
        "orderPlace", "order { id }", customerId=there.customer, lines=lines((there.valve, 5))
    )
    id_ = placed["order"]["id"]
    await counter.do("orderShip", orderId=id_)
    invoice = await counter.do("invoiceIssue", "invoice { id }", orderId=id_)
    await counter.do("invoicePay", invoiceId=invoice["invoice"]["id"])


async def test_each_mutation_takes_as_few_statements_as_it_is_said(counted: Api, put: Put) -> None:
    there = await shop(counted, put)
    counter = Counter(counted)

    person = await parties(counter)
    await engagement(counter, person, there.opportunity)
    await commerce(counter, there)

    assert counter.found == EXPECTED
