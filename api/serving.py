"""Run a server: one process, its engines below it, from the first line until a signal ends it."""

import asyncio
import errno
import functools
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from types import FrameType

import structlog
import uvicorn

from api.app import Figures, create_app
from api.backend import Answering, Backend, OnReady, open_backend
from api.connections import engine_config, graph_at
from api.crew.crew import Crew, end_with_first
from api.crew.figures import Member, SharedFigures
from api.door import Door
from api.errors import ApiError
from api.examples import CUSTOMER_360
from api.exporting import carrier_of, folder_in
from api.graphiql.assets import Assets
from api.graphiql.page import Page, is_loopback
from api.guard.rules import rules_of
from api.logs import log_server
from api.operations import stored_operations
from api.protocol import Protocol
from api.resolving import resolver_of
from api.settings import Settings
from api.subscriptions.socket import MAX_MESSAGE
from api.tokens import make_token, verifier
from graph.database import Graph
from graph.engines import Endpoints, attach_or_open, open_engines
from graph.migrations import migrate

logger = structlog.stdlib.get_logger(__name__)

BACKLOG = 2048
# A request that is being answered may finish; an idle server does not wait.
GRACE_SECONDS = 10
PAGE_TOKEN_HOURS = 12
PAGE_SUBJECT = "graphiql"

