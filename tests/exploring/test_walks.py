"""Paths and neighborhoods are what plain walks over the same relationships find."""

import asyncio
from itertools import pairwise
from random import Random
from typing import Any

import neo4j
import pytest

from graph.exploring import HUB
from loaders.execution import Executor
from loaders.ids import decode_id, encode_id
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA
from tests.exploring.conftest import Ask, Link, Node, fill
from tests.resolvers.conftest import STAFF, RecordingGraph
from tests.resolvers.plans import operators

pytestmark = pytest.mark.anyio

PATH = """query ($from: ID!, $to: ID!, $via: [RelationshipType!], $hops: Int!, $first: Int!) {
  path(from: $from, to: $to, via: $via, maxHops: $hops, first: $first) {
    length nodes { id __typename ... on Customer { name } }
    relationships {
      type direction from to recordedFrom recordedTo
      properties { name value money { amount currency } }
    }
  }
}"""
AROUND = """query ($id: ID!, $depth: Int!, $types: [RelationshipType!], $limit: Int!) {
  neighborhood(id: $id, depth: $depth, types: $types, limit: $limit) {
    truncated nodes { distance node { id } } relationships { type from to }
  }
}"""
TYPES = {
    "WORKS_AT": ("Person", "Company"),
    "KNOWS": ("Person", "Person"),
    "SUBSIDIARY_OF": ("Company", "Company"),
    "OWNS": ("Person", "Product"),
    "RELATED": ("Product", "Product"),
}
LABELS = {"Person": "Party:Person", "Company": "Party:Company", "Product": "Product"}


def world() -> tuple[list[Node], list[Link]]:
    random = Random(5)
    ids = {kind: [f"{kind}-{n}" for n in range(count)] for kind, count in
           (("Person", 9), ("Company", 6), ("Product", 5))}  # fmt: skip
    nodes: list[Node] = [
        (LABELS[kind], id_, {"name": id_, "sku": id_}) for kind, each in ids.items() for id_ in each
    ]
    links: list[Link] = []
    for _ in range(26):
        type_ = random.choice(list(TYPES))
        start, end = (random.choice(ids[kind]) for kind in TYPES[type_])
        if start != end:
            links.append((start, type_, end, {"from": "2025-01-01"}))
    gone = [(a, type_ + "_WAS", b, {"recordedTo": "2026-02-01"}) for a, type_, b, _ in links[:8]]
    seen = [("Company-0", "CAN_SEE", "Person-8", {"level": "FULL"})]
    return nodes, [*links[4:], *gone, *seen, ("Person-0", "NOT_SAME_AS", "Person-5", {})]


NODES, LINKS = world()
CURRENT = [each for each in LINKS if each[1] in TYPES]
IDS = [id_ for _, id_, _ in NODES]


def gid(id_: str) -> str:
    return encode_id(id_.split("-")[0], id_)


@pytest.fixture(scope="module", autouse=True)
async def filled(graph: RecordingGraph, executor: Executor) -> None:
    await fill(graph, NODES, LINKS)
    # A fresh engine plans its first statements for longer than a request may take.
    around = {"id": gid("Person-0"), "depth": 3, "limit": 10}
    assert await executor.prepare(AROUND, around) == []


def steps(id_: str, types: set[str]) -> list[tuple[int, str]]:
    """Relationships from a node, by position, with the node at the other end."""
    found: list[tuple[int, str]] = []
    for position, (start, type_, end, _) in enumerate(CURRENT):
        if type_ in types and id_ in (start, end):
            found.append((position, end if id_ == start else start))
    return found


def trails(start: str, end: str, hops: int, types: set[str]) -> list[int]:
    """The lengths of all walks that take no relationship twice, the shortest first."""
    found: list[int] = []
    waiting: list[tuple[str, tuple[int, ...]]] = [(start, ())]
    while waiting:
        at, taken = waiting.pop()
        if at == end and taken:
            found.append(len(taken))
        if len(taken) < hops:
            waiting += [
                (other, (*taken, position))
                for position, other in steps(at, types)
                if position not in taken
            ]
    return sorted(found)


