"""Short constructors for properties, so that a model file reads as a table."""

from typing import LiteralString, TypedDict, Unpack

from graph.model.kinds import Pii, Property, Purpose, Retention, Type


class Options(TypedDict, total=False):
    """What may be said of any property beside its name, type and description."""

    pii: Pii
    purpose: Purpose
    retention: Retention
    required: bool
    indexed: bool
    internal: bool


def string(name: LiteralString, description: str, **options: Unpack[Options]) -> Property:
    """One line of text."""
    return Property(name, Type.STRING, description, **options)


def text(name: LiteralString, description: str, **options: Unpack[Options]) -> Property:
    """Several lines of text."""
    return Property(name, Type.TEXT, description, **options)


def integer(name: LiteralString, description: str, **options: Unpack[Options]) -> Property:
    """A whole number."""
    return Property(name, Type.INTEGER, description, **options)


def number(name: LiteralString, description: str, **options: Unpack[Options]) -> Property:
    """A finite double."""
    return Property(name, Type.FLOAT, description, **options)


def flag(name: LiteralString, description: str, **options: Unpack[Options]) -> Property:
    """True or false."""
    return Property(name, Type.BOOLEAN, description, **options)


def moment(name: LiteralString, description: str, **options: Unpack[Options]) -> Property:
    """A point in time."""
    return Property(name, Type.DATETIME, description, **options)


def day(name: LiteralString, description: str, **options: Unpack[Options]) -> Property:
    """A calendar day."""
    return Property(name, Type.DATE, description, **options)


def money(name: LiteralString, description: str, **options: Unpack[Options]) -> Property:
    """Minor units of the owner's `currency`."""
    return Property(name, Type.MONEY, description, **options)


def strings(name: LiteralString, description: str, **options: Unpack[Options]) -> Property:
    """A list of one-line strings."""
    return Property(name, Type.STRINGS, description, **options)


def of(kind: Type, name: LiteralString, description: str, **options: Unpack[Options]) -> Property:
    """A property of a special type: currency, country, language, e-mail, phone, URL, JSON."""
    return Property(name, kind, description, **options)


def choice(
    name: LiteralString,
    values: dict[LiteralString, str],
    description: str,
    **options: Unpack[Options],
) -> Property:
    """One of a fixed set of upper-case words, each with its meaning."""
    words, meanings = tuple(values), tuple(values.values())
    return Property(name, Type.ENUM, description, values=words, meanings=meanings, **options)


def currency(description: str = "Currency of every amount of this record.") -> Property:
    """The ISO 4217 code that the owner's money properties refer to."""
    return of(Type.CURRENCY, "currency", description)
