"""README.md: every command a newcomer is told to type exists, and CI runs what README names."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import command_line
from tests.house.tree import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))


def commands() -> list[str]:
    """The lines of README's `sh` blocks, without comments and with continued lines joined."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line.split(" #")[0].strip() for line in lines if line.strip() and line[0] != "#"]


def make_targets() -> list[str]:
    return [line.split()[1] for line in commands() if line.startswith("make ")]


def api_calls() -> dict[str, set[str]]:
    """The sub-commands of `python -m api` README uses, each with the options it passes."""
    calls: dict[str, set[str]] = {}
    for name, rest in re.findall(r"python -m api (\w+)([^|)\n]*)", "\n".join(commands())):
        calls.setdefault(name, set()).update(re.findall(r"(?<!\S)--[a-z-]+", rest))
    return calls


CALLS = api_calls()


def test_readme_shows_the_two_commands_everything_starts_with():
    assert {"make demo", "make test"} <= set(commands())


@pytest.mark.parametrize("target", sorted(set(make_targets())))
def test_make_targets_in_readme_exist(target: str):
    assert target in TARGETS


@pytest.mark.parametrize("name", sorted(CALLS))
def test_commands_and_options_in_readme_exist(name: str):
    plain = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200"}

    # In this process: twenty of their own would spend a minute on importing the same modules.
    shown = CliRunner().invoke(command_line([name]), [name, "--help"], env=plain)

    assert shown.exit_code == 0, shown.output
    assert {option for option in CALLS[name] if option not in shown.output} == set()


def test_links_in_readme_lead_somewhere():
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", README)

    assert links
    assert {link for link in links if not (ROOT / link).exists()} == set()


def test_every_target_says_what_it_does():
    named = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)

    assert named is not None
    assert set(named[1].split()) == TARGETS


def test_make_alone_prints_every_target():
    printed = subprocess.run(
        [shutil.which("make") or "make"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert set(re.findall(r"make (\w+) ", printed.stdout)) == TARGETS


@pytest.mark.parametrize(
    ("broken", "status"), [("none", 0), ("check", 1), ("test", 1)], ids=["good", "check", "test"]
)
def test_ci_makes_check_then_test_and_fails_with_either(broken: str, status: int, tmp_path: Path):
    tree = tmp_path / "clone"
    (tree / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", tree / ".ci" / "run")
    make = tmp_path / "bin" / "make"
    make.parent.mkdir()
    make.write_text(f'#!/bin/sh\necho "$@" >> made\n[ "$1" != {broken} ]\n', encoding="utf-8")
    make.chmod(0o755)
    path = f"{make.parent}{os.pathsep}{os.environ['PATH']}"

    run = subprocess.run(
        [str(tree / ".ci" / "run")],
        env=os.environ | {"PATH": path},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (tree / "made").read_text(encoding="utf-8").split() == ["check", "test"]
    assert run.returncode == status
