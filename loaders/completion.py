"""Completed responses: a function per operation, generated once, from rows to JSON-ready dicts.

The strict function raises `Doubt` at anything the GraphQL specification would turn into an error: a
null in a non-null field, a value that is not of its scalar. The operation is then completed by
graphql-core from the same rows, brought into dicts by response key by the lenient function, so that
errors, paths and null propagation are exactly the specification's.
"""

from binascii import b2a_base64
from collections.abc import Callable
from dataclasses import dataclass
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

# Prices and quantities repeat, and so do products and those who are asked about most; a look-up is
# a tenth of the work.
AMOUNTS_KEPT = 65_536
IDS_KEPT = 32_768
# A list in so many lists gets a function of its own: Python nests 20 loops at most.
DEEPEST_LOOP = 8

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Doubt(Exception):
    """A value that compiled completion leaves to graphql-core."""


class Tagged(dict[str, Any]):
    """An object by response key that knows its concrete type, for graphql-core."""

    __slots__ = ("typename",)
    typename: str


@lru_cache(IDS_KEPT)
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the generated code something is read.

    Attributes:
        row: The variable that holds the row.
        page: What the variables of its connection end in, if it is one.
        loops: How many loops it stands in.
    """

    row: str = "r"
    page: str = ""
    loops: int = 0


class _Generator:
    """Writes the functions of one operation."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.lines: list[str] = []
        self.count = 0
        self.names: dict[str, Any] = {
            "Doubt": Doubt, "Tagged": Tagged, "global_id": global_id, "strings": strings,
            "decimal_amount": decimal_amount, "floating": floating, "encode_cursor": encode_cursor,
            "field_value": field_value, "decimal": _decimal,
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
        body, made = self._members(fields, _Place())
        self.lines.append(f"def {name}(r, p):")
        self.lines += [f"    {line}" for line in body]
        if self.strict:
            self.lines.append(f"    return {made}")
        else:
            self.lines += [f"    o = {made}", f"    o.typename = {fields.type!r}", "    return o"]
        return name

    def _members(self, fields: Fields, place: _Place) -> tuple[list[str], str]:
        """Lines that complete the fields of an object, and the expression that is the object."""
        body, items = list[str](), list[str]()
        for entry in fields.entries:
            variable = self.fresh("v")
            body += self.entry(entry, variable, place)
            items.append(f"{entry.key!r}: {variable}")
        made = "{" + ", ".join(items) + "}"
        return body, made if self.strict else f"Tagged({made})"

    def _one(self, fields: Fields, v: str, place: _Place) -> list[str]:
        """Lines that turn the row in a variable into an object of one type."""
        if not self.strict:
            return [f"{v} = {self.object(fields)}({v}, p)"]
        # A call for each of many small objects would cost as much as what it does.
        body, made = self._members(fields, _Place(v, loops=place.loops))
        return [*body, f"{v} = {made}"]

    def _many(self, fields: Fields, rows: str, v: str, place: _Place) -> list[str]:
        """Lines that make a list of objects of one type."""
        if not self.strict or place.loops >= DEEPEST_LOOP:
            return [f"{v} = [{self.object(fields)}(x, p) for x in {rows}]"]
        row, made = self.fresh("x"), self.fresh("l")
        body, item = self._members(fields, _Place(row, loops=place.loops + 1))
        lines = [*body, f"{made}.append({item})"]
        loop = [f"for {row} in {rows}:", *(f"    {line}" for line in lines)]
        return [f"{made} = []", *loop, f"{v} = {made}"]

    def entry(self, entry: Entry, v: str, place: _Place) -> list[str]:
        """Lines that set variable `v` to the completed value of an entry of a row."""
        shape = entry.shape
        direct = self._direct(shape, v, place)
        if direct is not None:
            return direct
        read, then = self._read(shape, v, place)
        lines = [f"{v} = {read}"]
        if not then:
            return lines
        if entry.required and self.strict:
            return [*lines, f"if {v} is None: raise Doubt", *then]
        return [*lines, f"if {v} is not None:", *(f"    {line}" for line in then)]

    def _direct(self, shape: Shape, v: str, place: _Place) -> list[str] | None:
        """Shapes whose value is never null, or that read more than one slot."""
        r = place.row
        match shape:
            case Typename(name):
                return [f"{v} = {name!r}"]
            case Cursor():
                return [f"{v} = {self._cursor(shape, r)}"]
            case Page():
                return self._page(shape, v, place)
            case Edges(fields):
                return self._many(fields, f"rows{place.page}", v, place)
            case Info():
                return self._info(shape, v, place)
            case Count(slot):
                return [f"{v} = {r}[{slot}]"]
            case Facets(slot, fields):
                return self._many(fields, f"{r}[{slot}]", v, place)
            case Lookup():
                return self._lookup(shape, v, place)
            case _:
                return None

    def _read(self, shape: Shape, v: str, place: _Place) -> tuple[str, list[str]]:
        """How to read a value, and the lines that complete it when it is not null."""
        r = place.row
        match shape:
            case Scalar(slot, type_, many):
                return f"{r}[{slot}]", self._scalar(v, type_, many=many)
            case FromMap(name, type_, many):
                return f"{r}.get({name!r})", self._scalar(v, type_, many=many)
            case EnumName(slot, names):
                if not self.strict:
                    return f"{r}[{slot!r}]", []
                return f"{r}[{slot!r}]", [f"if {v} not in {self.bind(names)}: raise Doubt"]
            case Id(slot, type_):
                return f"{r}[{slot}]", [f"{v} = global_id({type_ + ':'!r}, {v})"]
            case AnyId(slot):
                return f"{r}[{slot}]", [f"{v} = global_id('', {v})"]
            case Listed(slot, cases, tagged):
                return f"{r}[{slot}]", self._rows(cases, v, place, tagged=tagged)
            case FieldValueOf(slot):
                return f"{r}[{slot}]", [f"{v} = field_value({v})"]
            case MoneyOf(slot, keys):
                return f"{r}[{slot!r}]", self._money(v, keys)
            case ValuesOf(slot, fields, many):
                then = self._many(fields, v, v, place) if many else self._one(fields, v, place)
                return f"{r}[{slot}]", then
            case Object(slot, cases, tagged):
                if not tagged:
                    return f"{r}[{slot}]", self._one(cases[0], v, place)
                return f"{r}[{slot}]", [f"{v} = {self._tagged(cases)}({v}, p)"]
            case _:
                raise TypeError(type(shape).__name__)

    def _rows(self, cases: tuple[Fields, ...], v: str, place: _Place, *, tagged: bool) -> list[str]:
        if not tagged:
            return self._many(cases[0], v, v, place)
        return [f"{v} = [{self._tagged(cases)}(x, p) for x in {v}]"]

    def _scalar(self, v: str, type_: str, *, many: bool) -> list[str]:
        if not self.strict:
            return []
        if many:
            return [f"{v} = strings({v})"]
        if type_ == "Float":
            doubt = f"type({v}) is not float or {v} - {v} != 0.0"
            return [f"if {doubt}: {v} = floating({v})"]
        guard = _GUARDS.get(type_)
        return [f"if {guard.format(v=v)}: raise Doubt"] if guard else ["raise Doubt"]

    def _money(self, v: str, keys: tuple[tuple[str, str], ...]) -> list[str]:
        # In strict code the currency is known to be there.
        amount = f"decimal({v}[0], {v}[1])" if self.strict else f"decimal_amount({v})"
        parts = {"amount": amount, "currency": f"{v}[1]", "__typename": "'Money'"}
        items = ", ".join(f"{key!r}: {parts[name]}" for key, name in keys)
        guard = [f"if type({v}[1]) is not str: raise Doubt"] if self.strict else []
        return [*guard, f"{v} = {{{items}}}"]

    def _tagged(self, cases: tuple[Fields, ...]) -> str:
        """Write a function that completes a row of one of several types; return its name."""
        functions = {fields.type: self.object(fields) for fields in cases}
        name = self.fresh("row")
        table = ", ".join(f"{type_!r}: {function}" for type_, function in functions.items())
        self.lines += [
            f"{name}_types = {{{table}}}",
            f"def {name}(r, p): return {name}_types[r[0]](r, p)",
        ]
        return name

    def _page(self, page: Page, v: str, place: _Place) -> list[str]:
        """A connection: its parent's row holds rows and count."""
        own = self.fresh("_")
        lines: list[str] = []
        if page.rows is not None:
            lines += [
                f"rows{own} = {place.row}[{page.rows}]",
                f"size = p[{page.limit!r}] - 1",
                f"more = len(rows{own}) > size",
                f"if more: rows{own} = rows{own}[:size]",
            ]
            if page.backward:
                lines.append(f"rows{own} = rows{own}[::-1]")
            ahead, behind = ("more", page.after) if not page.backward else (page.before, "more")
            lines += [f"ahead{own} = {ahead}", f"behind{own} = {behind}"]
        body, made = self._members(page.fields, _Place(place.row, own, place.loops))
        lines += [*body, f"{v} = {made}"]
        return lines if self.strict else [*lines, f"{v}.typename = {page.fields.type!r}"]

    def _info(self, info: Info, v: str, place: _Place) -> list[str]:
        own = place.page
        parts = {
            "hasNextPage": f"ahead{own}",
            "hasPreviousPage": f"behind{own}",
            "__typename": "'PageInfo'",
        }
        if info.cursor is not None:
            for field, at in (("startCursor", "0"), ("endCursor", "-1")):
                cursor = self._cursor(info.cursor, f"rows{own}[{at}]")
                parts[field] = f"{cursor} if rows{own} else None"
        items = ", ".join(f"{key!r}: {parts[name]}" for key, name in info.keys)
        return [f"{v} = {{{items}}}"]

    def _cursor(self, cursor: Cursor, row: str) -> str:
        values = ", ".join(f"{row}[{slot}]" for slot in (*cursor.terms, cursor.id))
        return f"encode_cursor(p[{cursor.seal!r}], [{values}])"

    def _lookup(self, lookup: Lookup, v: str, place: _Place) -> list[str]:
        lines = [f"{v} = {{}}"]
        for part in lookup.parts:
            function = self._tagged(part.cases) if part.tagged else self.object(part.cases[0])
            type_ = part.cases[0].type
            rows = f"{place.row}[{part.slot}]"
            lines.append(f"{v}.update((({type_!r}, i), {function}(x, p)) for i, x in {rows})")
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
    body = generator.entry(entry, "v", _Place())
    source = "\n".join(
        [*generator.lines, "def complete(r, p):", *(f"    {line}" for line in body), "    return v"]
    )
    # Generated from shapes alone: every name in it is ours, every key passed through repr().
    exec(compile(source, "<completion>", "exec"), generator.names)  # noqa: S102
    return generator.names["complete"]
