"""Which products go with which: what a selection needs besides, and what it cannot hold."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from graph.commerce.refusing import Place, Refused


@dataclass(frozen=True, slots=True)
class Relation:
    """A RELATED relationship between two products, by their ids."""

    start: str
    kind: str
    end: str


@dataclass(frozen=True, slots=True)
class Added:
    """A product that another one requires, and how many units of it."""

    product: str
    units: Decimal
    required_by: str


def completed(
    wanted: Mapping[str, Decimal], relations: Iterable[Relation], owned: Iterable[str] = ()
) -> list[Added]:
    """The products that are required besides, the nearest first, then by id.

    A product is required once, in the largest quantity of those that require it; what the customer
    already has in use is not required again. Requirements may form circles.

    Args:
        wanted: Quantities by product.
        relations: At least all REQUIRES reachable from them.
        owned: Products the customer has in use.
    """
    needs: defaultdict[str, list[str]] = defaultdict(list)
    for each in relations:
        if each.kind == "REQUIRES":
            needs[each.start].append(each.end)
    there = set(wanted) | set(owned)
    added: dict[str, Added] = {}
    waiting = deque(sorted(wanted))
    while waiting:
        product = waiting.popleft()
        units = wanted[product] if product in wanted else added[product].units
        for need in sorted(needs[product]):
            if need in there or (need in added and added[need].units >= units):
                continue
            added[need] = Added(need, units, product)
            waiting.append(need)
    return list(added.values())


def excluded(products: Iterable[str], relations: Iterable[Relation]) -> tuple[str, str] | None:
    """The first pair of products, by id, of which one excludes the other; None without one."""
    there = set(products)
    pairs = sorted(
        (min(each.start, each.end), max(each.start, each.end))
        for each in relations
        if each.kind == "EXCLUDES" and each.start != each.end and {each.start, each.end} <= there
    )
    return pairs[0] if pairs else None


def together(
    products: Iterable[str],
    relations: Iterable[Relation],
    names: Mapping[str, str],
    place: Place = ("lines",),
) -> None:
    """See that no product excludes another.

    Args:
        products: All products of a document.
        relations: At least all EXCLUDES among them.
        names: SKU of each product, for the sentence.
        place: Where in the input they stand.

    Raises:
        Refused: EXCLUDES, naming the pair by SKU.
    """
    pair = excluded(products, relations)
    if pair is not None:
        one, other = (names[each] for each in pair)
        raise Refused(
            "EXCLUDES", f"{one} and {other} cannot be sold together; take one of them out.", place
        )


def required(
    products: Iterable[str],
    relations: Iterable[Relation],
    names: Mapping[str, str],
    owned: Iterable[str] = (),
    place: Place = ("lines",),
) -> None:
    """See that every product that another one requires is there or in use.

    Raises:
        Refused: REQUIRES, naming by SKU the first that is missing and what requires it.
    """
    missing = completed(dict.fromkeys(products, Decimal(1)), relations, owned)
    if missing:
        first = missing[0]
        raise Refused(
            "REQUIRES",
            f"{names[first.required_by]} requires {names[first.product]}; add it as a line.",
            place,
        )
