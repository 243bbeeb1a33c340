"""Comparing, warming up and measuring servers that are all alive, in turns."""

import os
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import orjson
import uvloop

from bench import load
from bench.answers import common, compare
from bench.profiling import hits
from bench.questions import Question
from bench.servers import Kind, Server, running
from bench.stage import Stage, cpu_seconds, forget, resident_megabytes
from bench.wire import Tap, tapped

WARM_CONNECTIONS = 16
COMPARED = 16  # requests of each question whose answers are compared
SETTLE_REQUESTS = 20  # through the tap, until statements are cached
COUNTED_REQUESTS = 20


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured.

    Attributes:
        connections: Numbers of connections, each measured on its own.
        rounds: How often every server has its turn.
        seconds: Of each turn.
        warm_up: Seconds before it, for each server and question.
    """

    connections: tuple[int, ...]
    rounds: int
    seconds: float
    warm_up: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One turn, or the medians of several.

    Attributes:
        rate: Requests a second.
        p50: Milliseconds.
        p99: Milliseconds.
        server: Milliseconds of CPU a request, of the server's processes.
        graph: Milliseconds of CPU a request, of Neo4j.
        client: Share of one core that the load client used.
    """

    rate: float
    p50: float
    p99: float
    server: float
    graph: float
    client: float


@dataclass(frozen=True, slots=True)
class Wire:
    """What one request costs on the wire and in the store.

    Attributes:
        messages: Bolt messages to Neo4j.
        statements: Statements among them.
        hits: Database hits of those statements; None when Neo4j does not tell.
    """

    messages: float
    statements: float
    hits: int | None


Place = tuple[str, str, int]
"""Question, server, connections."""


@dataclass(slots=True)
class Findings:
    """Everything that was measured in one world; `version` is the graph's."""

    people: int
    version: str
    readings: dict[Place, Reading] = field(default_factory=dict[Place, Reading])
    memory: dict[str, float] = field(default_factory=dict[str, float])
    wires: dict[tuple[str, str], Wire] = field(default_factory=dict[tuple[str, str], Wire])
    busy: list[float] = field(default_factory=list[float])


def measure(
    stage: Stage, kinds: Sequence[Kind], questions: Sequence[Question], effort: Effort
) -> Findings:
    """Measure servers on a stage.

    Raises:
        Different: two servers answer a question differently; nothing was timed.
        BadAnswer: a request failed.
    """
    findings = Findings(stage.people, stage.version)
    with ExitStack() as stack:
        servers = [stack.enter_context(running(kind, stage)) for kind in kinds]
        hold(stage, servers, questions)
        _warm(stage, servers, questions, effort.warm_up)
        _time(stage, servers, questions, effort, findings)
        findings.memory = {each.kind.name: resident_megabytes(each.pid) for each in servers}
        findings.memory["Neo4j"] = resident_megabytes(stage.graph_pid)
    for kind in kinds:
        _count(stage, kind, questions, findings)
    if any(each.writes for each in questions):
        forget(stage)
    return findings


def requests_of(stage: Stage, server: Server, question: Question) -> list[bytes]:
    """The requests of a question as a server takes them."""
    bodies = question.bodies(server.kind.dialect, stage.people)
    return load.encode(server.port, server.token, bodies)


def _asked(questions: Sequence[Question], server: Server) -> list[Question]:
    return [each for each in questions if server.kind.dialect in each.texts]


def hold(stage: Stage, servers: Sequence[Server], questions: Sequence[Question]) -> None:
    """Refuse to time servers that do not answer alike.

    Raises:
        Different: they do not.
    """
    for question in questions:
        asked = [each for each in servers if question in _asked(questions, each)]
        requests = {each.kind.name: requests_of(stage, each, question) for each in asked}
        turns = min((len(each) for each in requests.values()), default=0)
        for turn in range(min(turns, COMPARED)):
            answers = {
                each.kind.name: common(
                    orjson.loads(uvloop.run(load.ask(each.port, requests[each.kind.name][turn])))
                )
                for each in asked
            }
            if not question.writes:
                compare(question.name, answers)
        print(f"{question.name}: {len(asked)} servers answer alike", file=sys.stderr)


