"""What the server writes down: JSON lines in a file, and lines for a person on standard error.

Nothing personal is logged. An exception's message may quote a value, so a logged exception is its
type and the places it went through, never its message.
"""

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, cast

import orjson
import structlog
from structlog.typing import Processor

from api.errors import ApiError

FILE_BYTES = 10_000_000
FILES_KEPT = 5
# Libraries that are chatty below warnings.
QUIET = ("uvicorn", "uvicorn.error", "neo4j", "asyncio")


def log_to_stderr(level: str) -> None:
    """Log lines for a person to standard error; what every command does."""
    _start(level, [_handler(logging.StreamHandler(sys.stderr), _human)])


def log_server(level: str, data_dir: Path, *, name: str, human: bool) -> Path:
    """Log to standard error and to a file of the data directory.

    Args:
        level: The least important kind of message.
        data_dir: Gets `logs/api-NAME.log`, rotated at 10 MB, five old ones kept.
        name: Tells servers and processes apart that share a data directory: the port, and which
            process it is.
        human: Whether standard error gets lines for a person; JSON otherwise.

    Returns:
        The file.

    Raises:
        ApiError: DATA_DIR_UNUSABLE.
    """
    path = data_dir / "logs" / f"api-{name}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        file = RotatingFileHandler(
            path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8"
        )
    except OSError as error:
        message = f"{path} cannot be written ({error.strerror}): choose another C360_DATA_DIR."
        raise ApiError("DATA_DIR_UNUSABLE", message) from error
    shown = _handler(logging.StreamHandler(sys.stderr), _human if human else _json)
    _start(level, [shown, _handler(file, _json)])
    return path


def _start(level: str, handlers: list[logging.Handler]) -> None:
    """Send everything that is logged, by us and by libraries, to these handlers."""
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _handler(handler: logging.Handler, render: Processor) -> logging.Handler:
    """Make a handler render what structlog and the standard library log."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
    )
    handler.setFormatter(formatter)
    return handler


def _without_message(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace a logged exception by its type and places."""
    # The standard library passes a triple, structlog an exception or True.
    info: Any = event.pop("exc_info", None)
    error: object = info
    if info is True:
        error = sys.exc_info()[1]
    elif isinstance(info, tuple):
        error = cast("tuple[Any, Any, Any]", info)[1]
    if isinstance(error, BaseException):
        event["exception"] = type(error).__qualname__
        frames = traceback.extract_tb(error.__traceback__)
        event["places"] = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]
    return event


def _json(_logger: Any, _method: str, event: Mapping[str, Any]) -> str:
    """Render one JSON object."""
    return orjson.dumps(dict(event), default=str).decode()


def _human(_logger: Any, _method: str, event: Mapping[str, Any]) -> str:
    """Render the time, the message and what belongs to it, on one line."""
    fields = dict(event)
    clock = str(fields.pop("timestamp"))[11:19]
    level, text = fields.pop("level"), fields.pop("event")
    fields.pop("logger", None)
    rest = "".join(f" {name}={value}" for name, value in fields.items())
    return f"{clock} {level:<7} {text}{rest}"


_SHARED: list[Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _without_message,
]
