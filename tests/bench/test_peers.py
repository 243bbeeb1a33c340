"""The peers from npm are pinned, and the lock file names no address."""

import base64
import json
from typing import Any

import pytest

from bench.npm import SOURCES

WANTED: dict[str, Any] = json.loads((SOURCES / "package.json").read_text("utf-8"))
LOCK: dict[str, Any] = json.loads((SOURCES / "package-lock.json").read_text("utf-8"))
PACKAGES = {name: each for name, each in LOCK["packages"].items() if name}


def test_the_peers_are_wanted_in_one_exact_version_each():
    for name, wanted in WANTED["dependencies"].items():
        assert PACKAGES[f"node_modules/{name}"]["version"] == wanted


def test_the_lock_file_names_no_address():
    assert not [name for name, each in PACKAGES.items() if "resolved" in each or "link" in each]
    assert "://" not in json.dumps({name: each["integrity"] for name, each in PACKAGES.items()})


@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_is_pinned_by_a_whole_hash(name: str):
    kind, _, digest = PACKAGES[name]["integrity"].partition("-")

    assert kind == "sha512"
    assert len(base64.b64decode(digest)) == 64
