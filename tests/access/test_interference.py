"""What somebody may not see changes no byte of his answers; and a leak would be noticed."""

import re
from collections.abc import Callable
from typing import Any, cast

import orjson
import pytest
from graphql import GraphQLError

from graph.database import Graph
from graph.statements import Kind, Statement
from loaders import filters, pages, sorting
from loaders.execution import Executor
from loaders.projection import projection
from resolvers.schema import SCHEMA
from tests.access.changing import Hidden
from tests.access.corpus import corpus
from tests.access.viewers import Asked, viewer
from tests.access.world import World

pytestmark = pytest.mark.anyio

CHANGES, BATCH = 1_000, 125
NODES = Statement("test.access.nodes", Kind.READ, "MATCH (n) RETURN count(n)")


async def answers(executor: Executor, asked: list[Asked], name: str) -> list[bytes]:
    """The answer to each question, byte for byte."""
    who = viewer(name)
    return [orjson.dumps(await executor.execute(q, given, None, who)) for q, given in asked]


async def interference(
    executor: Executor, hidden: Hidden, asked: list[Asked], name: str, changes: int
) -> list[str]:
    """The questions whose answers changed when only what is hidden did."""
    before = await answers(executor, asked, name)
    for _ in range(max(1, changes // BATCH)):
        await hidden.change(min(BATCH, changes))
        after = await answers(executor, asked, name)
        if after != before:
            pairs = zip(asked, before, after, strict=True)
            return [f"{q} {given}" for (q, given), one, other in pairs if one != other]
    return []


@pytest.mark.parametrize("name", ["kestrel", "ana"])
async def test_what_is_hidden_changes_no_byte(
    executor: Executor, graph: Graph, world: World, name: str
) -> None:
    """A part of the questions; `full` asks all of them, whose texts take minutes to plan."""
    schema = projection(executor.schema, viewer(name).audience)
    asked = corpus(schema, world, name)[:: 21 if name == "kestrel" else 7]
    assert len(asked) >= 2

    found = await interference(executor, Hidden(graph, world, name, 7), asked, name, CHANGES)

    assert found == []


@pytest.mark.full
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("name", ["kestrel", "ana"])
async def test_what_is_hidden_changes_no_byte_of_any_answer(
    executor: Executor, graph: Graph, world: World, name: str
) -> None:
    schema = projection(executor.schema, viewer(name).audience)
    asked = corpus(schema, world, name)
    assert len(asked) >= (60 if name == "kestrel" else 10)

    found = await interference(executor, Hidden(graph, world, name, 7), asked, name, CHANGES)

    assert found == []


def _blind(text: str) -> Any:
    """A text without its conditions of what may be seen."""
    seen = re.sub(r"(?:SEEN|MAY|KNOWN)_\w+\([^)]*\)", "true", text)
    return re.sub(r"«FROM (\w+) (\w+)»", r"MATCH (\2:\1)", seen)


def _leak_counts(patch: pytest.MonkeyPatch, _graph: Graph) -> None:
    count = cast("Callable[[Any], str]", pages._count)  # pyright: ignore[reportPrivateUsage]
    patch.setattr(pages, "_count", lambda found: _blind(count(found)))


def _leak_facets(patch: pytest.MonkeyPatch, _graph: Graph) -> None:
    facets = pages.facet_text
    patch.setattr(
        pages, "facet_text", lambda edge, field, matched, *rest: facets(
            edge, field, _blind(matched), *rest
        ),
    )  # fmt: skip


def _leak_order(patch: pytest.MonkeyPatch, _graph: Graph) -> None:
    patch.setattr(sorting, "masked", lambda _owner, _field, _scope, text: text)


def _leak_paths(patch: pytest.MonkeyPatch, _graph: Graph) -> None:
    patch.setattr(filters, "guarded", lambda *_: "true")


def _leak_errors(patch: pytest.MonkeyPatch, graph: Graph) -> None:
    answer = Executor._answer  # pyright: ignore[reportPrivateUsage]

    async def telling(self: Executor, *rest: Any) -> Any:
        found: Any = await answer(self, *rest)
        if getattr(found, "row", None) == [None]:
            return GraphQLError(f"It is none of {(await graph.run(NODES))[0][0]}.")
        return found

    patch.setattr(Executor, "_answer", telling)


LEAKS: dict[str, tuple[Callable[[pytest.MonkeyPatch, Graph], None], str]] = {
    "count": (_leak_counts, "{ companies { totalCount } }"),
    "facet": (_leak_facets, "{ companies { facets(field: NAME, first: 100) { value count } } }"),
    "sort": (
        _leak_order,
        "{ companies(orderBy: [{field: PHONE}]) { edges { node { id } } } }",
    ),
    "nested path": (
        _leak_paths,
        "{ companies(filter: {orders: {some: {node: {customerReference: "
        '{contains: "odd"}}}}}) { totalCount } }',
    ),
    "error text": (_leak_errors, '{ node(id: "Q29tcGFueTpub25l") { id } }'),
}


@pytest.mark.parametrize("leak", LEAKS)
async def test_a_leak_is_noticed(
    graph: Graph, world: World, leak: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, question = LEAKS[leak]
    asked: list[Asked] = [(question, {}), ("{ customers(first: 5) { edges { node { id } } } }", {})]
    plant(monkeypatch, graph)
    leaking = Executor(SCHEMA._schema, graph)  # pyright: ignore[reportPrivateUsage]

    found = await interference(
        leaking, Hidden(graph, world, "kestrel", 3), asked, "kestrel", CHANGES
    )

    assert found == [f"{question} {{}}"]
