"""Settings: every one documented, every bad one named, no secret ever repeated."""

import re
from pathlib import Path

import pytest

from api.settings import ROOT, Settings, SettingsError, allowed, load_settings, variables

HIDDEN = "hunter2-never-shown"
BY_PLACE = {
    "C360_DATA_DIR": "`.data` in the checkout",
    "C360_CACHE_DIR": "`customer360` in the user's cache directory",
    "C360_ENV_FILE": "`.env` in the checkout",
}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in variables().values():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("C360_ENV_FILE", str(tmp_path / "absent"))


def complaints() -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings()
    return caught.value.sentences


def test_without_any_variable_it_is_development_on_loopback():
    settings = load_settings()

    assert (settings.environment, settings.host, settings.port) == (
        "development",
        "127.0.0.1",
        8360,
    )
    assert settings.data_dir == ROOT / ".data"
    assert settings.neo4j_uri is None
    assert settings.redis_url is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("C360_ENVIRONMENT", "staging"),
        ("C360_ENVIRONMENT", "Production"),
        ("C360_HOST", "not a host"),
        ("C360_PORT", "http"),
        ("C360_PORT", "65536"),
        ("C360_PORT", "-1"),
        ("C360_LOG_LEVEL", "loud"),
        ("C360_NEO4J_HEAP", "512"),
        ("C360_NEO4J_HEAP", "0m"),
        ("C360_NEO4J_HEAP", "512m -XX:OnOutOfMemoryError=touch"),
        ("C360_NEO4J_PAGE_CACHE", "much"),
        ("C360_BOLT_PORT", "0"),
        ("NEO4J_URI", "http://localhost:7474"),
        ("NEO4J_URI", f"bolt://neo4j:{HIDDEN}@localhost"),
        ("NEO4J_DATABASE", "neo4j`; DROP"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", f"http://:{HIDDEN}@localhost"),
        ("REDIS_URL", f"redis://:{HIDDEN}@[half"),
    ],
)
def test_a_bad_value_gets_one_sentence_with_its_name_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
):
    monkeypatch.setenv(name, value)

    sentences = complaints()

    field = next(field for field, variable in variables().items() if variable == name)
    assert sentences == [f"{name} must be {allowed(field)}."]
    assert HIDDEN not in sentences[0]


def test_every_bad_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("C360_PORT", "many")
    monkeypatch.setenv("C360_LOG_LEVEL", "loud")
    monkeypatch.setenv("C360_PROT", "8361")

    names = [sentence.split()[0] for sentence in complaints()]

    assert names == ["C360_PORT", "C360_LOG_LEVEL", "C360_PROT"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("C360_PROT", "did you mean C360_PORT?"),
        ("C360_NEO4J_PAGECACHE", "did you mean C360_NEO4J_PAGE_CACHE?"),
        ("C360_DATADIR", "did you mean C360_DATA_DIR?"),
        ("C360_ZZZZZZZZZZZZ", "docs/settings.md lists them all."),
    ],
)
def test_an_unknown_variable_of_ours_is_named_with_the_one_probably_meant(
    monkeypatch: pytest.MonkeyPatch, typed: str, meant: str
):
    monkeypatch.setenv(typed, "x")

    assert complaints() == [f"{typed} is not a setting: {meant}"]


def test_the_environment_wins_over_the_file_and_an_empty_value_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    file = tmp_path / "settings"
    file.write_text("C360_PORT=9001\nC360_HOST=0.0.0.0\nREDIS_URL=\nC360_BIND=10.0.0.1\n")
    monkeypatch.setenv("C360_ENV_FILE", str(file))
    monkeypatch.setenv("C360_PORT", "9002")
    monkeypatch.setenv("NEO4J_URI", "")

    settings = load_settings()

    assert (settings.port, settings.host) == (9002, "0.0.0.0")  # noqa: S104 - compared only
    assert settings.redis_url is None
    assert settings.neo4j_uri is None


def test_a_typing_mistake_in_the_file_is_found_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    file = tmp_path / "settings"
    file.write_text("C360_HOTS=0.0.0.0\n")
    monkeypatch.setenv("C360_ENV_FILE", str(file))

    assert complaints() == ["C360_HOTS is not a setting: did you mean C360_HOST?"]


def test_a_secret_is_not_shown_when_settings_are(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NEO4J_PASSWORD", HIDDEN)
    monkeypatch.setenv("REDIS_URL", f"redis://:{HIDDEN}@localhost:6379/0")

    settings = load_settings()

    assert HIDDEN not in f"{settings!r} {settings}"


@pytest.mark.parametrize("password", ["", "neo4j", "Password", "12345678", "short"])
@pytest.mark.parametrize("variable", ["NEO4J_PASSWORD", "REDIS_URL"])
def test_production_refuses_missing_and_default_secrets(
    monkeypatch: pytest.MonkeyPatch, variable: str, password: str
):
    good = "correct-horse-battery"
    values = dict.fromkeys(("NEO4J_PASSWORD", "REDIS_URL"), good) | {variable: password}
    monkeypatch.setenv("C360_ENVIRONMENT", "production")
    monkeypatch.setenv("NEO4J_URI", "neo4j+s://graph.example.org")
    monkeypatch.setenv("NEO4J_PASSWORD", values["NEO4J_PASSWORD"])
    monkeypatch.setenv("REDIS_URL", f"rediss://:{values['REDIS_URL']}@cache.example.org")

    sentences = complaints()

    assert [sentence.split()[0] for sentence in sentences] == [variable]
    assert not password or password not in sentences[0]


def test_production_with_good_secrets_is_accepted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("C360_ENVIRONMENT", "production")
    monkeypatch.setenv("NEO4J_URI", "neo4j+s://graph.example.org")
    monkeypatch.setenv("NEO4J_PASSWORD", "correct-horse-battery")
    monkeypatch.setenv("REDIS_URL", "rediss://:correct-horse-battery@cache.example.org")

    assert load_settings().production


def rows() -> dict[str, list[str]]:
    """The settings of the documentation: variable to default, allowed and description."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    cells = (line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `"))
    return {row[0].strip(" `"): [c.strip() for c in row[1:]] for row in cells if len(row) == 4}


def shown_default(field: str) -> str:
    name, default = variables()[field], Settings.model_fields[field].default
    return BY_PLACE.get(name) or (f"`{default}`" if default is not None else "")


def test_the_documentation_lists_every_setting_as_it_is():
    expected = {
        name: [shown_default(field), allowed(field), Settings.model_fields[field].description]
        for field, name in variables().items()
    }

    assert rows() == expected


def test_the_example_file_holds_every_setting_at_its_default(
    monkeypatch: pytest.MonkeyPatch,
):
    file = ROOT / ".env.example"
    names = re.findall(r"^(?:# )?([A-Z0-9_]+)=", file.read_text(encoding="utf-8"), re.MULTILINE)
    plain = load_settings()
    monkeypatch.setenv("C360_ENV_FILE", str(file))

    assert sorted(names) == sorted(variables().values())
    assert load_settings().model_dump(exclude={"env_file"}) == plain.model_dump(
        exclude={"env_file"}
    )
