"""Nodes and links of a mapping, compiled against the columns of a file.

A definition turns a row into at most one thing: its key and the values of its properties, checked
against the model. Rows that look alike to it are worked out once (`memo`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from graph.custom.definitions import Definition as CustomField
from graph.imports.conditions import Row, compile_condition
from graph.imports.errors import Fault, Path, Problem, Unfit
from graph.imports.fields import OBSERVED, Field, Reader, custom_fields, field_of, fields_of
from graph.imports.keys import id_of, key_of_row, key_parts
from graph.imports.mapping import LinkSpec, NodeSpec, ValueSpec
from graph.imports.memo import FAULT, Chunk, Memo
from graph.imports.values import Scope, compile_value
from graph.model import MODEL
from graph.model.kinds import Node, Property, Relationship, Type
from graph.model.parties import PARTY
from graph.write.linking import admits
from graph.write.links import positional

LINK_SEPARATOR = "\x1e"
END = "end"
"""The pseudo property that holds the key of a link's end."""

SELDOM = 8
"""A node or link that at most one row in so many holds is read row by row."""

_OBSERVED = Property(OBSERVED, Type.DATETIME, "When the source said so.")

InUse = Mapping[str, CustomField] | None
Item = tuple[str, tuple[Any, ...]]
"""A key and the values of the properties, in the order of the definition."""


@dataclass(slots=True)
class Definition:
    """What every node and link definition has.

    Attributes:
        owner: The kind of node or relationship.
        names: Properties, in the order of an item's values.
        keeps: Which row's value is kept, for each property.
        without: For each property the one whose value its list leaves out.
    """

    owner: Node | Relationship
    names: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    without: tuple[str | None, ...] = ()
    read: Memo[Item | None] = field(default_factory=lambda: Memo((), lambda _: None))


@dataclass(slots=True)
class NodeDefinition(Definition):
    """A node that a row may hold.

    Attributes:
        name: Its name in the mapping.
        node: Its kind.
        source: The system its key belongs to; None for a natural key or an id.
        reference: Whether it is only pointed to and never written.
        strict: Whether rows of one key must say the same.
        by_id: Whether its key is the node's own id.
        custom: Those of its properties that are custom fields.
    """

    name: str = ""
    node: Node = field(default_factory=lambda: MODEL.by_label["Product"])
    source: str | None = None
    reference: bool = False
    strict: bool = False
    by_id: bool = False
    custom: tuple[str, ...] = ()


@dataclass(slots=True)
class LinkDefinition(Definition):
    """A link that a row may hold, between the nodes at these positions.

    Attributes:
        positional: Whether start and key alone tell links apart, whatever their end.
        key_positions: Which values belong to the key.
        find: How the end is found among earlier rows; None when the row holds it.
    """

    relationship: Relationship = field(default_factory=lambda: MODEL.by_type["FOR"])
    start: int = 0
    end: int = 0
    when: Memo[bool] | None = None
    complete: bool = False
    positional: bool = False
    key_positions: tuple[int, ...] = ()
    find: "Find | None" = None


@dataclass(frozen=True, slots=True)
class Find:
    """The look-up of a node of an earlier row: columns that must be equal."""

    cells: tuple[int, ...]


def compile_node(
    name: str, spec: NodeSpec, source: str, scope: Scope, custom: InUse = None
) -> NodeDefinition:
    """Compile a node; `custom` are the custom fields in use, None when they are not known yet.

    Raises:
        Problem: something of it is not in the model, in the file or among the functions.
    """
    path: Path = ("nodes", name)
    node = _concrete(spec.label, (*path, "label"))
    scope.uses = set()
    test = compile_condition(spec.when, scope.columns, (*path, "when"), scope.uses)
    test = Memo(scope.uses, test) if test else None
    outer, scope.uses = scope.uses, set()
    keys = [compile_value(value, scope, place) for value, place in key_parts(node, spec, path)]
    form = id_of if spec.id is not None else key_of_row
    key_of = Memo(scope.uses, lambda row: form(keys, row))
    scope.uses |= outer
    if spec.reference and (spec.properties or spec.observed or spec.custom):
        raise Problem(path, "a reference is not written, so it has no properties")
    fields = fields_of(node, spec.properties, scope, path)
    extra = custom_fields(node, spec.custom, custom, scope, path)
    fields += extra
    if spec.observed is not None:
        fields.append(_observed(node, spec.observed, scope, (*path, "observed")))
    fault = None if spec.optional else Fault(keys[0].column, "MISSING_KEY", _keyless(name))
    work, columns = _node_readers(test, key_of, [each.read for each in fields], fault)
    sourced = (node.sourced or node.is_a(PARTY)) and spec.id is None
    return NodeDefinition(
        **_told(node, fields, Memo(scope.uses, work, columns)),
        name=name,
        node=node,
        source=(spec.source or source) if sourced else None,
        reference=spec.reference,
        strict=spec.unique == "strict",
        by_id=spec.id is not None,
        custom=tuple(each.kind.name for each in extra),
    )


def _keyless(name: str) -> str:
    return f"The key of {name} is empty."


