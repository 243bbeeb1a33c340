"""The command line: what it prints, and how it refuses."""

import re
import sys
from pathlib import Path

import pytest

from api import cli
from tests.api.conftest import Server


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command in this process; return its exit status, output and errors."""
    sys.argv = ["api", *arguments]
    with pytest.raises(SystemExit) as ended:
        cli.main()
    shown = capsys.readouterr()
    return int(ended.value.code or 0), shown.out, shown.err


@pytest.fixture
def at(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Commands of this process use the session's server."""
    monkeypatch.setattr(sys, "argv", sys.argv)
    for name, value in server.place.environment.items():
        monkeypatch.setenv(name, value)
    return server


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Commands of this process use a directory of the test."""
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setenv("C360_ENV_FILE", str(tmp_path / "absent"))
    monkeypatch.setenv("C360_DATA_DIR", str(tmp_path / "data"))


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tokn"], "Did you mean 'token'?"),
        (["token"], "Missing option '--as'"),
        (["token", "--as", "root"], "'staff', 'partner', 'customer'"),
        (["token", "--as", "staff", "--hours", "0"], "--hours"),
        (["token", "--as", "staff", "--subject", ""], "1 to 255 characters"),
        (["token", "--as", "staff", "--huors", "1"], "No such option: --huors"),
        (["dev", "--port", "65536"], "--port"),
        (["dev", "--port", "http"], "--port"),
        (["query"], "Missing argument"),
        (["query", "x.graphql", "--variables", "{"], "is no JSON"),
        (["query", "x.graphql", "--variables", "[]"], "must be a JSON object"),
        (["query", "x.graphql", "--subject", ""], "1 to 255 characters"),
        (["query", "x.graphql", "--subject", "a" * 256], "1 to 255 characters"),
        (["serve", "now"], "unexpected extra argument"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_happens(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], said: str
):
    status, out, err = run(capsys, *arguments)

    assert status == 2
    assert said in err
    assert "Traceback" not in err
    assert out == ""
    assert not (tmp_path / "data").exists()


@pytest.mark.usefixtures("alone")
def test_a_bad_setting_ends_a_command_with_status_2_and_its_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("C360_PORT", "http")

    status, out, err = run(capsys, "token", "--as", "staff")

    assert (status, out) == (2, "")
    assert err == "C360_PORT must be a whole number from 0 to 65535.\n"


@pytest.mark.usefixtures("alone")
def test_token_prints_the_token_and_nothing_else(capsys: pytest.CaptureFixture[str]):
    status, out, err = run(capsys, "token", "--as", "partner", "--subject", "ada", "--hours", "1")

    assert (status, err) == (0, "")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", out)


@pytest.mark.usefixtures("alone")
def test_token_makes_none_in_production(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("C360_ENVIRONMENT", "production")

    status, out, err = run(capsys, "token", "--as", "staff")

    assert (status, out) == (1, "")
    assert err.endswith("[NOT_IN_PRODUCTION]\n")


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("content", [None, b"\xff\xfe{"])
def test_a_file_that_cannot_be_read_gets_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes | None
):
    file = tmp_path / "query.graphql"
    if content is not None:
        file.write_bytes(content)

    status, out, err = run(capsys, "query", str(file))

    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert err.endswith("[FILE_UNREADABLE]\n")


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("audience", ["staff", "partner", "customer"])
def test_query_prints_the_answer_of_the_running_engines(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, audience: str
):
    file = tmp_path / "query.graphql"
    file.write_text("query Q($first: Int!) { products(first: $first) { edges { cursor } } }")

    status, out, err = run(
        capsys, "query", str(file), "--variables", '{"first": 3}', "--as", audience
    )

    assert (status, err) == (0, "")
    assert out == '{\n  "data": {\n    "products": {\n      "edges": []\n    }\n  }\n}\n'


@pytest.mark.usefixtures("at")
def test_query_with_errors_prints_them_and_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    file = tmp_path / "query.graphql"
    file.write_text("{ nothingOfThisName }")

    status, out, err = run(capsys, "query", str(file))

    assert (status, err) == (1, "")
    assert '"errors"' in out


@pytest.mark.usefixtures("at")
def test_explain_shows_cypher_parameters_price_and_profile(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    file = tmp_path / "query.graphql"
    file.write_text(
        "query Q($n: Int!) { customers(first: $n) { edges { node { id "
        "orders(first: 3) { edges { node { number } } } } } } }"
    )

    status, out, err = run(capsys, "explain", str(file), "--variables", '{"n": 5}')

    assert (status, err) == (0, "")
    title, cypher, parameters, plan = out.split("\n\n", 3)
    assert re.fullmatch("customers: 20 points, [0-9]+ db hits", title)
    assert cypher.startswith("RETURN [COLLECT { MATCH (n1:Party)")
    assert parameters == '{"f0":6,"f1":4}'
    assert "NodeIndexScan" in plan


@pytest.mark.usefixtures("at")
def test_explain_of_a_document_that_is_refused_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    file = tmp_path / "query.graphql"
    file.write_text('{ customers(first: 2) { totalCount } customer(id: "x") { id } }')

    status, out, err = run(capsys, "explain", str(file))

    assert (status, err) == (1, "")
    assert "INVALID_ID" in out


@pytest.mark.usefixtures("at")
def test_migrate_is_safe_to_repeat(capsys: pytest.CaptureFixture[str]):
    assert run(capsys, "migrate") == (0, "0 steps applied; the schema is up to date.\n", "")


def test_schema_prints_the_public_contract(capsys: pytest.CaptureFixture[str]):
    status, out, err = run(capsys, "schema")

    assert (status, err) == (0, "")
    assert "type Query {" in out


def test_every_command_says_what_it_is_for(capsys: pytest.CaptureFixture[str]):
    status, out, _ = run(capsys, "--help")

    listed = dict(re.findall(r"^  (\w+)  +(\S.*)$", out, re.MULTILINE))
    assert status == 0
    assert set(listed) == set(cli.COMMANDS)
