"""The locks of docs/adr/0005: pinned with hashes, no addresses, in step with what was asked for."""

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT

FOLDER = ROOT / "requirements"
NAMES = ("uv", "runtime", "matching", "dev")
PIN = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,._-]+\])?)==(?P<version>[^\s;]+)"
    r"(?: ; (?P<marker>.+?))?(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)"
)

EXTRA = re.compile(r"extra == ['\"]([^'\"]+)['\"]")

each_lock = pytest.mark.parametrize("name", NAMES)


def logical_lines(path: Path) -> list[str]:
    text = re.sub(r"\s*\\\n\s*", " ", path.read_text(encoding="utf-8"))
    return [line for line in text.splitlines() if line.strip()]


def pins(name: str) -> dict[str, re.Match[str]]:
    matches = [PIN.fullmatch(line) for line in logical_lines(FOLDER / f"{name}.txt")]
    return {canonicalize_name(Requirement(m["name"]).name): m for m in matches if m}


def wishes(name: str) -> list[Requirement]:
    """What a .in file asks for, with what the file it includes asks for."""
    found: list[Requirement] = []
    for line in (FOLDER / f"{name}.in").read_text(encoding="utf-8").splitlines():
        wish = line.split("#")[0].strip()
        if wish.startswith("-r "):
            found += wishes(wish.removeprefix("-r ").removesuffix(".in").strip())
        elif wish:
            found.append(Requirement(wish))
    return found


def asked(name: str) -> set[str]:
    return {canonicalize_name(wish.name) for wish in wishes(name)}


def needs(wish: Requirement) -> list[Requirement]:
    """What an installed package needs on any platform; nothing for one of another platform."""
    try:
        lines = metadata.requires(wish.name) or []
    except metadata.PackageNotFoundError:
        return []
    extras = {line: set(EXTRA.findall(line)) for line in lines}
    return [Requirement(line) for line in lines if not extras[line] or extras[line] & wish.extras]


def needed(name: str) -> set[str]:
    """The packages reachable from a .in file through what installed packages say they need."""
    seen: set[str] = set()
    queue = wishes(name)
    while queue:
        wish = queue.pop()
        key = f"{canonicalize_name(wish.name)}{sorted(wish.extras)}"
        if key not in seen:
            seen.add(key)
            queue += needs(wish)
    return {key.partition("[")[0] for key in seen}


@each_lock
def test_every_line_of_a_lock_is_a_version_with_hashes(name: str):
    lines = logical_lines(FOLDER / f"{name}.txt")

    assert lines
    assert [line[:80] for line in lines if not PIN.fullmatch(line)] == []


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_no_requirements_file_records_where_packages_come_from(path: Path):
    text = path.read_text(encoding="utf-8")

    assert "://" not in text
    assert re.findall(r"--(?:extra-)?index-url|--find-links|--trusted-host| @ ", text) == []


@each_lock
def test_everything_asked_for_is_locked(name: str):
    assert asked(name) - set(pins(name)) == set()


@each_lock
def test_nothing_is_locked_that_nothing_needs(name: str):
    assert set(pins(name)) - needed(name) == set()


def test_the_development_lock_contains_the_runtime_lock_unchanged():
    runtime, dev = pins("runtime"), pins("dev")

    # Locks are resolved one by one: a difference means tests do not test what the server runs.
    different = {
        package
        for package, pin in runtime.items()
        if package not in dev or pin["version"] != dev[package]["version"]
    }

    assert different == set()


def test_the_installed_packages_are_the_locked_ones():
    locked = {package: pin["version"] for package, pin in pins("dev").items()}

    different = {
        package: (version, locked[package])
        for package, version in (
            (canonicalize_name(each.name), each.version) for each in metadata.distributions()
        )
        if package in locked and version != locked[package]
    }

    assert different == {}
    assert {name for name in asked("dev") if not metadata.distribution(name)} == set()
