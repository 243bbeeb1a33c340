"""Engines that run: the owned ones, and what everybody sees of them."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock

from graph.engines import runtime
from graph.engines.archive import Training
from graph.engines.config import Endpoints, EngineName
from graph.engines.supervisor import Supervisor


class Owned:
    """What this process runs for one data directory."""

    def __init__(self, data_dir: Path, lock: FileLock) -> None:
        """Begin with nothing but the lock on the directory."""
        self.supervisors: list[Supervisor] = []
        self.training: Training | None = None
        self._data_dir = data_dir
        self._lock = lock

    def pid(self, name: EngineName) -> int | None:
        """Return the process id of an engine; None when it is not owned or not up."""
        return next((s.pid for s in self.supervisors if s.engine.name == name), None)

    def close(self) -> None:
        """Stop everything, all at the same time, and give up the data directory."""
        runtime.withdraw(self._data_dir)  # first: nobody attaches to engines that go down
        for supervisor in self.supervisors:
            supervisor.let_go()
        with ExitStack() as stops:  # an engine that resists does not keep the others up
            stops.callback(self._lock.release)
            for supervisor in self.supervisors:
                stops.callback(supervisor.stop)
            if self.training:
                stops.callback(self.training.stop)


class Engines:
    """Running engines. Closing it stops the ones it owns.

    Attributes:
        endpoints: Where they answer.
    """

    def __init__(self, endpoints: Endpoints, owned: Owned | None) -> None:
        """Take what has been started; None when all of it runs somewhere else."""
        self.endpoints = endpoints
        self._owned = owned

    def pid(self, name: EngineName) -> int | None:
        """Return the process id of an owned engine; None when it is not owned or not up."""
        return self._owned.pid(name) if self._owned else None

    def close(self) -> None:
        """Stop the owned engines and give up the data directory; a second call does nothing."""
        owned, self._owned = self._owned, None
        if owned:
            owned.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