def _node_readers(
    test: Memo[bool] | None, key_of: Memo[str | None], readers: list[Reader], fault: Fault | None
) -> tuple[Callable[[Row], Item | None], Callable[[Chunk], list[Item | None]]]:
    """Return how to read a node from a row, and from many; without a fault a key may be empty."""

    def work(row: Row) -> Item | None:
        if test is not None and not test(row):
            return None
        key = key_of(row)
        if key is not None:
            return key, _values(readers, row)
        if fault is None:
            return None
        raise Unfit(fault)

    def columns(chunk: Chunk) -> list[Item | None]:
        held = test.many(chunk) if test else None
        if held is not None and held.count(True) * SELDOM < len(held):
            return chunk.some(held, work)
        keys = key_of.many(chunk)
        found: list[Any] = list(zip(keys, _rows(readers, chunk), strict=True))
        if held is not None:
            found = [each if holds else None for each, holds in zip(found, held, strict=True)]
        if None in keys or FAULT in keys:
            for i, key in enumerate(keys):
                if found[i] is not None and (key is None or key is FAULT):
                    found[i] = None
                    chunk.doubtful.add(i)
        return found

    return work, columns


def _observed(node: Node, spec: ValueSpec, scope: Scope, path: Path) -> Field:
    """Compile when the source said so, as if it were a property."""
    if not node.is_a(PARTY):
        raise Problem(path, "only parties are observed")
    return field_of(node, _OBSERVED, spec, scope, path)


class _Told(TypedDict):
    """What every definition is made of."""

    owner: Node | Relationship
    names: tuple[str, ...]
    keeps: tuple[str, ...]
    without: tuple[str | None, ...]
    read: Memo[Item | None]


def _told(owner: Node | Relationship, fields: list[Field], read: Memo[Item | None]) -> _Told:
    names = tuple(each.kind.name for each in fields)
    keeps = tuple(each.value.keep for each in fields)
    without = tuple(each.value.without for each in fields)
    return _Told(owner=owner, names=names, keeps=keeps, without=without, read=read)


def compile_link(
    position: int, spec: LinkSpec, nodes: Sequence[NodeDefinition], scope: Scope
) -> LinkDefinition:
    """Compile a link between nodes that were compiled before.

    Raises:
        Problem: as for nodes, or the relationship does not lead from the one to the other.
    """
    path: Path = ("links", position)
    relationship = MODEL.by_type.get(spec.type)
    if relationship is None or relationship.derived or not relationship.history:
        raise Problem((*path, "type"), f"{spec.type!r} is no relationship that can be imported")
    start = _position(spec.start, nodes, (*path, "start"))
    target = spec.find.latest if spec.find else spec.end or ""
    end = _position(target, nodes, (*path, "find" if spec.find else "end"))
    _check_ends(relationship, nodes[start].node, nodes[end].node, (*path, "type"))
    scope.uses = set()
    test = compile_condition(spec.when, scope.columns, (*path, "when"), scope.uses)
    test = Memo(scope.uses, test) if test else None
    scope.uses = set()
    fields = fields_of(relationship, spec.properties, scope, path)
    told = _told(relationship, fields, _link_reader([each.read for each in fields], scope))
    names = told["names"]
    return LinkDefinition(
        owner=relationship,
        names=(*names, END),
        keeps=(*told["keeps"], "latest"),
        without=(*told["without"], None),
        read=told["read"],
        relationship=relationship,
        start=start,
        end=end,
        when=test,
        complete=spec.complete,
        positional=positional(relationship),
        key_positions=tuple(names.index(key) for key in relationship.key if key in names),
        find=_find(spec, scope, (*path, "find", "by")),
    )


def _link_reader(readers: list[Reader], scope: Scope) -> Memo[Item | None]:
    """Return how to read the values of a link, whose key is yet to come."""
    return Memo(
        scope.uses,
        lambda row: ("", _values(readers, row)),
        lambda chunk: [("", values) for values in _rows(readers, chunk)],
    )


def _check_ends(relationship: Relationship, start: Node, end: Node, path: Path) -> None:
    if not (admits(relationship.starts, start) and admits(relationship.ends, end)):
        ends = f"a {start.name} to a {end.name}"
        raise Problem(path, f"{relationship.name} does not lead from {ends}")


def _find(spec: LinkSpec, scope: Scope, path: Path) -> Find | None:
    if spec.find is None:
        return None
    return Find(tuple(scope.columns.index(name, path) for name in spec.find.by))


def _concrete(label: str, path: Path) -> Node:
    node = MODEL.by_label.get(label)
    if node is None or node.abstract or node.machinery or node.name in {"Job", "SourceRecord"}:
        raise Problem(path, f"{label!r} is no kind of node that can be imported")
    return node


def _position(name: str, nodes: Sequence[NodeDefinition], path: Path) -> int:
    for position, node in enumerate(nodes):
        if node.name == name:
            return position
    raise Problem(path, f"{name!r} is none of the nodes of this mapping")


def _values(readers: Sequence[Reader], row: Row) -> tuple[Any, ...]:
    """Return the values of a row.

    Raises:
        Unfit: with every fault of the row's properties.
    """
    try:
        return tuple([read(row) for read in readers])
    except Unfit:
        faults: list[Fault] = []
        for read in readers:
            try:
                read(row)
            except Unfit as unfit:
                faults.extend(unfit.faults)
        raise Unfit(*faults) from None


def _rows(readers: Sequence[Reader], chunk: Chunk) -> list[tuple[Any, ...]]:
    """Return the values of every row of a chunk."""
    if not readers:
        return [()] * len(chunk.rows)
    return list(zip(*[read.many(chunk) for read in readers], strict=True))
