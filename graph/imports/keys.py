"""Keys of nodes: which parts a mapping has to give, and how they are read from a row."""

from uuid import UUID

from graph.imports.conditions import Row
from graph.imports.errors import Fault, Path, Problem, Unfit
from graph.imports.mapping import NodeSpec, ValueSpec
from graph.imports.values import Compiled, key_text
from graph.model.kinds import Node
from graph.model.parties import PARTY
from graph.write.validation import key_names

KEY_SEPARATOR = "\x1f"


def key_parts(node: Node, spec: NodeSpec, path: Path) -> list[tuple[ValueSpec, Path]]:
    """Return the parts of a node's key, in the order of the model."""
    if spec.id is not None:
        if spec.key is not None or spec.keys is not None:
            raise Problem(path, "a node has one of id, key and keys")
        return [(spec.id, (*path, "id"))]
    if node.sourced or node.is_a(PARTY):
        if spec.key is None or spec.keys is not None:
            raise Problem(path, f"a {node.name} needs key: its id in the source")
        return [(spec.key, (*path, "key"))]
    names = key_names(node)
    if spec.keys is None or spec.key is not None or set(spec.keys) != set(names):
        needs = f"keys with {' and '.join(names)}" if names else "id: it has no other key"
        raise Problem(path, f"a {node.name} needs {needs}")
    return [(spec.keys[name], (*path, "keys", name)) for name in names]


def key_of_row(keys: list[Compiled], row: Row) -> str | None:
    """Return the key of a row's node; None when a part of it is empty."""
    parts: list[str] = []
    for key in keys:
        try:
            part = key_text(key.get(row))
        except Unfit as unfit:
            fault = unfit.faults[0]
            raise Unfit(Fault(fault.column or key.column, fault.code, fault.message)) from None
        if part is None:
            return None
        parts.append(part)
    return KEY_SEPARATOR.join(parts)


def id_of(keys: list[Compiled], row: Row) -> str | None:
    """Return the id of a row's node; None when it is empty."""
    text = key_of_row(keys, row)
    try:
        return str(UUID(text)) if text is not None else None
    except ValueError:
        message = "An id is a UUID such as 019ab2de-0000-7000-8000-000000000001."
        raise Unfit(Fault(keys[0].column, "BAD_KEY", message)) from None
