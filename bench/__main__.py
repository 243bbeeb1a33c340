"""`python -m bench`: this server against others, on the same graph, data and questions.

Prints the table of ratios and writes everything to bench/results.md. docs/bench.md explains it.
"""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TypeVar

from bench.answers import Different
from bench.load import BadAnswer
from bench.measuring import Effort, Findings, measure
from bench.questions import QUESTIONS, Question
from bench.report import report
from bench.servers import KINDS, Kind
from bench.stage import standing

RESULTS = Path(__file__).with_name("results.md")
SMALLEST = 200  # the questions ask about the first customers

T = TypeVar("T", Kind, Question)


def main() -> None:
    """Measure, and write the report."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, _end)
    chosen = _parser().parse_args()
    kinds = _chosen(chosen.only, KINDS, "server")
    questions = _chosen(chosen.queries, QUESTIONS, "question")
    effort = Effort(chosen.connections, chosen.rounds, chosen.seconds, chosen.warm_up)
    found: list[Findings] = []
    try:
        for people in chosen.scale or [chosen.people]:
            with standing(people) as stage:
                found.append(measure(stage, kinds, questions, effort))
    except (Different, BadAnswer) as error:
        sys.exit(f"Nothing was written: {error}")
    text = report(found, effort)
    chosen.results.write_text(text, encoding="utf-8")
    print(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = parser.add_argument
    add("--people", type=_people, default=20_000, help="customers in the world")
    add("--scale", type=_list_of(_people), help="several worlds, such as 1000,20000,200000")
    add("--only", type=_list_of(str), help="servers: " + ", ".join(each.name for each in KINDS))
    add("--queries", type=_list_of(str), help=", ".join(each.name for each in QUESTIONS))
    add("--connections", type=_list_of(_positive), default=(1, 16, 64), help="such as 1,16,64")
    add("--rounds", type=_positive, default=3, help="turns of every server")
    add("--seconds", type=float, default=3.0, help="length of a turn")
    add("--warm-up", type=float, default=10.0, help="seconds for each server and question")
    add("--results", type=Path, default=RESULTS, help="the file that is written")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _people(text: str) -> int:
    number = int(text)
    if number < SMALLEST:
        raise argparse.ArgumentTypeError(f"a world has at least {SMALLEST} customers")
    return number


def _list_of(kind: Callable[[str], object]) -> Callable[[str], tuple[object, ...]]:
    def several(text: str) -> tuple[object, ...]:
        return tuple(kind(each.strip()) for each in text.split(",") if each.strip())

    several.__name__ = "list"
    return several


def _chosen(names: Sequence[str] | None, known: Sequence[T], what: str) -> list[T]:
    """The ones that were asked for; all without a wish."""
    if names is None:
        return list(known)
    by_name = {each.name: each for each in known}
    if unknown := [name for name in names if name not in by_name]:
        sys.exit(f"There is no {what} {', '.join(unknown)}: choose from {', '.join(by_name)}.")
    return [by_name[name] for name in names]


def _end(_signum: int, _frame: FrameType | None) -> None:
    """Leave through every `finally`: engines and servers are stopped."""
    sys.exit(1)


if __name__ == "__main__":
    main()
