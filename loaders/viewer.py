"""Who asks: the audience and the principal of one request."""

from dataclasses import dataclass
from enum import Enum


class Audience(Enum):
    """The three kinds of people the API serves."""

    STAFF = "staff"
    PARTNER = "partner"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The principal of one request, as its token says.

    Attributes:
        audience: Decides what exists for the viewer.
        issuer: Who vouches for the subject.
        subject: The principal's name at its issuer.
        name: Name to show; None when the token carries none.
    """

    audience: Audience
    issuer: str
    subject: str
    name: str | None = None
