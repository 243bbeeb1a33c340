"""What the door says to a caller is documented."""

import json
import re

from api import refusals
from api.app import ROUTING_CODES
from api.settings import ROOT
from tests.api.conftest import Server

SOURCES = sorted((ROOT / "api").rglob("*.py"))
WRITTEN = re.compile(r'\bRefusal\([^)"]*"([A-Z_]+)"')


def codes() -> set[str]:
    """Every code that the source gives to a refused request."""
    texts = [path.read_text(encoding="utf-8") for path in SOURCES]
    return {code for text in texts for code in WRITTEN.findall(text)} | set(ROUTING_CODES.values())


def test_every_code_of_a_refused_request_is_documented():
    quickstart = (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8")

    table = set(re.findall(r"^\| \d{3} \| `([A-Z_]+)`", quickstart, re.MULTILINE))
    tree = set(re.findall(r"\b\d{3}\s+([A-Z_]{4,})", refusals.__doc__ or ""))

    assert len(table) > 10
    assert table == tree == codes()


def test_what_readme_sends_is_answered(server: Server):
    """Every request that README shows by `curl -d`, as it stands there."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    bodies = [json.loads(each) for each in re.findall(r"-d '(\{.*\})'", readme)]

    answers = [server.ask(**body).json() for body in bodies]

    assert len(bodies) >= 2
    assert [answer.get("errors") for answer in answers] == [None] * len(answers)
    changed = [
        answer["data"]["personUpsert"] for answer in answers if "personUpsert" in str(answer)
    ]
    assert [each["userErrors"] for each in changed] == [[]]
