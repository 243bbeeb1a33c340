"""`python -m api`: the commands, and how they fail: one sentence, a code, an exit status."""

import gc
import importlib
import sys
from collections.abc import Iterable
from typing import NoReturn

import typer

from api.errors import ApiError
from api.logs import log_to_stderr
from api.settings import SettingsError
from graph.engines import EngineError
from graph.errors import GraphError

FAILED = 1
MISUSED = 2
INTERRUPTED = 130

# Module and function of each command. Only the one that is asked for is imported: the server takes
# seconds to import, and a token should not wait for it.
COMMANDS = {
    "dev": ("api.commands.dev", "dev"),
    "serve": ("api.commands.serve", "serve"),
    "worker": ("api.commands.worker", "worker"),
    "audit": ("api.commands.audit", "audit"),
    "migrate": ("api.commands.migrate", "migrate"),
    "seed": ("api.commands.seed", "seed"),
    "import": ("api.commands.imports", "import_"),
    "match": ("api.commands.match", "match"),
    "drop": ("api.commands.drop", "drop"),
    "export": ("api.commands.exports", "export_"),
    "retention": ("api.commands.retention", "retention"),
    "compact": ("api.commands.compact", "compact"),
    "query": ("api.commands.query", "query"),
    "explain": ("api.commands.explain", "explain"),
    "schema": ("api.commands.schema", "schema"),
    "token": ("api.commands.token", "token"),
    "code": ("api.commands.code", "code"),
    "key": ("api.commands.key", "key"),
}


def _everything() -> None:
    """Everything about a customer that you may see: a GraphQL API over a Neo4j graph."""


def command_line(names: Iterable[str]) -> typer.Typer:
    """Return the command line with these commands."""
    app = typer.Typer(
        name="python -m api",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_everything)
    for name in names:
        module, function = COMMANDS[name]
        found = getattr(importlib.import_module(module), function)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def main() -> None:
    """Run the command line and end the process with its status.

    0 is success, 1 a failure, 2 a wrong option or setting, 130 an interruption.
    """
    asked = [name for name in sys.argv[1:2] if name in COMMANDS]
    log_to_stderr("WARNING")
    try:
        command_line(asked or COMMANDS)()
    except SettingsError as error:
        _fail(MISUSED, *error.sentences)
    except (ApiError, EngineError, GraphError) as error:
        _fail(FAILED, f"{error} [{error.code}]")
    except KeyboardInterrupt:
        _fail(INTERRUPTED, "Interrupted.")
    finally:
        # The interpreter would look for cycles among all modules before it ends: up to a second.
        # DuckDB counts what is left of it, and would call that a leak.
        if "duckdb" not in sys.modules:
            gc.freeze()


def _fail(status: int, *sentences: str) -> NoReturn:
    """Tell a person what went wrong, and end."""
    for sentence in sentences:
        print(sentence, file=sys.stderr)  # noqa: T201 - this is where the command line speaks
    sys.exit(status)
