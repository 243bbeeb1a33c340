"""Users for development tokens, found in the graph that runs, if one does."""

from datetime import UTC, datetime

from api.connections import engine_config, graph_at
from api.settings import DEMO_ISSUER, Settings
from api.tokens import AudienceName
from graph.engines import attach
from graph.errors import GraphError
from graph.principals import somebody, user_named


async def in_graph(
    settings: Settings, audience: AudienceName, subject: str | None
) -> tuple[str, str] | None:
    """Return issuer and subject of a user; None when no graph runs, or it knows none.

    Args:
        settings: Where the engines are.
        audience: Whose user.
        subject: Of which subject; None takes one who acts for somebody.
    """
    endpoints = attach(engine_config(settings))
    if endpoints is None:
        return None
    try:
        async with graph_at(endpoints) as graph:
            if subject is None:
                today = datetime.now(UTC).date().isoformat()
                return await somebody(graph, audience, DEMO_ISSUER, today)
            known = await user_named(graph, subject, [settings.token_issuer, DEMO_ISSUER])
            return (known[1], subject) if known else None
    except GraphError:
        return None
