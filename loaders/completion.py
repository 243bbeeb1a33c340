"""Completed responses: a function per operation, generated once, from rows to JSON-ready dicts.

The strict function raises `Doubt` at anything the GraphQL specification would turn into an error: a
null in a non-null field, a value that is not of its scalar. The operation is then completed by
graphql-core from the same rows, brought into dicts by response key by the lenient function, so that
errors, paths and null propagation are exactly the specification's.
"""

from binascii import b2a_base64
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, cast

from babel.core import get_global

from loaders.ids import encode_cursor
from loaders.shapes import (
    AnyId,
    Count,
    Cursor,
    Edges,
    Entry,
    EnumName,
    Facets,
    Fields,
    FieldValueOf,
    FromMap,
    Id,
    Info,
    Listed,
    Lookup,
    MoneyOf,
    Object,
    Page,
    Scalar,
    Shape,
    Typename,
    ValuesOf,
)

Complete = Callable[[Any, dict[str, Any]], Any]

# Prices and quantities repeat; a look-up is a tenth of the work.
AMOUNTS_KEPT = 65_536

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Doubt(Exception):
    """A value that compiled completion leaves to graphql-core."""


class Tagged(dict[str, Any]):
    """An object by response key that knows its concrete type, for graphql-core."""

    __slots__ = ("typename",)
    typename: str


def global_id(prefix: str, value: Any) -> str:
    """The global id of a stored id; `prefix` is the type's name and a colon."""
    encoded = b2a_base64((prefix + value).encode(), newline=False)
    return encoded.translate(_URL_SAFE, b"=").decode()


@cache
def exponent(currency: str) -> int:
    """Decimal places of a currency (ISO 4217, as the CLDR has it)."""
    fractions = get_global("currency_fractions")
    return fractions.get(currency, fractions["DEFAULT"])[0]


def decimal_amount(value: Any) -> str | None:
    """The amount of [minor units, currency] as a decimal number; None without a currency."""
    minor, currency = value
    return None if currency is None else _decimal(minor, currency)


@lru_cache(AMOUNTS_KEPT)
def _decimal(minor: Any, currency: str) -> str:
    places = exponent(currency)
    if type(minor) is not int:
        raise Doubt
    if places == 0:
        return str(minor)
    # By hand, since Decimal takes three times as long.
    whole, part = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{places}d}"


def field_value(value: Any) -> Any:
    """A value as JSON has it, an amount as an object; `value` is the value and its currency."""
    found, currency = value
    if currency is None:
        return found
    return {"amount": decimal_amount(value), "currency": currency}


def strings(value: Any) -> list[str]:
    """A list of strings, or doubt."""
    if type(value) is not list:
        raise Doubt
    found = cast("list[Any]", value)
    if not all(type(each) is str for each in found):
        raise Doubt
    return found


def floating(value: Any) -> float:
    """A finite float, or doubt; Neo4j returns whole floats as floats, sums maybe as integers."""
    if type(value) is int:
        return float(value)
    if type(value) is not float or value - value != 0.0:
        raise Doubt
    return value


_GUARDS = {
    "String": "type({v}) is not str",
    "ID": "type({v}) is not str",
    "DateTime": "type({v}) is not str",
    "Date": "type({v}) is not str",
    "Boolean": "type({v}) is not bool",
    "SimpleValue": "type({v}) not in (str, int, float, bool)",
    "Int": "type({v}) is not int or not -2147483648 <= {v} <= 2147483647",
}


