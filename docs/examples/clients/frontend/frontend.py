"""A frontend of staff: log in at the issuer, ask by stored operation, follow changes live.

Run it with C360_URL (such as http://127.0.0.1:8360/graphql), C360_ISSUER and C360_CLIENT (the id
of a public client at the issuer that may come back to a loopback address). It needs httpx and
websockets. In a browser a library such as oidc-client-ts does what `log_in` does here.
"""

import asyncio
import hashlib
import json
import os
import secrets
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import websockets

URL, ISSUER, CLIENT = (os.environ[f"C360_{name}"] for name in ("URL", "ISSUER", "CLIENT"))
CUSTOMERS = Path(__file__).with_name("customers.graphql").read_text(encoding="utf-8")


def log_in() -> str:
    """Return an access token: code with PKCE (RFC 7636), back on loopback (RFC 8252)."""
    known = httpx.get(f"{ISSUER}/.well-known/openid-configuration").raise_for_status().json()
    verifier, state, nonce = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    came_back: dict[str, list[str]] = {}

    class Back(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came_back.update(parse_qs(urlsplit(self.path).query))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"You are logged in: close this window.")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Back) as server:
        redirect = f"http://127.0.0.1:{server.server_port}/callback"
        asked = {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": redirect,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        print(f"Open {known['authorization_endpoint']}?{urlencode(asked)}", flush=True)
        server.handle_request()
    if came_back.get("state") != [state]:
        raise SystemExit("That was the answer to somebody else's login.")
    given = {
        "grant_type": "authorization_code",
        "code": came_back["code"][0],
        "client_id": CLIENT,
        "redirect_uri": redirect,
        "code_verifier": verifier,
    }
    answer = httpx.post(known["token_endpoint"], data=given).raise_for_status().json()
    return answer["access_token"]


def ask(token: str, document: str, variables: dict) -> dict:
    """Ask by the hash of the document; it is sent along only when the server does not have it."""
    digest = hashlib.sha256(document.encode()).hexdigest()
    stored = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
    headers = {"Authorization": f"Bearer {token}"}
    for query in ({}, {"query": document}):
        body = {"variables": variables, "extensions": stored, **query}
        answer = httpx.post(URL, json=body, headers=headers, timeout=30).json()
        if "errors" not in answer:
            return answer["data"]
        code = answer["errors"][0]["extensions"]["code"]
        if code != "PERSISTED_QUERY_NOT_FOUND":
            raise SystemExit(f"Refused: {code}")  # UNAUTHENTICATED: log in again
    raise SystemExit("The server does not keep documents.")


async def follow(token: str) -> dict:
    """Return the next change of a customer, over a WebSocket (graphql-transport-ws)."""
    address = URL.replace("http", "ws", 1)
    async with websockets.connect(address, subprotocols=["graphql-transport-ws"]) as socket:
        hello = {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}
        await socket.send(json.dumps(hello))
        if json.loads(await socket.recv())["type"] != "connection_ack":
            raise SystemExit("The server does not speak this protocol.")
        query = 'subscription { changes(types: ["Customer"]) { cursor op node { id } } }'
        message = {"id": "1", "type": "subscribe", "payload": {"query": query}}
        await socket.send(json.dumps(message))
        print("Following.", flush=True)
        while (found := json.loads(await socket.recv()))["type"] == "ping":
            await socket.send('{"type": "pong"}')
        return found["payload"]["data"]["changes"]


if __name__ == "__main__":
    access = log_in()
    found = ask(access, CUSTOMERS, {"first": 5})
    print(f"{found['viewer']['name']} sees {found['customers']['totalCount']} customers.")
    change = asyncio.run(follow(access))
    print(f"Changed by {change['op']}.")
