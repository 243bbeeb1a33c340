"""The server side of a partner portal: asks in the name of the partner's user who is logged in.

Run it with C360_URL and C360_TOKEN, the access token of the session. It needs httpx. It sends only
the hashes of its operations, which the API has in C360_OPERATIONS_DIR: with `trusted=on` for
partners nothing else is answered, so a stolen token asks nothing that the portal would not ask.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

URL, TOKEN = os.environ["C360_URL"], os.environ["C360_TOKEN"]
OPERATIONS = {
    each.stem: hashlib.sha256(each.read_bytes()).hexdigest()
    for each in Path(__file__).parent.glob("*.graphql")
}
BUSY = (429, 503)


class LogInAgain(Exception):
    """The session is over: its token has expired, or was revoked."""


def ask(client: httpx.Client, name: str, **variables: object) -> dict:
    """Ask by the name of an operation; wait when the server says for how long."""
    stored = {"persistedQuery": {"version": 1, "sha256Hash": OPERATIONS[name]}}
    for _ in range(3):
        answer = client.post(URL, json={"variables": variables, "extensions": stored})
        if answer.status_code == 401:
            raise LogInAgain(answer.headers["www-authenticate"])
        if answer.status_code in BUSY:
            time.sleep(min(float(answer.headers.get("retry-after", 1)), 10))
            continue
        found = answer.json()
        if "data" not in found:
            raise SystemExit(f"Refused: {found['errors'][0]['extensions']['code']}")
        # Fields may fail one by one: `data` holds what could be answered, `errors` says what not.
        return found["data"]
    raise SystemExit("The API is busy: try again later.")


def products(client: httpx.Client, size: int) -> Iterator[dict]:
    """Every product that the partner may see, a page at a time."""
    after = None
    while True:
        page = ask(client, "products", first=size, after=after)["products"]
        yield from (each["node"] for each in page["edges"])
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


if __name__ == "__main__":
    # One client for all requests: connections are kept open.
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(headers=headers, timeout=30) as session:
        who = ask(session, "products", first=1)["viewer"]
        names = [each["name"] for each in products(session, 2)]
    print(f"{who['audience']}: {len(names)} products: {', '.join(names)}")
