"""A small world on the real graph, and a caller that performs mutations on it over GraphQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from api.connections import graph_at
from graph.database import Graph
from graph.engines import Endpoints
from graph.migrations import migrate
from graph.model import MODEL
from graph.model.kinds import Node, Type
from graph.statements import Kind, Statement
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write
from graph.write.validation import required
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.viewer import Audience, Viewer
from resolvers.schema import SCHEMA

STAFF = Viewer(Audience.STAFF, "https://issuer.example", "ann")

EVENTS = Statement(
    "test.events",
    Kind.READ,
    "MATCH (e:ChangeEvent) WHERE e.entity = $id RETURN properties(e) ORDER BY e.at, e.version",
)
FINGERPRINT = Statement(
    "test.fingerprint",
    Kind.READ,
    """MATCH (n) WHERE NOT n:Migration AND NOT n:Secret
OPTIONAL MATCH (n)-[x]->(m)
WITH n, x, m ORDER BY type(x), m.id, x.recordedFrom
WITH n, collect([type(x), properties(x), m.id]) AS links
RETURN labels(n), properties(n), links ORDER BY n.id, n.version, n.key, n.kind, n.value""",
)


@dataclass(slots=True)
class Api:
    """The API as a member of staff sees it."""

    executor: Executor
    graph: Graph

    async def ask(self, query: str, viewer: Viewer = STAFF, **variables: Any) -> dict[str, Any]:
        """The data of a query or mutation, which must have no errors."""
        response = await self.executor.execute(query, variables, None, viewer)
        assert isinstance(response, dict)
        assert "errors" not in response, response["errors"]
        return response["data"]

    async def do(self, name: str, selection: str = "", /, **given: Any) -> dict[str, Any]:
        """The payload of a mutation, with `userErrors { code field message }`."""
        type_ = name[0].upper() + name[1:] + "Input"
        query = (
            f"mutation ($input: {type_}!) {{ {name}(input: $input) "
            f"{{ {selection} userErrors {{ code field message }} clientMutationId }} }}"
        )
        return (await self.ask(query, input=given))[name]

    async def done(self, name: str, selection: str = "", /, **given: Any) -> dict[str, Any]:
        """As `do`, of a mutation that must not be refused."""
        payload = await self.do(name, selection, **given)
        assert payload["userErrors"] == []
        return payload

    async def refused(self, name: str, /, **given: Any) -> list[tuple[str, str]]:
        """Codes and dotted fields of the refusals of a mutation, which must change nothing."""
        before = await self.graph.run(FINGERPRINT)
        payload = await self.do(name, **given)
        assert payload["userErrors"], "It was not refused."
        assert await self.graph.run(FINGERPRINT) == before
        return [(each["code"], ".".join(each["field"])) for each in payload["userErrors"]]

    async def events(self, id_: str) -> list[dict[str, Any]]:
        """The events of a node, by its own id, oldest first."""
        return [row[0] for row in await self.graph.run(EVENTS, {"id": id_})]


@pytest.fixture(scope="session")
async def migrated(endpoints: Endpoints) -> AsyncIterator[Graph]:
    """Connect to the session's engine and migrate it once."""
    async with graph_at(endpoints) as opened:
        await migrate(opened)
        yield opened


Put = Callable[..., Awaitable[str]]


@pytest.fixture
async def api(migrated: Graph, wipe_graph: Callable[[], Awaitable[None]]) -> Api:
    """Return the API over an empty graph."""
    await wipe_graph()
    return Api(Executor(SCHEMA._schema, migrated), migrated)  # pyright: ignore[reportPrivateUsage]


@pytest.fixture
def put(api: Api) -> Put:
    """Return a function that writes one node and returns its global id.

    `await put("Person", "ana", name="Ana")` names it by (crm, ana); its own id is a UUID made of
    the label and the key, so that tests can tell it: `uuid_of("Person", "ana")`.
    """

    async def one(label: str, key: str, **values: Any) -> str:
        node = MODEL.by_label[label]
        id_ = uuid_of(label, key)
        named = (id_,) if not node.sourced and label not in PARTIES else ("crm", key)
        part = Nodes(node, [NodeRow(named, {**required_of(node, key), **values}, id=id_)])
        await write(api.graph, Batch([part]), Writer("tester", "crm"))
        return encode_id(label, id_)

    return one


def required_of(node: Node, key: str) -> dict[str, Any]:
    """A value for everything that a new node of this kind needs."""
    found: dict[str, Any] = {}
    names = (*required(node), *(name for names in node.keys for name in names))
    for name in names:
        match node.properties[name].type:
            case Type.DATETIME:
                found[name] = "2026-01-01T10:00:00.000Z"
            case Type.DATE:
                found[name] = "2026-01-01"
            case Type.ENUM:
                found[name] = node.properties[name].values[0]
            case Type.INTEGER | Type.MONEY | Type.FLOAT:
                found[name] = 1
            case Type.CURRENCY:
                found[name] = "EUR"
            case _:
                found[name] = key
    return found


PARTIES = {"Person", "Company", "Household"}


def uuid_of(label: str, key: str) -> str:
    """The own id of a node that `put` wrote."""
    return str(uuid5(NAMESPACE_URL, f"{label}/{key}"))


async def link(graph: Graph, start: str, kind: str, end: str, **values: Any) -> None:
    """Write a relationship between nodes that `put` wrote; ends are written `Label/key`."""
    (first, one), (second, other) = start.split("/"), end.split("/")
    row = LinkRow((uuid_of(first, one),), (uuid_of(second, other),), values)
    part = Links(MODEL.by_type[kind], MODEL.by_label[first], MODEL.by_label[second], [row])
    outcome = await write(graph, Batch([part]), Writer("tester", "crm"))
    assert not outcome.links[kind].missing
