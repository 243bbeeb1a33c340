"""`serve`: the server, as it runs in production."""

from typing import Annotated

import typer

from api.crew.figures import Member
from api.serving import Plan
from api.serving import serve as run
from api.settings import load_settings


def serve(
    processes: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Processes that answer on one port; C360_PROCESSES."),
    ] = None,
    listener: Annotated[int | None, typer.Option(hidden=True)] = None,
    member: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C, over running engines or own ones."""
    settings = load_settings()
    if member is not None:
        number, count = map(int, member.split("/"))
        run(settings, Plan(own_engines=False, listener=listener, member=Member(number, count)))
        return
    run(settings, Plan(own_engines=False, processes=processes or settings.processes))
