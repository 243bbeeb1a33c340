"""What a webhook is sent: the change, and what it selects of the node, before and after."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from graphql import GraphQLError, parse, validate

from graph.changes import Event
from graph.webhooks import Webhook
from graph.write.formats import moment
from loaders.changes import global_id
from loaders.execution import Executor
from loaders.viewer import Audience, Viewer

MAX_SELECTION = 10_000
_MOMENT = timedelta(milliseconds=1)


def document_of(selection: str) -> str:
    """Return the document that asks for a selection of one node, as it is and as it was."""
    return (
        "query Webhook($id: ID!, $before: DateTime!) { "
        f"after: node(id: $id) {selection} before: node(id: $id, asOf: $before) {selection} }}"
    )


def problem_of(executor: Executor, selection: str) -> str | None:
    """Return why a selection cannot be sent; None for one like `{ id ... on Person { name } }`."""
    if len(selection) > MAX_SELECTION:
        return f"selection may have at most {MAX_SELECTION} characters."
    text = selection.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return "selection must stand in braces, such as { id ... on Person { name } }."
    try:
        document = parse(document_of(text))
    except GraphQLError:
        return "selection must be a GraphQL selection, such as { id ... on Person { name } }."
    if len(document.definitions) != 1:
        return "selection must be one selection: no fragment or operation beside it."
    found = validate(executor.schema, document, max_errors=1)
    return f"selection does not fit the schema: {found[0].message}" if found else None


async def body_of(executor: Executor, webhook: Webhook, event: Event) -> bytes:
    """Return the message of one event for one webhook, as JSON.

    `before` is null for a node that was made, `after` for one that is gone; both are absent
    without a selection. What is read is what staff may read.

    Raises:
        GraphError: the graph is away.
    """
    data: dict[str, Any] = {
        "event": event.id,
        "op": event.op,
        "entityId": global_id(event),
        "type": event.label,
        "version": event.version,
        "fields": event.fields,
        "actor": event.actor,
    }
    if webhook.selection:
        variables = {"id": data["entityId"], "before": _just_before(event)}
        viewer = Viewer(Audience.STAFF, "customer360", f"webhook:{webhook.id}")
        document = document_of(webhook.selection.strip())
        response = await executor.execute(document, variables, None, viewer)
        found: dict[str, Any] = response.get("data") or {}
        data |= {"before": found.get("before"), "after": found.get("after")}
        if "errors" in response:
            data["errors"] = response["errors"]
    message = {"type": f"{event.label}.{event.op}", "timestamp": event.at, "data": data}
    return orjson.dumps(message)


def _just_before(event: Event) -> str:
    at = datetime.fromisoformat(event.at) if event.at else datetime.now(UTC)
    return moment(at - _MOMENT)
