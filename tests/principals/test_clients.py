"""docs/clients.md: every example runs, against a real server and a real login."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import build_schema, parse, validate

from api.operations import stored_operations
from api.settings import ROOT
from graph.database import Graph
from graph.engines import Endpoints
from graph.model.organisation import ACTS_FOR, USER
from graph.model.parties import COMPANY
from graph.model.products import PRODUCT
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write
from tests.principals.conftest import Running, put_company, serving_at, settings_in
from tests.principals.provider import CLIENT, Person, Provider, provided

pytestmark = pytest.mark.anyio

EXAMPLES = ROOT / "docs" / "examples" / "clients"
CLIENTS = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[Provider]:
    """A provider with accounts of staff and of a partner."""
    async with provided() as (made, _):
        made.people = {
            "ada": Person("correct horse", "staff", "Ada"),
            "pat": Person("battery staple", "partner", "Pat"),
        }
        yield made


@pytest.fixture(scope="module")
async def api(
    provider: Provider,
    graph: Graph,
    endpoints: Endpoints,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Running]:
    """A server that trusts the provider, knows the portal's operations, and holds a few things."""
    await put_company(graph, "Reseller", partner=True)
    products = [
        NodeRow(("erp", f"P{i}"), {"name": f"Product {i}", "sku": f"P{i}"}) for i in (1, 2, 3)
    ]
    pat = NodeRow((provider.issuer, "pat"), {"kind": "PARTNER", "name": "Pat"})
    acting = LinkRow((provider.issuer, "pat"), ("crm", "Reseller"), {"scope": "COMPANY"})
    parts = [Nodes(PRODUCT, products), Nodes(USER, [pat]), Links(ACTS_FOR, USER, COMPANY, [acting])]
    await write(graph, Batch(parts), Writer("test", "erp"))
    settings = settings_in(tmp_path_factory.mktemp("api"), token_issuer=provider.issuer)
    known = stored_operations(EXAMPLES / "portal")
    async with serving_at(endpoints, settings, work=True, operations=known) as running:
        yield running


class Example:
    """One example as it runs, a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> str:
        """The next line that it prints."""
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            return (await self.process.stdout.readline()).decode().strip()

    async def ended(self) -> int:
        """Its exit status."""
        async with asyncio.timeout(60):
            return await self.process.wait()


@asynccontextmanager
async def running(path: str, *arguments: str, **environment: str) -> AsyncIterator[Example]:
    """Run an example with its variables."""
    said = {f"C360_{name}": value for name, value in environment.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(EXAMPLES / path), *arguments, env=os.environ | said,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield Example(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        # The transport of a pipe that was not read to its end warns when it is collected.
        process._transport.close()  # type: ignore[attr-defined]


async def as_a_person(address: str, user: str, password: str) -> str:
    """What somebody does at the provider's form; the page at the end."""
    async with httpx.AsyncClient(timeout=30, follow_redirects=True) as browser:
        form = await browser.get(address)
        hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.text))
        issuer = address.partition("/authorize")[0]
        sent = {**hidden, "user": user, "password": password}
        return (await browser.post(f"{issuer}/login", data=sent)).text


async def test_the_frontend_logs_in_asks_and_follows(
    api: Running, provider: Provider, graph: Graph
):
    more = {"URL": api.url, "ISSUER": provider.issuer, "CLIENT": CLIENT}
    async with running("frontend/frontend.py", **more) as example:
        address = (await example.line()).removeprefix("Open ")
        assert "logged in" in await as_a_person(address, "ada", "correct horse")
        seen, following = await example.line(), await example.line()
        await asyncio.sleep(1)
        await put_company(graph, "a newcomer")
        changed, status = await example.line(), await example.ended()

    assert re.fullmatch(r"Ada sees \d+ customers\.", seen)
    assert following == "Following."
    assert changed.startswith("Changed by ")
    assert status == 0


async def test_the_portal_asks_by_hash_only_and_pages(api: Running, provider: Provider):
    token = provider.token("pat", "partner", name="Pat")
    async with running("portal/portal.py", URL=api.url, TOKEN=token) as example:
        line, status = await example.line(), await example.ended()

    assert line == "PARTNER: 3 products: Product 1, Product 2, Product 3"
    assert status == 0


async def test_the_portal_is_told_to_log_in_again(api: Running, provider: Provider):
    token = provider.token("pat", "partner", exp=1)
    async with running("portal/portal.py", URL=api.url, TOKEN=token) as example:
        assert await example.ended() == 1


async def test_the_tool_copies_changes_and_goes_on_where_it_stopped(
    api: Running, provider: Provider, graph: Graph, tmp_path: Path
):
    key = await made_key(api, provider, ["changes", "noteAdd"])
    state = tmp_path / "cursor"
    more = {"URL": api.url, "KEY": key, "STATE": str(state)}
    async with running("tool/tool.py", "--once", **more) as example:
        assert await example.line() == "Following."
        await asyncio.sleep(1)
        await put_company(graph, "first to copy")
        first, status = await example.line(), await example.ended()
    await put_company(graph, "second to copy")  # while the tool is not there
    async with running("tool/tool.py", "--once", **more) as example:
        assert await example.line() == "Following."
        second = await example.line()
        await example.ended()

    assert (first.split(" ", 1)[1], status) == ("first to copy", 0)
    assert second.split(" ", 1)[1] == "second to copy"


async def test_the_tools_key_opens_nothing_else(api: Running, provider: Provider):
    key = await made_key(api, provider, ["changes", "noteAdd"])

    answer = (await api.send(key, "{ customers(first: 1) { edges { node { id } } } }")).json()

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def made_key(api: Running, provider: Provider, scopes: list[str]) -> str:
    """A key made as docs/tokens.md shows it, by a member of staff who has logged in."""
    query = """mutation ($input: ApiKeyCreateInput!) {
      apiKeyCreate(input: $input) { secret userErrors { code } } }"""
    wanted: dict[str, Any] = {
        "name": "warehouse", "audience": "STAFF", "expiresAt": "2027-01-01T00:00:00Z",
        "scopes": scopes,
    }  # fmt: skip
    answer = (await api.send(provider.token("ada"), query, input=wanted)).json()
    return answer["data"]["apiKeyCreate"]["secret"]


@pytest.mark.parametrize(("folder", "audience"), [("frontend", None), ("portal", "partner")])
async def test_stored_operations_fit_the_schema_of_their_audience(
    folder: str, audience: str | None
):
    path = ROOT / "docs" / "schema" / f"{audience}.graphql" if audience else ROOT / "schema.graphql"
    schema = build_schema(path.read_text(encoding="utf-8"))
    for file in (EXAMPLES / folder).glob("*.graphql"):
        assert validate(schema, parse(file.read_text(encoding="utf-8"))) == []


def test_every_example_is_shown_and_every_shown_one_exists():
    shown = set(re.findall(r"\(examples/clients/([\w./-]+)\)", CLIENTS))
    there = {
        str(path.relative_to(EXAMPLES))
        for path in EXAMPLES.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert shown == there
