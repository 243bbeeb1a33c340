"""A process that owns engines until it is told to stop, or is killed.

usage: python owner.py DATA_DIR CACHE_DIR WHICH, where WHICH is `all` or `valkey`. Prints one JSON
object a line: first what runs, then every event with the time it was told.
"""

import json
import signal
import sys
import threading
import time
from pathlib import Path

from graph.engines import EngineConfig, EngineEvent, open_engines


def say(**fields: object) -> None:
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def on_event(event: EngineEvent) -> None:
    say(kind=event.kind, engine=event.engine, message=event.message, at=time.time())


def main() -> None:
    data_dir, cache_dir, which = sys.argv[1:]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    config = EngineConfig(
        data_dir=Path(data_dir),
        cache_dir=Path(cache_dir),
        neo4j_uri=None if which == "all" else "bolt://127.0.0.1:9",
        neo4j_heap="256m",
        neo4j_page_cache="64m",
    )
    with open_engines(config, on_event=on_event, archive_after=None) as engines:
        ends = engines.endpoints
        say(
            kind="open",
            neo4j=engines.pid("neo4j"),
            valkey=engines.pid("valkey"),
            uri=ends.neo4j_uri,
            password=ends.neo4j_password,
            redis=ends.redis_url,
        )
        stop.wait()


if __name__ == "__main__":
    main()
