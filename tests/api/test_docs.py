"""What README sends is answered; docs/errors.md is held by tests/door."""

import json
import re

from api.settings import ROOT
from tests.api.conftest import Server


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
