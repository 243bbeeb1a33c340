"""What an answer may cost, before it is asked for: a point for every object it could hold.

A list is priced by the size asked, not by what it turns out to hold: an actual count would tell of
rows that the viewer may not see. A page costs its size times the price of one of its rows, and a
count of its own one point; of an interface the dearest type counts.
"""

from typing import Any

from loaders.shapes import (
    Count,
    Edges,
    Entry,
    Facets,
    Fields,
    Listed,
    Lookup,
    Object,
    Page,
    Shape,
    ValuesOf,
)


def price(entry: Entry, parameters: dict[str, Any]) -> int:
    """Points of one root field, at least 1.

    Args:
        entry: The root field as it was planned.
        parameters: Its parameters, in which page sizes are.
    """
    return max(1, _price(entry.shape, parameters))


def _price(shape: Shape, parameters: dict[str, Any]) -> int:
    match shape:
        case Object(_, cases, _):
            return 1 + max((_sum(each, parameters) for each in cases), default=0)
        case Page():
            size = parameters[shape.limit] - 1 if shape.rows is not None else 0
            return _sum(shape.fields, {**parameters, _SIZE: size})
        case Edges(fields):
            return parameters[_SIZE] * max(1, _sum(fields, parameters))
        case Lookup(ids, parts):
            dearest = max((_price(each, parameters) for each in parts), default=1)
            return len(parameters[ids]) * dearest
        case Listed(_, cases, _, size):
            dearest = max((_sum(each, parameters) for each in cases), default=0)
            return (size if isinstance(size, int) else parameters[size]) * max(1, dearest)
        case ValuesOf(_, fields, _):
            return 1 + _sum(fields, parameters)
        case Count() | Facets():
            return 1
        case _:
            return 0


def _sum(fields: Fields, parameters: dict[str, Any]) -> int:
    return sum(_price(each.shape, parameters) for each in fields.entries)


_SIZE = "size of the page"
