"""Resolution of new records as the settings want it."""

from api.settings import Settings
from graph.matching.judging import judges
from graph.matching.resolving.arriving import Resolving
from graph.matching.resolving.policy import Policy


def resolver_of(settings: Settings) -> Resolving | None:
    """Return what resolves the records that are written; None when nobody does."""
    if settings.matching == "off":
        return None
    policy = Policy(settings.matching, settings.match_accept, settings.match_review)
    return Resolving(policy, dict(judges()))
