"""`metrics`: a root field that counts and sums groups of nodes."""

from dataclasses import dataclass
from functools import partial
from typing import Any, LiteralString, cast

import strawberry
from graphql import FieldNode, GraphQLField, GraphQLObjectType
from graphql.execution.values import VariableValues

from graph.statements import Kind, Statement
from loaders.arguments import Argument, Bindings, Path, arguments, plain
from loaders.compiler import Compiler
from loaders.completion import exponent
from loaders.connections import Deferred, argument
from loaders.declare import GraphField
from loaders.errors import BadRequest, Code
from loaders.filters import compile_filter
from loaders.marking import seen
from loaders.measuring import (
    DATES,
    MAX_DIMENSIONS,
    MAX_GROUPS,
    MAX_MEASURES,
    NUMBERS,
    dimensions_of,
    entities_input,
    entity_name,
    measures_of,
    truncated,
)
from loaders.members import Operand, possible_types
from loaders.moments import AS_OF
from loaders.reaching import first
from loaders.registry import REGISTRY, Money
from loaders.roots import Root
from loaders.schema import object_type
from loaders.shapes import Entry, Fields, Listed, MoneyOf, Scalar, Shape, Typename
from loaders.sorting import SortField, column_text
from loaders.sources import Explored
from loaders.text import Scope, Slots, quoted, tag

_SCOPE = Scope(1)
_COMPARISONS: dict[str, LiteralString] = {
    "eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="
}  # fmt: skip


@strawberry.type(description="What the nodes of a group have in common.")
class MetricKey:
    """What the nodes of a group have in common."""

    field: str = strawberry.field(description="The field as it was asked.")
    value: str | None = strawberry.field(
        description="Its value as text, of a period its first day; null for nodes without one."
    )


@strawberry.type(description="One measure of a group: one of these, or none when there is none.")
class MetricValue:
    """One measure of a group."""

    number: float | None = strawberry.field(description="A count, or made of numbers.")
    money: Money | None = strawberry.field(description="Made of amounts, all in one currency.")
    date: str | None = strawberry.field(description="The least or greatest day or time.")


@strawberry.type(description="Nodes with the same keys, and what was measured of them.")
class MetricGroup:
    """Nodes with the same keys, and what was measured of them."""

    keys: list[MetricKey] = strawberry.field(description="In the order of `groupBy`.")
    values: list[MetricValue] = strawberry.field(description="In the order of `measures`.")
    currency: str | None = strawberry.field(
        description="Currency of the group's amounts; null when none is measured or it has none."
    )


