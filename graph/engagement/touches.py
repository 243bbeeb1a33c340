"""One touch as it comes in from another system: what it says, and who took part by address."""

from dataclasses import dataclass, field
from typing import Any

from graph.model.kinds import Node
from graph.write import formats

MOST_PARTICIPANTS = 100
"""How many addresses one touch may have."""


class Malformed(Exception):
    """What came in cannot be read; nothing of it is kept.

    Attributes:
        code: Stable upper-snake code.
        message: One sentence that says what to do; never what was in it.
        field: Name of the input field it is about.
    """

    def __init__(self, code: str, message: str, name: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = name


@dataclass(frozen=True, slots=True)
class Address:
    """A participant as a message names it.

    Attributes:
        role: Part taken: FROM, TO or CC.
        kind: EMAIL or PHONE, as identifiers are kept.
        value: The address or number, as parties keep it.
        name: Name that stands beside it; empty when none does.
    """

    role: str
    kind: str
    value: str
    name: str = ""

    @property
    def identifier(self) -> tuple[str, str]:
        """Kind and value as the Identifier of a party has them."""
        return self.kind, self.value.casefold() if self.kind == "EMAIL" else self.value

    @property
    def domain(self) -> str:
        """The domain of an e-mail address; empty for a number."""
        return self.value.rpartition("@")[2].casefold() if self.kind == "EMAIL" else ""


def address(role: str, written: str, name: str = "") -> Address:
    """An address or a telephone number as a participant.

    Raises:
        ValueError: it is neither.
    """
    written = written.strip()
    if "@" in written:
        return Address(role, "EMAIL", formats.email(written), name)
    return Address(role, "PHONE", formats.phone(written), name)


@dataclass(slots=True)
class Touch:
    """One interaction to be kept.

    Attributes:
        node: Its kind.
        external_id: What its system calls it; the same again is the same touch.
        values: Its properties, not yet validated.
        addresses: Who took part; each address once a role.
        message_id: Message-ID of an e-mail.
        parent: Message-ID of what it answers.
        references: Message-IDs of its conversation, the oldest first.
    """

    node: Node
    external_id: str
    values: dict[str, Any]
    addresses: list[Address] = field(default_factory=list[Address])
    message_id: str | None = None
    parent: str | None = None
    references: list[str] = field(default_factory=list[str])
