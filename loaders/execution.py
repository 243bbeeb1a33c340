"""Execution: one statement per root field, all at once, and the completed response."""

import asyncio
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLSchema
from graphql.execution.values import VariableValues

from graph.database import Graph
from graph.errors import GraphError
from graph.statements import Statement
from loaders.completion import Doubt
from loaders.errors import Code, coded
from loaders.lanes import MAX_BATCH, Lanes
from loaders.operations import Field, Operation, Operations, Plan
from loaders.pricing import price
from loaders.reference import Answer, Response, by_response_key, judged, refused
from loaders.viewer import Audience, Viewer


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
        counters: What it did so far.
        lanes: How statements are sent; it counts batches.
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
        self._schema = by_response_key(schema)
        self.lanes = Lanes(graph, max_batch)
        self._operations = Operations(self._schema)
        self.counters = Counters()

    async def execute(
        self,
        query: str,
        variables: dict[str, Any] | None,
        operation_name: str | None,
        viewer: Viewer,
    ) -> Response:
        """The response to one request, ready for JSON; a bad document is a response too."""
        planned = self.plan(query, variables, operation_name)
        if isinstance(planned, list):
            return refused(planned)
        return await self.run(planned, viewer)

    def plan(
        self, query: str, variables: dict[str, Any] | None, operation_name: str | None
    ) -> "Planned | list[GraphQLError]":
        """A request made ready to run, or what is wrong with it."""
        operation = self._operations.get(query, operation_name)
        if isinstance(operation, list):
            return coded(operation, Code.INVALID_DOCUMENT)
        values = operation.variables.coerce(variables or {})
        if isinstance(values, list):
            return coded(values, Code.INVALID_VARIABLES)
        return Planned(operation, operation.plan(values), variables, values)

    async def run(self, planned: "Planned", viewer: Viewer) -> Response:
        """The response to a planned request."""
        fields, values = planned.plan.fields, planned.values
        if len(fields) == 1:
            found = [await self._answer(fields[0], values, viewer)]
        else:
            found = await asyncio.gather(*(self._answer(each, values, viewer) for each in fields))
        if planned.plan.whole and self._compiled:
            try:
                return {"data": _complete(planned.plan, found)}
            except Exception:  # noqa: BLE001 - any doubt at all is graphql-core's to judge
                self.counters.fallbacks += 1
        pairs = list(zip(fields, found, strict=True))
        return await judged(self._schema, planned.operation, pairs, planned.variables, viewer)

    def explain(
        self, query: str, variables: dict[str, Any] | None, operation_name: str | None
    ) -> "list[Explained] | list[GraphQLError]":
        """What a request would send, without sending it; or why it would be refused."""
        planned = self.plan(query, variables, operation_name)
        if isinstance(planned, list):
            return planned
        found: list[Explained] = []
        for each in planned.plan.fields:
            if each.refused is not None:
                return [each.refused]
            if each.root is None:
                continue
            parameters = each.root.bindings.values(planned.values)
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
        return errors

    async def _answer(
        self, planned: Field, values: VariableValues, viewer: Viewer
    ) -> Answer | Exception:
        """The row and parameters of one root field, or what went wrong."""
        root = planned.root
        if root is None:
            return planned.refused or LookupError(planned.key)
        try:
            scope = f"{viewer.audience.value}:{viewer.issuer}:{viewer.subject}"
            parameters = root.bindings.values(values, scope)
            if viewer.audience is not Audience.STAFF:
                # Until there are rights for the other audiences, they see nothing.
                return Answer(root.nothing, parameters)
            if root.statement is None:
                return Answer(root.nothing, parameters)
            self.counters.statements += 1
            row = await self.lanes.ask(root.statement, parameters)
        except (GraphQLError, GraphError) as error:
            return error
        except Exception as error:  # noqa: BLE001 - one root field fails, not the whole answer
            return error
        return Answer(root.nothing if row is None else row, parameters)


def _complete(plan: Plan, found: list[Answer | Exception]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for planned, answer in zip(plan.fields, found, strict=True):
        if isinstance(answer, Exception) or planned.strict is None:
            raise Doubt
        data[planned.key] = planned.strict(answer.row, answer.parameters)
    return data
