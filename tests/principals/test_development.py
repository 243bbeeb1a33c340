"""Tokens of development: for users who see something, without having to know who there is."""

import asyncio

import pytest
import typer
from typer.testing import CliRunner

from api.commands.token import token as command
from api.settings import DEMO_ISSUER, DEVELOPMENT_ISSUER, Settings
from api.tokens import InvalidToken, Principal, Verifier, make_token, verifier
from graph.database import Graph
from graph.demo.organisation import ISSUER
from graph.engines import Endpoints
from graph.model.organisation import ACTS_FOR, USER
from graph.model.parties import COMPANY
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write
from tests.principals.conftest import Running, put_company, put_user, settings_in
from tests.principals.test_tokens import ISSUER as OTHER_ISSUER

pytestmark = pytest.mark.anyio


@pytest.fixture
def environment(server: Running, endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Commands of this process find the engines and the key of the server."""
    for name, value in {
        "C360_DATA_DIR": str(server.settings.data_dir),
        "C360_ENV_FILE": str(server.settings.data_dir / "none"),
        "NEO4J_URI": endpoints.neo4j_uri,
        "NEO4J_PASSWORD": endpoints.neo4j_password,
        "REDIS_URL": endpoints.redis_url,
    }.items():
        monkeypatch.setenv(name, value)
    return server.settings


async def made(settings: Settings, *arguments: str) -> tuple[Principal, str]:
    """Who the printed token speaks for, and what was said beside it."""
    app = typer.Typer()
    app.command()(command)
    done = await asyncio.to_thread(CliRunner().invoke, app, list(arguments))
    assert done.exit_code == 0, done.output
    return verifier(settings).verify(done.stdout.strip()), done.stderr


async def demo_user(
    graph: Graph, subject: str, kind: str, company: str, to: str | None = None
) -> None:
    """A user of the demo world who acts for a company, perhaps no longer."""
    user = NodeRow((DEMO_ISSUER, subject), {"kind": kind, "name": subject, "active": True})
    acting = LinkRow(
        (DEMO_ISSUER, subject),
        ("crm", company),
        {"scope": "COMPANY", "from": "2020-01-01", "to": to},
    )
    parts = [Nodes(USER, [user]), Links(ACTS_FOR, USER, COMPANY, [acting])]
    await write(graph, Batch(parts), Writer("test", "crm"))


def test_the_issuer_of_the_demo_world_is_the_one_that_its_users_have():
    assert DEMO_ISSUER == ISSUER


async def test_without_a_demo_world_the_token_is_for_nobody_and_says_so(environment: Settings):
    found, said = await made(environment, "--as", "partner")

    assert (found.subject, found.issuer) == ("developer", DEVELOPMENT_ISSUER)
    assert "--subject" in said


async def test_a_partner_token_is_for_a_user_who_acts_for_a_partner_now(
    server: Running, environment: Settings, graph: Graph
):
    await put_company(graph, "reseller", partner=True)
    await put_company(graph, "no partner")
    await demo_user(graph, "a-former", "PARTNER", "reseller", to="2021-01-01")
    await demo_user(graph, "b-elsewhere", "PARTNER", "no partner")
    await demo_user(graph, "c-right", "PARTNER", "reseller")

    found, said = await made(environment, "--as", "partner")
    token = make_token(environment, "partner", found.subject, 1, found.issuer)
    answer = (await server.send(token)).json()

    assert (found.audience, found.subject, found.issuer, said) == (
        "partner", "c-right", DEMO_ISSUER, "",
    )  # fmt: skip
    assert answer["data"]["viewer"]["subject"] == "c-right"


async def test_a_customer_token_is_for_a_user_who_acts_for_a_company(
    environment: Settings, graph: Graph
):
    await put_company(graph, "buyer")
    await demo_user(graph, "d-customer", "CUSTOMER", "buyer")

    found, _ = await made(environment, "--as", "customer")

    assert (found.subject, found.issuer) == ("d-customer", DEMO_ISSUER)


async def test_a_subject_that_is_named_is_taken_with_its_issuer(
    environment: Settings, graph: Graph
):
    await put_company(graph, "third")
    await demo_user(graph, "e-named", "CUSTOMER", "third")
    await put_user(graph, "own")

    demo, _ = await made(environment, "--as", "customer", "--subject", "e-named")
    own, _ = await made(environment, "--as", "staff", "--subject", "own")
    unknown, _ = await made(environment, "--as", "staff", "--subject", "unknown")

    assert (demo.issuer, own.issuer, unknown.issuer) == (
        DEMO_ISSUER, DEVELOPMENT_ISSUER, DEVELOPMENT_ISSUER,
    )  # fmt: skip


def test_only_the_development_key_speaks_for_users_of_the_demo_world(
    tmp_path_factory: pytest.TempPathFactory,
):
    here = settings_in(tmp_path_factory.mktemp("here"))
    token = make_token(here, "staff", "ann", 1, DEMO_ISSUER)
    stranger = make_token(here, "staff", "ann", 1, OTHER_ISSUER)
    key = verifier(here)._own[0]
    as_issuer = Verifier([key], here.token_issuer, here.token_audience)

    assert verifier(here).verify(token).issuer == DEMO_ISSUER
    with pytest.raises(InvalidToken, match="another issuer"):
        verifier(here).verify(stranger)
    with pytest.raises(InvalidToken, match="another issuer"):
        as_issuer.verify(token)