def cases() -> list[Any]:
    random = Random(6)
    found: list[Any] = []
    for number in range(40):
        via = random.choice([None, None, random.sample(list(TYPES), 2)])
        start, end = random.sample(IDS, 2)
        found.append(pytest.param(start, end, number % 6 + 1, 1 + number % 10, via, id=str(number)))
    return found


@pytest.mark.parametrize(("start", "end", "hops", "first", "via"), cases())
async def test_the_shortest_paths_are_found_with_their_evidence(
    ask: Ask, start: str, end: str, hops: int, first: int, via: list[str] | None
) -> None:
    asked = {"from": gid(start), "to": gid(end), "hops": hops, "first": first, "via": via}
    found = await ask(PATH, **asked)

    expected = trails(start, end, hops, set(via or TYPES))
    assert [each["length"] for each in found] == expected[:first]
    for each in found:
        ids = [node["id"] for node in each["nodes"]]
        assert (ids[0], ids[-1]) == (gid(start), gid(end))
        assert len(each["relationships"]) == each["length"] == len(ids) - 1
        for (a, b), link in zip(pairwise(ids), each["relationships"], strict=True):
            ends = (a, b) if link["direction"] == "ALONG" else (b, a)
            assert ends == (link["from"], link["to"])
            start_, end_ = (decode_id(e).id for e in ends)
            assert (start_, link["type"]) in {(s, t) for s, t, e, _ in CURRENT if e == end_}
            assert link["recordedFrom"] == "2026-01-01T00:00:00.000Z"
            assert link["recordedTo"] is None
            shown = {each["name"]: each["value"] for each in link["properties"]}
            assert shown == ({} if link["type"] in ("KNOWS", "RELATED") else {"from": "2025-01-01"})


async def test_amounts_of_relationships_are_money(ask: Ask, graph: RecordingGraph) -> None:
    order: Node = ("Document:Order", "Order-1", {"number": "1", "at": "2026-01-01T00:00:00.000Z"})
    item: Node = ("Product", "Product-x", {"name": "x", "sku": "x"})
    line = {"line": 1, "quantity": 2.0, "unitPrice": 1250, "currency": "EUR", "via": "record"}
    await fill(graph, [order, item], [("Order-1", "CONTAINS", "Product-x", line)])

    asked = {"from": gid("Order-1"), "to": gid("Product-x"), "via": ["CONTAINS"]}
    (found,) = await ask(PATH, **asked, hops=1, first=1)

    properties = {each["name"]: each for each in found["relationships"][0]["properties"]}
    assert properties["unitPrice"]["money"] == {"amount": "12.50", "currency": "EUR"}
    assert properties["line"]["value"] == "1"
    assert set(properties) == {"line", "quantity", "unitPrice"}


async def test_identity_is_walked_only_when_it_is_named(ask: Ask) -> None:
    asked = {"from": gid("Person-0"), "to": gid("Person-5"), "hops": 1, "first": 3}

    assert await ask(PATH, **asked, via=None) == []
    assert len(await ask(PATH, **asked, via=["NOT_SAME_AS"])) == 1


@pytest.mark.parametrize(
    "changed",
    [{"hops": 7}, {"hops": 0}, {"hops": -1}, {"first": 0}, {"first": 11}, {"to": gid("Person-0")}],
)
async def test_a_path_that_makes_no_sense_is_refused(refused: Ask, changed: dict[str, Any]) -> None:
    asked = {"from": gid("Person-0"), "to": gid("Person-1"), "hops": 4, "first": 3, **changed}

    ((code, _),) = await refused(PATH, **asked)

    assert code == "INVALID_ARGUMENT"


@pytest.mark.parametrize("id_", ["", "x", "'}) DETACH DELETE n //", "UGVyc29u"])
async def test_a_forged_id_is_refused(refused: Ask, id_: str) -> None:
    path = {"from": id_, "to": gid("Person-1"), "hops": 4, "first": 3}

    assert {code for code, _ in await refused(PATH, **path)} == {"INVALID_ID"}
    around = {"id": id_, "depth": 1, "limit": 10}
    assert {code for code, _ in await refused(AROUND, **around)} == {"INVALID_ID"}


