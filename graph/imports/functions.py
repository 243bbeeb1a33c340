"""The named functions of a mapping: what can be done to the text of a cell.

A mapping writes `money(GBP)`; here stands what that means. A function is given a value that is
never None (an empty cell passes through every function untouched, except `default`), returns None
for "nothing", and raises `Unfit` with a sentence that holds no value.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale

from graph.imports.errors import Fault, Unfit
from graph.money import places

Value = str | int | float | bool | Decimal | tuple[str, ...] | None
Step = Callable[[Value], Value]

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_MAX_NUMBER = 40
_INT64 = 1 << 63
_CALL = re.compile(r"([a-z_]+)\s*(?:\((.*)\))?", re.DOTALL)
_TRUE = frozenset({"true", "yes", "y", "1"})
_FALSE = frozenset({"false", "no", "n", "0"})


def unfit(code: str, message: str) -> Unfit:
    """Return the exception for a value whose column the caller adds."""
    return Unfit(Fault(None, code, message))


def as_text(value: Value) -> str:
    """Return a value as plain text; a decimal without exponent or trailing zeros."""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def as_decimal(value: Value) -> Decimal:
    """Return a number exactly as it was written.

    Raises:
        Unfit: NOT_A_NUMBER, for anything but digits with a decimal point.
    """
    if isinstance(value, Decimal):
        return value
    text = as_text(value).strip()
    if len(text) > _MAX_NUMBER or not _NUMBER.fullmatch(text):
        raise unfit("NOT_A_NUMBER", "The value is not a number such as 12 or -3.45.")
    return Decimal(text)


def as_integer(value: Value) -> int:
    """Return a whole number of 64 bits.

    Raises:
        Unfit: NOT_A_NUMBER or NOT_WHOLE.
    """
    number = as_decimal(value)
    if number.adjusted() > 18 or number != number.to_integral_value():
        raise unfit("NOT_WHOLE", "The value is not a whole number.")
    return _int64(int(number))


def _int64(number: int) -> int:
    if not -_INT64 <= number < _INT64:
        raise unfit("TOO_LARGE", "The number does not fit into 64 bits.")
    return number


def multiply(values: list[Value]) -> Decimal:
    """Return the exact product of numbers.

    Raises:
        Unfit: NOT_A_NUMBER.
    """
    product = Decimal(1)
    for value in values:
        product *= as_decimal(value)
    return product


def as_boolean(value: Value) -> bool:
    """Return true for true, yes, y and 1, false for false, no, n and 0.

    Raises:
        Unfit: NOT_A_BOOLEAN.
    """
    word = as_text(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise unfit("NOT_A_BOOLEAN", "The value is none of true, yes, y, 1, false, no, n and 0.")


def _magnitude(value: Value) -> Value:
    return abs(as_decimal(value))


def _negate(value: Value) -> Value:
    return -as_decimal(value)


def _decimal(point: str = ".") -> Step:
    if point not in {".", ","}:
        raise ValueError("decimal takes . or , as the decimal point")
    group = "," if point == "." else "."

    def step(value: Value) -> Value:
        if isinstance(value, Decimal):
            return value
        text = as_text(value).replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
        if point == ",":
            text = text.replace(group, "").replace(",", ".")
        return as_decimal(text)

    return step


def _money(currency: str) -> Step:
    try:
        digits = places(currency)
    except ValueError as error:
        raise ValueError(f"{currency!r} is not an ISO 4217 currency") from error

    def step(value: Value) -> Value:
        amount = as_decimal(value).scaleb(digits)
        if amount.adjusted() > 18:
            raise unfit("TOO_LARGE", "The amount does not fit into 64 bits.")
        return _int64(int(amount.to_integral_value(ROUND_HALF_UP)))

    return step


def utc_text(moment: datetime) -> str:
    """Return an aware time as it is stored: UTC with milliseconds."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def _parsed(text: str, pattern: str | None) -> datetime:
    try:
        if pattern is None:
            return datetime.fromisoformat(text)
        return datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is the caller's
    except ValueError:
        how = "an ISO 8601 time" if pattern is None else f"a time written as {pattern}"
        raise unfit("NOT_A_TIME", f"The value is not {how}.") from None


@cache
def _zones() -> frozenset[str]:
    """Names of all time zones; finding them walks through hundreds of files."""
    return frozenset(available_timezones())


def _local_time(zone: str, pattern: str | None = None) -> Step:
    if zone not in _zones():
        raise ValueError(f"{zone!r} is not an IANA time zone")
    place = ZoneInfo(zone)

    @lru_cache(maxsize=8192)
    def convert(text: str) -> str:
        parsed = _parsed(text, pattern)
        if parsed.tzinfo is not None:
            return utc_text(parsed)
        # An hour that happens twice in autumn means the first; one skipped in spring never was.
        local = parsed.replace(tzinfo=place, fold=0)
        try:
            there = local.astimezone(UTC)
            if there.astimezone(place).replace(tzinfo=None) != parsed:
                raise unfit("NO_SUCH_TIME", f"The clocks of {zone} skipped this time.")
            return utc_text(there)
        except OverflowError:
            raise unfit("NOT_A_TIME", "The time lies outside the years 1 to 9999.") from None

    return lambda value: convert(as_text(value).strip())