Prepare = Callable[[Graph], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a server does besides serving.

    Attributes:
        own_engines: Refuse to start when another process owns the engines; otherwise use those.
        prepare: Runs after the migrations and before the first request.
        on_ready: Awaited with the server's address once it is warm.
        work: Relay changes and run jobs in this process, too.
        processes: How many answer; with more than one, this one answers nobody.
        listener: Descriptor of the socket to answer on; None to take the port.
        member: Which one of several processes this is.
    """

    own_engines: bool
    prepare: Prepare | None = None
    on_ready: Callable[[str, Backend], Awaitable[None]] | None = None
    work: bool = False
    processes: int = 1
    listener: int | None = None
    member: Member | None = None


def serve(settings: Settings, plan: Plan) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Raises:
        SettingsError: a secret is missing.
        ApiError: the port is taken, or a file or operation cannot be used.
        EngineError: the engines cannot run.
        GraphError: the graph cannot be prepared.
        SystemExit: a signal arrived; everything has been stopped.
    """
    tokens = verifier(settings)
    known = stored_operations(settings.operations_dir) if settings.operations_dir else []
    keep = settings.response_cache == "on"
    answering = Answering(
        settings.max_batch,
        keep,
        known,
        work=plan.work,
        exports=folder_in(settings.data_dir),
        private=settings.webhook_targets == "any",
        rules=rules_of(settings),
        places=settings.max_in_flight,
        carrier=carrier_of(settings),
        record_reads=settings.record_reads == "on",
        resolver=resolver_of(settings),
    )
    with _ended_by_signals(), _listener(settings, plan) as listener:
        port = int(listener.getsockname()[1])
        name = f"{port}-{plan.member.number}" if plan.member else str(port)
        log_server(settings.log_level, settings.data_dir, name=name, human=not settings.production)
        address = f"http://{_in_url(settings.host)}:{port}"
        start = open_engines if plan.own_engines else attach_or_open
        with start(engine_config(settings)) as engines:
            if plan.member is None:
                asyncio.run(_prepare(engines.endpoints, plan.prepare))
            if plan.processes > 1:
                logger.info("listening", address=address, processes=plan.processes)
                Crew(listener, plan.processes).run()
            opening = functools.partial(open_backend, engines.endpoints, tokens, answering)
            _run(settings, plan, opening, listener, address)


def _run(
    settings: Settings,
    plan: Plan,
    opening: Callable[[OnReady], AbstractAsyncContextManager[Backend]],
    listener: socket.socket,
    address: str,
) -> None:
    """Answer requests on a socket until a signal arrives."""
    shared = _shared(settings, plan, listener)
    writing: list[asyncio.Task[None]] = []

    async def on_ready(backend: Backend) -> None:
        if shared:
            writing.append(asyncio.create_task(shared.write_down(backend.metrics.text)))
        if plan.on_ready:
            await plan.on_ready(address, backend)

    app = create_app(
        lambda: opening(on_ready),
        _page(settings),
        origins=(settings.origins or "").split(),
        https=settings.production,
        metrics=_figures(settings, shared),
    )
    logger.info("listening", address=address)
    _Server(_config(app), app).run(sockets=[listener])


def _shared(settings: Settings, plan: Plan, listener: socket.socket) -> SharedFigures | None:
    """The figures of all processes, where there are several; servers of other ports have theirs."""
    if plan.member is None:
        return None
    port = listener.getsockname()[1]
    return SharedFigures(plan.member, settings.data_dir / "run" / f"figures-{port}")


def _config(app: Door) -> uvicorn.Config:
    """How uvicorn serves it."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=Protocol,
        ws="websockets-sansio",
        ws_max_size=MAX_MESSAGE,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


class _Server(uvicorn.Server):
    """A server that tells its subscribers before it stops; uvicorn would only drop them."""

    def __init__(self, config: uvicorn.Config, door: Door) -> None:
        super().__init__(config)
        self._door = door

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, subscriptions first."""
        await self._door.close()
        await super().shutdown(sockets)


async def _prepare(endpoints: Endpoints, prepare: Prepare | None) -> None:
    """Bring the graph up to date."""
    async with graph_at(endpoints) as graph:
        await migrate(graph)
        if prepare:
            await prepare(graph)


def _figures(settings: Settings, shared: SharedFigures | None) -> Figures | None:
    """Return to whom /metrics is open; in production to nobody who has no token."""
    token = settings.metrics_token
    if token is None:
        return None if settings.production else Figures(None, shared)
    return Figures(token.get_secret_value(), shared)


def _page(settings: Settings) -> Page | None:
    """Return GraphiQL, whose files arrive in the background; None in production."""
    if settings.production:
        return None
    assets = Assets(settings.cache_dir)
    assets.fetch_in_background()

    def token() -> str | None:
        if not is_loopback(settings.host):
            return None
        return make_token(settings, "staff", PAGE_SUBJECT, PAGE_TOKEN_HOURS)

    return Page(assets, CUSTOMER_360, token)


def _listener(settings: Settings, plan: Plan) -> socket.socket:
    """The socket of the first process of a crew, or one of our own."""
    if plan.listener is None:
        return _listen(settings.host, settings.port)
    end_with_first()
    return socket.socket(fileno=plan.listener)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything slow happens.

    Raises:
        ApiError: PORT_BUSY or HOST_UNUSABLE.
    """
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _unusable(host) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
        # Listening at once: a second server on this port is refused now, not after its engines ran.
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            message = (
                f"Port {port} of {host} is used by another program: stop that program, or choose "
                "another port with C360_PORT or --port."
            )
            raise ApiError("PORT_BUSY", message) from error
        if error.errno == errno.EACCES:
            message = f"Port {port} needs more rights: choose one above 1023 with C360_PORT."
            raise ApiError("PORT_BUSY", message) from error
        raise _unusable(host) from error
    return listener


def _unusable(host: str) -> ApiError:
    message = f"{host} is no address of this machine: set C360_HOST to 127.0.0.1 or 0.0.0.0."
    return ApiError("HOST_UNUSABLE", message)


def _in_url(host: str) -> str:
    """Return a host as it stands in a URL that a person can open."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


@contextmanager
def _ended_by_signals() -> Generator[None]:
    """Turn SIGTERM and Ctrl-C into an orderly end, also while the engines are starting."""
    before = {each: signal.signal(each, _end) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _end(_signum: int, _frame: FrameType | None) -> None:
    sys.exit(0)