async def test_types_outside_the_allow_list_are_refused(refused: Ask) -> None:
    for via in ("CAN_SEE", "WORKS_AT_WAS", "WAS", "X|Y", "WORKS_AT]-() DETACH DELETE n //"):
        path = {"from": gid("Person-0"), "to": gid("Person-1"), "hops": 4, "first": 3}
        assert await refused(PATH, **path, via=[via])


async def test_what_is_not_there_is_nothing(ask: Ask) -> None:
    asked = {"from": gid("Person-0"), "hops": 4, "first": 3}

    for missing in (gid("Person-99"), encode_id("Nothing", "x"), encode_id("Customer", "x")):
        assert await ask(PATH, **asked, to=missing) == []
        assert await ask(AROUND, id=missing, depth=1, limit=10) is None


def rings(start: str, depth: int, types: set[str]) -> list[tuple[int, str]]:
    """Nodes around one by breadth-first search, the nearest first and then by id."""
    found, edge = {start: 0}, [start]
    for distance in range(1, depth + 1):
        beyond = sorted({other for each in edge for _, other in steps(each, types)} - set(found))
        found.update(dict.fromkeys(beyond, distance))
        edge = beyond
    return [(distance, id_) for id_, distance in found.items()]


@pytest.mark.parametrize("types", [None, ["WORKS_AT", "KNOWS"]])
@pytest.mark.parametrize("limit", [1, 4, 500])
@pytest.mark.parametrize("depth", [1, 2, 3])
async def test_a_neighborhood_is_what_a_breadth_first_search_finds(
    ask: Ask, depth: int, limit: int, types: list[str] | None
) -> None:
    for start in IDS[::4]:
        found = await ask(AROUND, id=gid(start), depth=depth, limit=limit, types=types)

        whole = rings(start, depth, set(types or TYPES))
        places = [(e["distance"], decode_id(e["node"]["id"]).id) for e in found["nodes"]]
        within = {id_ for _, id_ in whole[:limit]}
        links = [(each["type"], each["from"], each["to"]) for each in found["relationships"]]
        assert places == whole[:limit]
        assert found["truncated"] is (len(whole) > limit)
        assert sorted(links) == sorted(
            (type_, gid(a), gid(b))
            for a, type_, b, _ in CURRENT
            if {a, b} <= within and type_ in (types or TYPES)
        )


@pytest.mark.parametrize("changed", [{"depth": 0}, {"depth": 4}, {"limit": 0}, {"limit": 501}])
async def test_a_neighborhood_out_of_bounds_is_refused(
    refused: Ask, changed: dict[str, int]
) -> None:
    ((code, _),) = await refused(AROUND, id=gid("Person-0"), **{"depth": 1, "limit": 9, **changed})

    assert code == "INVALID_ARGUMENT"


async def test_a_hub_is_drawn_but_not_walked_through(ask: Ask, graph: RecordingGraph) -> None:
    hub: Node = ("Party:Company", "Company-hub", {"name": "Hub"})
    people: list[Node] = [
        ("Party:Person", f"Person-h{n:04d}", {"name": "x"}) for n in range(HUB + 2)
    ]
    links: list[Link] = [(id_, "REFERRED", "Company-hub", {}) for _, id_, _ in people]
    await fill(graph, [hub, *people], links)
    asked = {"depth": 2, "types": ["REFERRED"]}

    of_person = await ask(AROUND, id=gid("Person-h0000"), limit=500, **asked)
    of_hub = await ask(AROUND, id=gid("Company-hub"), limit=20, **asked)

    assert [each["node"]["id"] for each in of_person["nodes"]] == [
        gid("Person-h0000"), gid("Company-hub")
    ]  # fmt: skip
    assert of_person["truncated"] is True
    assert len(of_person["relationships"]) == 1
    assert (len(of_hub["nodes"]), len(of_hub["relationships"])) == (20, 19)


