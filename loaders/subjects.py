"""Whose personal data an answer holds: found out when it is planned, read off when it comes.

A selection reads personal data of a person where it selects a property with a class (`Pii`), or a
value computed for the person, on the person itself or on what is reached from it without coming to
another party or a user: the text of an interaction in which the person took part is the person's.
Such a person's row also holds its id, and a function made for the plan collects these.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import OperationDefinitionNode

from graph.model.kinds import Pii
from graph.model.organisation import USER
from graph.model.parties import PARTY, PERSON
from loaders.registry import REGISTRY
from loaders.shapes import Edges, Entry, Fields, Listed, Lookup, Object, Page, Shape
from loaders.sources import Computed, Source, Stored, Values

MAX_NAME = 100
Collect = Callable[[Any, dict[str, Any], Callable[[str], None]], None]
"""Hands the id of every subject in a row to a function; takes row, parameters and function."""


@dataclass(slots=True)
class Classes:
    """Which kinds of personal data the selection of one root field reads, as it is compiled.

    Attributes:
        found: Those that it reads of people.
    """

    found: set[str] = field(default_factory=set[str])
    _open: list[set[str]] = field(default_factory=list[set[str]])

    def enter(self, type_: str) -> bool:
        """Begin with an object of a type; whether it is somebody for whom things count."""
        kind = REGISTRY.kinds.get(type_) or REGISTRY.views.get(type_)
        if kind is None or not (kind.node.is_a(PARTY) or kind.node.is_a(USER)):
            return False
        self._open.append(set())
        return True

    def leave(self, type_: str) -> bool:
        """End with it; whether personal data of a person was read of it."""
        read = self._open.pop()
        kind = REGISTRY.kinds.get(type_)
        if not read or kind is None or not kind.node.is_a(PERSON):
            return False
        self.found |= read
        return True

    def note(self, source: Source | None) -> None:
        """One field of the object that was entered last, or of what belongs to it."""
        if not self._open:
            return
        match source:
            case Stored(declared) if declared.pii is not Pii.NONE:
                self._open[-1].add(declared.pii.value)
            case Computed() | Values():
                # What is worked out from what a person did tells of it.
                self._open[-1].add(Pii.BEHAVIOUR.value)
            case _:
                pass


@dataclass(frozen=True, slots=True)
class Reading:
    """What one planned root field reads of people.

    Attributes:
        operation: The name of its operation, or a digest of its text.
        classes: Kinds of personal data.
        collect: Reads the ids of the people off a row.
    """

    operation: str
    classes: frozenset[str]
    collect: Collect

    def people(self, row: Any, parameters: dict[str, Any]) -> set[str]:
        """Ids of the people whose personal data is in a row's answer."""
        found = set[str]()
        self.collect(row, parameters, found.add)
        return found


def reading_of(
    entry: Entry, classes: Classes, definition: OperationDefinitionNode
) -> Reading | None:
    """What a root field reads of people; None when that is nothing."""
    if not classes.found:
        return None
    lines = list(_lines(entry.shape, "r", 1))
    if not lines:
        return None
    source = "\n".join(["def collect(r, p, add):", *lines])
    names: dict[str, Any] = {}
    # Generated from shapes alone: slots are numbers, every other name passed through repr().
    exec(compile(source, "<subjects>", "exec"), names)  # noqa: S102
    collect: Collect = names["collect"]
    return Reading(operation_of(definition), frozenset(classes.found), collect)


def operation_of(definition: OperationDefinitionNode) -> str:
    """The name of an operation, or a digest of the text it stands in."""
    if definition.name is not None:
        return definition.name.value[:MAX_NAME]
    text = definition.loc.source.body if definition.loc is not None else ""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _lines(shape: Shape, row: str, depth: int) -> Iterator[str]:
    """Lines that visit what a shape reads of a row; none where it leads to nobody."""
    indent, item = "    " * depth, f"x{depth}"
    match shape:
        case Object(slot, cases, tagged):
            inner = list(_cases(cases, item, depth + 1, tagged=tagged))
            if inner:
                yield f"{indent}{item} = {row}[{slot}]"
                yield f"{indent}if {item} is not None:"
                yield from inner
        case Listed(slot, cases, tagged):
            inner = list(_cases(cases, item, depth + 1, tagged=tagged))
            if inner:
                yield f"{indent}for {item} in {row}[{slot}]:"
                yield from inner
        case Page(rows, limit):
            edges = (each.shape for each in shape.fields.entries if isinstance(each.shape, Edges))
            inner = [line for each in edges for line in _fields(each.fields, item, depth + 1)]
            if inner:
                # One row more than the page has is read to know whether there are more.
                yield f"{indent}for {item} in {row}[{rows}][:p[{limit!r}] - 1]:"
                yield from inner
        case Lookup(_, parts):
            for part in parts:
                inner = list(_cases(part.cases, item, depth + 1, tagged=part.tagged))
                if inner:
                    yield f"{indent}for _, {item} in {row}[{part.slot}]:"
                    yield from inner
        case _:
            pass


def _cases(cases: tuple[Fields, ...], row: str, depth: int, *, tagged: bool) -> Iterator[str]:
    for fields in cases:
        if not tagged:
            yield from _fields(fields, row, depth)
        elif inner := list(_fields(fields, row, depth + 1)):
            yield f"{'    ' * depth}if {row}[0] == {fields.type!r}:"
            yield from inner


def _fields(fields: Fields, row: str, depth: int) -> Iterator[str]:
    if fields.subject is not None:
        yield f"{'    ' * depth}add({row}[{fields.subject}])"
    for entry in fields.entries:
        yield from _lines(entry.shape, row, depth)
