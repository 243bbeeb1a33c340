"""Writers that bring the same person at the same time."""

import asyncio

import pytest

from graph.database import Graph
from tests.resolving.telling import arrive, ask, clusters, says

pytestmark = pytest.mark.anyio


async def test_sixteen_writers_of_one_person_make_one_party(graph: Graph) -> None:
    rows = [
        says(i, email="a@x.org", phone="+40712345678", source=f"system{i % 4}") for i in range(16)
    ]

    await asyncio.gather(*(arrive(graph, row) for row in rows))

    assert len(await clusters(graph)) == 1
    [[parties, records]] = await ask(
        graph, "MATCH (p:Person) RETURN count(p), sum(COUNT { (p)<-[:RESOLVES_TO]-() })"
    )
    assert (parties, records) == (1, 16)


async def test_writers_of_two_halves_and_of_the_whole_make_one_party(graph: Graph) -> None:
    mail, phone = {"email": "a@x.org"}, {"phone": "+40712345678"}
    rows = [says(i, **(mail, phone, mail | phone)[i % 3]) for i in range(12)]

    await asyncio.gather(*(arrive(graph, row) for row in rows))

    assert len(await clusters(graph)) == 1
