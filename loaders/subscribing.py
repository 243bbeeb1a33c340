"""Subscriptions: each event of the source executed by graphql-core, as the specification says."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, cast

import graphql
from graphql import ExecutionResult, GraphQLError, OperationType

from graph.errors import GraphError
from loaders.errors import Code, coded
from loaders.execution import Executor
from loaders.reference import Response, context_of, masked, refused, response_of
from loaders.viewer import Viewer


def is_subscription(executor: Executor, query: str, operation_name: str | None) -> bool:
    """Whether a document asks for events; False also for one that cannot be run."""
    found = executor.operation(query, operation_name)
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
    operation = executor.operation(query, operation_name)
    if isinstance(operation, list):
        yield refused(operation)
        return
    values = operation.variables.coerce(variables or {})
    if isinstance(values, list):
        yield refused(coded(values, Code.INVALID_VARIABLES))
        return
    name = operation.definition.name
    made: Any = cast("Any", graphql).subscribe(
        executor.schema,
        operation.document,
        context_value=context_of(viewer, executor.feed),
        variable_values=variables,
        operation_name=name.value if name else None,
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


def _located(error: GraphError | GraphQLError) -> GraphQLError:
    if isinstance(error, GraphQLError):
        return error
    return GraphQLError(str(error), original_error=error)
