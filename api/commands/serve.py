"""`serve`: the server, as it runs in production."""

from api.serving import Plan
from api.serving import serve as run
from api.settings import load_settings


def serve() -> None:
    """Serve until SIGTERM or Ctrl-C, over running engines or own ones."""
    run(load_settings(), Plan(own_engines=False))
