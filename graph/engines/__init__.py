"""The engines below the graph: a real Neo4j and a real Valkey, run here or used elsewhere."""

from graph.engines.config import Endpoints, EngineConfig, EngineEvent
from graph.engines.errors import EngineError
from graph.engines.opening import HasEndpoints, attach, attach_or_open, open_engines
from graph.engines.running import Engines

__all__ = [
    "Endpoints",
    "EngineConfig",
    "EngineError",
    "EngineEvent",
    "Engines",
    "HasEndpoints",
    "attach",
    "attach_or_open",
    "open_engines",
]
