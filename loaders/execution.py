"""Execution: one statement per root field, all at once, and the completed response."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLSchema, OperationType
from graphql.execution.values import VariableValues

from graph.access import Rules
from graph.database import Graph
from graph.errors import GraphError
from graph.statements import Statement
from loaders.backing import Backing
from loaders.changes import Feed
from loaders.completion import Doubt
from loaders.errors import BadRequest, Code, coded
from loaders.lanes import MAX_BATCH, Lanes
from loaders.mutating import Change
from loaders.narrowing import Narrowing
from loaders.operations import Field, Operation, Operations, Plan
from loaders.pricing import price
from loaders.projection import projection
from loaders.readings import Readings
from loaders.reference import Answer, Response, by_response_key, judged, lenient, refused
from loaders.scopes import outside
from loaders.viewer import Audience, Viewer
from loaders.writes import Writes


@dataclass(slots=True)
class Counters:
    """What the executor did so far."""

    statements: int = 0
    fallbacks: int = 0


@dataclass(frozen=True, slots=True)
class Planned:
    """A request that is ready to run.

    Attributes:
        operation: Its operation.
        plan: The plan for the shape of its variables.
        variables: The variables as they were sent.
        values: The variables as they are coerced.
    """

    operation: Operation
    plan: Plan
    variables: dict[str, Any] | None
    values: VariableValues


@dataclass(frozen=True, slots=True)
class Explained:
    """One root field of a request, as it would be asked.

    Attributes:
        key: Its response key.
        statement: The statement; None when the answer is known to be empty without one.
        parameters: Values for the statement, and perhaps others that only the answer needs.
        price: Points.
    """

    key: str
    statement: Statement | None
    parameters: dict[str, Any]
    price: int


class Executor:
    """Executes operations of one schema on one graph; made once per process.

    Args:
        schema: The whole schema.
        graph: Where statements run.
        compiled: False leaves every completion to graphql-core, which is slower and the reference.
        max_batch: Most concurrent requests that share a statement; 1 gives each its own.

    Attributes:
        schema: The schema, its objects read by response key.
        counters: What it did so far.
        lanes: How statements are sent; it counts batches.
        writes: How mutations are performed.
        feed: The changes of the graph; None where nobody follows them.
        backing: What resolvers stand on whose answer is no plain read.
        narrowing: Whether staff see everything.
        readings: Where reads of personal data are recorded; None where they are not.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        graph: Graph,
        *,
        compiled: bool = True,
        max_batch: int = MAX_BATCH,
    ) -> None:
        self._compiled = compiled
        self._schema = self.schema = by_response_key(schema)
        self.lanes = Lanes(graph, max_batch)
        self.writes = Writes(graph)
        self.feed: Feed | None = None
        self.narrowing = Narrowing(graph)
        self.backing = Backing(
            graph, self.plan, self.answers, lambda: self.narrowing.narrowed, self._told,
            lambda: self.readings is not None,
        )  # fmt: skip
        self._operations: dict[Rules, Operations] = {}
        self.readings: Readings | None = None
        self.counters = Counters()

    async def execute(
        self,
        query: str,
        variables: dict[str, Any] | None,
        operation_name: str | None,
        viewer: Viewer,
    ) -> Response:
        """The response to one request, ready for JSON; a bad document is a response too."""
        planned = self.plan(query, variables, operation_name, viewer.audience)
        if isinstance(planned, list):
            return refused(planned)
        if refusals := outside(planned.operation, viewer):
            return refused(refusals)
        return await self.run(planned, viewer)

    def _operations_of(self, audience: Audience) -> Operations:
        """The operations of an audience: on the schema that exists for it, by its rights."""
        rules = self.narrowing.rules(audience)
        found = self._operations.get(rules)
        if found is None:
            found = Operations(projection(self._schema, audience), rules)
            self._operations[rules] = found
        return found

    def plan(
        self,
        query: str,
        variables: dict[str, Any] | None,
        operation_name: str | None,
        audience: Audience = Audience.STAFF,
    ) -> "Planned | list[GraphQLError]":
        """A request of an audience made ready to run, or what is wrong with it."""
        operation = self._operations_of(audience).get(query, operation_name)
        if isinstance(operation, list):
            return coded(operation, Code.INVALID_DOCUMENT)
        if operation.definition.operation is OperationType.SUBSCRIPTION:
            message = "Subscribe over a WebSocket, or accept `text/event-stream`."
            return coded([GraphQLError(message)], Code.INVALID_DOCUMENT)
        values = operation.variables.coerce(variables or {})
        if isinstance(values, list):
            return coded(values, Code.INVALID_VARIABLES)
        return Planned(operation, operation.plan(values), variables, values)

    async def run(
        self, planned: "Planned", viewer: Viewer, idempotency_key: str | None = None
    ) -> Response:
        """The response to a planned request."""
        fields, values = planned.plan.fields, planned.values
        if any(each.change for each in fields):
            # One after the other, as GraphQL asks of mutations.
            found = [await self._change(each, values, viewer, idempotency_key) for each in fields]
        elif len(fields) == 1:
            found = [await self._answer(fields[0], values, viewer)]
        else:
            found = await asyncio.gather(*(self._answer(each, values, viewer) for each in fields))
        if planned.plan.whole and self._compiled:
            try:
                return {"data": _complete(planned.plan, found)}
            except Exception:  # noqa: BLE001 - any doubt at all is graphql-core's to judge
                self.counters.fallbacks += 1
        pairs = list(zip(fields, found, strict=True))
        return await judged(
            planned.operation.schema,
            planned.operation,
            pairs,
            planned.variables,
            viewer,
            self.feed,
            self.backing,
        )

    async def answers(
        self, query: str, variables: dict[str, Any], viewer: Viewer
    ) -> dict[str, Any]:
        """The answers of a query by response key, not completed: a resolver passes them on.

        Raises:
            GraphQLError: the query is refused.
        """
        planned = self.plan(query, variables, None, viewer.audience)
        if isinstance(planned, list):
            raise planned[0]
        return {
            each.key: lenient(each, await self._answer(each, planned.values, viewer))
            for each in planned.plan.fields
        }

    def operation(
        self, query: str, operation_name: str | None, audience: Audience = Audience.STAFF
    ) -> Operation | list[GraphQLError]:
        """The operation of a document, whatever its kind, or what is wrong with it."""
        found = self._operations_of(audience).get(query, operation_name)
        return coded(found, Code.INVALID_DOCUMENT) if isinstance(found, list) else found

    def explain(
        self,
        query: str,
        variables: dict[str, Any] | None,
        operation_name: str | None,
        viewer: Viewer | None = None,
    ) -> "list[Explained] | list[GraphQLError]":
        """What a request would send, without sending it; or why it would be refused."""
        audience = viewer.audience if viewer is not None else Audience.STAFF
        planned = self.plan(query, variables, operation_name, audience)
        if isinstance(planned, list):
            return planned
        found: list[Explained] = []
        for each in planned.plan.fields:
            if each.refused is not None:
                return [each.refused]
            if each.root is None:
                continue
            parameters = each.root.bindings.values(planned.values, viewer)
            points = price(each.root.entry, parameters)
            found.append(Explained(each.key, each.root.statement, parameters, points))
        return found

    async def prepare(
        self, query: str, variables: dict[str, Any] | None, operation_name: str | None = None
    ) -> list[GraphQLError]:
        """Plan an operation here and in the database; what is wrong with it, if anything.

        Variables of another shape (an id of another type, a null) make another plan.

        Raises:
            GraphError: the database cannot be reached.
        """
        errors: list[GraphQLError] = []
        for each in self.explain(query, variables, operation_name):
            if isinstance(each, GraphQLError):
                errors.append(each)
            elif each.statement is not None:
                await self.lanes.prepare(each.statement, each.parameters)
        planned = self.plan(query, variables, operation_name)
        if isinstance(planned, Planned):
            for field in planned.plan.fields:
                if field.change is not None:
                    await self._prepare_change(field.change)
        return errors

    async def _prepare_change(self, change: Change) -> None:
        """Plan a mutation's write, and its read for ids of nothing."""
        await self.writes.prepare(change.mutation)
        if change.read is not None:
            await self.lanes.prepare(change.read, dict.fromkeys(change.returned))

    async def _answer(
        self, planned: Field, values: VariableValues, viewer: Viewer
    ) -> Answer | Exception:
        """The row and parameters of one root field, or what went wrong."""
        root = planned.root
        if root is None:
            return planned.refused or LookupError(planned.key)
        try:
            parameters = root.bindings.values(values, viewer)
            if root.statement is None:
                return Answer(root.nothing, parameters)
            self.counters.statements += 1
            row = await self.lanes.ask(root.statement, parameters)
            self._record(planned, viewer, row, parameters)
        except (GraphQLError, GraphError) as error:
            return error
        except Exception as error:  # noqa: BLE001 - one root field fails, not the whole answer
            return error
        return Answer(root.nothing if row is None else row, parameters)

    async def _change(
        self, planned: Field, values: VariableValues, viewer: Viewer, idempotency_key: str | None
    ) -> Answer | Exception:
        """Do what one root field of a mutation asks, and read what it selects."""
        change, root = planned.change, planned.root
        if change is None or root is None:
            return planned.refused or LookupError(planned.key)
        try:
            if not change.mutation.is_for(viewer.audience):
                return BadRequest(Code.FORBIDDEN, "This is not for you to do.")
            given = change.input.evaluate(values)
            asked = given
            if idempotency_key and given.get("clientMutationId") is None:
                # One key of the request for several mutations: each has its own.
                asked = {**given, "clientMutationId": f"{idempotency_key}#{planned.key}"}
            outcome = await self.writes.do(change.mutation, asked, viewer)
            row: list[Any] = [*change.nothing]
            parameters = root.bindings.values(values, viewer)
            if change.read is not None and (outcome.result or not outcome.refusals):
                parameters |= change.told(outcome.result)
                row = await self.lanes.ask(change.read, parameters)
        except Exception as error:  # noqa: BLE001 - one root field fails, not the whole answer
            return error
        errors = [
            {"code": each.code, "message": each.message, "field": list(each.path)}
            for each in outcome.refusals
        ]
        told = [[*row, *change.rows(outcome.result), errors, given.get("clientMutationId")]]
        self._record(planned, viewer, told, parameters)
        return Answer(told, parameters)

    def _record(
        self, planned: Field, viewer: Viewer, row: list[Any] | None, parameters: dict[str, Any]
    ) -> None:
        """Record whose personal data a row holds, where that is done."""
        if self.readings is not None and planned.reading is not None and row is not None:
            self.readings.saw(planned.reading, viewer, row, parameters)

    def _told(
        self, viewer: Viewer, operation: str, classes: Iterable[str], people: Iterable[str]
    ) -> None:
        """Record what an ordinary resolver told of people, where that is done."""
        if self.readings is not None:
            self.readings.told([(operation, [*classes], [*people])], viewer)


def _complete(plan: Plan, found: list[Answer | Exception]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for planned, answer in zip(plan.fields, found, strict=True):
        if isinstance(answer, Exception) or planned.strict is None:
            raise Doubt
        data[planned.key] = planned.strict(answer.row, answer.parameters)
    return data
