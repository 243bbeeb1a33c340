"""graphql-core as the judge: it completes from the same rows whatever compiled completion doubts.

It knows every error, every path and how nulls spread. It also answers what the graph does not:
introspection, and fields with an ordinary resolver.
"""

import asyncio
import logging
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

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

from graph.errors import GraphError
from loaders.backing import Backing
from loaders.completion import Tagged
from loaders.operations import Field, Operation
from loaders.viewer import Viewer

if TYPE_CHECKING:
    from loaders.changes import Feed
    from loaders.rereading import Rereading

log = logging.getLogger(__name__)

Response = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the graph said to one root field, and the parameters it was asked with."""

    row: Any
    parameters: dict[str, Any]


@dataclass(slots=True)
class Context:
    """What ordinary resolvers may know: the viewer, and the answers of planned root fields.

    Attributes:
        viewer: Who asks.
        answers: By response key.
        feed: The changes of the graph; None where nobody follows them.
        rereading: Reads nodes that changed; None without a feed.
        backing: What other resolvers stand on; None where there is none.
    """

    viewer: Viewer
    answers: dict[str, Any] = field(default_factory=dict[str, Any])
    feed: "Feed | None" = None
    rereading: "Rereading | None" = None
    backing: Backing | None = None


async def judged(
    schema: GraphQLSchema,
    operation: Operation,
    found: list[tuple[Field, Answer | Exception]],
    variables: dict[str, Any] | None,
    viewer: Viewer,
    feed: "Feed | None" = None,
    backing: Backing | None = None,
) -> Response:
    """The response as graphql-core completes it.

    Args:
        schema: A schema that was given to `by_response_key`.
        operation: The operation.
        found: The planned root fields, each with its answer or what went wrong.
        variables: The variables as they were sent.
        viewer: Who asks.
        feed: The changes of the graph.
        backing: What resolvers stand on whose answer is no plain read.
    """
    context = context_of(viewer, feed)
    context.backing = backing
    for planned, answer in found:
        context.answers[planned.key] = lenient(planned, answer)
    name = operation.definition.name
    result = cast("Any", graphql).execute(
        schema,
        operation.document,
        context_value=context,
        variable_values=variables,
        operation_name=name.value if name else None,
        hide_suggestions=not operation.rules.suggests,
    )
    if asyncio.iscoroutine(result) or asyncio.isfuture(result):
        result = await result
    return response_of(cast("ExecutionResult", result))


def context_of(viewer: Viewer, feed: "Feed | None") -> Context:
    """The context of one request."""
    return Context(viewer, feed=feed, rereading=feed.rereading(viewer) if feed else None)


def lenient(planned: Field, answer: Answer | Exception) -> Any:
    """An answer as graphql-core completes it, or what went wrong."""
    if isinstance(answer, Exception) or planned.lenient is None:
        return answer
    try:
        return planned.lenient(answer.row, answer.parameters)
    except Exception as error:  # noqa: BLE001 - a row that does not fit is an error of its field
        return error


def refused(errors: list[GraphQLError]) -> Response:
    """The response to a request of which nothing was done."""
    return {"errors": [error.formatted for error in errors]}


def response_of(result: ExecutionResult) -> Response:
    """The response to a result, what went wrong inside masked."""
    response: Response = {"data": result.data}
    if result.errors:
        response["errors"] = [masked(error).formatted for error in result.errors]
    return response


def masked(error: GraphQLError) -> GraphQLError:
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
            is_root = type_ in (schema.query_type, schema.mutation_type)
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
