"""docs/limits.md says what holds."""

import re
from dataclasses import asdict
from pathlib import Path

from api.guard.rules import DEFAULTS, changed
from api.settings import ROOT

PAGE: Path = ROOT / "docs" / "limits.md"


def shown(value: object) -> str:
    return str(value) if not isinstance(value, bool) else ("on" if value else "off")


def test_the_limits_of_every_audience_are_documented():
    lines = re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+) \| (\w+) \|", PAGE.read_text(), re.MULTILINE)

    rules = [asdict(each) for each in DEFAULTS.values()]
    names = [*rules[0].pop("limits"), *rules[0]]
    figures = [asdict(each) for each in DEFAULTS.values()]
    expected = [
        (name, *(shown(each["limits"].get(name, each.get(name))) for each in figures))
        for name in names
    ]

    assert lines == expected


def test_a_setting_changes_the_figures_it_names_and_no_others():
    rules = DEFAULTS["partner"]

    found = changed(rules, " depth=3  budget=7 trusted=on introspection=off")

    assert (found.limits.depth, found.budget) == (3, 7)
    assert (found.trusted, found.introspection) == (True, False)
    assert (found.limits.aliases, found.restore) == (rules.limits.aliases, rules.restore)
