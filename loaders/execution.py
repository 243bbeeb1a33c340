"""Execution: one statement per root field, all at once, and the completed response."""

import asyncio
import logging
import secrets
from dataclasses import dataclass, field
from typing import Any, cast

import graphql
from graphql import (
    ExecutionResult,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    is_abstract_type,
    is_introspection_type,
)
from graphql.execution.values import VariableValues

from graph.database import Graph
from graph.errors import GraphError
from graph.statements import Statement
from loaders.completion import Doubt, Tagged
from loaders.lanes import MAX_BATCH, Lanes
from loaders.operations import Field, Operation, Operations, Plan
from loaders.pricing import price
from loaders.viewer import Audience, Viewer

log = logging.getLogger(__name__)

Response = dict[str, Any]


@dataclass(slots=True)
class Context:
    """What ordinary resolvers may know: the viewer, and the answers of planned root fields."""

    viewer: Viewer
    answers: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True)
class Counters:
    """What the executor did so far."""

    statements: int = 0
    fallbacks: int = 0


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
        operation = self._operations.get(query, operation_name)
        if isinstance(operation, list):
            return {"errors": [error.formatted for error in operation]}
        values = operation.variables.coerce(variables or {})
        if isinstance(values, list):
            return {"errors": [error.formatted for error in values]}
        plan = operation.plan(values)
        if len(plan.fields) == 1:
            found = [await self._answer(plan.fields[0], values, viewer)]
        else:
            answers = (self._answer(each, values, viewer) for each in plan.fields)
            found = await asyncio.gather(*answers)
        if plan.whole and self._compiled:
            try:
                return {"data": _complete(plan, found)}
            except Exception:  # noqa: BLE001 - any doubt at all is graphql-core's to judge
                self.counters.fallbacks += 1
        return await self._by_graphql_core(operation, plan, found, variables, viewer)

    def explain(
        self, query: str, variables: dict[str, Any] | None, operation_name: str | None
    ) -> "list[Explained] | list[GraphQLError]":
        """What a request would send, without sending it; or why it would be refused."""
        operation = self._operations.get(query, operation_name)
        if isinstance(operation, list):
            return operation
        values = operation.variables.coerce(variables or {})
        if isinstance(values, list):
            return values
        found: list[Explained] = []
        for planned in operation.plan(values).fields:
            if planned.refused is not None:
                return [planned.refused]
            if planned.root is None:
                continue
            parameters = planned.root.bindings.values(values)
            points = price(planned.root.entry, parameters)
            found.append(Explained(planned.key, planned.root.statement, parameters, points))
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
    ) -> "_Answer | Exception":
        """The row and parameters of one root field, or what went wrong."""
        root = planned.root
        if root is None:
            return planned.refused or LookupError(planned.key)
        try:
            parameters = root.bindings.values(values)
            if viewer.audience is not Audience.STAFF:
                # Until there are rights for the other audiences, they see nothing.
                return _Answer(root.nothing, parameters)
            if root.statement is None:
                return _Answer(root.nothing, parameters)
            self.counters.statements += 1
            row = await self.lanes.ask(root.statement, parameters)
        except (GraphQLError, GraphError) as error:
            return error
        except Exception as error:  # noqa: BLE001 - one root field fails, not the whole answer
            return error
        return _Answer(root.nothing if row is None else row, parameters)

    async def _by_graphql_core(
        self,
        operation: Operation,
        plan: Plan,
        found: "list[_Answer | Exception]",
        variables: dict[str, Any] | None,
        viewer: Viewer,
    ) -> Response:
        """The reference executor over the same rows: it knows every error and every path."""
        context = Context(viewer)
        for planned, answer in zip(plan.fields, found, strict=True):
            context.answers[planned.key] = _lenient(planned, answer)
        name = operation.definition.name
        result = cast("Any", graphql).execute(
            self._schema,
            operation.document,
            context_value=context,
            variable_values=variables,
            operation_name=name.value if name else None,
        )
        if asyncio.iscoroutine(result) or asyncio.isfuture(result):
            result = await result
        return _response(cast("ExecutionResult", result))


@dataclass(frozen=True, slots=True)
class _Answer:
    row: Any
    parameters: dict[str, Any]


def _complete(plan: Plan, found: "list[_Answer | Exception]") -> dict[str, Any]:
    data: dict[str, Any] = {}
    for planned, answer in zip(plan.fields, found, strict=True):
        if isinstance(answer, Exception) or planned.strict is None:
            raise Doubt
        data[planned.key] = planned.strict(answer.row, answer.parameters)
    return data


def _lenient(planned: Field, answer: "_Answer | Exception") -> Any:
    if isinstance(answer, Exception) or planned.lenient is None:
        return answer
    try:
        return planned.lenient(answer.row, answer.parameters)
    except Exception as error:  # noqa: BLE001 - a row that does not fit is an error of its field
        return error


def _response(result: ExecutionResult) -> Response:
    response: Response = {"data": result.data}
    if result.errors:
        response["errors"] = [_masked(error).formatted for error in result.errors]
    return response


def _masked(error: GraphQLError) -> GraphQLError:
    """What the caller may know: coded errors as they are, anything unexpected by reference."""
    original = error.original_error
    if original is None or isinstance(original, GraphQLError):
        return error
    if isinstance(original, GraphError):
        extensions = {"code": original.code}
        return GraphQLError(str(original), error.nodes, path=error.path, extensions=extensions)
    reference = secrets.token_hex(6)
    log.error(
        "request failed, reference %s: %s", reference, type(original).__name__, exc_info=original
    )
    return GraphQLError(
        "Something went wrong on our side; tell us the reference.",
        error.nodes,
        path=error.path,
        extensions={"code": "INTERNAL", "reference": reference},
    )


def by_response_key(schema: GraphQLSchema) -> GraphQLSchema:
    """Let graphql-core read planned answers: objects are dicts by response key."""
    for type_ in schema.type_map.values():
        if is_introspection_type(type_):
            continue
        if isinstance(type_, GraphQLObjectType):
            type_.is_type_of = None
            is_root = type_ is schema.query_type
            for definition in type_.fields.values():
                _read_by_key(definition, is_root=is_root)
        elif is_abstract_type(type_):
            cast("Any", type_).resolve_type = _typename
    return schema


def _read_by_key(definition: GraphQLField, *, is_root: bool) -> None:
    declared = definition.extensions.get("strawberry-definition")
    if getattr(declared, "base_resolver", None) is not None:
        return
    definition.resolve = _root_answer if is_root else _value(getattr(declared, "python_name", ""))


def _root_answer(_source: Any, info: Any, **_: Any) -> Any:
    answer = info.context.answers[info.path.key]
    if isinstance(answer, Exception):
        raise answer
    return answer


def _value(attribute: str) -> Any:
    def resolve(source: Any, info: Any, **_: Any) -> Any:
        if isinstance(source, dict):
            return cast("dict[Any, Any]", source)[info.path.key]
        return getattr(source, attribute)

    return resolve


def _typename(value: Any, _info: Any, _type: GraphQLAbstractType) -> str | None:
    return value.typename if isinstance(value, Tagged) else None
