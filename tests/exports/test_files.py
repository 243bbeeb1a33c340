"""Downloads, feeds and cards: sealed addresses open one thing, for a time, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import icalendar
import pytest
import redis.asyncio
from starlette.applications import Starlette

from api.backend import Backend
from api.exporting import folder_in, runners
from api.files import routes
from api.keys import development_key
from api.refusals import Refusal, response
from api.settings import Settings
from api.tokens import Verifier, make_token
from api.worker.jobs import Jobs
from graph.database import Graph
from graph.engines import Endpoints
from graph.exports import Folder, InvalidToken, Token, opened, sealed
from graph.exports.cards import written
from graph.model import MODEL
from graph.statements import Kind, Statement
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write
from loaders.execution import Executor
from loaders.ids import decode_id, encode_id
from loaders.keeping import Keeper
from loaders.readings import Readings
from loaders.viewer import Audience, Viewer

pytestmark = pytest.mark.anyio

KEY = b"k" * 32
START = """mutation ($i: ExportStartInput!) { exportStart(input: $i) {
  jobId userErrors { code message }
} }"""
DOWNLOAD = "query ($j: ID!) { exportDownload(job: $j) { path expiresAt } }"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with a data directory of the test's own."""
    return Settings(data_dir=tmp_path, env_file=tmp_path / "none")


@pytest.fixture
async def backend(
    graph: Graph, executor: Executor, endpoints: Endpoints, settings: Settings
) -> AsyncIterator[Backend]:
    """Return what a server stands on, with exports."""
    executor.backing.exports = folder_in(settings.data_dir)
    key = development_key(settings.data_dir)
    verifier = Verifier([key], settings.token_issuer, settings.token_audience)
    async with redis.asyncio.from_url(endpoints.redis_url) as cache:
        yield Backend(graph, cache, executor, Keeper(executor, None), verifier, (), warm=True)


@pytest.fixture
async def client(backend: Backend) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of the files."""

    async def refused(_request: Any, error: Any) -> Any:
        return response(error)

    app = Starlette(routes=routes(), exception_handlers={Refusal: refused})
    app.state.backend = backend
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened_client:
        yield opened_client


def staff(settings: Settings) -> Viewer:
    return Viewer(Audience.STAFF, settings.token_issuer, "ana")


async def tasks(graph: Graph, issuer: str) -> str:
    """Write a person at a company, and a task of the user ana; return the person's id."""
    kinds, types = MODEL.by_label, MODEL.by_type
    task = {
        "at": "2026-01-01T00:00:00Z",
        "channel": "INTERNAL",
        "subject": "Call back; soon, please",
        "status": "OPEN",
        "priority": "HIGH",
        "dueAt": "2026-02-01T09:30:00Z",
    }
    user = Nodes(kinds["User"], [NodeRow((issuer, "ana"), {"kind": "STAFF", "name": "Ana"})])
    said = {"name": "Bo Li", "givenName": "Bo", "familyName": "Li", "email": "bo@example.org"}
    batch = Batch(
        [
            user,
            Nodes(kinds["Company"], [NodeRow(("crm", "acme"), {"name": "Acme; Ltd"})]),
            Nodes(
                kinds["Person"],
                [NodeRow(("crm", "bo"), said, id="0b0b0b0b-0000-7000-8000-00000000000b")],
            ),
            Nodes(kinds["Task"], [NodeRow(("crm", "t1"), task)]),
            Links(
                types["ASSIGNED_TO"],
                kinds["Task"],
                kinds["User"],
                [LinkRow(("crm", "t1"), (issuer, "ana"), {})],
            ),
            Links(
                types["WORKS_AT"],
                kinds["Person"],
                kinds["Company"],
                [LinkRow(("crm", "bo"), ("crm", "acme"), {"primary": True})],
            ),
        ]
    )
    await write(graph, batch, Writer("tester"))
    return "0b0b0b0b-0000-7000-8000-00000000000b"


async def ask(executor: Executor, viewer: Viewer, text: str, **values: Any) -> Any:
    answer = await executor.execute(text, values, None, viewer)
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


async def test_an_export_is_started_run_and_fetched_by_its_address_alone(
    backend: Backend, client: httpx.AsyncClient, settings: Settings, endpoints: Endpoints
):
    await tasks(backend.graph, settings.token_issuer)
    executor, viewer = backend.executor, staff(settings)
    wanted = {"kind": "people", "format": "CSV", "columns": ["name", "email"]}
    job = (await ask(executor, viewer, START, i=wanted))["jobId"]
    early = await ask(executor, viewer, DOWNLOAD, j=job)
    jobs = Jobs(backend.graph, runners(executor, folder_in(settings.data_dir)), endpoints.redis_url)

    await jobs.run(decode_id(job).id)
    address = await ask(executor, viewer, DOWNLOAD, j=job)
    another = Viewer(Audience.STAFF, settings.token_issuer, "ben")
    not_his = await ask(executor, another, DOWNLOAD, j=job)
    fetched = await client.get(address["path"])
    forged = await client.get(address["path"][:-3] + "AAA")

    assert early is None
    assert not_his is None
    assert fetched.status_code == 200
    assert fetched.text == "name,email\r\nBo Li,bo@example.org\r\n"
    assert fetched.headers["content-type"] == "text/csv; charset=utf-8"
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert forged.status_code == 404


