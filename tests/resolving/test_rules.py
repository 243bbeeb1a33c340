"""Certain rules: one person from several records, in one batch and in several."""

from typing import Any

import pytest

from graph.database import Graph
from tests.resolving.telling import (
    COMPANY,
    arrive,
    ask,
    clusters,
    distinguish,
    id_of,
    proposed,
    rules,
    says,
)

pytestmark = pytest.mark.anyio


def same(*numbers: int) -> frozenset[str]:
    return frozenset(map(str, numbers))


@pytest.mark.parametrize(
    ("left", "right", "rule"),
    [
        pytest.param({"email": "a@x.org"}, {"email": "A@X.org"}, "SAME_EMAIL_AND_NAME", id="mail"),
        pytest.param(
            {"phone": "+40712345678"}, {"phone": "+40712345678"}, "SAME_PHONE_AND_NAME", id="phone"
        ),
    ],
)
async def test_a_record_with_the_same_identifier_and_name_joins(
    graph: Graph, left: dict[str, Any], right: dict[str, Any], rule: str
) -> None:
    await arrive(graph, says(1, "Ștefan Pop-Ionescu", **left))
    await arrive(graph, says(2, "POP IONESCU, Stefan", **right), step=1)

    assert await clusters(graph) == {same(1, 2)}
    assert await rules(graph) == [rule]
    [[id_, aliases]] = await ask(
        graph,
        "MATCH (p:Person) RETURN p.id, COLLECT { MATCH (a:Alias {target: p.id}) RETURN a.id }",
    )
    assert (id_, aliases) == (id_of(1), [id_of(2)])


async def test_records_of_one_batch_join_each_other(graph: Graph) -> None:
    mail = "ana@x.org"

    await arrive(graph, says(1, email=mail), says(2, email=mail), says(3, "Ion Pop", email=mail))

    assert await clusters(graph) == {same(1, 2), same(3)}


async def test_a_record_that_knows_two_parties_makes_them_one(graph: Graph) -> None:
    await arrive(graph, says(1, email="a@x.org"), step=0)
    await arrive(graph, says(2, phone="+40712345678"), step=1)
    assert len(await clusters(graph)) == 2

    await arrive(graph, says(3, email="a@x.org", phone="+40712345678"), step=2)

    assert await clusters(graph) == {same(1, 2, 3)}
    [[id_]] = await ask(graph, "MATCH (p:Person) RETURN p.id")
    assert id_ == id_of(1)


async def test_the_values_and_identifiers_of_all_records_are_the_partys(graph: Graph) -> None:
    await arrive(graph, says(1, email="a@x.org"))
    await arrive(graph, says(2, email="a@x.org", phone="+40712345678", city="Iași"), step=1)

    [row] = await ask(
        graph,
        "MATCH (p:Person) RETURN p.city, COLLECT { MATCH (p)-[:HAS_IDENTIFIER]->(i) "
        "RETURN i.value ORDER BY i.value }",
    )
    assert row == ["Iași", ["+40712345678", "a@x.org"]]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        pytest.param("Ana Pop", {"email": "test@test.com"}, id="test"),
        pytest.param("Ana Pop", {"email": "n-a@example.com"}, id="n-a"),
        pytest.param("Ana Pop", {"email": "noreply@shop.org"}, id="noreply"),
        pytest.param("Ana Pop", {"email": "info@shop.org"}, id="function"),
        pytest.param("Ana Pop", {"phone": "+40000000000"}, id="zeros"),
        pytest.param("n/a", {"email": "ana@x.org"}, id="no name"),
        pytest.param("-", {"email": "ana@x.org"}, id="dash"),
        pytest.param("Unknown Unknown", {"email": "ana@x.org"}, id="unknown"),
        pytest.param("Ana", {"email": "ana@x.org"}, id="first name alone"),
    ],
)
async def test_what_says_nothing_joins_nobody(
    graph: Graph, name: str, values: dict[str, Any]
) -> None:
    await arrive(graph, says(1, name, **values), says(2, name, **values))
    await arrive(graph, says(3, name, **values), step=1)

    assert len(await clusters(graph)) == 3


async def test_another_day_of_birth_keeps_father_and_son_apart(graph: Graph) -> None:
    await arrive(graph, says(1, email="pop@x.org", birthDate="1960-01-01"))
    await arrive(graph, says(2, email="pop@x.org", birthDate="1990-01-01"), step=1)

    assert len(await clusters(graph)) == 2


async def test_what_more_than_five_have_is_shared_and_joins_nobody(graph: Graph) -> None:
    names = ("Ana Pop", "Ion Rus", "Eva Lup", "Dan Bob", "Ada Mic", "Ema Tei", "Ovi Fag")
    for number, name in enumerate(names):
        await arrive(graph, says(number, name, phone="+40712345678"), step=number)

    await arrive(graph, says(9, "Ana Pop", phone="+40712345678"), step=9)

    assert len(await clusters(graph)) == 8
    assert await ask(graph, "MATCH (i:Identifier) RETURN i.shared") == [[True]]


async def test_companies_join_by_tax_id_and_by_domain_and_name(graph: Graph) -> None:
    rows = [
        says(1, "Crama Dealu Vechi SRL", taxId="RO 48201937"),
        says(2, "Dealu Vechi", taxId="ro48201937", website="https://www.dealu.ro"),
        says(3, "DEALU VECHI S.R.L.", website="https://dealu.ro/wine"),
        says(4, "Another One", website="https://dealu.ro"),
    ]
    for step, row in enumerate(rows):
        await arrive(graph, row, node=COMPANY, step=step)

    assert await clusters(graph) == {same(1, 2, 3), same(4)}
    assert await rules(graph) == ["SAME_DOMAIN_AND_NAME", "SAME_TAX_ID"]


async def test_nothing_is_merged_that_somebody_told_apart(graph: Graph) -> None:
    await arrive(graph, says(1, email="a@x.org"))
    await arrive(graph, says(2, phone="+40712345678"))
    await distinguish(graph, 1, 2)

    await arrive(graph, says(3, email="a@x.org", phone="+40712345678"), step=2)

    assert await clusters(graph) == {same(1, 3), same(2)}


async def test_a_new_value_of_a_known_record_makes_parties_one(graph: Graph) -> None:
    await arrive(graph, says(1, email="a@x.org"))
    await arrive(graph, says(2, phone="+40712345678"), step=1)

    await arrive(graph, says(2, email="a@x.org", phone="+40712345678"), step=2)

    assert await clusters(graph) == {same(1, 2)}


async def test_the_same_again_changes_nothing(graph: Graph) -> None:
    rows = [says(1, email="a@x.org"), says(2, email="a@x.org", city="Iași"), says(3, "Ion Rus")]
    await arrive(graph, *rows)
    text = "MATCH (n) RETURN count(n), sum(n.version), sum(COUNT { (n)-->() })"
    before = await ask(graph, text)

    again = await arrive(graph, *rows, step=3)

    assert await ask(graph, text) == before
    assert again.nodes["Person"].unchanged == 3


async def test_where_nothing_may_be_joined_it_is_proposed(cautious: Graph) -> None:
    rows = [says(1, email="a@x.org"), says(2, email="a@x.org")]
    await arrive(cautious, *rows)
    await arrive(cautious, says(3, email="a@x.org"), step=1)
    await arrive(cautious, *rows, step=2)

    assert len(await clusters(cautious)) == 3
    pairs = {frozenset(row[:2]) for row in await proposed(cautious)}
    assert len(pairs) == 3
    assert {row[2] for row in await proposed(cautious)} == {"SAME_EMAIL_AND_NAME"}