class _Generator:
    """Writes the functions of one operation."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.lines: list[str] = []
        self.count = 0
        self.names: dict[str, Any] = {
            "Doubt": Doubt, "Tagged": Tagged, "global_id": global_id, "strings": strings,
            "decimal_amount": decimal_amount, "floating": floating, "encode_cursor": encode_cursor,
            "field_value": field_value,
        }  # fmt: skip

    def fresh(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def bind(self, value: Any) -> str:
        name = self.fresh("k")
        self.names[name] = value
        return name

    def object(self, fields: Fields) -> str:
        """Write a function from a row to an object; return its name."""
        name = self.fresh("object")
        body, items = list[str](), list[str]()
        for entry in fields.entries:
            variable = self.fresh("v")
            body += self.entry(entry, variable)
            items.append(f"{entry.key!r}: {variable}")
        self._define(name, body, fields.type, items)
        return name

    def _define(self, name: str, body: list[str], type_: str, items: list[str]) -> None:
        made = "{" + ", ".join(items) + "}"
        self.lines.append(f"def {name}(r, p):")
        self.lines += [f"    {line}" for line in body]
        if self.strict:
            self.lines.append(f"    return {made}")
        else:
            self.lines += [f"    o = Tagged({made})", f"    o.typename = {type_!r}", "    return o"]

    def entry(self, entry: Entry, v: str) -> list[str]:
        """Lines that set variable `v` to the completed value of an entry of row `r`."""
        shape = entry.shape
        direct = self._direct(shape, v)
        if direct is not None:
            return direct
        read, then = self._read(shape, v)
        lines = [f"{v} = {read}"]
        if not then:
            return lines
        if entry.required and self.strict:
            return [*lines, f"if {v} is None: raise Doubt", *then]
        return [*lines, f"if {v} is not None:", *(f"    {line}" for line in then)]

    def _direct(self, shape: Shape, v: str) -> list[str] | None:
        """Shapes whose value is never null, or that read more than one slot."""
        match shape:
            case Typename(name):
                return [f"{v} = {name!r}"]
            case Cursor():
                return [f"{v} = {self._cursor(shape, 'r')}"]
            case Page():
                return self._page(shape, v)
            case Edges(fields):
                return [f"{v} = [{self.object(fields)}(x, p) for x in rows]"]
            case Info():
                return self._info(shape, v)
            case Count(slot):
                return [f"{v} = r[{slot}]"]
            case Facets(slot, fields):
                return [f"{v} = [{self.object(fields)}(x, p) for x in r[{slot}]]"]
            case Lookup():
                return self._lookup(shape, v)
            case _:
                return None

    def _read(self, shape: Shape, v: str) -> tuple[str, list[str]]:
        """How to read a value, and the lines that complete it when it is not null."""
        match shape:
            case Scalar(slot, type_, many):
                return f"r[{slot}]", self._scalar(v, type_, many=many)
            case FromMap(name, type_, many):
                return f"r.get({name!r})", self._scalar(v, type_, many=many)
            case EnumName(slot, names):
                if not self.strict:
                    return f"r[{slot!r}]", []
                return f"r[{slot!r}]", [f"if {v} not in {self.bind(names)}: raise Doubt"]
            case Id(slot, type_):
                return f"r[{slot}]", [f"{v} = global_id({type_ + ':'!r}, {v})"]
            case AnyId(slot):
                return f"r[{slot}]", [f"{v} = global_id('', {v})"]
            case Listed(slot, cases, tagged):
                row = self._row(cases, tagged=tagged)
                return f"r[{slot}]", [f"{v} = [{row}(x, p) for x in {v}]"]
            case FieldValueOf(slot):
                return f"r[{slot}]", [f"{v} = field_value({v})"]
            case MoneyOf(slot, keys):
                return f"r[{slot!r}]", self._money(v, keys)
            case ValuesOf(slot, fields, many):
                name = self.object(fields)
                made = f"[{name}(x, p) for x in {v}]" if many else f"{name}({v}, p)"
                return f"r[{slot}]", [f"{v} = {made}"]
            case Object(slot, cases, tagged):
                return f"r[{slot}]", [f"{v} = {self._row(cases, tagged=tagged)}({v}, p)"]
            case _:
                raise TypeError(type(shape).__name__)

    def _scalar(self, v: str, type_: str, *, many: bool) -> list[str]:
        if not self.strict:
            return []
        if many:
            return [f"{v} = strings({v})"]
        if type_ == "Float":
            return [f"{v} = floating({v})"]
        guard = _GUARDS.get(type_)
        return [f"if {guard.format(v=v)}: raise Doubt"] if guard else ["raise Doubt"]

    def _money(self, v: str, keys: tuple[tuple[str, str], ...]) -> list[str]:
        parts = {"amount": f"decimal_amount({v})", "currency": f"{v}[1]", "__typename": "'Money'"}
        items = ", ".join(f"{key!r}: {parts[name]}" for key, name in keys)
        guard = [f"if type({v}[1]) is not str: raise Doubt"] if self.strict else []
        return [*guard, f"{v} = {{{items}}}"]

    def _row(self, cases: tuple[Fields, ...], *, tagged: bool) -> str:
        """Write a function that completes a row of one of several types; return its name."""
        functions = {fields.type: self.object(fields) for fields in cases}
        if not tagged:
            return functions[cases[0].type]
        name = self.fresh("row")
        table = ", ".join(f"{type_!r}: {function}" for type_, function in functions.items())
        self.lines += [
            f"{name}_types = {{{table}}}",
            f"def {name}(r, p): return {name}_types[r[0]](r, p)",
        ]
        return name

    def _page(self, page: Page, v: str) -> list[str]:
        """A connection: a function of the parent's row, which holds rows and count."""
        name, body = self.fresh("page"), list[str]()
        if page.rows is not None:
            body += [
                f"rows = r[{page.rows}]",
                f"size = p[{page.limit!r}] - 1",
                "more = len(rows) > size",
                "if more: rows = rows[:size]",
            ]
            if page.backward:
                body.append("rows = rows[::-1]")
            ahead, behind = ("more", page.after) if not page.backward else (page.before, "more")
            body += [f"ahead = {ahead}", f"behind = {behind}"]
        items: list[str] = []
        for entry in page.fields.entries:
            variable = self.fresh("v")
            body += self.entry(entry, variable)
            items.append(f"{entry.key!r}: {variable}")
        self._define(name, body, page.fields.type, items)
        return [f"{v} = {name}(r, p)"]

    def _info(self, info: Info, v: str) -> list[str]:
        parts = {"hasNextPage": "ahead", "hasPreviousPage": "behind", "__typename": "'PageInfo'"}
        if info.cursor is not None:
            for field, at in (("startCursor", "0"), ("endCursor", "-1")):
                parts[field] = f"{self._cursor(info.cursor, f'rows[{at}]')} if rows else None"
        items = ", ".join(f"{key!r}: {parts[name]}" for key, name in info.keys)
        return [f"{v} = {{{items}}}"]

    def _cursor(self, cursor: Cursor, row: str) -> str:
        values = ", ".join(f"{row}[{slot}]" for slot in (*cursor.terms, cursor.id))
        return f"encode_cursor(p[{cursor.seal!r}], [{values}])"

    def _lookup(self, lookup: Lookup, v: str) -> list[str]:
        lines = [f"{v} = {{}}"]
        for part in lookup.parts:
            function = self._row(part.cases, tagged=part.tagged)
            type_ = part.cases[0].type
            lines.append(
                f"{v}.update((({type_!r}, i), {function}(x, p)) for i, x in r[{part.slot}])"
            )
        lines.append(f"{v} = [{v}.get((t, i)) for t, i in p[{lookup.ids!r}]]")
        return lines


def generate(entry: Entry, *, strict: bool) -> Complete:
    """The function that completes one root field from its row and its parameters.

    Args:
        entry: The root field; its shape reads the slots of the statement's row.
        strict: Raise `Doubt` where graphql-core would find an error; otherwise bring the row into
            dicts by response key and leave the judgement to graphql-core.
    """
    generator = _Generator(strict=strict)
    body = generator.entry(entry, "v")
    source = "\n".join(
        [*generator.lines, "def complete(r, p):", *(f"    {line}" for line in body), "    return v"]
    )
    # Generated from shapes alone: every name in it is ours, every key passed through repr().
    exec(compile(source, "<completion>", "exec"), generator.names)  # noqa: S102
    return generator.names["complete"]
