"""Nothing names a machine or a registry: a clone works anywhere, through anyone's mirror."""

import re
from pathlib import Path

import pytest

from tests.house.tree import files, shown

# Joined here so that this file does not contain what it looks for.
HOMES = ("home", "root", "work", "opt", "srv", "mnt", "Users")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:" + "|".join(HOMES) + r")/")
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("repo", "maven", "apache", "org"),
        ("repo1", "maven", "org"),
        ("maven", "google", "com"),
        ("static", "crates", "io"),
        ("index", "crates", "io"),
        ("proxy", "golang", "org"),
        ("conda", "anaconda", "org"),
    )
]
REGISTRY_HOST = re.compile("|".join(map(re.escape, HOSTS)))


def hits(pattern: re.Pattern[str], text: str) -> list[str]:
    return [line.strip()[:100] for line in text.splitlines() if pattern.search(line)]


def found(pattern: re.Pattern[str]) -> dict[str, list[str]]:
    texts = {shown(path): path.read_bytes().decode("utf-8", "replace") for path in files()}
    return {name: lines for name, text in texts.items() if (lines := hits(pattern, text))}


@pytest.mark.parametrize("home", HOMES)
def test_the_pattern_sees_a_machine_path(home: str):
    line = f"data = '/{home}/someone/data'"

    assert hits(MACHINE_PATH, line) == [line]
    assert hits(MACHINE_PATH, f"docs/{home}/x and ./{home}/x") == []


def test_no_file_names_a_path_of_a_machine():
    assert found(MACHINE_PATH) == {}


def test_no_file_names_the_host_of_a_package_registry():
    assert found(REGISTRY_HOST) == {}


def test_no_file_is_a_link_out_of_the_tree():
    links = {shown(path): path.readlink() for path in files() if path.is_symlink()}

    assert {name for name, target in links.items() if Path(target).is_absolute()} == set()
