"""Database hits of statements that a server sent, by PROFILE."""

from collections.abc import Iterable
from typing import Any, LiteralString, cast

import neo4j

from bench.wire import Run
from graph.engines import Endpoints


def hits(endpoints: Endpoints, runs: Iterable[Run]) -> int | None:
    """Database hits of the statements together; None when Neo4j does not tell.

    Args:
        endpoints: Where the graph answers.
        runs: Statements with their parameters; they must only read.
    """
    total = 0
    # The driver types its options as unknown keywords.
    with neo4j.GraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType]
        endpoints.neo4j_uri,
        auth=(endpoints.neo4j_user, endpoints.neo4j_password),
        notifications_min_severity="OFF",
    ) as driver:
        for text, parameters in runs:
            profile = _profile(driver, endpoints.neo4j_database, text, parameters)
            if profile is None:
                return None
            total += _of(profile)
    return total


def _profile(
    driver: neo4j.Driver, database: str, text: str, parameters: dict[str, Any]
) -> dict[str, Any] | None:
    # Not ours to name: the text is what a server sent a moment ago.
    profiled = cast("LiteralString", "PROFILE " + text)
    with driver.session(database=database) as session:  # pyright: ignore[reportUnknownMemberType]
        summary = session.run(profiled, parameters).consume()
    return cast("dict[str, Any] | None", summary.profile)  # pyright: ignore[reportUnknownMemberType]


def _of(plan: dict[str, Any]) -> int:
    """Hits of an operator and of those below it."""
    return int(plan.get("dbHits", 0)) + sum(_of(each) for each in plan.get("children", []))
