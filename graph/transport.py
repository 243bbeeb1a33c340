"""Connections that are gone, as the driver expects to be told of them.

A write to a closed transport raises RuntimeError under uvloop, where asyncio's own loop lets the
next `drain` raise an OSError. The driver expects an OSError only: what it had begun to tidy away
would stay half done, and its caller would get a RuntimeError instead of something to try again.
See https://github.com/neo4j/neo4j-python-driver/issues/1056.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from neo4j._async_compat.network._bolt_socket import AsyncBoltSocketBase

Send = Callable[[Any, bytes], Awaitable[None]]


def _told_as_os_error(send: Send) -> Send:
    """Return a `sendall` that raises ConnectionResetError when the transport is closed."""

    @functools.wraps(send)
    async def sendall(connection: Any, data: bytes) -> None:
        try:
            await send(connection, data)
        except RuntimeError as error:
            raise ConnectionResetError("The transport is closed.") from error

    return sendall


def mend() -> None:
    """Have the driver told of closed transports by an OSError; to do so again changes nothing."""
    # The driver leaves the types of its sockets open.
    driver: Any = AsyncBoltSocketBase
    if not hasattr(driver.sendall, "__wrapped__"):
        driver.sendall = _told_as_os_error(driver.sendall)
