"""Properties of a mapping's nodes and links: read from rows, checked, as they are stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, LiteralString, cast

from graph.custom.definitions import NAME, PREFIX
from graph.custom.definitions import Definition as CustomField
from graph.custom.values import Unfit as CustomUnfit
from graph.custom.values import stored as custom_value
from graph.imports.conditions import Row
from graph.imports.errors import Fault, Path, Problem, Unfit
from graph.imports.mapping import ValueSpec
from graph.imports.memo import Memo
from graph.imports.values import Compiled, Scope, compile_value, fit
from graph.model.kinds import Node, Property, Relationship, Type
from graph.write import validate
from graph.write.validation import key_names, writable

OBSERVED: LiteralString = "observed at"
"""The pseudo property that holds when a party was observed."""

Reader = Memo[Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A property, how it is kept, and the function that reads and checks it."""

    kind: Property
    value: Compiled
    read: Reader


def fields_of(
    owner: Node | Relationship, specs: dict[str, ValueSpec], scope: Scope, path: Path
) -> list[Field]:
    """Compile the properties of a node or link."""
    known = writable(owner)
    keys = key_names(owner) if isinstance(owner, Node) else ()
    found: list[Field] = []
    for name, spec in specs.items():
        place: Path = (*path, "properties", name)
        kind = known.get(name)
        if kind is None or name in keys:
            raise Problem(place, f"{owner.name} has no property {name!r} that can be imported")
        _check_keep(kind, spec, specs, place)
        found.append(field_of(owner, kind, spec, scope, place))
    return found


def field_of(
    owner: Node | Relationship, kind: Property, spec: ValueSpec, scope: Scope, path: Path
) -> Field:
    """Compile one property."""
    outer, scope.uses = scope.uses, set()
    value = compile_value(spec, scope, path)
    read = Memo(scope.uses, lambda row: _checked(owner, kind, value, row))
    scope.uses |= outer
    return Field(kind, value, read)


def custom_fields(
    node: Node,
    specs: dict[str, ValueSpec],
    custom: Mapping[str, CustomField] | None,
    scope: Scope,
    path: Path,
) -> list[Field]:
    """Compile the custom fields of a node; those that are not known yet as if they were text."""
    found: list[Field] = []
    for name, spec in specs.items():
        place: Path = (*path, "custom", name)
        unknown = NAME.fullmatch(name) is None if custom is None else name not in custom
        if unknown:
            message = f"{node.name} has no custom field {name!r} in use: define it by fieldDefine"
            raise Problem(place, message)
        field_ = CustomField(name, Type.TEXT) if custom is None else custom[name]
        kind = Property(cast("LiteralString", PREFIX + name), Type(field_.type), "A custom field.")
        if custom is not None:
            _check_keep(kind, spec, specs, place)
        found.append(_custom_field(field_, kind, spec, scope, place))
    return found


def _custom_field(
    field_: CustomField, kind: Property, spec: ValueSpec, scope: Scope, path: Path
) -> Field:
    outer, scope.uses = scope.uses, set()
    value = compile_value(spec, scope, path)

    def read(row: Row) -> object:
        try:
            return custom_value(field_, fit(kind, value.get(row)))
        except Unfit as unfit:
            fault = unfit.faults[0]
            raise Unfit(Fault(fault.column or value.column, fault.code, fault.message)) from None
        except CustomUnfit as error:
            message = str(error).replace("value", f"The {kind.name}", 1)
            raise Unfit(Fault(value.column, error.code, message)) from None

    remembered = Memo(scope.uses, read)
    scope.uses |= outer
    return Field(kind, value, remembered)


def _check_keep(kind: Property, spec: ValueSpec, specs: dict[str, ValueSpec], path: Path) -> None:
    if spec.keep == "sum" and kind.type not in {Type.MONEY, Type.INTEGER}:
        raise Problem(path, "only amounts of money and whole numbers are added up")
    if (spec.keep == "distinct") != (kind.type is Type.STRINGS):
        raise Problem(path, "keep: distinct goes with lists of texts, and they with it")
    if spec.without is not None and spec.without not in specs:
        raise Problem(path, f"{spec.without!r} is no property of this node here")


def _checked(owner: Node | Relationship, kind: Property, value: Compiled, row: Row) -> object:
    """Return a property of a row, in the form in which the graph stores it.

    Raises:
        Unfit: with every fault of the property.
    """
    try:
        found = fit(kind, value.get(row))
    except Unfit as unfit:
        fault = unfit.faults[0]
        raise Unfit(Fault(fault.column or value.column, fault.code, fault.message)) from None
    if found is None and kind.required:
        raise Unfit(Fault(value.column, "REQUIRED", f"The {kind.name} is empty."))
    if found is None or kind.name == OBSERVED:
        return found
    checked = validate(owner, {kind.name: found}, creating=False)
    if isinstance(checked, list):
        raise Unfit(
            *(
                Fault(value.column, problem.code, f"The {kind.name} {problem.message}.")
                for problem in checked
            )
        )
    stored = checked[kind.name]
    return tuple(cast("list[str]", stored)) if isinstance(stored, list) else stored
