"""What an import can say no to.

GraphError
└── ImportRefused      the code is the instance's own; nothing was changed
    ├── MappingRefused  the mapping cannot be used; every problem names its YAML line
    └── FileRefused     the file as a whole cannot be used, such as a damaged archive

A single bad row is no exception: it is a `Refusal`, written to the report while the rest goes on.
A message never holds a value of the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from graph.errors import GraphError

Path = tuple[str | int, ...]


class ImportRefused(GraphError):
    """An import that cannot start or go on; nothing was changed."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class MappingRefused(ImportRefused):
    """A mapping that cannot be used; one sentence per problem, each with its line."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("MAPPING_INVALID", "\n".join(problems))
        self.problems = tuple(problems)


class FileRefused(ImportRefused):
    """A file that cannot be read as a whole."""


class Problem(Exception):
    """Something wrong at one place of a mapping; the place is a path of keys and positions."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a value cannot be used: the column it came from, a stable code, one sentence."""

    column: str | None
    code: str
    message: str


class Unfit(Exception):
    """A value, or several values of one row, that cannot be used."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].message if faults else "")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused row: its number as an editor or a spreadsheet shows it, where and why."""

    row: int
    column: str | None
    code: str
    message: str
