"""docs/errors.md: every line is true, and every code that is sent has its line."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from api import door, protocol
from loaders.errors import Code
from tests.door.conftest import Running, codes

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"^\| `([A-Z_]+)` \| (?:(\d{3}) \| )?", re.MULTILINE)
TEXT = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
REQUESTS, DOCUMENTS = TEXT.split("\n## ")[1:3]
STATUS = {code: int(status) for code, status in LINE.findall(REQUESTS)}
REFUSED = [code for code, _ in LINE.findall(DOCUMENTS)]
DEEP = "{a" * 13 + "}" * 13


def test_every_code_has_its_line():
    sent = {each.value for each in Code}
    for file in (ROOT / "api").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        sent |= set(re.findall(r'Refusal\(\s*\d{3},\s*"([A-Z_]+)"', text))
        sent |= set(re.findall(r'(?:refusal|_coded)\(\s*"([A-Z_]{4,})"', text))
        sent |= set(re.findall(r'_refuse\(\s*\d{3},\s*"([A-Z_]+)"', text))
    listed = set(re.findall(r"`([A-Z_]{4,})`", TEXT))

    assert sent - listed == set()
    assert len(sent) > 35


# --- what is sent for each line -----------------------------------------------------------------


async def raw(running: Running, text: bytes, more: bytes = b"") -> httpx.Response:
    """Send bytes, and read what comes until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(text)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return httpx.Response(int(head.split()[1]), content=body + more)


async def unauthenticated(running: Running, _: pytest.MonkeyPatch) -> httpx.Response:
    return await running.http.post(running.url, json={"query": "{__typename}"})


async def slow_body(running: Running, patch: pytest.MonkeyPatch) -> httpx.Response:
    patch.setattr(door, "BODY_SECONDS", 0.2)
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {running.token()}\r\n"
        "content-type: application/json\r\ncontent-length: 50\r\n\r\n{"
    )
    return await raw(running, head.encode())


async def slow_headers(running: Running, patch: pytest.MonkeyPatch) -> httpx.Response:
    patch.setattr(protocol, "HEADER_SECONDS", 0.2)
    return await raw(running, b"POST /graphql HTTP/1.1\r\nhost: x\r\nauthoriz")


async def long_headers(running: Running, _: pytest.MonkeyPatch) -> httpx.Response:
    return await raw(running, b"POST /graphql HTTP/1.1\r\nx: " + b"y" * 40_000)


async def spent(running: Running, _: pytest.MonkeyPatch) -> httpx.Response:
    for _each in range(5):
        answer = await running.ask("{__typename}", "customer", subject="spender")
    return answer


async def without_places(running: Running, patch: pytest.MonkeyPatch) -> httpx.Response:
    patch.setattr(running.backend.guard.admission, "_places", 0)
    return await running.ask("{__typename}")


async def without_graph(running: Running, patch: pytest.MonkeyPatch) -> httpx.Response:
    vigil = running.backend.graph.vigil
    assert vigil is not None
    patch.setattr(vigil.breaker, "open", True)
    return await running.ask("{__typename}", subject="stranger")


async def too_slow(running: Running, patch: pytest.MonkeyPatch) -> httpx.Response:
    await running.ask("{customers{totalCount}}")
    patch.setattr(door, "ANSWER_SECONDS", 0.0001)
    return await running.ask("{customers(first: 3){edges{node{id}}}}")


async def broken(running: Running, patch: pytest.MonkeyPatch) -> httpx.Response:
    patch.setattr(running.backend, "guard", None)
    return await running.ask("{__typename}")


def body(content: bytes | str, **headers: str) -> Any:
    async def send(running: Running, _: pytest.MonkeyPatch) -> httpx.Response:
        return await running.post(content, **headers)

    return send


def query(text: str | None, **more: Any) -> Any:
    async def send(running: Running, _: pytest.MonkeyPatch) -> httpx.Response:
        return await running.ask(text, **more)

    return send


def call(method: str, path: str) -> Any:
    async def send(running: Running, _: pytest.MonkeyPatch) -> httpx.Response:
        return await running.http.request(method, running.url.replace("/graphql", path))

    return send