async def test_an_export_that_makes_no_sense_is_refused_before_it_starts(
    backend: Backend, settings: Settings
):
    for wanted in (
        {"kind": "nothing", "format": "CSV"},
        {"kind": "people", "format": "CSV", "columns": ["secret"]},
        {"kind": "people", "format": "CSV", "filter": {"nam": {"eq": "x"}}},
    ):
        told = await ask(backend.executor, staff(settings), START, i=wanted)

        assert told["jobId"] is None
        assert [each["code"] for each in told["userErrors"]] == ["INVALID"]


async def test_a_calendar_holds_the_tasks_of_its_user(
    backend: Backend, client: httpx.AsyncClient, settings: Settings
):
    await tasks(backend.graph, settings.token_issuer)
    address = await ask(backend.executor, staff(settings), "{ taskFeed { path } }")

    fetched = await client.get(address["path"])
    wrong = await client.get("/calendar/" + quote("AAAA") + ".ics")

    todos = icalendar.Calendar.from_ical(fetched.content).walk("VTODO")
    assert [str(each["summary"]) for each in todos] == ["Call back; soon, please"]
    assert todos[0]["due"].to_ical() == b"20260201T093000Z"
    assert (str(todos[0]["status"]), int(todos[0]["priority"])) == ("NEEDS-ACTION", 3)
    assert wrong.status_code == 404


async def test_a_person_is_a_card_for_staff_alone(
    backend: Backend, client: httpx.AsyncClient, settings: Settings
):
    person = encode_id("Person", await tasks(backend.graph, settings.token_issuer))
    bearer = {
        audience: {"Authorization": f"Bearer {make_token(settings, audience, 'ana', 1)}"}
        for audience in ("staff", "partner")
    }

    fetched = await client.get(f"/people/{person}.vcf", headers=bearer["staff"])

    lines = fetched.text.split("\r\n")
    assert fetched.status_code == 200
    assert {"VERSION:4.0", "FN:Bo Li", "N:Li;Bo;;;", "EMAIL:bo@example.org"} <= set(lines)
    assert "ORG:Acme\\; Ltd" in lines
    assert (await client.get(f"/people/{person}.vcf")).status_code == 401
    other = await client.get(f"/people/{person}.vcf", headers=bearer["partner"])
    nobody = await client.get(f"/people/{encode_id('Person', 'x')}.vcf", headers=bearer["staff"])
    assert (other.status_code, other.text) == (nobody.status_code, nobody.text)


async def test_a_card_is_for_those_who_see_the_person_and_names_a_company_that_is_seen(
    backend: Backend, client: httpx.AsyncClient, settings: Settings
):
    person = encode_id("Person", await tasks(backend.graph, settings.token_issuer))
    bearer = {"Authorization": f"Bearer {make_token(settings, 'staff', 'ana', 1)}"}
    backend.executor.readings = Readings(backend.graph)
    await backend.graph.run(RULE)
    await backend.executor.narrowing.look()

    hidden = await client.get(f"/people/{person}.vcf", headers=bearer)
    nobody = await client.get(f"/people/{encode_id('Person', 'x')}.vcf", headers=bearer)
    await backend.executor.readings.flush()
    told_before = await backend.graph.run(SAW)
    await backend.graph.run(GIVE)
    given = await client.get(f"/people/{person}.vcf", headers=bearer)
    await backend.executor.readings.flush()

    assert (hidden.status_code, hidden.text) == (nobody.status_code, nobody.text)
    assert "FN:Bo Li" in given.text
    assert "ORG" not in given.text
    assert (told_before, await backend.graph.run(SAW)) == ([], [["vcard", "Bo Li"]])


RULE = Statement(
    "test.files.rule",
    Kind.WRITE,
    "CREATE (:AccessRule {id: 'rule', parties: 'ASSIGNED', interactions: 'ALL', active: true})",
)
GIVE = Statement(
    "test.files.give",
    Kind.WRITE,
    "MATCH (p:Person {name: 'Bo Li'}), (u:User {subject: 'ana'}) CREATE (p)-[:ASSIGNED_TO]->(u)",
)
SAW = Statement(
    "test.files.saw", Kind.READ, "MATCH (a:DataAccess)-[:SAW]->(p) RETURN a.operation, p.name"
)


def test_a_token_opens_its_own_thing_until_its_time_is_over():
    text = sealed(KEY, Token("export", "job", 100, "csv"))

    assert opened(KEY, text, "export", now=99) == Token("export", "job", 100, "csv")
    for key, said, kind, now in (
        (KEY, text, "calendar", 99),
        (KEY, text, "export", 100),
        (b"x" * 32, text, "export", 99),
        (KEY, "A" + text[1:], "export", 99),
        (KEY, "ä", "export", 99),
        (KEY, "", "export", 99),
        (KEY, "A" * 600, "export", 99),
    ):
        with pytest.raises(InvalidToken):
            opened(key, said, kind, now=now)


def test_long_lines_of_a_card_are_folded_between_characters():
    name = "é" * 100

    card = written({"id": "1", "name": name, "changedAt": "2026-01-01T00:00:00.000Z"}, None)

    assert all(len(line) <= 75 for line in card.split(b"\r\n"))
    assert f"FN:{name}" in card.decode().replace("\r\n ", "")


async def test_exports_expire_after_a_day_and_all_are_forgotten_at_once(tmp_path: Path):
    folder = Folder(tmp_path)
    path = folder.file("00000000-0000-7000-8000-000000000000", "csv")
    await asyncio.to_thread(path.write_text, "x")
    made = (await asyncio.to_thread(path.stat)).st_mtime

    assert folder.expire(made + 86_000) == 0
    assert folder.expire(made + 87_000) == 1
    with pytest.raises(ValueError, match="badly formed"):
        folder.file("../../etc/passwd", "csv")
