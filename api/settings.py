"""Every setting, read once from the environment and passed on as values.

A variable in the process's environment wins over the same one in the file `.env` of the checkout,
and an empty one counts as not set. Nothing else in the program reads the environment.
"""

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

import platformdirs
from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.declaring import CHANGES, Changes, Directory, Memory, expanded, setting

ROOT = Path(__file__).resolve().parents[1]
DEVELOPMENT_ISSUER = "customer360-development"
# Who vouches for the users of the demo world; only development tokens may say so.
DEMO_ISSUER = "https://login.example.org"
# Variables that only docker-compose.yml reads; they may stand in the same .env.
COMPOSE_ONLY = frozenset({"C360_BIND"})
# What people type to get started, and what images and tutorials ship with.
WEAK_PASSWORDS = frozenset(
    {"neo4j", "password", "passw0rd", "changeme", "secret", "test", "admin", "letmein", "12345678"}
)
MIN_PASSWORD = 8
GRAPH_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
CACHE_SCHEMES = ("redis", "rediss", "unix")


class SettingsError(Exception):
    """Settings that cannot be used.

    Attributes:
        sentences: One for each bad setting: its name and what is allowed, never a value.
    """

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class Settings(BaseSettings):
    """All settings, checked. The field order is the order of the documentation."""

    model_config = SettingsConfigDict(
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        case_sensitive=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    environment: Literal["development", "production"] = setting(
        "C360_ENVIRONMENT",
        "development",
        "Production refuses missing or default secrets, development tokens and GraphiQL.",
        "development or production",
    )
    host: str = setting(
        "C360_HOST",
        "127.0.0.1",
        "Address the server listens on; 0.0.0.0 is every interface.",
        "an address or a host name without spaces",
        pattern=r"^[A-Za-z0-9.:_-]+$",
    )
    port: int = setting(
        "C360_PORT",
        8360,
        "Port the server listens on; 0 takes a free one.",
        "a whole number from 0 to 65535",
        ge=0,
        le=65535,
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = setting(
        "C360_LOG_LEVEL",
        "INFO",
        "The least important kind of message that is logged.",
        "DEBUG, INFO, WARNING or ERROR",
    )
    data_dir: Directory = setting(
        "C360_DATA_DIR",
        ROOT / ".data",
        "The embedded graph, its password, development keys, runtime files and logs.",
        "a directory that can be written",
    )
    cache_dir: Directory = setting(
        "C360_CACHE_DIR",
        Path(platformdirs.user_cache_dir("customer360", appauthor=False)),
        "Downloaded engines and GraphiQL; safe to delete, shared by all checkouts.",
        "a directory that can be written",
    )
    neo4j_heap: str = setting(
        "C360_NEO4J_HEAP",
        "512m",
        "Java heap of the embedded Neo4j.",
        "a size such as 512m or 2g",
        pattern=Memory,
    )
    neo4j_page_cache: str = setting(
        "C360_NEO4J_PAGE_CACHE",
        "256m",
        "Page cache of the embedded Neo4j.",
        "a size such as 256m or 4g",
        pattern=Memory,
    )
    max_batch: int = setting(
        "C360_MAX_BATCH",
        16,
        "Most concurrent requests that share one statement; 1 gives each its own.",
        "a whole number from 1 to 64",
        ge=1,
        le=64,
    )
    response_cache: Literal["on", "off"] = setting(
        "C360_RESPONSE_CACHE",
        "on",
        "Whether answers are kept in the cache until something they read changes.",
        "on or off",
    )
    record_reads: Literal["on", "off"] = setting(
        "C360_RECORD_READS",
        "on",
        "Whether it is recorded who of staff and partners read personal data of whom.",
        "on or off",
    )
    record_days: int = setting(
        "C360_RECORD_DAYS",
        365,
        "For how many days such a record is kept; `retention run` ends older ones.",
        "a whole number from 1 to 3650",
        ge=1,
        le=3650,
    )
    matching: Literal["off", "review", "auto"] = setting(
        "C360_MATCHING",
        "off",
        "Whether new records of people and companies are resolved: joined, or only proposed.",
        "off, review or auto",
    )
    match_accept: float = setting(
        "C360_MATCH_ACCEPT",
        0.9,
        "Least probability at which a score alone joins a record to a party.",
        "a number from 0.5 to 1, not below C360_MATCH_REVIEW",
        ge=0.5,
        le=1.0,
    )
    match_review: float = setting(
        "C360_MATCH_REVIEW",
        0.5,
        "Least probability at which a pair is proposed to a person.",
        "a number from 0 to 1",
        ge=0.0,
        le=1.0,
    )
    operations_dir: Directory | None = setting(
        "C360_OPERATIONS_DIR",
        None,
        "Folder of GraphQL documents that are planned before the server is ready.",
        "a directory that can be read",
    )
    webhook_targets: Literal["public", "any"] = setting(
        "C360_WEBHOOK_TARGETS",
        "public",
        "Where webhooks may be sent: public addresses only, or private and local ones too.",
        "public or any",
    )
    limits_staff: str | None = setting(
        "C360_LIMITS_STAFF",
        None,
        "Other limits for what staff may ask than those of docs/limits.md.",
        CHANGES,
        pattern=Changes,
    )
    limits_partner: str | None = setting(
        "C360_LIMITS_PARTNER",
        None,
        "Other limits for what partners may ask.",
        CHANGES,
        pattern=Changes,
    )
    limits_customer: str | None = setting(
        "C360_LIMITS_CUSTOMER",
        None,
        "Other limits for what customers may ask.",
        CHANGES,
        pattern=Changes,
    )
    processes: int = setting(
        "C360_PROCESSES", 1, "Processes of `serve`.", "a whole number from 1 to 64", ge=1, le=64
    )
    max_in_flight: int = setting(
        "C360_MAX_IN_FLIGHT",
        128,
        "Most requests of all callers that run at once; four times as many may wait 0.1 s.",
        "a whole number from 1 to 10000",
        ge=1,
        le=10_000,
    )
    origins: str | None = setting(
        "C360_ORIGINS",
        None,
        "Web pages of these origins may call from a browser, beside those of this server.",
        "origins such as https://portal.example.org, separated by spaces",
        pattern=r"^\s*https?://[^\s/,*]+(\s+https?://[^\s/,*]+)*\s*$",
    )
    metrics_token: SecretStr | None = setting(
        "C360_METRICS_TOKEN",
        None,
        "Bearer token of /metrics; without one it is open in development and off in production.",
        f"a secret; in production at least {MIN_PASSWORD} characters and not a default one",
    )
    messages_url: str | None = setting(
        "C360_MESSAGES_URL",
        None,
        "Where codes and invitations are posted that somebody else sends as mail or text message.",
        "an http or https address",
        pattern=r"^https?://[^\s@]+$",
    )
    messages_secret: SecretStr | None = setting(
        "C360_MESSAGES_SECRET",
        None,
        "Secret that signs these messages (Standard Webhooks); needed with the address.",
        "whsec_ and base64 of at least 24 bytes",
    )
    bolt_port: int | None = setting(
        "C360_BOLT_PORT",
        None,
        "Loopback port of the embedded Neo4j; without it a free one is taken.",
        "a whole number from 1 to 65535",
        ge=1,
        le=65535,
    )
    neo4j_uri: str | None = setting(
        "NEO4J_URI",
        None,
        "A Neo4j server, cluster or Aura instead of the embedded one.",
        "an address such as neo4j://host:7687, with one of: " + ", ".join(GRAPH_SCHEMES),
        pattern=r"^(" + "|".join(s.replace("+", r"\+") for s in GRAPH_SCHEMES) + r")://[^\s@]+$",
    )
    neo4j_user: str = setting(
        "NEO4J_USER", "neo4j", "User of that Neo4j.", "a user name", min_length=1
    )
    neo4j_password: SecretStr | None = setting(
        "NEO4J_PASSWORD",
        None,
        "Password of that Neo4j; the embedded one generates its own.",
        f"a password; in production at least {MIN_PASSWORD} characters and not a default one",
    )
    neo4j_database: str = setting(
        "NEO4J_DATABASE",
        "neo4j",
        "Database every session names.",
        "a database name of letters, digits, dots and dashes",
        pattern=r"^[A-Za-z][A-Za-z0-9.-]{0,62}$",
    )
    redis_url: SecretStr | None = setting(
        "REDIS_URL",
        None,
        "A Redis or Valkey instead of the embedded one.",
        "an address such as redis://:password@host:6379/0, with one of: "
        + ", ".join(CACHE_SCHEMES),
    )
    token_issuer: str = setting(
        "C360_TOKEN_ISSUER",
        DEVELOPMENT_ISSUER,
        "The `iss` a token must carry; production needs its own. An address publishes its keys.",
        "the issuer exactly as it stands in the tokens",
        min_length=1,
    )
    token_audience: str = setting(
        "C360_TOKEN_AUDIENCE",
        "customer360",
        "The `aud` a token must carry.",
        "the audience exactly as it stands in the tokens",
        min_length=1,
    )
    token_keys: Directory | None = setting(
        "C360_TOKEN_KEYS",
        None,
        "File with the public keys of the issuer, as JWKS or PEM; with one, none are fetched.",
        "a file that can be read",
    )
    jwks_url: str | None = setting(
        "C360_JWKS_URL",
        None,
        "Where the issuer publishes its keys; without it an issuer that is an address is asked.",
        "an https address, or an http address of this machine",
        pattern=r"^(https://[^\s@/]+|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?)(/[^\s@]*)?$",
    )

    env_file: Directory = setting(
        "C360_ENV_FILE",
        ROOT / ".env",
        "File with settings that the environment does not hold; it need not exist.",
        "a path",
    )

    @field_validator("redis_url")
    @classmethod
    def _is_cache_address(cls, value: SecretStr | None) -> SecretStr | None:
        """Accept the schemes the client knows; the address may hold a password."""
        url = urlsplit(value.get_secret_value() if value else "unix:///x")
        if url.scheme not in CACHE_SCHEMES or not (url.netloc or url.path):
            raise ValueError("scheme")
        return value

    @property
    def production(self) -> bool:
        """Whether this is the real thing."""
        return self.environment == "production"


def load_settings() -> Settings:
    """Read and check all settings.

    Returns:
        Settings that can be used as they are.

    Raises:
        SettingsError: With one sentence for each bad or unknown variable.
    """
    env_file = expanded(Path(os.environ.get("C360_ENV_FILE") or ROOT / ".env"))
    sentences = _unknown([*os.environ, *dotenv_values(env_file)])
    try:
        # A keyword that pydantic-settings takes and its types do not tell.
        settings = Settings(_env_file=env_file)  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        raise SettingsError([*_bad(error), *sentences]) from None  # its text could hold a secret
    sentences += _refused(settings)
    if sentences:
        raise SettingsError(sentences)
    return settings


def variables() -> dict[str, str]:
    """Return the variable of every setting, by field name."""
    return {name: str(field.validation_alias) for name, field in Settings.model_fields.items()}


def allowed(field: str) -> str:
    """Return what a setting may be, as it stands in errors and documentation."""
    extra = cast("dict[str, str]", Settings.model_fields[field].json_schema_extra)
    return extra["allowed"]


def _unknown(names: Iterable[str]) -> list[str]:
    """Name each variable with our prefix that is none of ours, and the one probably meant."""
    known = set(variables().values())
    sentences: list[str] = []
    for name in sorted({name for name in names if name.startswith("C360_")} - known - COMPOSE_ONLY):
        close = difflib.get_close_matches(name, known, n=1)
        advice = f"did you mean {close[0]}?" if close else "docs/settings.md lists them all."
        sentences.append(f"{name} is not a setting: {advice}")
    return sentences


def _bad(error: ValidationError) -> list[str]:
    """Say for each bad setting what is allowed."""
    fields = {variable: field for field, variable in variables().items()}
    bad = dict.fromkeys(str(each["loc"][0]) for each in error.errors(include_input=False))
    return [f"{name} must be {allowed(fields.get(name, name))}." for name in bad]


def _refused(settings: Settings) -> list[str]:
    """Name what cannot be: secrets that are missing or well known, outside development."""
    sentences: list[str] = []
    if settings.match_review > settings.match_accept:
        sentences.append(f"C360_MATCH_ACCEPT must be {allowed('match_accept')}.")
    if not settings.production:
        return sentences
    if settings.neo4j_uri and _is_weak(settings.neo4j_password):
        sentences.append(f"NEO4J_PASSWORD must be {allowed('neo4j_password')}.")
    url = urlsplit(settings.redis_url.get_secret_value() if settings.redis_url else "unix:///x")
    if url.scheme != "unix" and _is_weak(SecretStr(url.password or "")):
        sentences.append(
            f"REDIS_URL must hold a password in production: at least {MIN_PASSWORD} characters "
            "and not a default one."
        )
    if settings.metrics_token and _is_weak(settings.metrics_token):
        sentences.append(f"C360_METRICS_TOKEN must be {allowed('metrics_token')}.")
    return sentences


def _is_weak(password: SecretStr | None) -> bool:
    """Whether a password is missing, short or among the first that anybody tries."""
    value = password.get_secret_value() if password else ""
    return len(value) < MIN_PASSWORD or value.lower() in WEAK_PASSWORDS
