"""Documents and variables that are given on the command line."""

import sys
from pathlib import Path
from typing import Annotated, Any, cast

import orjson
import typer

from api.errors import ApiError

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A GraphQL document; - reads standard input.")
]
Variables = Annotated[str, typer.Option(help="Variables, as a JSON object.")]
OperationName = Annotated[
    str | None, typer.Option(help="Name of the operation, if the document has several.")
]


def read_variables(text: str) -> dict[str, Any]:
    """Return the variables.

    Raises:
        BadParameter: they are no JSON object.
    """
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise typer.BadParameter("is no JSON", param_hint="--variables") from error
    if not isinstance(values, dict):
        raise typer.BadParameter("must be a JSON object", param_hint="--variables")
    return cast("dict[str, Any]", values)


def read_document(file: Path) -> str:
    """Return the text of a document.

    Raises:
        ApiError: FILE_UNREADABLE.
    """
    try:
        if str(file) == "-":
            return sys.stdin.read()
        return file.read_text(encoding="utf-8")
    except OSError as error:
        message = f"{file} cannot be read ({error.strerror}): name a file with a GraphQL document."
        raise ApiError("FILE_UNREADABLE", message) from error
    except UnicodeDecodeError as error:
        raise ApiError("FILE_UNREADABLE", f"{file} is no UTF-8 text: save it as UTF-8.") from error
