"""Questions of today asked of another moment, and answers to compare."""

from typing import Any

from graphql import FieldNode, OperationDefinitionNode, parse

from loaders.execution import Executor
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA

STAFF = Viewer(Audience.STAFF, "https://id.example.org", "ana", "Ana Staff")
CURSORS = {"cursor", "startCursor", "endCursor"}
_QUERY: Any = SCHEMA._schema.query_type


def at(query: str, moment: str) -> str:
    """The query with every root field asked as of a moment."""
    places: list[int] = []
    for operation in parse(query).definitions:
        if isinstance(operation, OperationDefinitionNode):
            for field in operation.selection_set.selections:
                if isinstance(field, FieldNode) and "asOf" in _QUERY.fields[field.name.value].args:
                    assert field.name.loc is not None
                    places.append(field.name.loc.end)
    for place in sorted(places, reverse=True):
        given = query[place:].lstrip().startswith("(")
        rest = query[place:].lstrip().removeprefix("(") if given else ") " + query[place:]
        query = f'{query[:place]}(asOf: "{moment}" {rest}'
    return query


def bare(value: Any) -> Any:
    """An answer without its cursors, which are bound to the moment."""
    if isinstance(value, list):
        return [bare(each) for each in value]
    if isinstance(value, dict):
        return {key: bare(each) for key, each in value.items() if key not in CURSORS}
    return value


async def ask(executor: Executor, query: str, variables: dict[str, Any] | None = None) -> Any:
    """Data of a query that must have no errors and be answered without doubt."""
    before = executor.counters.fallbacks
    response = await executor.execute(query, variables, None, STAFF)
    assert "errors" not in response, (response["errors"], query)
    assert executor.counters.fallbacks == before, query
    return response["data"]
