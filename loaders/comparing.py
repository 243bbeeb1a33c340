"""Comparisons in Cypher: a value of the graph with parameters, and what those parameters are."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, LiteralString, cast

from graphql.execution.values import VariableValues

from loaders.arguments import Argument, Bindings, Path, plain
from loaders.completion import exponent
from loaders.custom import property_of
from loaders.errors import BadRequest, Code
from loaders.ids import decode_id
from loaders.members import Operand
from loaders.operators import BY_NAME, Comparison, Takes
from loaders.text import rename

MAX_CONDITIONS = 50
MAX_VALUES = 1_000
MAX_MINOR = 2**63 - 1
MAX_DIGITS = 24

_Read = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """A value of the graph.

    Attributes:
        operand: Its kind.
        text: The value in Cypher.
        path: The way from the argument to the comparisons.
        types: Of an id, the types that it can name.
    """

    operand: Operand
    text: LiteralString
    path: Path
    types: frozenset[str] = frozenset()


class Comparing:
    """Compiles the comparisons of one filter argument, at most `MAX_CONDITIONS`.

    Args:
        argument: The argument.
        place: What tells its parameters from those of other arguments.
        bindings: Takes the parameters.
    """

    def __init__(self, argument: Argument, place: str, bindings: Bindings) -> None:
        self._argument = argument
        self._place = place
        self._bindings = bindings
        self._conditions = 0

    def all(self, compared: Compared, asked: dict[str, Any]) -> LiteralString:
        """All comparisons given, of anything but money.

        Raises:
            BadRequest: FILTER_TOO_WIDE; INVALID_FILTER for a comparison with null.
        """

        def read(value: Any) -> Any:
            if compared.operand is Operand.ID:
                return _own_id(value, compared.types)
            return plain(value)

        comparisons = BY_NAME[compared.operand]
        return joined(
            [
                self._one(comparisons[name], compared, name, given(value), read)
                for name, value in asked.items()
            ],
            every=True,
        )

    def money(
        self, compared: Compared, currency: LiteralString | None, asked: dict[str, Any]
    ) -> LiteralString:
        """All comparisons given of an amount, which is in minor units.

        Args:
            compared: The amount.
            currency: Its currency in Cypher; None when that was seen to already.
            asked: The comparisons, and the currency they are in.

        Raises:
            BadRequest: as `all`; INVALID_FILTER when the currency is not named.
        """
        parts: list[LiteralString] = []
        if currency is not None and "currency" in asked:
            parts.append(f"{compared.text} IS NOT NULL")
            parts.append(self.in_currency(currency, asked, compared.path))
        code = self._argument.part((*compared.path, "currency"))
        for name, value in asked.items():
            if name == "currency":
                continue
            comparison = BY_NAME[Operand.MONEY][name]
            if comparison.takes is not Takes.FLAG:
                _named_currency(asked)
            parts.append(self._one(comparison, compared, name, given(value), minor_units, code))
        return joined(parts, every=True)

    def in_currency(
        self, currency: LiteralString, asked: dict[str, Any], path: Path
    ) -> LiteralString:
        """The condition that an amount is in the currency asked.

        Raises:
            BadRequest: INVALID_FILTER when none is named.
        """
        _named_currency(asked)
        return f"{currency} = {self._parameter((*path, 'currency'), plain)}"

    def custom(self, path: Path, node: LiteralString) -> LiteralString:
        """The value of a custom field of a node; the field is named in the object at a path.

        Computing its parameter raises INVALID_FILTER for what cannot be a name.
        """
        return f"{node}[{self._parameter((*path, 'name'), property_of)}]"

    def _one(
        self,
        comparison: Comparison,
        compared: Compared,
        name: str,
        value: Any,
        read: Callable[..., Any],
        *more: Callable[[VariableValues], Any],
    ) -> LiteralString:
        """One comparison; `read` makes a parameter of its operand and of `more` values."""
        self._conditions += 1
        if self._conditions > MAX_CONDITIONS:
            text = f"A filter holds at most {MAX_CONDITIONS} conditions; ask in several requests."
            raise BadRequest(Code.FILTER_TOO_WIDE, text)
        path = (*compared.path, name)
        match comparison.takes:
            case Takes.FLAG:
                text = comparison.text if value else comparison.otherwise
                return rename(text, node=compared.text)
            case Takes.VALUE:
                parameter = self._parameter(path, read, *more)
                return rename(comparison.text, node=compared.text, value=parameter)
            case Takes.LIST:
                parameter = self._parameter(path, _of_list(read))
                return rename(comparison.text, node=compared.text, value=parameter)
            case Takes.RANGE:
                least = self._parameter((*path, "from"), read, *more)
                most = self._upper(path, read, *more)
                return rename(comparison.text, node=compared.text, edge=least, value=most)

    def _upper(
        self, path: Path, read: Callable[..., Any], *more: Callable[[VariableValues], Any]
    ) -> LiteralString:
        """The parameter of a range's upper end, which must not lie below the lower one."""
        lower = self._argument.part((*path, "from"))

        def upper(value: Any, least: Any, *others: Any) -> Any:
            found = read(value, *others)
            if found < read(least, *others):
                text = "`between` runs from the lesser to the greater; swap from and to."
                raise BadRequest(Code.INVALID_FILTER, text)
            return found

        return self._parameter((*path, "to"), upper, lower, *more)

    def _parameter(
        self, path: Path, read: Callable[..., Any], *more: Callable[[VariableValues], Any]
    ) -> LiteralString:
        """The parameter made by `read` from the value at a path, and from further values."""
        part = self._argument.part(path)

        def evaluate(variables: VariableValues) -> Any:
            return read(part(variables), *[each(variables) for each in more])

        identity = (self._place, *[str(each) for each in path])
        return "$" + self._bindings.add(identity, evaluate)


