"""An internal tool: copies changes elsewhere with an API key, and goes on where it stopped.

Run it with C360_URL and C360_KEY, a key with the scopes `changes` and `noteAdd`; a third variable,
C360_STATE, names the file in which it keeps its cursor. It needs httpx.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx

URL, KEY = os.environ["C360_URL"], os.environ["C360_KEY"]
STATE = Path(os.environ["C360_STATE"])
FOLLOW = """
subscription Changes($since: String) {
  changes(since: $since, types: ["Company"]) {
    cursor
    op
    version
    node { ... on Company { id name } }
  }
}
"""
NOTE = """
mutation Note($input: NoteAddInput!) {
  noteAdd(input: $input) { userErrors { code message field } }
}
"""


def changes(client: httpx.Client, since: str | None) -> Iterator[dict]:
    """Every change after a cursor, without an end, as server-sent events."""
    body = {"query": FOLLOW, "variables": {"since": since}}
    accept = {"Accept": "text/event-stream"}
    # The server sends a comment every 12 seconds: silence means that the connection is lost.
    with client.stream("POST", URL, json=body, headers=accept, timeout=30) as events:
        events.raise_for_status()
        print("Following.", flush=True)
        for line in events.iter_lines():
            if line.startswith("data: "):
                answer = json.loads(line.removeprefix("data: "))
                if "errors" in answer:
                    raise SystemExit(f"Ended: {answer['errors'][0]['extensions']['code']}")
                yield answer["data"]["changes"]


def note(client: httpx.Client, node: dict, text: str, once: str) -> None:
    """Write a note; with the same `clientMutationId` it is written once, however often."""
    given = {"parties": [node["id"]], "body": text, "clientMutationId": once}
    answer = client.post(URL, json={"query": NOTE, "variables": {"input": given}}).json()
    if problems := answer["data"]["noteAdd"]["userErrors"]:
        raise SystemExit(problems[0]["message"])


if __name__ == "__main__":
    last = STATE.read_text() if STATE.exists() else None
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(headers=headers, timeout=30) as tool:
        for change in changes(tool, last):
            if change["node"] is not None:  # null when it is gone by now
                once = f"{change['node']['id']}:{change['version']}"
                note(tool, change["node"], "Copied to the warehouse.", once)
                print(f"{change['op']} {change['node']['name']}", flush=True)
            STATE.write_text(change["cursor"])
            if "--once" in sys.argv:
                break
