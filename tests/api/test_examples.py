"""The first query of a newcomer: it fits the schema, and the printed command sends it."""

import itertools
import json
import shlex

import httpx

from api.examples import curl, variables_of_nobody
from tests.api.conftest import Server


def test_the_printed_curl_is_a_request_that_is_answered(server: Server):
    customer = variables_of_nobody()[0]["id"]
    words = shlex.split(curl(server.place.address, server.place.token(), customer))
    options = list(itertools.pairwise(words))
    headers = dict(value.split(": ", 1) for name, value in options if name == "-H")
    body = next(value for name, value in options if name == "-d")

    answer = httpx.post(words[2], headers=headers, content=body)

    assert words[:2] == ["curl", "-s"]
    assert json.loads(body)["variables"] == {"id": customer}
    assert answer.json()["data"] == {"customer": None}


def test_dev_says_how_to_fill_an_empty_graph(server: Server):
    assert "python -m api seed" in server.place.output.read_text()