def given(value: Any) -> Any:
    """A member of a filter as it is; null is refused, since it may mean two things.

    Raises:
        BadRequest: INVALID_FILTER for null.
    """
    if value is None:
        text = "A filter compares with no null: leave the member out, or ask isNull."
        raise BadRequest(Code.INVALID_FILTER, text)
    return value


def joined(parts: list[LiteralString], *, every: bool) -> LiteralString:
    """Conditions of which every one, or at least one, must hold."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return "true" if every else "false"
    return "(" + (" AND " if every else " OR ").join(parts) + ")"


def minor_units(amount: Decimal, currency: str) -> int:
    """An amount in the minor units of its currency (ISO 4217).

    Raises:
        BadRequest: INVALID_FILTER for more decimal places than the currency has; for too many
            digits.
    """
    places = exponent(currency)
    # Beyond these sizes Decimal itself would round, or take its time.
    exact = len(amount.as_tuple().digits) <= MAX_DIGITS and abs(amount.adjusted()) <= MAX_DIGITS
    minor = amount.scaleb(places) if exact else Decimal(MAX_MINOR + 1)
    if minor != minor.to_integral_value():
        text = f"Amounts in this currency have {places} decimal places; round the amount."
        raise BadRequest(Code.INVALID_FILTER, text)
    if abs(minor) > MAX_MINOR:
        raise BadRequest(Code.INVALID_FILTER, "This amount is too large to be compared with.")
    return int(minor)


def _named_currency(asked: dict[str, Any]) -> None:
    if asked.get("currency") is None:
        text = "Amounts compare within one currency: name it by its ISO 4217 code."
        raise BadRequest(Code.INVALID_FILTER, text)


def _own_id(value: Any, types: frozenset[str]) -> str | None:
    """The id in the graph; None, which equals nothing, for an id of another type."""
    found = decode_id(value)
    return found.id if found.type in types else None


def _of_list(read: _Read) -> _Read:
    def each(values: Any) -> list[Any]:
        found = cast("list[Any]", values)
        if len(found) > MAX_VALUES:
            text = f"A list of values holds at most {MAX_VALUES}; ask in several requests."
            raise BadRequest(Code.FILTER_TOO_WIDE, text)
        # None would make `NOT … IN` null, which is not what an id of another type means.
        return [one for one in map(read, found) if one is not None]

    return each
