"""Mappings that need no YAML: a file whose columns are named as the model names its properties.

`node:Order` reads nodes of one kind, `link:CONTAINS:Order:Product` relationships of one type
between two kinds. docs/import.md tells what the columns are.
"""

from pathlib import Path
from typing import Any

import orjson

from graph.custom.definitions import NAME, PREFIX
from graph.imports.errors import MappingRefused
from graph.imports.files import Source
from graph.imports.mapping import Mapping, MappingSpec, NodeSpec, parse_mapping
from graph.imports.plan import problems_of
from graph.imports.rows import open_rows
from graph.model import MODEL
from graph.model.kinds import Node, Property, Relationship, Type
from graph.model.parties import PARTY
from graph.write.validation import key_names, writable

SOURCE = "import"
"""The system whose ids the keys are, unless another is named."""

NODE, LINK = "node", "link"


def is_generic(name: str) -> bool:
    """Whether a mapping's name is that of a generic one."""
    return name.startswith((NODE + ":", LINK + ":"))


def generic_mapping(name: str, file: Path) -> Mapping:
    """Return the mapping of a file whose columns are named as in the model.

    Args:
        name: `node:<label>` or `link:<type>:<label of the start>:<label of the end>`.
        file: The file; of CSV and XLSX the header tells which properties it has.

    Raises:
        MappingRefused: there is no such kind, or the file lacks the columns of its key.
        FileRefused: the file cannot be read.
    """
    kind, *names = name.split(":")
    columns = _columns(file)
    if kind == NODE and len(names) == 1:
        said = _of_node(_node(names[0]), columns)
    elif kind == LINK and len(names) == 3:
        said = _of_link(names[0], _node(names[1]), _node(names[2]), columns)
    else:
        raise MappingRefused([f"{name} is no mapping: say node:LABEL or link:TYPE:START:END."])
    # JSON is YAML, and reading it tells everything that could be wrong with it.
    return parse_mapping(orjson.dumps({"source": SOURCE, **said}), problems_of)


def _columns(file: Path) -> list[str] | None:
    """The columns of a file; None when it does not say, as JSON Lines."""
    source = Source(file, None)
    if source.format == "jsonl":
        return None
    unread = MappingSpec(source=SOURCE, nodes={"none": NodeSpec(label="none")})
    with open_rows(source, unread, []) as rows:
        return rows.columns


def _node(label: str) -> Node:
    node = MODEL.by_label.get(label)
    if node is None:
        raise MappingRefused([f"{label} is no kind of node of the model."])
    return node


def _of_node(node: Node, columns: list[str] | None) -> dict[str, Any]:
    keyed, used = _key(node, "", columns)
    known = {each: kind for each, kind in writable(node).items() if each not in used}
    observed = (
        {"observed": "observedAt"} if node.is_a(PARTY) and _has("observedAt", columns) else {}
    )
    said = {"label": node.name, **keyed, **observed, "properties": _properties(known, columns)}
    custom = {each.removeprefix(PREFIX): each for each in columns or () if _is_custom(each)}
    return {"nodes": {"it": {**said, "custom": custom} if custom else said}}


def _is_custom(column: str) -> bool:
    return column.startswith(PREFIX) and NAME.fullmatch(column.removeprefix(PREFIX)) is not None


def _of_link(kind: str, start: Node, end: Node, columns: list[str] | None) -> dict[str, Any]:
    relationship: Relationship | None = MODEL.by_type.get(kind)
    if relationship is None:
        raise MappingRefused([f"{kind} is no type of relationship of the model."])
    nodes = {
        name: {"label": node.name, "reference": True, **_key(node, name, columns)[0]}
        for name, node in (("start", start), ("end", end))
    }
    properties = _properties(dict(writable(relationship)), columns)
    link = {"type": kind, "start": "start", "end": "end", "properties": properties}
    return {"nodes": nodes, "links": [link]}


def _key(node: Node, prefix: str, columns: list[str] | None) -> tuple[dict[str, Any], set[str]]:
    """How the key is read, and which columns it takes; without its own key a node has its id."""
    dot = prefix and prefix + "."
    if node.sourced or node.is_a(PARTY):
        if _has(dot + "externalId", columns):
            return {"key": dot + "externalId"}, {"source", "externalId"}
    else:
        names = key_names(node)
        if names and all(_has(dot + each, columns) for each in names):
            return {"keys": {each: dot + each for each in names}}, set(names)
    if columns is None or dot + "id" in columns:
        return {"id": dot + "id"}, {"source", "externalId", "id"}
    own = ["externalId"] if node.sourced or node.is_a(PARTY) else list(key_names(node))
    wanted = " and ".join(dot + each for each in own) or dot + "id"
    raise MappingRefused([f"The file needs {wanted} (or {dot}id) to name each {node.name}."])


def _has(name: str, columns: list[str] | None) -> bool:
    return columns is None or name in columns


def _properties(known: dict[str, Property], columns: list[str] | None) -> dict[str, Any]:
    return {name: _value(each) for name, each in known.items() if _has(name, columns)}


def _value(kind: Property) -> dict[str, Any]:
    match kind.type:
        case Type.STRINGS:
            return {"column": kind.name, "do": ["split(;)"], "keep": "distinct"}
        case Type.MONEY:
            return {"column": kind.name, "do": ["integer"]}
        case _:
            return {"column": kind.name}
