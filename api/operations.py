"""Operations that clients are known to send: read at start, planned before the first request."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson

from api.errors import ApiError
from api.graphql import problems


@dataclass(frozen=True, slots=True)
class StoredOperation:
    """A document of one operation.

    Attributes:
        name: Name of its file, without the ending.
        document: The GraphQL text.
        variables: Variables to plan it for, one set for each shape; at least one.
    """

    name: str
    document: str
    variables: tuple[dict[str, Any], ...]


def stored_operations(folder: Path) -> list[StoredOperation]:
    """Return the operations of a folder: `name.graphql`, each perhaps with `name.json`.

    Raises:
        ApiError: OPERATIONS_UNUSABLE, the folder or a file of it cannot be read.
    """
    if not folder.is_dir():
        message = f"{folder} is no directory: name one with C360_OPERATIONS_DIR, or leave it out."
        raise ApiError("OPERATIONS_UNUSABLE", message)
    return [_read(file) for file in sorted(folder.glob("*.graphql"))]


def _read(file: Path) -> StoredOperation:
    variables = file.with_suffix(".json")
    try:
        document = file.read_text(encoding="utf-8")
        sets: Any = orjson.loads(variables.read_bytes()) if variables.exists() else {}
    except (OSError, ValueError) as error:
        message = f"{file.name} or its variables cannot be read: they must be UTF-8, and JSON."
        raise ApiError("OPERATIONS_UNUSABLE", message) from error
    if found := problems(document):
        raise ApiError("OPERATIONS_UNUSABLE", f"{file.name} does not fit the schema: {found[0]}")
    several = cast("list[Any]", sets) if isinstance(sets, list) else [sets]
    if not several or not all(isinstance(each, dict) for each in several):
        message = f"{variables.name} must hold a JSON object, or a list of objects."
        raise ApiError("OPERATIONS_UNUSABLE", message)
    return StoredOperation(file.stem, document, tuple(several))
