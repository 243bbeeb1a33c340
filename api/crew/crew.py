"""The processes of one server: all answer on one socket, and one that ends is replaced.

The first process owns the socket and the engines and answers nobody. The others inherit the socket,
and the kernel gives each connection to one that waits. Each reads a pipe from the first: when that
is gone, however it ended, they end.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import structlog

logger = structlog.stdlib.get_logger(__name__)

LOOK_SECONDS = 0.2
PAUSE_SECONDS = 1.0
"""Between two starts of one member: one that cannot run should not keep a core busy."""
STOP_SECONDS = 15.0


@dataclass(slots=True)
class _Member:
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0


@dataclass(slots=True)
class Crew:
    """Members that answer on one socket.

    Attributes:
        listener: The socket.
        count: How many there are.
    """

    listener: socket.socket
    count: int
    _members: list[_Member] = field(default_factory=list[_Member])

    def run(self) -> None:
        """Keep them running until this process is told to end; then end them, all at once."""
        self._members = [_Member() for _ in range(self.count)]
        try:
            while True:
                for number, member in enumerate(self._members, 1):
                    self._look(number, member)
                time.sleep(LOOK_SECONDS)
        finally:
            self._stop()

    def _look(self, number: int, member: _Member) -> None:
        """Start a member that does not run."""
        if member.process is not None:
            status = member.process.poll()
            if status is None:
                return
            logger.error("a server process has ended", process=number, status=status)
            _let_go(member.process)
            member.process = None
        if time.monotonic() - member.started >= PAUSE_SECONDS:
            member.started = time.monotonic()
            member.process = self._start(number)

    def _start(self, number: int) -> "subprocess.Popen[bytes]":
        descriptor = self.listener.fileno()
        of_crew = ("--listener", str(descriptor), "--member", f"{number}/{self.count}")
        return subprocess.Popen(
            [sys.executable, "-m", "api", "serve", *of_crew],
            stdin=subprocess.PIPE,
            pass_fds=[descriptor],
            process_group=0,  # Ctrl-C reaches the first process only, which stops them in order
        )

    def _stop(self) -> None:
        running = [each.process for each in self._members if each.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _let_go(process)


def _let_go(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        process.stdin.close()


def end_with_first() -> None:
    """End this process in order as soon as the first process of its crew is gone."""

    def watch() -> None:
        while sys.stdin.buffer.read(1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="crew", daemon=True).start()
