"""Staff under a rule: what is no plain read of a node obeys the rule as well."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from graph.database import Graph
from graph.statements import Kind, Statement
from loaders.execution import Executor
from loaders.ids import encode_id
from tests.access.test_harvest import NO_RULE, RULE
from tests.access.viewers import owners_in, viewer
from tests.access.world import World

pytestmark = pytest.mark.anyio

QUESTIONS = (
    "query ($id: ID!) { history(id: $id) { edges { node { version fields { field after } } } } }",
    'query ($id: ID!) { diff(id: $id, from: "2026-01-01T00:00:00Z") '
    "{ existsAfter fields { field after } gained { nodeId headline } } }",
    "query ($id: ID!) { personalData(person: $id) { data } }",
    "query ($id: ID!) { erasurePlan(person: $id) { counts } }",
    "query ($id: ID!) { whoCanSee(node: $id) { seers { principal { id } } } }",
    "query ($id: ID!, $user: ID!) { access(principal: $user, node: $id) { allowed } }",
    "query ($id: ID!) { responsibleFor(node: $id) { owner { id } } }",
)
ERASE = (
    "mutation ($id: ID!) { erase(input: {personId: $id, planHash: "
    '"0000000000000000000000000000000000000000000000000000000000000000"}) '
    "{ receipt { id } userErrors { code message } } }"
)
ARCHIVE = Statement(
    "test.access.archive",
    Kind.WRITE,
    "MATCH (n:Company {id: $id}) SET n.archivedLabels = ['Party', 'Company', 'Customer'], "
    "n:Archived REMOVE n:Party, n:Company, n:Customer",
)
TAKE_OUT = Statement(
    "test.access.take_out",
    Kind.WRITE,
    "MATCH (n:Archived {id: $id}) SET n:Party:Company:Customer REMOVE n:Archived, n.archivedLabels",
)


@pytest.fixture
async def narrowed(executor: Executor, graph: Graph) -> AsyncIterator[Executor]:
    """Return what answers while a rule shows every team its own parties alone."""
    await graph.run(RULE)
    await executor.narrowing.look()
    yield executor
    await graph.run(NO_RULE)
    await executor.narrowing.look()


async def ask(executor: Executor, query: str, id_: str, name: str = "sue") -> Any:
    """The whole answer of a question about a person of the world."""
    values: dict[str, Any] = {"id": encode_id("Person", id_)}
    if "$user" in query:
        values["user"] = encode_id("User", "open-tom")
    return await executor.execute(query, values, None, viewer(name))


@pytest.mark.parametrize("query", [*QUESTIONS, ERASE])
async def test_of_another_team_s_person_is_said_what_is_said_of_nobody(
    narrowed: Executor, query: str
) -> None:
    theirs = await ask(narrowed, query, "south-contact")

    assert theirs == await ask(narrowed, query, "unknown-contact")


WHOLE = (
    "{ minimisationReport { label } }",
    'mutation { verifyErasure(input: {receipt: "none", words: ["south"]}) '
    "{ verification { clean } userErrors { code } } }",
)


@pytest.mark.parametrize("query", WHOLE)
async def test_what_looks_at_everything_is_for_those_who_see_everything(
    narrowed: Executor, graph: Graph, query: str
) -> None:
    refused = await narrowed.execute(query, {}, None, viewer("sue"))
    await graph.run(WIDE)

    allowed = await narrowed.execute(query, {}, None, viewer("sue"))

    assert isinstance(refused, dict)
    assert isinstance(allowed, dict)
    assert [each["extensions"]["code"] for each in refused["errors"]] == ["FORBIDDEN"]
    assert "errors" not in allowed


WIDE = Statement(
    "test.access.wide",
    Kind.WRITE,
    "CREATE (:AccessRule {id: 'wide', name: 'w', parties: 'ALL', interactions: 'ALL', "
    "active: true})",
)


async def test_a_reason_names_nobody_in_between_who_is_not_seen(
    narrowed: Executor, graph: Graph, world: World
) -> None:
    query = (
        "query ($id: ID!) { whoCanSee(node: $id, first: 100) { seers { principal { name } "
        "because { rule path { nodes { id name } relationships } } } } }"
    )
    values = {"id": encode_id("Company", "north-client")}
    await graph.run(LENT)
    try:
        narrow = await narrowed.execute(query, values, None, viewer("sue"))
        await graph.run(WIDE)
        whole = await narrowed.execute(query, values, None, viewer("sue"))
    finally:
        await graph.run(UNLENT)

    assert "kestrel" in owners_in(whole, world)
    assert "kestrel" not in owners_in(narrow, world) - owners_in(_principals(narrow), world)
    assert '"relationships": []' in orjson.dumps(narrow, option=orjson.OPT_INDENT_2).decode()


def _principals(answer: Any) -> Any:
    return [each["principal"] for each in answer["data"]["whoCanSee"]["seers"]]


LENT = Statement(
    "test.access.lent",
    Kind.WRITE,
    "MATCH (a:Company {id: 'north-client'}), (b:Company {id: 'kestrel-firm'}) "
    "CREATE (b)-[:SERVES {recordedFrom: '2026-01-01T00:00:00.000Z', recordedTo: '9999', "
    "test: true}]->(a), (b)-[:CAN_SEE {level: 'FULL', test: true}]->(a)",
)
UNLENT = Statement("test.access.unlent", Kind.WRITE, "MATCH ()-[r {test: true}]->() DELETE r")


@pytest.mark.parametrize("query", QUESTIONS[:5])
async def test_of_a_person_of_one_s_own_team_everything_is_answered(
    narrowed: Executor, query: str
) -> None:
    own = await ask(narrowed, query, "north-contact")

    assert "errors" not in own
    assert own != await ask(narrowed, query, "unknown-contact")


async def test_a_difference_tells_of_no_relationship_to_what_is_not_seen(
    narrowed: Executor, graph: Graph, world: World
) -> None:
    await graph.run(TIE, {"one": "north-client", "other": "south-client"})
    try:
        query = QUESTIONS[1]
        values = {"id": encode_id("Company", "north-client")}
        narrow = await narrowed.execute(query, values, None, viewer("sue"))
        await graph.run(ARCHIVE, {"id": "south-client"})
        archived = await narrowed.execute(query, values, None, viewer("sue"))
    finally:
        await graph.run(TAKE_OUT, {"id": "south-client"})
        await graph.run(UNTIE)

    assert "south" not in owners_in(narrow, world) | owners_in(archived, world)
    assert isinstance(narrow, dict)
    assert len(narrow["data"]["diff"]["gained"]) > 1


TIE = Statement(
    "test.access.tie_teams",
    Kind.WRITE,
    "MATCH (a:Company {id: $one}), (b:Company {id: $other}) "
    "CREATE (a)-[:SUBSIDIARY_OF {recordedFrom: '2026-03-01T10:00:00.000Z', recordedTo: '9999', "
    "test: true}]->(b)",
)
UNTIE = Statement(
    "test.access.untie_teams", Kind.WRITE, "MATCH ()-[r:SUBSIDIARY_OF {test: true}]->() DELETE r"
)
