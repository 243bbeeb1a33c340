"""Nobody finds anything of anybody else's, whatever is asked and whatever ids are known."""

import pytest

from graph.audiences import Audience
from graph.database import Graph
from graph.statements import Kind, Statement
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.projection import projection
from loaders.registry import REGISTRY
from tests.access.viewers import OUTSIDE, TEAMS, Asked, everything, owners_in, viewer
from tests.access.world import World

pytestmark = pytest.mark.anyio

RULE = Statement(
    "test.access.rule",
    Kind.WRITE,
    "CREATE (:AccessRule {id: 'rule', name: 'r', version: 1, "
    "changedAt: '2026-01-01T00:00:00.000Z', parties: 'TEAM', interactions: 'ALL', active: true})",
)
NO_RULE = Statement("test.access.no_rule", Kind.WRITE, "MATCH (n:AccessRule) DETACH DELETE n")


async def harvest(
    executor: Executor, world: World, name: str, *, full: bool = False
) -> tuple[set[str], int]:
    """The owners of everything that somebody finds, and how much he asked."""
    who, found, asked = viewer(name), set[str](), 0
    schema = projection(executor.schema, who.audience)
    for query, variables in everything(schema, world, full=full):
        answer = await executor.execute(query, variables, None, who)
        assert isinstance(answer, dict)
        assert "errors" not in answer, (query, answer["errors"])
        owners = owners_in(answer, world)
        asked += 1
        if strange := owners - OUTSIDE.get(name, owners):
            pytest.fail(f"{name} finds what is {strange}'s: {query} {variables} {answer}")
        found |= owners
    return found, asked


FEW = {"kestrel", "ana", "bob", "nobody"}
"""One of each kind; with `full` everybody."""


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in FEW else [pytest.mark.full]) for n in OUTSIDE]
)
async def test_nobody_outside_finds_what_is_another_s(
    executor: Executor, world: World, name: str
) -> None:
    found, asked = await harvest(executor, world, name)

    assert found == OUTSIDE[name], "he does not find what is his"
    assert asked > 30


@pytest.mark.full
@pytest.mark.parametrize("name", ["kestrel", "ana", "bob"])
async def test_nobody_outside_finds_what_is_another_s_however_he_asks(
    executor: Executor, world: World, name: str
) -> None:
    found, _ = await harvest(executor, world, name, full=True)

    assert found == OUTSIDE[name]


OF_PARTIES = ("customers", "orders", "cases", "interactions", "opportunities", "invoices")


@pytest.mark.parametrize("name", TEAMS)
async def test_staff_under_a_rule_find_nothing_of_another_team(
    executor: Executor, graph: Graph, world: World, name: str
) -> None:
    """What narrows staff is written for the same labels as for others, so fewer questions do."""
    who, found = viewer(name), set[str]()
    names = {kind.node.name: each for each, kind in REGISTRY.kinds.items() if kind.role is None}
    ids = [encode_id(names[label], id_) for id_, label in world.labels.items()]
    asked: list[Asked] = [
        (f"{{ {each}(first: 100) {{ totalCount edges {{ node {{ id }} }} }} }}", {})
        for each in OF_PARTIES
    ]
    for start in range(0, len(ids), 100):
        query = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
        asked.append((query, {"ids": ids[start : start + 100]}))
    words = "query ($t: String!) { search(text: $t) { edges { node { id } } } }"
    texts = ("south client", "north client", "south contact", "Call")
    asked += [(words, {"t": text}) for text in texts]
    await graph.run(RULE)
    await executor.narrowing.look()
    try:
        for query, variables in asked:
            answer = await executor.execute(query, variables, None, who)
            assert isinstance(answer, dict)
            assert "errors" not in answer, (query, answer["errors"])
            found |= owners_in(answer, world)
    finally:
        await graph.run(NO_RULE)
        await executor.narrowing.look()

    assert not found & TEAMS[name]
    assert {"north", "south"} - TEAMS[name] <= found


async def test_staff_without_rules_find_everything(executor: Executor, world: World) -> None:
    schema = projection(executor.schema, Audience.STAFF)
    query = "{ companies(first: 100) { edges { node { id } } } }"

    answer = await executor.execute(query, {}, None, viewer("sue"))

    assert schema.query_type
    assert owners_in(answer, world) >= {"kestrel", "heron", "acme", "north", "south", "hidden"}
