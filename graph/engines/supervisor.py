"""Keeps one engine running: starts it, notices its end at once, and starts it again."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from graph.engines.config import EngineEvent, EngineName, EventKind, OnEvent
from graph.engines.errors import EngineError
from graph.engines.leash import Leash

logger = logging.getLogger(__name__)

CRASHES = 5
CRASH_WINDOW_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
PROBE_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class Engine:
    """How one engine is run.

    Attributes:
        name: For events.
        launch: Starts the process; True asks for the safest way, after one that failed.
        answers: Whether it can be used.
        explain: Says in half a sentence what to do about the output of a failed start.
        patience: Seconds it may take until it answers; a recovery takes time.
    """

    name: EngineName
    launch: Callable[[bool], Leash]
    answers: Callable[[], bool]
    explain: Callable[[str], str]
    patience: float


class Supervisor:
    """One engine, kept running until `stop`."""

    def __init__(self, engine: Engine, on_event: OnEvent | None) -> None:
        """Launch the engine; `wait` tells when it can be used.

        Args:
            engine: What to run.
            on_event: Told of crashes and restarts, from a thread of this object; must not raise.
        """
        self.engine = engine
        self._on_event = on_event
        self._stopping = threading.Event()
        self._crashes: deque[float] = deque(maxlen=CRASHES)
        self.tell("starting", "is starting", logging.INFO)
        self._leash = engine.launch(False)
        self._thread = threading.Thread(
            target=self._run, name=f"supervise {engine.name}", daemon=True
        )

    @property
    def pid(self) -> int | None:
        """Process id of the engine; None while it is being started."""
        return self._leash.pid

    def wait(self) -> None:
        """Wait until the engine answers, and supervise it from then on.

        Raises:
            EngineError: START_FAILED.
        """
        if not self._came_up() and not self._came_up_safely():
            advice = self.engine.explain(self._leash.output())
            log = self._leash.program.log
            message = f"{self.engine.name} did not start: {advice} (its output is in {log})."
            raise EngineError("START_FAILED", message)
        self.tell("ready", "is ready", logging.INFO)
        self._thread.start()

    def let_go(self) -> None:
        """Tell the engine to stop; do not wait for it."""
        self._stopping.set()
        self._leash.let_go()

    def stop(self) -> None:
        """Stop the engine and wait until it is gone."""
        self.let_go()
        if self._thread.is_alive():
            self._thread.join()
        self._leash.stop()
        self.tell("stopped", "has stopped", logging.INFO)

    def tell(self, kind: EventKind, message: str, level: int = logging.WARNING) -> None:
        """Log an event and pass it on."""
        event = EngineEvent(kind, self.engine.name, f"{self.engine.name} {message}")
        logger.log(level, "%s", event.message)
        if self._on_event:
            self._on_event(event)

    def _came_up(self) -> bool:
        """Wait until the engine answers; False when it ends or takes too long."""
        deadline = time.monotonic() + self.engine.patience
        while self._leash.alive and time.monotonic() < deadline:
            if self.engine.answers():
                return True
            if self._stopping.wait(PROBE_SECONDS):
                return False
        return False

    def _came_up_safely(self) -> bool:
        """Try once more, the safest way, if the engine has ended by itself."""
        if self._leash.alive or self._stopping.is_set():
            return False
        self._leash.stop()
        self._leash = self.engine.launch(True)
        return self._came_up()

    def _run(self) -> None:
        """Restart the engine whenever it ends, until it is stopped or crashes too often."""
        while not self._stopping.is_set():
            status = self._leash.wait()
            if self._stopping.is_set():
                return
            self.tell("crashed", f"ended with status {status} and is being restarted")
            if not self._restart():
                return

    def _restart(self) -> bool:
        """Start the engine again, with pauses that double; False when it is given up or stopped."""
        pause = FIRST_PAUSE_SECONDS
        failed = False
        while not self._given_up() and not self._stopping.wait(pause):
            try:
                self._leash.stop()
                self._leash = self.engine.launch(failed)
                if self._stopping.is_set():
                    return False  # `stop` may have seen the previous leash only: it waits for us
                if self._came_up():
                    self.tell("restarted", "answers again")
                    return True
            except (EngineError, OSError) as error:
                logger.warning("%s could not be restarted: %s", self.engine.name, error)
            failed = True
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        return False

    def _given_up(self) -> bool:
        """Count a crash; say so and return True when there were too many in a short time."""
        now = time.monotonic()
        self._crashes.append(now)
        if len(self._crashes) < CRASHES or now - self._crashes[0] > CRASH_WINDOW_SECONDS:
            return False
        advice = self.engine.explain(self._leash.output())
        message = (
            f"crashed {CRASHES} times within {CRASH_WINDOW_SECONDS:.0f} s and stays down: "
            f"{advice}, then restart the server (its output is in {self._leash.program.log})"
        )
        self.tell("gave_up", message)
        return True
