"""YAML that remembers its lines, and in which `NO` is Norway.

Plain YAML 1.1 reads `NO` as false, `12:30` as 750 and a date as a date object. A mapping is a table
written by people, so here only true, false, null and plain numbers are anything but text.
"""

import re
from typing import Any, cast

import yaml

from graph.imports.errors import MappingRefused, Path

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}


class Lines:
    """The line at which each value of a document starts, by its path."""

    def __init__(self) -> None:
        self._by_path: dict[Path, int] = {}

    def note(self, path: Path, line: int) -> None:
        """Remember the line of a path; the first one, a key's own, stays."""
        self._by_path.setdefault(path, line)

    def of(self, path: Path) -> int:
        """Return the line of the path, or of the closest thing around it; from 1."""
        while path and path not in self._by_path:
            path = path[:-1]
        return self._by_path.get(path, 1)


def parse(content: bytes) -> tuple[Any, Lines]:
    """Read one YAML document.

    Returns:
        Its value, made of dict, list, str, int, float, bool and None, and its lines.

    Raises:
        MappingRefused: it is no YAML, too large, repeats a key or uses anchors.
    """
    if len(content) > MAX_BYTES:
        raise MappingRefused([f"A mapping is at most {MAX_BYTES >> 20} MiB: this file is larger."])
    try:
        text = content.decode("utf-8-sig")
        _refuse_bombs(text)
        # PyYAML has no types of its own.
        root: yaml.Node | None = cast("Any", yaml).compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise MappingRefused([f"Line {line} is not UTF-8: save the mapping as UTF-8."]) from None
    except yaml.reader.ReaderError:
        raise MappingRefused(["The mapping holds a control character: remove it."]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise MappingRefused([f"Line {line} is not YAML: {error.problem}."]) from None
    if root is None:
        raise MappingRefused(["The mapping is empty: docs/import.md shows what belongs in it."])
    lines = Lines()
    return _value(root, (), lines), lines


def _refuse_bombs(text: str) -> None:
    """Refuse anchors, a few lines of which can stand for gigabytes, and what is nested deeply.

    Both as soon as they are met: a parser takes seconds for thousands of brackets.
    """
    depth = 0
    for event in cast("Any", yaml).parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise MappingRefused([f"Line {line}: anchors and aliases are not used in mappings."])
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise MappingRefused([f"Line {line} is nested more than {MAX_DEPTH} deep."])


def _value(node: yaml.Node, path: Path, lines: Lines) -> Any:
    """Return the value of a composed node."""
    lines.note(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, (*path, i), lines) for i, each in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, lines: Lines) -> dict[str, Any]:
    """Return the value of a composed mapping, whose keys are always text."""
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise MappingRefused([f"Line {line}: a key must be a word."])
        if key.value in found:
            raise MappingRefused([f"Line {line} says {key.value!r} a second time: keep one."])
        lines.note((*path, key.value), line)
        found[key.value] = _value(value, (*path, key.value), lines)
    return found


def _scalar(node: yaml.Node) -> object:
    """Return the value of a composed scalar."""
    text = str(node.value)
    if getattr(node, "style", None) in ("'", '"', "|", ">"):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
