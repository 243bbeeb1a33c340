"""The owner's end of the leash: one engine process under its guardian."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from graph.engines.errors import EngineError

GUARDIAN = Path(__file__).with_name("guardian.py")
GRACE_SECONDS = 20.0
LAST_SECONDS = 5.0
LARGEST_LOG_BYTES = 10 << 20


@dataclass(frozen=True, slots=True)
class Program:
    """What to run and where.

    Attributes:
        command: Program and arguments.
        lock: File that stays locked while the program or its guardian lives.
        log: Gets what both write to their standard output and error.
        cwd: Working directory of the program.
        grace: Seconds between SIGTERM and SIGKILL.
        nice: How far below normal its priority is.
    """

    command: list[str]
    lock: Path
    log: Path
    cwd: Path
    grace: float = GRACE_SECONDS
    nice: int = 0


class Leash:
    """A running program: ends when `stop` is called, or when this process ends in any way."""

    def __init__(self, program: Program) -> None:
        """Wait until an earlier run of the program is gone, and start it under a guardian.

        Raises:
            EngineError: START_FAILED when an earlier run cannot be ended.
        """
        clear_orphan(program.lock)
        self.program = program
        self._log_start = _roll(program.log)
        guardian = (str(GUARDIAN), str(program.lock), str(os.getpid()))
        with program.log.open("ab") as output:
            self._guardian = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-S", *guardian),
                    *(str(program.grace), str(program.nice)),
                    *program.command,
                ],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=program.cwd,
                process_group=0,  # Ctrl-C reaches the owner only, which stops its engines in order
            )

    @property
    def alive(self) -> bool:
        """Whether the program runs."""
        return self._guardian.poll() is None

    @property
    def pid(self) -> int | None:
        """Process id of the program itself; None until it is known."""
        pids = _read_pids(self.program.lock)
        return pids[1] if len(pids) == 2 and pids[0] == self._guardian.pid else None

    def output(self) -> str:
        """Return what this run has written so far, from its log."""
        with self.program.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def wait(self) -> int:
        """Wait until the program has ended and return its exit status."""
        return self._guardian.wait()

    def let_go(self) -> None:
        """Tell the program to stop; do not wait for it."""
        if self._guardian.stdin:
            self._guardian.stdin.close()

    def stop(self) -> None:
        """Tell the program to stop and wait until it is gone."""
        self.let_go()
        try:
            self._guardian.wait(self.program.grace + LAST_SECONDS)
        except subprocess.TimeoutExpired:
            self._guardian.kill()
            self._guardian.wait()
        clear_orphan(self.program.lock)


def clear_orphan(lock: Path, patience: float = GRACE_SECONDS) -> None:
    """Wait until nothing of an earlier run lives; end it when it does not end by itself.

    Args:
        lock: The file its guardian and its program keep locked.
        patience: Seconds it may take to shut down cleanly.

    Raises:
        EngineError: START_FAILED when it cannot be ended.
    """
    if _unlocked_within(lock, 0):
        return
    _send(lock, kill=False)
    if _unlocked_within(lock, patience):
        return
    _send(lock, kill=True)
    if not _unlocked_within(lock, LAST_SECONDS):
        pids = " and ".join(map(str, _read_pids(lock)))
        message = f"Processes {pids} of an earlier run do not end: end them by hand and retry."
        raise EngineError("START_FAILED", message)


def _unlocked_within(lock: Path, seconds: float) -> bool:
    """Whether nobody holds the lock, now or within the given time."""
    try:
        with FileLock(lock, timeout=seconds, poll_interval=0.05, mode=0o600):
            return True
    except Timeout:
        return False


def _read_pids(lock: Path) -> list[int]:
    """Return the ids of the guardian and its program, as far as they are written."""
    try:
        return [int(word) for word in lock.read_text().split()]
    except (OSError, ValueError):
        return []


def _send(lock: Path, *, kill: bool) -> None:
    """Ask the holders of a lock to end, or end them; one that is already gone is fine."""
    for pid in _read_pids(lock):
        try:
            process = psutil.Process(pid)
            process.kill() if kill else process.terminate()
        except psutil.NoSuchProcess:
            continue


def _roll(log: Path) -> int:
    """Put a log that has become long aside, and return where the next run begins in it."""
    if not log.exists():
        return 0
    if (size := log.stat().st_size) > LARGEST_LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
        return 0
    return size
