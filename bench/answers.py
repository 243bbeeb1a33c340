"""Answers of different servers in one common form, so that they can be compared.

The servers name lists, edges, ids and money differently. In the common form

- an answer is what the only root field holds, without empty wrappers: a single row stands for
  itself, a connection for the list of its edges, an edge for its node with the edge's own fields;
- an id is the graph's own;
- money is `[minor units, currency]`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from loaders.errors import BadRequest
from loaders.ids import decode_id

MINOR = 100  # every amount of the benchmark's data is in euro
_MONEY = ("total", "unitPrice")


class Different(Exception):
    """Two servers gave different answers to the same question."""


def common(answer: Mapping[str, Any]) -> Any:
    """An answer in the common form.

    Args:
        answer: The body of a response, decoded.

    Raises:
        Different: it holds errors, or is not the answer to one root field.
    """
    data = cast("Mapping[str, Any]", answer.get("data") or {})
    if answer.get("errors") or len(data) != 1:
        raise Different(f"no answer: {str(answer)[:400]}")
    (root,) = data.values()
    found = _plain(root)
    if isinstance(found, list) and len(cast("list[Any]", found)) == 1:
        return cast("list[Any]", found)[0]
    return cast("Any", found)


def compare(name: str, answers: Mapping[str, Any]) -> None:
    """Hold the answers of several servers, in the common form, to the first one's.

    Raises:
        Different: with the first place where two of them part.
    """
    (first, expected), *others = answers.items()
    if expected in (None, [], {}):
        raise Different(f"{name}: {first} found nothing, so there is nothing to compare")
    for server, answer in others:
        place = _parting(expected, answer, "")
        if place is not None:
            raise Different(f"{name}: {server} differs from {first} at {place}")


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    row = cast("Mapping[str, Any]", value)
    if set(row) == {"edges"}:
        return [_plain(each) for each in row["edges"]]
    flat: dict[str, Any] = {}
    for key, each in row.items():
        if key in ("node", "properties"):
            flat.update(_plain(each))
        else:
            flat[key.removesuffix("Connection")] = _scalar(key, each)
    return _money(flat)


def _scalar(key: str, value: Any) -> Any:
    if key != "id":
        return _plain(value)
    try:
        return decode_id(value).id
    except BadRequest:
        return value


def _money(row: dict[str, Any]) -> dict[str, Any]:
    """Bring both forms of money into one: an object, or minor units beside their currency."""
    for key in _MONEY:
        amount = row.get(key)
        if isinstance(amount, Mapping):
            parts = cast("Mapping[str, Any]", amount)
            row[key] = [int(Decimal(str(parts["amount"])) * MINOR), parts["currency"]]
        elif isinstance(amount, int):
            row[key] = [amount, row.pop("currency", None)]
    return row


def _parting(left: Any, right: Any, place: str) -> str | None:
    """The first place where two values in the common form differ; None when they are equal."""
    if isinstance(left, dict) and isinstance(right, dict):
        ours, theirs = cast("dict[str, Any]", left), cast("dict[str, Any]", right)
        if set(ours) != set(theirs):
            return f"{place}: fields {sorted(set(ours) ^ set(theirs))}"
        places = (_parting(ours[key], theirs[key], f"{place}.{key}") for key in ours)
    elif isinstance(left, list) and isinstance(right, list):
        ours, theirs = cast("list[Any]", left), cast("list[Any]", right)
        if len(ours) != len(theirs):
            return f"{place}: {len(ours)} rows and {len(theirs)}"
        pairs = zip(ours, theirs, strict=True)
        places = (_parting(a, b, f"{place}[{i}]") for i, (a, b) in enumerate(pairs))
    else:
        return None if left == right else f"{place}: {left!r} and {right!r}"
    return next((each for each in places if each is not None), None)
