"""The one exception of the engines: every way a start can fail, by code.

EngineError
    UNSUPPORTED_PLATFORM  no Java or Valkey wheel exists for this machine
    DISK_TOO_SMALL        not enough room for the first download or for running
    DIRECTORY_UNUSABLE    the data or cache directory cannot be written
    DOWNLOAD_FAILED       a jar could not be fetched; what arrived is kept
    CHECKSUM_MISMATCH     a jar is not the one that was pinned; nothing was installed
    ALREADY_OWNED         another process runs the engines of this data directory
    PORT_BUSY             the configured Bolt port belongs to another program
    PASSWORD_LOST         the database is there, the file with its password is not
    START_FAILED          an engine did not come up; its log says why
"""

from typing import Literal

Code = Literal[
    "UNSUPPORTED_PLATFORM",
    "DISK_TOO_SMALL",
    "DIRECTORY_UNUSABLE",
    "DOWNLOAD_FAILED",
    "CHECKSUM_MISMATCH",
    "ALREADY_OWNED",
    "PORT_BUSY",
    "PASSWORD_LOST",
    "START_FAILED",
]


class EngineError(Exception):
    """An engine cannot run. The message is one sentence that says what to do.

    Attributes:
        code: Stable name of the failure, listed in this module's docstring.
    """

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code
