"""Who runs the engines of a data directory: one process at a time."""

import os
from pathlib import Path

from filelock import FileLock, Timeout

from graph.engines import runtime
from graph.engines.errors import EngineError

PATIENCE_SECONDS = 0.5  # whoever removes a stale runtime file holds the lock for a moment


def take(data_dir: Path) -> FileLock:
    """Become the only owner of a data directory; create it when it is not there.

    Returns:
        The lock to release when the engines are down; the system does so if this process dies.

    Raises:
        EngineError: ALREADY_OWNED or DIRECTORY_UNUSABLE.
    """
    lock = runtime.owner_lock(data_dir, PATIENCE_SECONDS)
    holder = Path(lock.lock_file)
    try:
        for directory in (holder.parent, data_dir / "logs", data_dir / "neo4j"):
            directory.mkdir(parents=True, exist_ok=True)
            directory.chmod(0o700)  # the directory itself is the user's, and stays as it is
        lock.acquire()
        holder.write_text(f"{os.getpid()}\n")
    except Timeout as error:
        message = (
            f"The engines of {data_dir} are already run by process {_owner(holder)}: "
            "stop it first, or choose another directory with C360_DATA_DIR."
        )
        raise EngineError("ALREADY_OWNED", message) from error
    except OSError as error:
        message = f"{data_dir} cannot be written ({error.strerror}): choose another C360_DATA_DIR."
        raise EngineError("DIRECTORY_UNUSABLE", message) from error
    return lock


def _owner(holder: Path) -> str:
    """Return the process id the owner has written into the file it locked."""
    return holder.read_text().strip() or "(unknown)"