def _date(pattern: str | None = None) -> Step:
    how = "a date such as 2026-11-22" if pattern is None else f"a date written as {pattern}"

    def step(value: Value) -> Value:
        text = as_text(value).strip()
        try:
            return _parsed(text, pattern).date().isoformat()
        except Unfit:
            raise unfit("NOT_A_DATE", f"The value is not {how}.") from None

    return step


def _excel_day() -> Step:
    def step(value: Value) -> Value:
        days = as_integer(value)
        if not 60 < days < 2_958_466:
            raise unfit("NOT_A_DATE", "The value is not the number of a day after 1900-02-29.")
        return (date(1899, 12, 30) + timedelta(days=days)).isoformat()

    return step


def _country() -> Step:
    names = Locale("en").territories
    known = {str(code): str(code) for code in names if re.fullmatch("[A-Z]{2}", str(code))}
    by_name = {str(names[code]).casefold(): code for code in known}

    def step(value: Value) -> Value:
        text = as_text(value).strip()
        found = known.get(text.upper()) or by_name.get(text.casefold())
        if found is None:
            message = "The value is neither an ISO 3166-1 code nor the English name of a country."
            raise unfit("NOT_A_COUNTRY", message)
        return found

    return step


def _split(separator: str = ",") -> Step:
    if not separator:
        raise ValueError("split needs a separator")

    def step(value: Value) -> Value:
        parts = value if isinstance(value, tuple) else as_text(value).split(separator)
        return tuple(part.strip() for part in parts if part.strip()) or None

    return step


def _replace(old: str, new: str = "") -> Step:
    if not old:
        raise ValueError("replace needs something to look for")
    return lambda value: as_text(value).replace(old, new)


def _domain() -> Step:
    def step(value: Value) -> Value:
        _, at, domain = as_text(value).strip().rpartition("@")
        if not at or not domain:
            raise unfit("NOT_AN_ADDRESS", "The value is not an e-mail address.")
        return domain.lower()

    return step


def _default(fallback: str) -> Step:
    return lambda value: fallback if value is None else value


def _null_if(*words: str) -> Step:
    nothing = frozenset(word.casefold() for word in words)
    if not nothing:
        raise ValueError("null_if needs at least one word")
    return lambda value: None if as_text(value).strip().casefold() in nothing else value


def _plain(step: Step) -> Callable[[], Step]:
    """Return the builder of a function that takes no arguments."""
    return lambda: step


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the mapping language, and what it does in a line of documentation."""

    build: Callable[..., Step]
    least: int
    most: int
    does: str


FUNCTIONS: dict[str, Function] = {
    "trim": Function(_plain(lambda v: as_text(v).strip() or None), 0, 0, "cuts blanks at the ends"),
    "squeeze": Function(
        _plain(lambda v: " ".join(as_text(v).split()) or None), 0, 0, "makes runs of blanks one"
    ),
    "upper": Function(_plain(lambda v: as_text(v).upper()), 0, 0, "writes in upper case"),
    "lower": Function(_plain(lambda v: as_text(v).lower()), 0, 0, "writes in lower case"),
    "decimal": Function(_decimal, 0, 1, "reads an exact number; the argument is its decimal point"),
    "integer": Function(_plain(as_integer), 0, 0, "reads a whole number"),
    "abs": Function(_plain(_magnitude), 0, 0, "drops the sign"),
    "negate": Function(_plain(_negate), 0, 0, "turns the sign"),
    "money": Function(_money, 1, 1, "makes minor units of a currency, half rounded up"),
    "local_time": Function(
        _local_time, 1, 2, "reads a time of a zone, in ISO or a pattern, as UTC"
    ),
    "date": Function(_date, 0, 1, "reads a day, in ISO or a pattern"),
    "excel_day": Function(_excel_day, 0, 0, "reads the day number of a spreadsheet"),
    "boolean": Function(_plain(as_boolean), 0, 0, "reads yes and no"),
    "country": Function(_country, 0, 0, "reads an ISO code or an English name as an ISO code"),
    "split": Function(_split, 0, 1, "makes a list; the argument separates, a comma by default"),
    "replace": Function(_replace, 1, 2, "replaces the first text by the second"),
    "domain": Function(_domain, 0, 0, "takes the domain of an e-mail address"),
    "default": Function(_default, 1, 1, "stands in for an empty value"),
    "null_if": Function(_null_if, 1, 50, "makes these words an empty value"),
}
"""Every function by name."""


def build(call: str) -> tuple[str, Step]:
    """Return the name and the step of a call such as `local_time(Europe/London)`.

    Raises:
        ValueError: no such function, or arguments it does not take.
    """
    match = _CALL.fullmatch(call.strip())
    name = match[1] if match else call
    function = FUNCTIONS.get(name)
    if match is None or function is None:
        raise ValueError(f"{name!r} is no function; there are {', '.join(sorted(FUNCTIONS))}")
    arguments = _arguments(match[2])
    if not function.least <= len(arguments) <= function.most:
        wanted = f"{function.least} to {function.most}"
        raise ValueError(f"{name} takes {wanted} arguments, not {len(arguments)}")
    return name, function.build(*arguments)


def _arguments(text: str | None) -> list[str]:
    """Split arguments at commas outside double quotes; a quoted one may hold anything."""
    if text is None or not text.strip():
        return []
    parts = re.findall(r'\s*("[^"]*"|[^,]*?)\s*(?:,|$)', text.strip())
    if text.strip().endswith(",") is False and parts and parts[-1] == "":
        parts.pop()
    return [part.strip('"') for part in parts]
