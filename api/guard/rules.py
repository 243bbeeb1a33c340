"""What each audience may ask: limits of a document, budget, concurrency, and what is switched off.

The defaults stand here; a setting for each audience changes single figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from api.settings import Settings
from api.tokens import AUDIENCES, AudienceName
from loaders.limits.limits import Limits


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for one audience.

    Attributes:
        limits: What one document may be.
        budget: Points a principal can have saved up.
        restore: Points it gets back each second.
        concurrency: Requests of a principal that may run or wait at once.
        introspection: Whether the schema may be asked for.
        suggestions: Whether a misspelt name is answered with the one probably meant.
        trusted: Whether only operations that are known here are answered.
    """

    limits: Limits
    budget: int
    restore: int
    concurrency: int
    introspection: bool = True
    suggestions: bool = False
    trusted: bool = False


# A program of staff may use the server fully; its budget is for one that runs wild.
DEFAULTS: Mapping[AudienceName, Rules] = {
    "staff": Rules(Limits(), 2_000_000, 1_000_000, 128, suggestions=True),
    "partner": Rules(Limits(fields=500, price=5_000), 50_000, 1_000, 32),
    "customer": Rules(Limits(fields=500, price=2_000), 20_000, 400, 16),
}
_LIMITS = frozenset(each.name for each in fields(Limits))


def rules_of(settings: Settings) -> dict[AudienceName, Rules]:
    """Return the rules for every audience."""
    changes = (settings.limits_staff, settings.limits_partner, settings.limits_customer)
    return {
        audience: changed(DEFAULTS[audience], text or "")
        for audience, text in zip(AUDIENCES, changes, strict=True)
    }


def changed(rules: Rules, text: str) -> Rules:
    """Return rules with the changes of a setting, such as `depth=10 budget=5000 trusted=on`."""
    limits: dict[str, int] = {}
    others: dict[str, Any] = {}
    for each in text.split():
        name, _, value = each.partition("=")
        if name in _LIMITS:
            limits[name] = int(value)
        else:
            others[name] = value == "on" if value in ("on", "off") else int(value)
    return replace(rules, limits=replace(rules.limits, **limits), **others)
