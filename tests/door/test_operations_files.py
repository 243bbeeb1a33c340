"""Dashboard and alerts name figures that exist, and every alert has its runbook."""

import json
import re

import yaml

from api.metrics import Metrics
from api.settings import ROOT

FOLDER = ROOT / "docs" / "operations"
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
NAME = re.compile(r"\bc360_[a-z_]+")


def figures() -> set[str]:
    """The names of all figures, as they are in the sources."""
    named = Metrics().text().decode() + (ROOT / "api" / "readings.py").read_text(encoding="utf-8")
    return {each.removesuffix("_total") for each in NAME.findall(named)}


def plain(name: str) -> str:
    for ending in ("_total", "_bucket", "_count", "_sum"):
        name = name.removesuffix(ending)
    return name


def test_the_dashboard_and_the_alerts_name_figures_that_exist():
    for file in ("dashboard.json", "alerts.yml"):
        used = {plain(each) for each in NAME.findall((FOLDER / file).read_text(encoding="utf-8"))}

        assert used, file
        assert used - figures() == set(), file


def test_every_panel_asks_something():
    board = json.loads((FOLDER / "dashboard.json").read_bytes())

    assert len(board["panels"]) == 10
    assert all(target["expr"] for panel in board["panels"] for target in panel["targets"])


def test_every_alert_has_a_runbook_and_every_runbook_an_alert():
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    alerts = {rule["alert"] for group in groups for rule in group["rules"]}

    runbooks = set(re.findall(r"^### (\w+)$", PAGE, re.MULTILINE))
    assert alerts == runbooks


def test_every_figure_is_documented():
    assert {plain(each) for each in NAME.findall(PAGE)} == {plain(each) for each in figures()}
