"""Checks before anything is written: the machine and the room on its disks."""

import platform
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from graph.engines.errors import EngineError

FIRST_INSTALL_BYTES = 1 << 30
RUNNING_BYTES = 256 << 20
SYSTEMS = ("linux", "darwin")

FreeSpace = Callable[[Path], int]


def free_space(path: Path) -> int:
    """Return the bytes this user may still write where the path is, or will be."""
    existing = next(parent for parent in (path, *path.absolute().parents) if parent.exists())
    return shutil.disk_usage(existing).free


def check_platform(programs: dict[str, Path | None], system: str = sys.platform) -> dict[str, Path]:
    """Refuse a machine the embedded engines do not exist for.

    Args:
        programs: What has to run, by name; None for what this machine's wheels do not have.
        system: As `sys.platform`.

    Returns:
        The programs, every one of them there.

    Raises:
        EngineError: UNSUPPORTED_PLATFORM.
    """
    found = {name: program for name, program in programs.items() if program}
    if system in SYSTEMS and len(found) == len(programs):
        return found
    lacking = " and ".join(programs.keys() - found.keys())
    message = (
        f"The embedded engines do not run on this machine ({system}, {platform.machine()}; "
        f"missing: {lacking or 'unix sockets'}): use Linux or macOS on x86-64 or ARM64 with "
        "the locked requirements installed, or set both NEO4J_URI and REDIS_URL."
    )
    raise EngineError("UNSUPPORTED_PLATFORM", message)


def check_space(path: Path, need: int, free: FreeSpace = free_space) -> None:
    """Refuse to start where the disk would soon be full.

    Raises:
        EngineError: DISK_TOO_SMALL.
    """
    if (have := free(path)) < need:
        message = (
            f"{path} is on a disk with {have >> 20} MiB free, and {need >> 20} MiB are needed: "
            "make room, or choose another place with C360_DATA_DIR or C360_CACHE_DIR."
        )
        raise EngineError("DISK_TOO_SMALL", message)