async def test_a_path_leads_through_a_hub_only_between_its_neighbours(
    ask: Ask, graph: RecordingGraph
) -> None:
    new: Node = ("Party:Person", "Person-new", {"name": "New"})
    await fill(graph, [new], [("Person-new", "REPORTS_TO", "Person-h0000", {})])
    asked = {"to": gid("Person-h0001"), "hops": 4, "first": 10, "via": ["REPORTS_TO", "REFERRED"]}

    near = await ask(PATH, **{"from": gid("Person-h0000"), **asked})
    far = await ask(PATH, **{"from": gid("Person-new"), **asked})
    to_hub = await ask(PATH, **{"from": gid("Person-new"), **asked, "to": gid("Company-hub")})

    assert [each["length"] for each in near] == [2]
    assert far == []
    assert [each["length"] for each in to_hub] == [2]


async def test_numbers_in_variables_are_part_of_a_plan(executor: Executor) -> None:
    sizes = []
    for depth in (1, 3, 2, 1):
        variables = {"id": gid("Person-0"), "depth": depth, "limit": 500}
        response = await executor.execute(AROUND, variables, None, STAFF)
        sizes.append(len(response["data"]["neighborhood"]["nodes"]))

    expected = [len(rings("Person-0", depth, set(TYPES))) for depth in (1, 3, 2, 1)]
    assert sizes == expected


async def test_concurrent_walks_share_a_statement_and_answer_the_same(
    executor: Executor, ask: Ask
) -> None:
    starts = IDS[:16]
    alone = [await ask(AROUND, id=gid(each), depth=2, limit=50) for each in starts]

    together = await asyncio.gather(
        *(
            executor.execute(AROUND, {"id": gid(each), "depth": 2, "limit": 50}, None, STAFF)
            for each in starts
        )
    )

    assert [each["data"]["neighborhood"] for each in together] == alone
    assert any(size > 1 for size in executor.lanes.batches)


async def test_walks_start_at_an_index_and_hold_no_value(
    ask: Ask, graph: RecordingGraph, driver: neo4j.AsyncDriver
) -> None:
    graph.sent.clear()
    await ask(PATH, **{"from": gid("Person-0"), "to": gid("Product-1"), "hops": 3, "first": 2})
    await ask(AROUND, id=gid("Person-0"), depth=2, limit=10)

    for sent in graph.sent:
        found = await operators(driver, sent)
        assert "NodeUniqueIndexSeek" in found
        assert not any("Scan" in each for each in found)
        assert "Person-0" not in sent.statement.text


async def test_graphql_core_completes_walks_as_compiled_completion_does(
    graph: RecordingGraph, ask: Ask
) -> None:
    stock = Executor(SCHEMA._schema, graph, compiled=False)
    start, end = next((a, b) for a in IDS for b in IDS if a != b and trails(a, b, 2, set(TYPES)))
    path = {"from": gid(start), "to": gid(end), "hops": 6, "first": 5, "via": None}
    around = {"id": gid(start), "depth": 3, "limit": 50}

    for query, variables in ((PATH, path), (AROUND, around)):
        compiled = await ask(query, **variables)
        response = await stock.execute(query, variables, None, STAFF)
        assert compiled
        assert list(response["data"].values()) == [compiled]


async def test_only_staff_explore(executor: Executor) -> None:
    other = Viewer(Audience.PARTNER, "https://id.example.org", "pat", "Pat")
    path = {"from": gid("Person-0"), "to": gid("Product-1"), "hops": 6, "first": 5}
    around = {"id": gid("Person-0"), "depth": 3, "limit": 50}

    paths = await executor.execute(PATH, path, None, other)
    places = await executor.execute(AROUND, around, None, other)

    codes = [each["errors"][0]["extensions"]["code"] for each in (paths, places)]
    assert codes == ["INVALID_DOCUMENT", "INVALID_DOCUMENT"]
    assert not [each for each in (paths, places) if "data" in each]
