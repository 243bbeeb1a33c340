"""Generated queries: compiled completion answers as graphql-core does, byte for byte."""

from random import Random
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

from graph.database import Graph
from graph.statements import Kind, Statement
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.schema import source_of
from resolvers.schema import SCHEMA
from tests.loaders.conftest import STAFF

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("patience")]

_SCHEMA = SCHEMA._schema
_EMAIL = encode_id("Email", "email3")
_DAMAGE = (
    "RETURN 1",
    "MATCH (n:Order) WHERE rand() < 0.3 REMOVE n.number",
    "MATCH (n:Email) WHERE rand() < 0.3 REMOVE n.at SET n.at = null",
    "MATCH (n:Party) WHERE rand() < 0.3 REMOVE n.name",
    "MATCH ()-[r:CONTAINS]->() WHERE rand() < 0.3 SET r.quantity = 'many'",
    "MATCH (n:Product) WHERE rand() < 0.3 SET n.version = 4294967296",
)


class Writer:
    """Writes one random query over the whole schema."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names = 0

    def query(self) -> str:
        """A query with one to three root fields and two Boolean variables."""
        roots = self.random.choices(
            [
                f'customer(id: "{encode_id("Company", "acme")}")',
                f'node(id: "{encode_id("Person", "ana")}")',
                f'node(id: "{encode_id("Order", "order05")}")',
                f'nodes(ids: ["{_EMAIL}", "{encode_id("Order", "order01")}"])',
                "customers(first: 2)",
                "orders(last: 3)",
            ],
            k=self.random.randint(1, 3),
        )
        body = " ".join(
            f"r{number}: {root} {self._set(self._root(root), 2)}"
            for number, root in enumerate(roots)
        )
        used = "__typename @include(if: $yes) @skip(if: $no)"
        return f"query Q($yes: Boolean!, $no: Boolean!) {{ {used} {body} }}"

    def _root(self, root: str) -> Any:
        name = root.partition("(")[0]
        assert _SCHEMA.query_type is not None
        return get_named_type(_SCHEMA.query_type.fields[name].type)

    def _set(self, type_: Any, depth: int) -> str:
        parts = ["__typename"] if self.random.random() < 0.3 else []
        if is_abstract_type(type_):
            possible = list(_SCHEMA.get_possible_types(type_))
            parts += [
                f"... on {each.name}{self._directive()} {self._set(each, depth)}"
                for each in self.random.sample(possible, min(len(possible), 2))
            ]
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            parts += self._fields(type_, depth)
        self.random.shuffle(parts)
        return "{ " + " ".join(parts or ["__typename"]) + " }"

    def _fields(self, type_: Any, depth: int) -> list[str]:
        names = list(type_.fields)
        chosen = self.random.sample(names, min(len(names), self.random.randint(1, 4)))
        if "edges" in names and "edges" not in chosen:
            chosen.append("edges")
        parts: list[str] = []
        for name in chosen:
            field = type_.fields[name]
            named = get_named_type(field.type)
            self.names += 1
            # One key for fields of different types or arguments is no query.
            shared = name in {"edges", "node", "pageInfo", "cursor", "id"}
            alias = "" if shared else f"a{self.names}: "
            text = f"{alias}{name}{self._arguments(field)}{self._directive()}"
            if is_leaf_type(named):
                parts.append(text)
            elif depth > 0 or source_of(field) is None:
                parts.append(f"{text} {self._set(named, depth - ('first' in field.args))}")
        return parts

    def _arguments(self, field: Any) -> str:
        if "field" in field.args:
            return f"(field: {self._value_of(field.args['field'])}, first: 3)"
        if "first" not in field.args or self.random.random() < 0.3:
            return ""
        given = [f"{self.random.choice(['first', 'last'])}: {self.random.randint(0, 3)}"]
        if "orderBy" in field.args and self.random.random() < 0.3:
            term = get_named_type(field.args["orderBy"].type).fields["field"]
            given.append(f"orderBy: [{{field: {self._value_of(term)}, direction: DESC}}]")
        if "filter" in field.args and self.random.random() < 0.3:
            members = get_named_type(field.args["filter"].type).fields
            given.append(self.random.choice(["filter: {or: [{}, {not: {}}]}", _kept(members)]))
        return f"({', '.join(given)})"

    def _value_of(self, argument: Any) -> str:
        return self.random.choice(list(get_named_type(argument.type).values))

    def _directive(self) -> str:
        return self.random.choices(
            ["", " @include(if: $yes)", " @skip(if: $no)", " @include(if: $no)"], [12, 1, 1, 1]
        )[0]


def _kept(members: Any) -> str:
    """A filter that all but a few rows fit."""
    return "filter: {changedAt: {isNull: false}}" if "changedAt" in members else "filter: {}"


def _plain(response: dict[str, Any]) -> dict[str, Any]:
    """The response without what may differ between two executions: log references."""
    for error in response.get("errors", []):
        error.get("extensions", {}).pop("reference", None)
    return response


async def _compare(graph: Graph, seeds: range) -> int:
    compiled = Executor(_SCHEMA, graph)
    stock = Executor(_SCHEMA, graph, compiled=False)
    answered = 0
    for seed in seeds:
        random = Random(seed)
        damage = random.choice(_DAMAGE) if random.random() < 0.3 else _DAMAGE[0]
        await graph.run(Statement("test.damage", Kind.WRITE, damage))
        query = Writer(random).query()
        variables = {"yes": True, "no": False}
        fast = _plain(await compiled.execute(query, variables, None, STAFF))
        slow = _plain(await stock.execute(query, variables, None, STAFF))
        assert "data" in fast, (seed, query, fast)
        assert fast == slow, (seed, query)
        assert str(fast) == str(slow), (seed, query)
        answered += fast["data"] is not None
    return answered


async def test_compiled_equals_stock_on_generated_queries(graph: Graph) -> None:
    assert await _compare(graph, range(12)) > 8


@pytest.mark.full
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("part", range(5))
async def test_compiled_equals_stock_on_many_generated_queries(graph: Graph, part: int) -> None:
    assert await _compare(graph, range(1_000 + 400 * part, 1_400 + 400 * part)) > 250
