"""What README sends is answered; docs/errors.md is held by tests/door."""

import json
import re
from typing import Any

from api.settings import ROOT
from tests.api.conftest import Server


def test_what_readme_sends_is_answered(server: Server):
    """Every request that README shows by `curl -d`, as it stands there."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    bodies = [json.loads(each) for each in re.findall(r"-d '(\{.*\})'", readme)]

    answers = [_answered(server, body) for body in bodies]

    assert len(bodies) >= 2
    assert [answer.get("errors") for answer in answers] == [None] * len(answers)
    changed = [
        answer["data"]["personUpsert"] for answer in answers if "personUpsert" in str(answer)
    ]
    assert [each["userErrors"] for each in changed] == [[]]


def _answered(server: Server, body: dict[str, Any]) -> dict[str, Any]:
    """The answer; asked again where the database took the whole deadline to plan a new text."""
    found = server.ask(**body).json()
    if "'TIMEOUT'" in str(found):
        found = server.ask(**body).json()
    return found