def _warm(
    stage: Stage, servers: Sequence[Server], questions: Sequence[Question], seconds: float
) -> None:
    for server in servers:
        for question in _asked(questions, server):
            requests = requests_of(stage, server, question)
            uvloop.run(load.drive(server.port, requests, WARM_CONNECTIONS, seconds))
        print(f"{server.kind.name}: warm", file=sys.stderr)


def _time(
    stage: Stage,
    servers: Sequence[Server],
    questions: Sequence[Question],
    effort: Effort,
    findings: Findings,
) -> None:
    """Let every server have its turn in every round, each time another one first."""
    turns: dict[Place, list[Reading]] = defaultdict(list)
    for number in range(effort.rounds):
        shift = number % max(len(servers), 1)
        for question in questions:
            for connections in effort.connections:
                for server in [*servers[shift:], *servers[:shift]]:
                    if question in _asked(questions, server):
                        place = (question.name, server.kind.name, connections)
                        requests = requests_of(stage, server, question)
                        reading = _turn(stage, server, requests, connections, effort.seconds)
                        turns[place].append(reading)
        findings.busy.append(os.getloadavg()[0])
        print(f"round {number + 1} of {effort.rounds} done", file=sys.stderr)
    findings.readings = {place: _median(each) for place, each in turns.items()}


def _turn(
    stage: Stage, server: Server, requests: list[bytes], connections: int, seconds: float
) -> Reading:
    before = cpu_seconds(server.pid), cpu_seconds(stage.graph_pid)
    sample = uvloop.run(load.drive(server.port, requests, connections, seconds))
    after = cpu_seconds(server.pid), cpu_seconds(stage.graph_pid)
    ordered = sorted(sample.latencies)
    count = len(ordered)
    return Reading(
        rate=count / sample.seconds,
        p50=statistics.median(ordered),
        p99=ordered[min(count - 1, int(count * 0.99))],
        server=(after[0] - before[0]) * 1e3 / count,
        graph=(after[1] - before[1]) * 1e3 / count,
        client=sample.cpu / sample.seconds,
    )


def _median(turns: list[Reading]) -> Reading:
    return Reading(
        rate=statistics.median(each.rate for each in turns),
        p50=statistics.median(each.p50 for each in turns),
        p99=statistics.median(each.p99 for each in turns),
        server=statistics.median(each.server for each in turns),
        graph=statistics.median(each.graph for each in turns),
        client=statistics.median(each.client for each in turns),
    )


def _count(stage: Stage, kind: Kind, questions: Sequence[Question], findings: Findings) -> None:
    """Start a server again behind a tap, and see what it says to Neo4j."""
    with tapped(stage.endpoints.neo4j_uri) as tap, running(kind, stage, tap.uri) as server:
        for question in _asked(questions, server):
            requests = requests_of(stage, server, question)
            _repeat(server, requests[0], SETTLE_REQUESTS)
            wire = _wire(stage, server, requests[0], tap, writes=question.writes)
            findings.wires[question.name, kind.name] = wire


def _repeat(server: Server, request: bytes, times: int) -> None:
    for _ in range(times):
        uvloop.run(load.ask(server.port, request))


def _wire(stage: Stage, server: Server, request: bytes, tap: Tap, *, writes: bool) -> Wire:
    tap.reset()
    _repeat(server, request, 1)
    _, runs = tap.seen()
    tap.reset()
    _repeat(server, request, COUNTED_REQUESTS)
    messages, all_runs = tap.seen()
    counted = None if writes else hits(stage.endpoints, runs)
    return Wire(messages / COUNTED_REQUESTS, len(all_runs) / COUNTED_REQUESTS, counted)