@dataclass(frozen=True, slots=True)
class _Measure:
    """One measure in Cypher; `operand` is what it was made of, INT for a count."""

    text: LiteralString
    operand: Operand


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of one kind of node.

    Attributes:
        target: Its type.
        argument: The argument that holds the question.
        path: The way from it to the question.
        now: The question as it is now: only its structure counts.
    """

    target: str
    argument: Argument
    path: Path
    now: dict[str, Any]

    def part(self, *path: str | int) -> Argument:
        """A part of the question as an argument of its own."""
        whole = (*self.path, *path)
        evaluate = self.argument.part(whole)
        now: Any = self.argument.now
        for each in whole:
            now = now[each] if not isinstance(each, str) or each in now else None
        return Argument(f"{self.argument.identity} {whole}", evaluate, now)

    def parameter(self, bindings: Bindings, path: Path, read: Any) -> LiteralString:
        """The parameter made of a part of the question."""
        part = self.part(*path)
        identity = (part.identity, read.__name__)
        return "$" + bindings.add(identity, lambda values: read(part.evaluate(values)))


def metrics(description: str, entities: tuple[str, ...]) -> Any:
    """Declare the root field that measures groups of nodes of these types."""
    field = GraphField(description=description)
    field.source = Explored(partial(_compile, entities))
    field.lazy_type = lambda: list[MetricGroup]
    field.arguments = [
        argument(
            "entity",
            Deferred(lambda: entities_input(entities)),
            "Of what kind, which of them, grouped by what, and what is measured.",
        ),
        argument("first", int, f"How many groups, 1 to {MAX_GROUPS}.", 100),
        AS_OF,
    ]
    return field


def _compile(
    entities: tuple[str, ...],
    compiler: Compiler,
    definition: GraphQLField,
    key: str,
    nodes: list[FieldNode],
) -> Root:
    given, bindings = arguments(definition, nodes[0], compiler.variables), compiler.bindings
    ((name, now),) = given["entity"].now.items()
    target = next(each for each in entities if entity_name(each) == name)
    asked = _Asked(target, given["entity"], (name,), now)
    size = given["first"]
    limit = bindings.add((size.identity, "groups"), partial(_groups, size), fixed=True)
    dimensions, keys = _dimensions(asked)
    measures = _measures(asked, bindings)
    in_money = any(each.operand is Operand.MONEY for each in measures)
    if in_money:
        keys.append(_SCOPE.node + ".currency")
    row, fields = _row(compiler, object_type(definition), nodes, dimensions, measures)
    having = _having(asked, measures, bindings)
    texts: list[LiteralString] = [each.text for each in measures]
    text: LiteralString = (
        f"RETURN [COLLECT {{ {_matched(asked, bindings)} "
        f"WITH {_SCOPE.node}, [{', '.join(keys)}] AS keys "
        f"WITH keys, [{', '.join(texts)}] AS measures{having} "
        f"ORDER BY {_order(asked, measures, bindings)}keys LIMIT ${limit} "
        f"RETURN {row} }}] AS answer"
    )
    entry = Entry(key, Listed(0, (fields,), False, limit), required=True)
    return Root(key, Statement("query.metrics", Kind.READ, text), bindings, entry, [[]])


def _groups(size: Argument, values: VariableValues) -> int:
    found = size.evaluate(values)
    if not 1 <= found <= MAX_GROUPS:
        raise BadRequest(Code.INVALID_ARGUMENT, f"`first` is a number from 1 to {MAX_GROUPS}.")
    return found


def _matched(asked: _Asked, bindings: Bindings) -> LiteralString:
    label = REGISTRY.kinds[asked.target].label
    sees = seen(asked.target, _SCOPE)
    text: LiteralString = f"«FROM {label} {_SCOPE.node}» WHERE {sees}"
    if asked.now.get("filter") is None:
        return text
    part = asked.part("filter")
    condition = compile_filter(part, part.identity, asked.target, _SCOPE, bindings)
    return f"{text} AND {condition}"


def _dimensions(asked: _Asked) -> tuple[list[str], list[LiteralString]]:
    """The names and texts of what nodes are grouped by."""
    wanted: list[dict[str, Any]] = asked.now.get("groupBy") or []
    if len(wanted) > MAX_DIMENSIONS:
        raise BadRequest(Code.INVALID_ARGUMENT, f"Group by at most {MAX_DIMENSIONS} fields.")
    names: list[str] = []
    texts: list[LiteralString] = []
    for each in wanted:
        name, period = cast("str", plain(each["field"])), plain(each.get("by"))
        field = dimensions_of(asked.target)[name]
        if period is not None and (field is None or field.column.operand not in DATES):
            raise BadRequest(Code.INVALID_ARGUMENT, f"{name} is no date; leave `by` out.")
        text = _dimension(field, asked.target)
        names.append(name)
        texts.append(truncated(text, period) if period else text)
    return names, texts


def _dimension(field: SortField | None, target: str) -> LiteralString:
    if field is None:
        return tag(possible_types(target), _SCOPE.node)
    if field.through is None:
        text = column_text(field.column, _SCOPE)
    else:
        far = _SCOPE.child()
        column = column_text(field.column, far)
        text = (
            f"head(COLLECT {{ {first(field.through, _SCOPE, far, *field.way)} RETURN {column} }})"
        )
    if field.column.operand in {Operand.BOOLEAN, Operand.INT}:
        return f"toString({text})"
    return text


def _measures(asked: _Asked, bindings: Bindings) -> list[_Measure]:
    wanted: list[dict[str, Any]] = asked.now["measures"]
    if not 1 <= len(wanted) <= MAX_MEASURES:
        raise BadRequest(Code.INVALID_ARGUMENT, f"Ask for 1 to {MAX_MEASURES} measures.")
    return [_measure(asked, number, each, bindings) for number, each in enumerate(wanted)]


def _measure(asked: _Asked, number: int, wanted: dict[str, Any], bindings: Bindings) -> _Measure:
    function, name = plain(wanted["function"]), plain(wanted.get("field"))
    if function == "COUNT" and name is None:
        return _Measure("count(*)", Operand.INT)
    if name is None:
        raise BadRequest(Code.INVALID_ARGUMENT, f"{function} needs a `field`.")
    column = measures_of(asked.target)[name]
    text = column_text(column, _SCOPE)
    if function == "COUNT":
        return _Measure(f"count({text})", Operand.INT)
    if function in {"SUM", "AVG", "PERCENTILE"} and column.operand not in NUMBERS:
        raise BadRequest(Code.INVALID_ARGUMENT, f"{name} is a date: only COUNT, MIN and MAX fit.")
    if function == "PERCENTILE":
        if wanted.get("percent") is None:
            raise BadRequest(Code.INVALID_ARGUMENT, "PERCENTILE needs `percent`.")
        share = asked.parameter(bindings, ("measures", number, "percent"), _share)
        made: LiteralString = f"percentileCont({text}, {share})"
    else:
        made = _FUNCTIONS[function] + "(" + text + ")"
    if column.operand is Operand.MONEY:
        made = f"toInteger(round({made}))"
    return _Measure(made, column.operand)


_FUNCTIONS: dict[str, LiteralString] = {"SUM": "sum", "AVG": "avg", "MIN": "min", "MAX": "max"}


def _share(percent: float) -> float:
    if not 0 <= percent <= 100:
        raise BadRequest(Code.INVALID_ARGUMENT, "`percent` is a number from 0 to 100.")
    return percent / 100


def _having(asked: _Asked, measures: list[_Measure], bindings: Bindings) -> LiteralString:
    conditions: list[LiteralString] = []
    for number, each in enumerate(asked.now.get("having") or []):
        path: Path = ("having", number)
        measured: LiteralString = (
            f"measures[{_position(asked, path, measures, bindings, 'currency' in each)}]"
        )
        given = [name for name in _COMPARISONS if each.get(name) is not None]
        if not given:
            raise BadRequest(Code.INVALID_ARGUMENT, "`having` needs a comparison.")
        for name in given:
            value = asked.parameter(bindings, (*path, name), float)
            if each.get("currency") is not None:
                scale = asked.parameter(bindings, (*path, "currency"), _scale)
                value = value + " * " + scale
            conditions.append(f"{measured} {_COMPARISONS[name]} {value}")
        if each.get("currency") is not None:
            code = asked.parameter(bindings, (*path, "currency"), str)
            conditions.append(f"keys[-1] = {code}")
    return " WHERE " + " AND ".join(conditions) if conditions else ""


def _scale(currency: str) -> int:
    return 10 ** exponent(currency)


def _position(
    asked: _Asked,
    path: Path,
    measures: list[_Measure],
    bindings: Bindings,
    in_currency: bool | None = None,
) -> LiteralString:
    """The parameter that says which measure is meant; `in_currency` if it is to be compared."""

    def read(position: int) -> int:
        if not 0 <= position < len(measures):
            text = f"There is no measure {position}; they count from 0."
            raise BadRequest(Code.INVALID_ARGUMENT, text)
        operand = measures[position].operand
        if in_currency is None:
            return position
        if operand in DATES:
            raise BadRequest(Code.INVALID_ARGUMENT, "`having` compares numbers and amounts only.")
        if (operand is Operand.MONEY) is not in_currency:
            text = "`having` names a `currency` for an amount, and for nothing else."
            raise BadRequest(Code.INVALID_ARGUMENT, text)
        return position

    return asked.parameter(bindings, (*path, "measure"), read)


def _order(asked: _Asked, measures: list[_Measure], bindings: Bindings) -> LiteralString:
    order: dict[str, Any] | None = asked.now.get("orderBy")
    if order is None:
        return ""
    measured: LiteralString = f"measures[{_position(asked, ('orderBy',), measures, bindings)}]"
    descending: LiteralString = " DESC" if plain(order["direction"]) == "DESC" else ""
    return f"{measured} IS NULL, {measured}{descending}, "


def _row(
    compiler: Compiler,
    type_: GraphQLObjectType,
    nodes: list[FieldNode],
    names: list[str],
    measures: list[_Measure],
) -> tuple[LiteralString, Fields]:
    slots, entries, selector = Slots(), list[Entry](), compiler.selector
    in_money = any(each.operand is Operand.MONEY for each in measures)
    for key, each in selector.fields(type_, selector.below(nodes)).items():
        inner = type_.fields.get(each[0].name.value)
        match each[0].name.value:
            case "keys" if inner:
                pairs = [f"[{quoted(name)}, keys[{at:d}]]" for at, name in enumerate(names)]
                slot = slots.add(cast("LiteralString", "[" + ", ".join(pairs) + "]"))
                shape: Shape = Listed(slot, (_pair(compiler, inner, each),), False, 1)
            case "values" if inner:
                slot = slots.add("[" + ", ".join(_values(measures)) + "]")
                shape = Listed(slot, (_value(compiler, inner, each),), False, 1)
            case "currency":
                shape = Scalar(slots.add("keys[-1]" if in_money else "null"), "String")
            case _:
                shape = Typename(type_.name)
        entries.append(Entry(key, shape, required=not isinstance(shape, Scalar)))
    return slots.text(), Fields(type_.name, tuple(entries))


def _values(measures: list[_Measure]) -> list[LiteralString]:
    """Each measure as [number, [minor units, currency], date], two of them null."""
    found: list[LiteralString] = []
    for number, each in enumerate(measures):
        text: LiteralString = cast("LiteralString", f"measures[{number:d}]")
        if each.operand is Operand.MONEY:
            amount: LiteralString = f"{text} IS NOT NULL AND keys[-1] IS NOT NULL"
            found.append(f"[null, CASE WHEN {amount} THEN [{text}, keys[-1]] END, null]")
        elif each.operand in DATES:
            found.append(f"[null, null, {text}]")
        else:
            found.append(f"[toFloat({text}), null, null]")
    return found


def _pair(compiler: Compiler, definition: GraphQLField, nodes: list[FieldNode]) -> Fields:
    type_, selector = object_type(definition), compiler.selector
    entries: list[Entry] = []
    for key, each in selector.fields(type_, selector.below(nodes)).items():
        match each[0].name.value:
            case "field":
                entries.append(Entry(key, Scalar(0, "String"), required=True))
            case "value":
                entries.append(Entry(key, Scalar(1, "String"), required=False))
            case _:
                entries.append(Entry(key, Typename(type_.name), required=True))
    return Fields(type_.name, tuple(entries))


def _value(compiler: Compiler, definition: GraphQLField, nodes: list[FieldNode]) -> Fields:
    type_, selector = object_type(definition), compiler.selector
    entries: list[Entry] = []
    for key, each in selector.fields(type_, selector.below(nodes)).items():
        match each[0].name.value:
            case "number":
                shape: Shape = Scalar(0, "Float")
            case "money":
                money = object_type(type_.fields["money"])
                below = selector.fields(money, selector.below(each))
                shape = MoneyOf(1, tuple((k, n[0].name.value) for k, n in below.items()))
            case "date":
                shape = Scalar(2, "String")
            case _:
                shape = Typename(type_.name)
        entries.append(Entry(key, shape, required=isinstance(shape, Typename)))
    return Fields(type_.name, tuple(entries))
