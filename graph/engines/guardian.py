"""A small process that keeps one engine on a leash, so that it never outlives its owner.

Started as `python -I -S guardian.py LOCK PARENT_PID GRACE_SECONDS NICE COMMAND...` with the owner's
pipe as standard input. It imports the standard library only and is never imported by others.

- The pipe closes (the owner stopped, crashed or was killed) or the parent changes: the engine gets
  SIGTERM, and SIGKILL if it is still there after the grace period.
- The engine ends: the guardian ends with the same status, which is how the owner learns of it.
- The guardian itself is killed: on Linux the kernel sends SIGTERM to the engine.
- LOCK is locked by the guardian *and* inherited by the engine: while either lives, it is locked.
  It holds both process ids.
"""

import ctypes
import fcntl
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from types import FrameType

PARENT_CHECK_SECONDS = 1.0  # a forked worker may hold a copy of the owner's end of the pipe
PR_SET_PDEATHSIG = 1


def _die_with_parent() -> Callable[[], None] | None:
    """Make the hook that ties the engine's life to the guardian's, where the kernel can do it."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    guardian = os.getpid()

    def hook() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != guardian:  # it died between the fork and the line above
            os._exit(1)

    return hook


def _ignore(_signum: int, _frame: FrameType | None) -> None:
    """Do nothing: the signal only has to wake the loop."""


def _wake_pipe() -> int:
    """Return a descriptor that becomes readable when a child ends or a stop is asked for."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end)
    signal.signal(signal.SIGCHLD, _ignore)
    signal.signal(signal.SIGTERM, _ignore)
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    return read_end


def _watch(engine: subprocess.Popen[bytes], wake: int, parent: int) -> None:
    """Return when the engine has ended or has to be stopped."""
    while engine.poll() is None and os.getppid() == parent:
        readable, _, _ = select.select([0, wake], [], [], PARENT_CHECK_SECONDS)
        if 0 in readable and not os.read(0, 1):
            return
        if wake in readable and signal.SIGTERM in os.read(wake, 64):
            return


def _stop(engine: subprocess.Popen[bytes], grace: float) -> int:
    """End the engine, politely first, and return its status."""
    if engine.poll() is None:
        engine.terminate()
    try:
        return engine.wait(grace)
    except subprocess.TimeoutExpired:
        engine.kill()
        return engine.wait()


def main(lock_path: str, parent: int, grace: float, command: list[str]) -> int:
    """Run the command until it ends or the owner is gone; return its exit status."""
    wake = _wake_pipe()
    lock = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.ftruncate(lock, 0)
    engine = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        pass_fds=(lock,),
        preexec_fn=_die_with_parent(),
    )
    os.pwrite(lock, f"{os.getpid()} {engine.pid}\n".encode(), 0)
    _watch(engine, wake, parent)
    status = _stop(engine, grace)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    os.umask(0o077)  # what an engine writes is for its user only
    os.nice(int(sys.argv[4]))
    sys.exit(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[5:]))
