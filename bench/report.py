"""Findings as tables: ratios to the baseline first, then absolute figures and their conditions."""

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import orjson
import psutil

from bench.measuring import Effort, Findings, Reading
from bench.npm import SOURCES, node_version
from bench.questions import QUESTIONS
from bench.servers import BASELINE, KINDS

SHARED = (
    "\n\n**Other programs kept this machine busy meanwhile: take these figures for an example of a "
    "report, and measure again on a quiet machine.**"
)
PYTHON_PARTS = ("strawberry-graphql", "neo4j", "fastapi", "uvicorn", "uvloop")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a reading that is compared."""

    name: str
    of: Callable[[Reading], float]


RATE = Figure("requests/s", lambda r: r.rate)
SERVER = Figure("server CPU", lambda r: r.server)
BOTH = Figure("server + Neo4j CPU", lambda r: r.server + r.graph)
GRAPH = Figure("Neo4j CPU", lambda r: r.graph)
P50 = Figure("p50", lambda r: r.p50)
P99 = Figure("p99", lambda r: r.p99)

FIGURES = (RATE, SERVER, BOTH, P50, P99)


@dataclass(frozen=True, slots=True)
class Promise:
    """A ratio to the baseline that the product wants to hold."""

    question: str
    connections: int
    figure: Figure
    bound: float
    server: str = "customer360"

    def held(self, ratio: float) -> bool:
        """Whether a ratio is good enough: rates must reach the bound, costs stay below it."""
        return ratio >= self.bound if self.figure is RATE else ratio <= self.bound


PROMISES = (
    Promise("360", 1, P50, 0.45),
    Promise("360", 16, RATE, 4.5),
    Promise("360", 16, SERVER, 0.18),
    Promise("360", 16, BOTH, 0.24),
    Promise("360", 64, RATE, 6.5),
    Promise("360", 64, SERVER, 0.14),
    Promise("360", 64, BOTH, 0.20),
    Promise("360", 64, P99, 0.15),
    Promise("360-many", 16, RATE, 8.0),
    Promise("360-many", 16, GRAPH, 0.1),
    Promise("small", 16, SERVER, 0.5),
    Promise("360", 16, SERVER, 0.09, "customer360-cache"),
    Promise("log", 64, RATE, 3.0),
)


def report(all_findings: Sequence[Findings], effort: Effort) -> str:
    """The whole report as Markdown; the first findings are the main ones."""
    main = all_findings[0]
    parts = ["# Results", _conditions(main, effort), "## Ratios", _about_ratios(), _ratios(main)]
    if promises := _promises(main):
        parts += ["## Promises", promises]
    if len(all_findings) > 1:
        parts += ["## Scale", _scale(all_findings)]
    parts += ["## Absolute figures", _absolute(main), "## Memory", _memory(main)]
    return "\n\n".join(parts) + "\n"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _conditions(findings: Findings, effort: Effort) -> str:
    lock = orjson.loads((SOURCES / "package-lock.json").read_bytes())["packages"]
    wanted = orjson.loads((SOURCES / "package.json").read_bytes())["dependencies"]
    peers = [f"{name} {lock[f'node_modules/{name}']['version']}" for name in wanted]
    python = [f"{name} {version(name)}" for name in PYTHON_PARTS]
    memory = psutil.virtual_memory().total / 1e9
    load = f"{min(findings.busy, default=0):.1f} to {max(findings.busy, default=0):.1f}"
    client = max((each.client for each in findings.readings.values()), default=0)
    cores = os.cpu_count() or 1
    # Server, graph and client keep about as many processes running as there are cores.
    shared = "" if max(findings.busy, default=0) <= cores + 1 else SHARED
    return (
        f"`make bench`, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {findings.people:,} customers. "
        f"{_processor()}, {cores} cores, {memory:.0f} GB; "
        f"load average after the rounds {load}. Embedded Neo4j {findings.version}; "
        f"Python {platform.python_version()}: {', '.join(python)}; Node {node_version()}: "
        f"{', '.join(peers)}.\n\n"
        f"One process for each server, all alive, on the same graph; answers compared before "
        f"anything was timed; {effort.warm_up:g} s of warm-up for each server and question; "
        f"{effort.rounds} interleaved rounds of {effort.seconds:g} s; medians of the rounds. "
        f"The load client shares the cores and used at most {client:.0%} of one. This server "
        "checks a signed token on every request; the others check none."
        f"{shared}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _about_ratios() -> str:
    kinds = "; ".join(f"**{each.name}** is {each.about}" for each in KINDS)
    return (
        f"To {BASELINE} = 1.00; @ says how many connections. Requests/s: more is better; "
        f"all others: less is better. {kinds}."
    )


def _places(findings: Findings) -> tuple[list[str], list[str], list[int]]:
    questions = list(dict.fromkeys(q for q, _, _ in findings.readings))
    servers = list(dict.fromkeys(s for _, s, _ in findings.readings))
    return questions, servers, sorted({c for _, _, c in findings.readings})


def _ratio(
    findings: Findings, question: str, server: str, connections: int, figure: Figure
) -> float | None:
    base = findings.readings.get((question, BASELINE, connections))
    mine = findings.readings.get((question, server, connections))
    if base is None or mine is None or not figure.of(base):
        return None
    return figure.of(mine) / figure.of(base)


def _ratios(findings: Findings) -> str:
    questions, servers, connections = _places(findings)
    header = ["question", "server"] + [
        f"{figure.name} @{number}" for figure in FIGURES for number in connections
    ]
    rows: list[list[str]] = []
    for question in questions:
        for server in servers:
            ratios = [
                _ratio(findings, question, server, number, figure)
                for figure in FIGURES
                for number in connections
            ]
            if any(each is not None for each in ratios):
                shown = ["–" if each is None else f"{each:.2f}" for each in ratios]
                rows.append([question, server, *shown])
    return table(header, rows)


def _promises(findings: Findings) -> str:
    rows: list[list[str]] = []
    for each in PROMISES:
        ratio = _ratio(findings, each.question, each.server, each.connections, each.figure)
        if ratio is not None:
            sign = "≥" if each.figure is RATE else "≤"
            what = f"{each.question}, {each.figure.name} at {each.connections}"
            said = "yes" if each.held(ratio) else "**no**"
            rows.append([what, each.server, f"{sign} {each.bound:g}", f"{ratio:.2f}", said])
    return table(["what", "server", "promised", "measured", "held"], rows) if rows else ""


def _absolute(findings: Findings) -> str:
    questions, servers, connections = _places(findings)
    about = "\n".join(f"- **{q.name}**: {q.about}" for q in QUESTIONS if q.name in questions)
    header = [
        "question", "server", "connections", "requests/s", "p50 ms", "p99 ms", "server CPU ms",
        "Neo4j CPU ms", "Bolt messages", "statements", "db hits",
    ]  # fmt: skip
    rows: list[list[str]] = []
    for question in questions:
        for server in servers:
            for number in connections:
                if reading := findings.readings.get((question, server, number)):
                    wire = findings.wires.get((question, server))
                    rows.append(
                        [
                            question, server, str(number), f"{reading.rate:,.0f}",
                            f"{reading.p50:.2f}", f"{reading.p99:.2f}", f"{reading.server:.3f}",
                            f"{reading.graph:.3f}",
                            *(
                                [f"{wire.messages:g}", f"{wire.statements:g}",
                                 "–" if wire.hits is None else f"{wire.hits:,}"]
                                if wire else ["–"] * 3
                            ),
                        ]
                    )  # fmt: skip
    note = (
        "CPU is for one request. Bolt messages are those to Neo4j for one request at one "
        "connection, counted in a run of their own; db hits are those of its statements by PROFILE."
    )
    return f"{about}\n\n{note}\n\n{table(header, rows)}"


def _memory(findings: Findings) -> str:
    rows = [[name, f"{size:,.0f}"] for name, size in findings.memory.items()]
    return table(["process", "resident MB after the rounds"], rows)


def _scale(all_findings: Sequence[Findings]) -> str:
    """How the cost of an answer grows with the number of customers."""
    ordered = sorted(all_findings, key=lambda each: each.people)
    first = ordered[0]
    header = ["question", "server", "connections", "figure"] + [
        f"{each.people:,}" for each in ordered
    ]
    rows: list[list[str]] = []
    for place, base in first.readings.items():
        if not all(place in each.readings for each in ordered):
            continue
        for figure in (RATE, BOTH):
            values = [figure.of(each.readings[place]) for each in ordered]
            shown = [f"{value:,.2f} ({value / figure.of(base):.2f})" for value in values]
            rows.append([place[0], place[1], str(place[2]), figure.name, *shown])
    note = (
        f"Number of customers in the head of the column; in brackets the ratio to {first.people:,}."
    )
    return f"{note}\n\n{table(header, rows)}"
