"""What the engines are told and what they tell."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

EngineName = Literal["neo4j", "valkey"]

EventKind = Literal[
    "starting",
    "ready",
    "crashed",
    "restarted",
    "gave_up",
    "stopped",
]


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """Values the engines need; the caller reads them from the settings.

    Attributes:
        data_dir: Holds the graph, logs, the password and the runtime file.
        cache_dir: Holds the downloaded jars; may be shared by many data directories.
        neo4j_uri: A Neo4j somewhere else; None runs the embedded one.
        neo4j_user: User of that Neo4j; the embedded one always has `neo4j`.
        neo4j_password: Password of that Neo4j; the embedded one generates its own.
        neo4j_database: Database every session names.
        redis_url: A Redis or Valkey somewhere else; None runs the embedded one.
        neo4j_heap: Java heap of the embedded Neo4j, as in `512m`.
        neo4j_page_cache: Page cache of the embedded Neo4j, as in `256m`.
        bolt_port: Loopback port of the embedded Neo4j; None takes a free one.
        maven_mirror: Address of a Maven repository to download from; None is Maven Central.
    """

    data_dir: Path
    cache_dir: Path
    neo4j_uri: str | None = None
    neo4j_user: str = "neo4j"
    neo4j_password: str | None = field(default=None, repr=False)
    neo4j_database: str = "neo4j"
    redis_url: str | None = field(default=None, repr=False)
    neo4j_heap: str = "512m"
    neo4j_page_cache: str = "256m"
    bolt_port: int | None = None
    maven_mirror: str | None = None


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the graph and the cache answer, and with which password."""

    neo4j_uri: str
    neo4j_user: str
    neo4j_password: str = field(repr=False)
    neo4j_database: str
    redis_url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """Something happened to an engine.

    Attributes:
        kind: What happened.
        engine: Which engine it happened to.
        message: One sentence for a person; never a password.
    """

    kind: EventKind
    engine: EngineName
    message: str


OnEvent = Callable[[EngineEvent], None]
