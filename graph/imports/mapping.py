"""The mapping: how the rows of a file become nodes and links, as a YAML document.

`load_mapping` is the only way to one. What it returns is known to be usable: its functions exist,
its labels, properties and links are the model's, and every problem names a line of the YAML.
"""

import codecs
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from graph.imports import yaml_lines
from graph.imports.errors import MappingRefused

MAX_PROBLEMS = 20
Keep = Literal["latest", "earliest", "least", "greatest", "sum", "distinct"]
Scalar = str | int | float | bool


class _Part(BaseModel):
    """A part of a mapping: every key is known, nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Condition(_Part):
    """What must hold of a row. Several tests in one condition must all hold."""

    column: str | None = None
    prefix: str | None = None
    matches: str | None = None
    equals: Scalar | None = None
    among: list[str] | None = None
    above: float | None = None
    below: float | None = None
    least: float | None = None
    most: float | None = None
    empty: bool | None = None
    all: list["Condition"] | None = None
    any: list["Condition"] | None = None
    none: list["Condition"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        tests = self.model_fields_set - {"column", "all", "any", "none"}
        if tests and self.column is None:
            raise ValueError("a test needs a column")
        if not tests and not self.model_fields_set & {"all", "any", "none"}:
            raise ValueError("a condition needs a test such as prefix, matches, equals or empty")
        return self


class Case(_Part):
    """A constant for the rows that fulfil a condition."""

    when: Condition
    then: Scalar | None


class ValueSpec(_Part):
    """Where a value comes from, what is done to it, and which row's value is kept."""

    column: str | None = None
    constant: Scalar | None = None
    template: str | None = None
    multiply: list[str] | None = Field(default=None, min_length=2)
    ordinal: list[str] | None = Field(default=None, min_length=1)
    row_number: Literal[True] | None = None
    cases: list[Case] | None = Field(default=None, min_length=1)
    otherwise: Scalar | None = None
    table: dict[str, Scalar | None] | None = None
    do: list[str] = []
    when: Condition | None = None
    keep: Keep = "latest"
    without: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: Any) -> Any:
        """A bare word is a column; a bare column of `ordinal` a list of one."""
        if isinstance(given, str):
            return {"column": given}
        if isinstance(given, dict):
            parts = cast("dict[str, Any]", given)
            if isinstance(parts.get("ordinal"), str):
                return {**parts, "ordinal": [parts["ordinal"]]}
        return cast("Any", given)

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        origins = {
            "column", "constant", "template", "multiply", "ordinal", "row_number", "cases",
        }  # fmt: skip
        if len(self.model_fields_set & origins) != 1:
            raise ValueError(f"a value comes from exactly one of {', '.join(sorted(origins))}")
        if "otherwise" in self.model_fields_set and self.cases is None:
            raise ValueError("otherwise goes with cases")
        if self.without and self.keep != "distinct":
            raise ValueError("without goes with keep: distinct")
        return self


class NodeSpec(_Part):
    """One node that a row may hold."""

    label: str
    key: ValueSpec | None = None
    keys: dict[str, ValueSpec] | None = None
    id: ValueSpec | None = None
    source: str | None = Field(default=None, min_length=1, max_length=100)
    when: Condition | None = None
    optional: bool = False
    reference: bool = False
    unique: Literal["latest", "strict"] = "latest"
    observed: ValueSpec | None = None
    properties: dict[str, ValueSpec] = {}
    custom: dict[str, ValueSpec] = {}


class FindSpec(_Part):
    """A link to a node of an earlier row: the latest one with the same values in `by`."""

    latest: str
    by: list[str] = Field(min_length=1)


class LinkSpec(_Part):
    """One link between two nodes of a row, or from a node of a row to one found earlier."""

    type: str
    start: str
    end: str | None = None
    find: FindSpec | None = None
    when: Condition | None = None
    complete: bool = False
    properties: dict[str, ValueSpec] = {}

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if (self.end is None) == (self.find is None):
            raise ValueError("a link has exactly one of end and find")
        if self.find and (self.properties or self.complete):
            raise ValueError("a link that is found has neither properties nor complete")
        return self


class Check(_Part):
    """A rule every row must keep; a row that breaks it is refused with `say`."""

    require: Condition
    when: Condition | None = None
    say: str = Field(min_length=1, max_length=300)


class MappingSpec(_Part):
    """A whole mapping."""

    source: str = Field(min_length=1, max_length=100)
    format: Literal["csv", "jsonl", "xlsx"] | None = None
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    sheet: str | None = None
    ignore: list[str] = []
    order: ValueSpec | None = None
    checks: list[Check] = []
    nodes: dict[str, NodeSpec] = Field(min_length=1)
    links: list[LinkSpec] = []

    @field_validator("encoding")
    @classmethod
    def _readable(cls, value: str) -> str:
        if not _holds_ascii(value):
            raise ValueError(
                "encoding must be one in which ASCII is ASCII, such as utf-8, latin-1 or cp1252; "
                "save UTF-16 files as UTF-8"
            )
        return value


def _holds_ascii(encoding: str) -> bool:
    """Whether the bytes of ASCII mean ASCII, so that lines can be found as bytes."""
    try:
        return '\n,";'.encode(codecs.lookup(encoding).name) == b'\n,";'
    except (LookupError, UnicodeError):
        return False


class Mapping:
    """A usable mapping.

    Attributes:
        spec: What the YAML says.
        digest: SHA-256 of the YAML, in hexadecimal.
        lines: The line of every part of it.
    """

    def __init__(self, spec: MappingSpec, digest: str, lines: yaml_lines.Lines) -> None:
        self.spec = spec
        self.digest = digest
        self.lines = lines


def parse_mapping(content: bytes, check: Callable[[Mapping], list[tuple[int, str]]]) -> Mapping:
    """Read a mapping from the bytes of a YAML document.

    Args:
        content: The document.
        check: Returns the problems that only the model and the functions show, with their lines.

    Raises:
        MappingRefused: one sentence per problem, each with its line.
    """
    document, lines = yaml_lines.parse(content)
    if not isinstance(document, dict):
        raise MappingRefused(
            ["Line 1: a mapping is made of named keys, such as source and nodes, not of a list."]
        )
    try:
        spec = MappingSpec.model_validate(document)
    except ValidationError as error:
        found = [(lines.of(each["loc"]), _sentence(each)) for each in error.errors()]
        raise MappingRefused(_sentences(found)) from None
    mapping = Mapping(spec, hashlib.sha256(content).hexdigest(), lines)
    if problems := check(mapping):
        raise MappingRefused(_sentences(problems))
    return mapping


def read_mapping(path: Path, check: Callable[[Mapping], list[tuple[int, str]]]) -> Mapping:
    """Read a mapping from a file; as `parse_mapping`."""
    try:
        with path.open("rb") as file:
            content = file.read(yaml_lines.MAX_BYTES + 1)
    except OSError as error:
        raise MappingRefused([f"The mapping {path} cannot be read: {error.strerror}."]) from None
    return parse_mapping(content, check)


def _sentence(error: Any) -> str:
    """Say what pydantic found, with the key it is about."""
    where = ".".join(str(part) for part in error["loc"])
    return f"{where}: {error['msg'].removeprefix('Value error, ')}" if where else error["msg"]


def _sentences(found: list[tuple[int, str]]) -> list[str]:
    """Return the first problems in the order of their lines."""
    ordered = [f"Line {line}: {text}." for line, text in sorted(set(found))]
    more = len(ordered) - MAX_PROBLEMS
    return [*ordered[:MAX_PROBLEMS], f"And {more} more."] if more > 0 else ordered
