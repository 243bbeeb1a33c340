"""Who asks: the audience and the principal of one request."""

from dataclasses import dataclass

from graph.audiences import Audience


@dataclass(frozen=True, slots=True)
class Viewer:
    """The principal of one request, as its token says.

    Attributes:
        audience: Decides what exists for the viewer.
        issuer: Who vouches for the subject.
        subject: The principal's name at its issuer.
        name: Name to show; None when the token carries none.
        scopes: What a service's key may do; None when nothing narrows it.
    """

    audience: Audience
    issuer: str
    subject: str
    name: str | None = None
    scopes: frozenset[str] | None = None

    @property
    def scope(self) -> str:
        """Tells viewers apart."""
        return f"{self.audience.value}:{self.issuer}:{self.subject}"


__all__ = ["Audience", "Viewer"]
