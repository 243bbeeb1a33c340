"""What comes with the server at work: models of people and companies, addresses of households."""

from collections.abc import Iterator
from typing import Any

import pytest

from graph.database import Graph
from graph.matching import neighbours
from graph.matching.judging import judges
from graph.matching.resolving.arriving import Resolving
from graph.matching.resolving.policy import Policy
from graph.matching.running import Matching
from graph.model.parties import COMPANY, HOUSEHOLD
from tests.resolving.telling import arrive, clusters, id_of, proposed, rules, says

pytestmark = pytest.mark.anyio

ADDRESS = {"street": "12 Rue des Lilas", "postalCode": "75011", "city": "Paris"}
PERSON = {"givenName": "Ana", "familyName": "Lupescu", "birthDate": "1980-01-02"}
FIRM = {"website": "https://velora.example.org", "email": "info@velora.example.org"}


@pytest.fixture
def judging(graph: Graph) -> Iterator[Graph]:
    """Return an empty graph that resolves with all that comes along."""
    graph.resolver = Resolving(Policy("auto", accept=0.9, review=0.5), judges())
    yield graph
    graph.resolver = Resolving(Policy())


async def test_people_are_joined_by_what_is_alike(judging: Graph) -> None:
    one = says(1, "Ana Lupescu", **PERSON, **ADDRESS)
    other = says(2, "Anna Lupescu", **{**PERSON, "givenName": "Anna"}, **ADDRESS)
    await arrive(judging, one)
    await arrive(judging, other, step=1)

    assert await clusters(judging) == {frozenset("12")}
    assert await rules(judging) == ["SCORE"]


async def test_companies_that_are_alike_are_proposed_and_those_of_a_group_are_not(
    judging: Graph,
) -> None:
    rows = (
        says(1, "Velora Metal SRL", **FIRM, **ADDRESS, taxId="RO40512177"),
        says(2, "Velora Metall", **FIRM, **ADDRESS),
        says(3, "Nordwind Travel", **FIRM, **ADDRESS, taxId="RO87650021"),
    )
    for step, row in enumerate(rows):
        await arrive(judging, row, node=COMPANY, step=step)

    assert len(await clusters(judging)) == 3
    assert [set(row[:2]) for row in await proposed(judging)] == [{id_of(1), id_of(2)}]


async def test_companies_without_a_tax_id_are_joined_by_name_and_address(
    judging: Graph,
) -> None:
    rows = (
        says(1, "Velora Metal SRL", **ADDRESS),
        says(2, "VELORA METAL", **ADDRESS),
        says(3, "Velora Metal", **ADDRESS, taxId="RO87650021"),
        says(4, "Velora Metal", **ADDRESS, taxId="RO40512177"),
    )
    for step, row in enumerate(rows):
        await arrive(judging, row, node=COMPANY, step=step)

    assert await clusters(judging) == {frozenset(each) for each in ("12", "3", "4")}
    assert await rules(judging) == ["SAME_ADDRESS_AND_NAME"]


HOUSEHOLDS = (
    says(1, "Household Lupescu", **ADDRESS),
    says(2, "Famille LUPESCU", "shop", **{**ADDRESS, "street": "12, rue des Lilas"}),
    says(3, "Household Pop", **ADDRESS),  # another flat
    says(4, "Household Lupescu", **{**ADDRESS, "street": "14 Rue des Lilas"}),
    says(5, "Household", **ADDRESS),
)


async def test_households_are_joined_by_name_and_address(judging: Graph) -> None:
    for step, row in enumerate(HOUSEHOLDS):
        await arrive(judging, row, node=HOUSEHOLD, step=step)

    assert await clusters(judging) == {frozenset(each) for each in ("12", "3", "4", "5")}
    assert await rules(judging) == ["SAME_ADDRESS_AND_NAME"]


async def test_a_batch_finds_the_same_households(graph: Graph) -> None:
    graph.resolver = None
    await arrive(graph, *HOUSEHOLDS, node=HOUSEHOLD)

    matching = Matching(
        graph, "Household", "address 1", lambda read, _: neighbours.pairs("Household", read),
        Policy(), _silent, rule=neighbours.RULE,
    )  # fmt: skip
    first, again = await matching.run(full=True), await matching.run(full=False)

    assert (first.merged, first.proposed, again.merged) == (1, 0, 0)
    assert await rules(graph) == ["SAME_ADDRESS_AND_NAME"]
    graph.resolver = Resolving(Policy())


def _silent(*_: Any) -> None:
    """Nobody looks at the progress."""
