"""What can go wrong at the door, as the person who starts the program is told.

ApiError
    PORT_BUSY           another program listens on C360_HOST and C360_PORT
    HOST_UNUSABLE       C360_HOST is no address of this machine
    KEYS_UNUSABLE       the file with keys cannot be read, or holds what it must not
    DATA_DIR_UNUSABLE   the data directory cannot be written
    NOT_IN_PRODUCTION   the command makes no sense outside development
    FILE_UNREADABLE     the named file is not there or is no text
    FILE_UNWRITABLE     the named file cannot be written
    KEY_REFUSED         an API key cannot be made or revoked as asked
    OPERATIONS_UNUSABLE a stored operation cannot be read or does not fit the schema

Engines and the graph have their own trees (`graph.engines.errors`, `graph.errors`), settings theirs
(`api.settings.SettingsError`), and refused HTTP requests theirs (`api.refusals`).
"""

from typing import Literal

Code = Literal[
    "PORT_BUSY",
    "HOST_UNUSABLE",
    "KEYS_UNUSABLE",
    "DATA_DIR_UNUSABLE",
    "NOT_IN_PRODUCTION",
    "FILE_UNREADABLE",
    "FILE_UNWRITABLE",
    "KEY_REFUSED",
    "OPERATIONS_UNUSABLE",
]


class ApiError(Exception):
    """The program cannot do what it was told. The message is one sentence that says what to do.

    Attributes:
        code: Stable name of the failure, listed in this module's docstring.
    """

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code