def hashed(hash_: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": hash_}}


GOOD = json.dumps({"query": "{__typename}"})
LISTS = "{customers(first: 100){edges{node{interactions(first: 100){edges{node{at}}}}}}}"
Send = Callable[[Running, pytest.MonkeyPatch], Awaitable[httpx.Response]]
SENT: dict[str, Send] = {
    "UNAUTHENTICATED": unauthenticated,
    "BAD_JSON": body('{"query": NaN}'),
    "BAD_REQUEST": body("[]"),
    "PERSISTED_QUERY_MISMATCH": query("{__typename}", extensions=hashed("0" * 64)),
    "NOT_FOUND": call("POST", "/graphql/"),
    "METHOD_NOT_ALLOWED": call("PUT", "/graphql"),
    "NOT_ACCEPTABLE": body(GOOD, accept="text/html"),
    "BODY_TIMEOUT": slow_body,
    "HEADER_TIMEOUT": slow_headers,
    "BODY_TOO_LARGE": body(b"x" * 100_001),
    "UNSUPPORTED_MEDIA_TYPE": body(GOOD, content_type="text/plain"),
    "RATE_LIMITED": spent,
    "HEADERS_TOO_LARGE": long_headers,
    "INTERNAL": broken,
    "OVERLOADED": without_places,
    "UNAVAILABLE": without_graph,
    "TIMEOUT": too_slow,
    "INVALID_DOCUMENT": query("{ nothingOfThisName }"),
    "INVALID_VARIABLES": query("query ($n: Int!) { customers(first: $n) { totalCount } }"),
    "TOO_MANY_TOKENS": query("{" + "a " * 2_001 + "}"),
    "TOO_DEEP": query(DEEP),
    "TOO_MANY_ALIASES": query("{" + " ".join(f"a{n}:__typename" for n in range(31)) + "}"),
    "TOO_MANY_DIRECTIVES": query("{__typename " + "@skip(if: true)" * 51 + "}"),
    "TOO_MANY_DEFINITIONS": query(" ".join(f"query q{n}{{__typename}}" for n in range(51))),
    "TOO_MANY_VARIABLES": query(
        "query(" + " ".join(f"$v{n}:Int" for n in range(51)) + "){__typename}"
    ),
    "TOO_MANY_FIELDS": query(
        "{...f0} "
        + " ".join(f"fragment f{n} on Query{{...f{n + 1} ...f{n + 1}}}" for n in range(12))
        + " fragment f12 on Query{__typename}"
    ),
    "TOO_REPETITIVE": query("{" + "__typename " * 21 + "}"),
    "TOO_EXPENSIVE": query(LISTS),
    "INTROSPECTION_OFF": query("{__schema{queryType{name}}}", audience="customer"),
    "PERSISTED_QUERY_NOT_FOUND": query(None, extensions=hashed("0" * 64)),
}  # fmt: skip


@pytest.mark.parametrize("code", STATUS)
async def test_a_request_that_is_not_answered_gets_status_and_code(
    running: Running, monkeypatch: pytest.MonkeyPatch, code: str
):
    answer = await SENT[code](running, monkeypatch)

    assert (answer.status_code, codes(answer)) == (STATUS[code], [code])
    assert answer.json()["errors"][0]["message"].endswith(".")
    assert "data" not in answer.json()


@pytest.mark.parametrize("code", [each for each in REFUSED if each != "NOT_TRUSTED"])
async def test_a_document_that_is_not_run_gets_its_code(
    running: Running, monkeypatch: pytest.MonkeyPatch, code: str
):
    answer = await SENT[code](running, monkeypatch)

    assert (answer.status_code, codes(answer)) == (200, [code])
    assert "data" not in answer.json()


async def test_variables_that_are_too_deep_are_refused_even_if_nothing_reads_them(
    running: Running,
):
    deep: Any = 1
    for _ in range(200):
        deep = [deep]

    answer = await running.ask("{__typename}", variables={"x": deep})

    assert (answer.status_code, codes(answer)) == (400, ["TOO_DEEP"])
