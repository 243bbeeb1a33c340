"""Subscriptions: each event of the source executed by graphql-core, as the specification says."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, cast

import graphql
from graphql import ExecutionResult, GraphQLError, OperationType

from graph.errors import GraphError
from loaders.errors import Code, coded
from loaders.execution import Executor
from loaders.operations import Operation
from loaders.reference import Response, context_of, masked, refused, response_of
from loaders.scopes import outside
from loaders.viewer import Audience, Viewer


def is_subscription(
    executor: Executor,
    query: str,
    operation_name: str | None,
    audience: Audience = Audience.STAFF,
) -> bool:
    """Whether a document asks for events; False also for one that cannot be run."""
    found = executor.operation(query, operation_name, audience)
    return not isinstance(found, list) and found.definition.operation is OperationType.SUBSCRIPTION


async def subscribe(
    executor: Executor,
    query: str,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    viewer: Viewer,
) -> AsyncGenerator[Response]:
    """Yield a response for each event; a single one with `errors` when the request is refused.

    When the source fails, the last response tells why: the subscriber goes on from its last cursor.
    """
    operation = executor.operation(query, operation_name, viewer.audience)
    refusals = _refusals(operation, variables, viewer)
    if isinstance(operation, list) or refusals:
        yield refused(refusals)
        return
    name = operation.definition.name
    made: Any = cast("Any", graphql).subscribe(
        operation.schema,
        operation.document,
        context_value=context_of(viewer, executor.feed),
        variable_values=variables,
        operation_name=name.value if name else None,
        hide_suggestions=not operation.rules.suggests,
    )
    if asyncio.iscoroutine(made) or asyncio.isfuture(made):
        made = await made
    if isinstance(made, ExecutionResult):
        yield refused([masked(each) for each in made.errors or ()])
        return
    events = cast("AsyncIterator[ExecutionResult]", made)
    try:
        async for result in events:
            yield response_of(result)
    except (GraphError, GraphQLError) as error:
        yield refused([masked(_located(error))])
    finally:
        await cast("Any", events).aclose()


def _refusals(
    operation: Operation | list[GraphQLError], variables: dict[str, Any] | None, viewer: Viewer
) -> list[GraphQLError]:
    """Why nobody follows it; empty when somebody may."""
    if isinstance(operation, list):
        return operation
    if refusals := outside(operation, viewer):
        return refusals
    values = operation.variables.coerce(variables or {})
    return coded(values, Code.INVALID_VARIABLES) if isinstance(values, list) else []


def _located(error: GraphError | GraphQLError) -> GraphQLError:
    if isinstance(error, GraphQLError):
        return error
    return GraphQLError(str(error), original_error=error)
