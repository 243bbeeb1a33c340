"""Exploring: the shortest ways between two nodes, and the nodes around one.

The texts are parts that the plan compiler puts together; the names in them are relationship types
of the model and variables, never values.
"""

from itertools import pairwise
from typing import LiteralString, cast

MAX_HOPS = 6
FEW, MANY = 3, 10
"""How many ways are looked for: a few or many, so that there are few texts."""

MAX_DEPTH = 3
HUB = 1_000
"""A node with more relationships than this is not walked through."""

MAX_RELATIONSHIPS = 5_000


def _digits(number: int) -> LiteralString:
    return cast("LiteralString", f"{number:d}")  # digits are as literal as if written out


_HUB, _MOST = _digits(HUB), _digits(MAX_RELATIONSHIPS)
_BUSY: LiteralString = "CROWDED(inner, " + _HUB + ")"


def shortest(
    types: LiteralString, only: LiteralString, hops: int, ways: int, limit: LiteralString
) -> LiteralString:
    """Clauses that yield `places` and `links` of each way from `near` to `far`, shortest first.

    A way leads through a hub only from one neighbour of it to another: farther ways through hubs
    connect everything with everything, and there are too many of them to look at.

    Args:
        types: Relationship types, with a bar between each two.
        only: Parameter that narrows them, or "".
        hops: At most so many relationships, 1 to `MAX_HOPS`.
        ways: At most so many ways are looked for.
        limit: Parameter: at most so many are yielded.
    """
    most, count = _digits(hops), _digits(ways)
    narrowed: LiteralString = f" WHERE type(link) IN {only}" if only else ""
    link: LiteralString = f"-[link:{types}{narrowed}]-"
    found: LiteralString = (
        f"MATCH way = SHORTEST {count} (near)(()" + link + "(inner WHERE SEEN_Node(inner) "
        f"AND (inner = far OR NOT {_BUSY}))){{1,{most}}}(far) RETURN way"
    )
    if hops > 1:
        one, other = link.replace("link", "first"), link.replace("link", "second")
        hub: LiteralString = f"(inner WHERE SEEN_Node(inner) AND {_BUSY})"
        found += f" UNION ALL MATCH way = (near){one}{hub}{other}(far) RETURN way"
    return (
        f"CALL (*) {{ {found} }} WITH nodes(way) AS places, relationships(way) AS links "
        "ORDER BY size(links), [place IN places | place.id], [link IN links | type(link)] "
        f"LIMIT {limit}"
    )


def around(
    types: LiteralString, only: LiteralString, depth: int, limit: LiteralString
) -> LiteralString:
    """Clauses that yield `places`, `distances` and `more` around `near`, nearest first.

    `near` itself is the first place. `more` says that there are places that were left out.

    Args:
        types: Relationship types, with a bar between each two.
        only: Parameter that narrows them, or "".
        depth: At most so many relationships away, 1 to `MAX_DEPTH`.
        limit: Parameter: at most so many places.
    """
    narrowed: LiteralString = f" WHERE type(link) IN {only}" if only else ""
    link: LiteralString = f"-[link:{types}{narrowed}]-"
    rings: list[LiteralString] = ["ring" + _digits(each) for each in range(1, depth + 1)]
    parts: list[LiteralString] = [
        f"CALL (*) {{ MATCH (near){link}(next) WHERE next <> near AND SEEN_Node(next) "
        f"WITH DISTINCT next ORDER BY next.id LIMIT {limit} RETURN collect(next) AS ring1 }}"
    ]
    for inner, ring in pairwise(rings):
        fresh: list[LiteralString] = [f"NOT next IN {each}" for each in rings[: rings.index(ring)]]
        unseen: LiteralString = " AND ".join(fresh)
        parts.append(
            f"CALL (*) {{ UNWIND {inner} AS inner WITH * WHERE NOT {_BUSY} "
            f"MATCH (inner){link}(next) WHERE next <> near AND {unseen} AND SEEN_Node(next) "
            f"WITH DISTINCT next ORDER BY next.id LIMIT {limit} RETURN collect(next) AS {ring} }}"
        )
    inside: LiteralString = " + ".join(rings[:-1])
    stopped: LiteralString = f" OR any(inner IN {inside} WHERE {_BUSY})" if inside else ""
    places: LiteralString = "[near] + " + " + ".join(rings)
    numbers: list[LiteralString] = [
        f"[place IN {ring} | {_digits(number)}]" for number, ring in enumerate(rings, 1)
    ]
    distances: LiteralString = "[0] + " + " + ".join(numbers)
    return (
        f"{' '.join(parts)} WITH *, ({places})[0..{limit}] AS places, "
        f"({distances})[0..{limit}] AS distances, size({places}) > {limit}{stopped} AS more"
    )


def among(types: LiteralString, only: LiteralString) -> LiteralString:
    """Clauses that add `links`, the relationships among `places`; one more than the most at most.

    Of two places the one with fewer relationships is asked, unless both are hubs.
    """
    narrowed: LiteralString = f" WHERE type(link) IN {only}" if only else ""
    link: LiteralString = f"-[link:{types}{narrowed}]-"
    return (
        "CALL (*) { CALL (*) { "
        f"UNWIND places AS inner WITH * WHERE NOT {_BUSY} "
        f"MATCH (inner){link}(other) WHERE other IN places RETURN link UNION "
        f"UNWIND [inner IN places WHERE {_BUSY}] AS inner "
        f"MATCH (inner){link}>(other) WHERE other IN places "
        f"AND CROWDED(other, {_HUB}) RETURN link }} "
        "WITH DISTINCT link ORDER BY type(link), startNode(link).id, endNode(link).id, "
        f"link.recordedFrom LIMIT {_MOST} + 1 RETURN collect(link) AS links }}"
    )
