"""docker-compose.yml and the Dockerfile: what can be held without running a container."""

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from api.settings import COMPOSE_ONLY, variables
from tests.house.tree import ROOT

COMPOSE = ROOT / "docker-compose.yml"
PICTURE: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = PICTURE["services"]
SECRET_NAME = re.compile(r"PASSWORD|SECRET|AUTH")
# A variable without a default: compose refuses to start, with the message, if it is not set.
REQUIRED = re.compile(r"\$\{[A-Z0-9_]+:\?[^}]{20,}\}")
URL_PASSWORD = re.compile(r"://[^/@\s]*:(?P<password>(?:\$\{[^}]*\}|[^@\s])+)@")

each_service = pytest.mark.parametrize("name", sorted(SERVICES))


def without_required(value: str) -> str:
    return REQUIRED.sub("", value)


def from_lines() -> list[str]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    return [line.split()[1] for line in text.splitlines() if line.startswith("FROM ")]


def test_compose_file_is_valid_against_the_compose_schema():
    command = [sys.executable, "-m", "check_jsonschema"]
    command += ["--builtin-schema", "vendor.compose-spec", str(COMPOSE)]

    verdict = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_the_picture_holds_graph_cache_api_and_worker():
    assert set(SERVICES) == {"neo4j", "valkey", "api", "worker"}


@each_service
def test_secrets_have_no_default(name: str):
    environment: dict[str, str] = SERVICES[name].get("environment", {})

    secrets = {key: value for key, value in environment.items() if SECRET_NAME.search(key)}
    urls = {key: value for key, value in environment.items() if "://" in value}

    for key, value in secrets.items():
        assert REQUIRED.search(value), f"{name}.{key} must be ${{VARIABLE:?message}}"
        assert without_required(value) in ("", "neo4j/"), f"{name}.{key} holds more than a variable"
    for key, value in urls.items():
        for match in URL_PASSWORD.finditer(value):
            assert not without_required(match["password"]), f"{name}.{key} holds a password"


@pytest.mark.parametrize("variable", ["NEO4J_PASSWORD", "VALKEY_PASSWORD"])
def test_every_use_of_a_password_variable_is_required(variable: str):
    # `$$NAME` is the container's own variable; everything else is filled in by compose.
    uses = re.findall(rf"(?<!\$)\$\{{?{variable}[^}}]*\}}", COMPOSE.read_text(encoding="utf-8"))

    assert len(uses) >= 2
    assert [use for use in uses if not REQUIRED.fullmatch(use)] == []


@each_service
def test_every_service_has_a_health_check_with_limits(name: str):
    check = SERVICES[name]["healthcheck"]

    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert set(check) >= {"interval", "timeout", "retries", "start_period"}


@each_service
def test_every_service_keeps_its_state_in_a_named_volume(name: str):
    mounts = [str(mount).split(":") for mount in SERVICES[name]["volumes"]]

    assert mounts
    assert {source for source, *_ in mounts} <= set(PICTURE["volumes"])


@each_service
def test_no_service_runs_as_root_or_may_become_root(name: str):
    service = SERVICES[name]

    user, _, group = service["user"].partition(":")

    assert int(user) > 0
    assert int(group) > 0
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@each_service
def test_root_file_systems_are_read_only_where_the_image_allows_it(name: str):
    # Neo4j's entry point writes its configuration below its home.
    assert SERVICES[name].get("read_only", False) is (name != "neo4j")


@each_service
def test_published_ports_are_on_loopback_by_default(name: str):
    ports = SERVICES[name].get("ports", [])

    assert bool(ports) is (name == "api")
    assert all(port.startswith("${C360_BIND:-127.0.0.1}:") for port in ports)


@pytest.mark.parametrize(
    "image", sorted({s["image"] for s in SERVICES.values()} | set(from_lines()))
)
def test_images_are_pinned_to_a_version(image: str):
    _, _, tag = image.rpartition(":")

    assert re.match(r"\d+\.\d+\.\d+", tag), f"{image} names no full version"


@pytest.mark.parametrize("name", ["api", "worker"])
def test_our_services_are_given_settings_that_exist(name: str):
    environment = SERVICES[name]["environment"]

    assert set(environment) <= set(variables().values())
    assert environment["C360_ENVIRONMENT"] == "production"


def test_every_setting_compose_fills_in_is_known_or_named_as_its_own():
    # The server refuses unknown C360_ variables, and reads the same .env as compose.
    filled = set(re.findall(r"(?<!\$)\$\{(C360_[A-Z0-9_]+)", COMPOSE.read_text(encoding="utf-8")))

    assert filled - set(variables().values()) == COMPOSE_ONLY


def test_our_services_run_commands_of_our_command_line():
    commands = {name: SERVICES[name]["command"] for name in ("api", "worker")}

    assert commands["api"] == ["python", "-m", "api", "serve"]
    assert commands["worker"] == ["python", "-m", "api", "worker"]


def test_the_image_runs_as_a_user_without_rights_and_takes_only_locked_packages():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    installs = re.findall(r"pip install[^\n]*", text)

    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert installs
    assert all("--require-hashes" in line for line in installs)
