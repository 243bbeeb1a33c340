"""The embedded Neo4j's generated password: in a 0600 file, and in force from the first start.

Neo4j reads the users of a new database from `data/dbms/auth.ini`, the file that
`neo4j-admin dbms set-initial-password` writes. The same line is written here: no second Java
process, and never a moment in which the well-known default password works.
"""

import hashlib
import os
import secrets
from pathlib import Path

from graph.engines.errors import EngineError

ITERATIONS = 1024


def ensure(home: Path) -> str:
    """Return the password of the Neo4j in that home; generate it before the first start.

    Raises:
        EngineError: PASSWORD_LOST when a database is there and its password is not.
    """
    file = home / "password"
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        pass
    if (home / "data" / "databases" / "system").exists():
        message = (
            f"{file} is missing, so the database next to it cannot be opened: restore that file, "
            "or move the data directory away to begin with an empty graph."
        )
        raise EngineError("PASSWORD_LOST", message)
    password = secrets.token_urlsafe(24)
    users = home / "data" / "dbms" / "auth.ini"
    users.parent.mkdir(parents=True, exist_ok=True)
    write_private(users, f"neo4j:{_credential(password)}:\n")
    write_private(file, password)  # last: if it is there, the other one is, too
    return password


def _credential(password: str) -> str:
    """Return a password as Neo4j stores it: salted SHA-256, iterated as Apache Shiro does."""
    salt = secrets.token_bytes(32)
    digest = hashlib.sha256(salt + password.encode()).digest()
    for _ in range(ITERATIONS - 1):
        digest = hashlib.sha256(digest).digest()
    return f"SHA-256,{digest.hex().upper()},{salt.hex().upper()},{ITERATIONS}"


def write_private(file: Path, content: str) -> None:
    """Write a file only this user can read; it appears whole, and survives a power cut."""
    aside = file.with_name(f"{file.name}.{os.getpid()}.new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as output:
        output.write(content)
        output.flush()
        os.fsync(descriptor)
    aside.replace(file)
