"""GraphiQL: from this server alone, and a token only for a person at this machine."""

import io
import os
import re
import tarfile
from pathlib import Path

import httpx
import pytest

from api.graphiql import assets
from api.graphiql.assets import FILES, PACKAGES, Assets, AssetsMissing, Package
from api.graphiql.page import is_loopback
from tests.api.conftest import Server

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def page(server: Server, **headers: str) -> httpx.Response:
    """The page, once its files are there."""
    for _ in range(1200):
        answer = server.http.get("/graphql", headers=BROWSER | headers)
        if answer.status_code != 503:
            break
        assert "being fetched" in answer.text, answer.text
    return answer


def test_the_page_and_its_files_come_from_this_server_alone(server: Server):
    answer = page(server)

    linked = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert answer.status_code == 200
    assert re.findall(r"https?:|//[a-z]", answer.text) == []
    assert all(link.startswith(("/graphiql/", "data:")) for link in linked)
    for link in linked:
        if not link.startswith("data:"):
            assert server.http.get(link).status_code == 200
    assert {f"/graphiql/{name}" for name in FILES} <= set(linked)


def test_the_policy_allows_no_other_host_and_no_inline_script(server: Server):
    answer = page(server)

    policy = dict(
        rule.strip().split(" ", 1) for rule in answer.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert not any("http" in rule or "*" in rule for rule in policy.values())
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", answer.text) == []


def test_a_visitor_at_this_machine_gets_a_token_that_works(server: Server):
    token = re.findall(r'"token":"([^"]+)"', page(server).text)[0]

    headers = {"Authorization": f"Bearer {token}"}
    answer = server.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)

    assert answer.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize("host", ["evil.example.org", "127.0.0.1.example.org", "192.0.2.1", ""])
def test_a_page_under_another_name_holds_no_token(server: Server, host: str):
    answer = page(server, Host=host)

    assert answer.status_code in (200, 400)
    assert '"token":"' not in answer.text


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104 - compared only
        ("10.0.0.1", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_loopback_is_told_from_the_rest(host: str, expected: bool):
    assert is_loopback(host) is expected


def test_without_a_registry_the_page_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    directory = tmp_path / "cache" / "graphiql"

    with pytest.raises(AssetsMissing, match="check the network connection"):
        assets.install(directory)

    assert not directory.exists()
    assert [each.name for each in directory.parent.iterdir()] in ([], ["graphiql.lock"])


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "cache").write_text("a file, not a directory")

    with pytest.raises(AssetsMissing, match="C360_CACHE_DIR"):
        assets.install(tmp_path / "cache" / "graphiql")


def test_a_package_that_is_not_the_pinned_one_is_not_installed(tmp_path: Path):
    package = Package("react", "18.3.1", PACKAGES[0].sha512, {"react.js": "umd/react.js"})
    with tarfile.open(tmp_path / "react-18.3.1.tgz", "w:gz") as archive:
        entry = tarfile.TarInfo("package/umd/react.js")
        entry.size = 4
        archive.addfile(entry, io.BytesIO(b"evil"))
    (tmp_path / "files").mkdir()

    with pytest.raises(AssetsMissing, match="not the pinned one"):
        assets.take(package, tmp_path)

    assert list((tmp_path / "files").iterdir()) == []


def test_files_that_are_there_are_not_fetched_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
):
    page(server)
    monkeypatch.setenv("PATH", os.devnull)
    there = Assets(server.place.cache_dir)

    there.fetch_in_background()

    assert there.complete
    assert not there.fetching
