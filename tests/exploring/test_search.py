"""Search finds what an independent reading of the same names finds, in the same order."""

import asyncio
from random import Random
from typing import Any

import neo4j
import pytest

from graph.searching import fold
from graph.statements import Kind, Statement
from loaders.execution import Executor, Explained
from loaders.ids import decode_id
from tests.exploring.conftest import Ask, Node, fill
from tests.resolvers.conftest import STAFF, RecordingGraph
from tests.resolvers.plans import operators

pytestmark = pytest.mark.anyio

WORDS = [
    "Müller", "Miller", "Muller", "Schmidt", "Schmitt", "Anna", "Ana", "Hannah", "Anne", "José",
    "Josef", "Łukasz", "Søren", "Bjørn", "Alexander", "Alexandra", "Aleksander", "Oleksandr",
    "Katharina", "Catarina", "Katherine", "O'Brien", "Åsa", "Straße", "Groupe", "Group", "Gruppe",
    "Industries", "Industrie", "Consulting", "Konsulting", "Élodie", "Çelik", "Ngô",
]  # fmt: skip
_REMOVE = Statement(
    "test.remove", Kind.WRITE, "MATCH (n) WHERE n.id STARTS WITH 'hidden' DETACH DELETE n"
)
QUERY = """query ($text: String!, $kinds: [SearchKind!], $first: Int, $after: String) {
  search(text: $text, kinds: $kinds, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { rank node { id __typename ... on Customer { name } ... on Product { sku } } }
  }
}"""


def world() -> list[Node]:
    random, nodes = Random(4), list[Node]()
    for number in range(90):
        name = " ".join(random.sample(WORDS, random.choice((1, 2, 3))))
        values: dict[str, Any] = {"name": name, "city": random.choice(WORDS)}
        labels = ("Party:Person", "Party:Company", "Product")[number % 3]
        if labels == "Product":
            values = {"name": name, "sku": f"S{number:03d}", "description": values["city"]}
        nodes.append((labels, f"n{number:03d}", values))
    return nodes


WORLD = world()


@pytest.fixture(scope="module", autouse=True)
async def filled(graph: RecordingGraph, executor: Executor) -> None:
    await fill(graph, WORLD, [])
    # A fresh engine plans its first statements for longer than a request may take.
    assert await executor.prepare(QUERY, {"text": "anna", "after": None}) == []


def distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = _next(row, i, a, other)
    return row[-1]


def _next(row: list[int], i: int, a: str, other: str) -> list[int]:
    found = [i]
    for j, b in enumerate(other, 1):
        found.append(min(row[j - 1] + (a != b), row[j] + 1, found[-1] + 1))
    return found


def similar(word: str, other: str) -> bool:
    if len(word) < 4 or not word.isalpha():
        return False
    swaps = [word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1)]
    if len(word) < 8:
        return distance(word, other) <= 1 or other in swaps
    return distance(word, other) <= 2


def oracle_rank(labels: str, values: dict[str, Any], words: list[str]) -> int:
    columns = ("name", "sku", "description") if labels == "Product" else ("name", "city")
    texts = [fold(values[each]).split() for each in columns]
    rank = 500 if texts[0] == words else 0
    hits = 0
    for word in words:
        points = 0
        for place, text in enumerate(texts):
            tier = 0
            if word in text:
                tier = 30
            elif any(each.startswith(word) for each in text):
                tier = 20
            elif any(similar(word, each) for each in text):
                tier = 10
            points = max(points, tier + (5 if tier and place == 0 else 0))
        hits += points > 0
        rank += points
    return rank + 1000 * hits if hits else 0


def oracle(text: str) -> list[tuple[int, str]]:
    words = list(dict.fromkeys(fold(text).split()))
    ranked = [(oracle_rank(labels, values, words), id_) for labels, id_, values in WORLD]
    return sorted([each for each in ranked if each[0]], reverse=True)


async def everything(ask: Ask, text: str, size: int, **more: Any) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    after = None
    while True:
        page = await ask(QUERY, text=text, first=size, after=after, **more)
        found += [(each["rank"], decode_id(each["node"]["id"]).id) for each in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found
        after = page["pageInfo"]["endCursor"]


def questions() -> list[str]:
    random, found = Random(8), list[str]()
    for _ in range(48):
        words = random.sample(WORDS, random.choice((1, 1, 2, 3)))
        found.append(" ".join(_spoilt(random, each) for each in words))
    return found


def _spoilt(random: Random, word: str) -> str:
    at = random.randrange(len(word))
    return random.choice(
        [
            word,
            word.upper(),
            fold(word),
            word[: at + 1],
            word[:at] + word[at + 1 :],
            word[:at] + "x" + word[at:],
            word[:at] + "y" + word[at + 1 :],
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        ]
    )


@pytest.mark.parametrize("text", questions())
async def test_search_finds_and_ranks_as_a_naive_reading_does(ask: Ask, text: str) -> None:
    assert await everything(ask, text, 100) == oracle(text)


@pytest.mark.parametrize("size", [1, 3, 7])
async def test_pages_hold_each_row_once(ask: Ask, size: int) -> None:
    assert await everything(ask, "katharina", size) == oracle("katharina")


async def test_kinds_narrow_what_is_found(ask: Ask) -> None:
    page = await ask(QUERY, text="anna", kinds=["COMPANY"], first=100)

    assert page["edges"]
    assert {each["node"]["__typename"] for each in page["edges"]} == {"Company"}


async def test_all_words_come_before_some_and_whole_words_before_beginnings(ask: Ask) -> None:
    page = await ask(QUERY, text="anna schmi", first=100)

    ranks = [each["rank"] for each in page["edges"]]
    assert ranks == sorted(ranks, reverse=True)
    assert len({each // 1000 for each in ranks}) == 2


async def test_accents_are_folded_as_the_index_folds_them(ask: Ask, graph: RecordingGraph) -> None:
    letters = [chr(each) for each in range(0xC0, 0x180) if chr(each).isalpha()]
    nodes: list[Node] = [
        ("Campaign", f"c{ord(each)}", {"name": f"qq{ord(each)}w{each}z"}) for each in letters
    ]
    await fill(graph, nodes, [])

    for start in range(0, len(letters), 10):
        some = letters[start : start + 10]
        for spell in (str, fold):
            text = " ".join(spell(f"qq{ord(each)}w{each}z") for each in some)
            page = await ask(QUERY, text=text, kinds=["CAMPAIGN"], first=100)
            found = {decode_id(each["node"]["id"]).id for each in page["edges"]}
            assert found == {f"c{ord(each)}" for each in some}, text


SYNTAX = [
    "name:Anna", "Anna AND NOT Schmidt", "+Anna -Schmidt", '"Anna Schmidt"~3', "An*a", "?nna",
    "/An.*/", "[a TO z]", "{a TO z}", "Anna^9", "(Anna", "Anna)", "Anna && Schmidt", "!Anna",
    "Anna\\", "\\", '"', "'", "Anna' OR 1=1 //", "'}) DETACH DELETE n //", "$p0", "sharing[0]",
    "\u0000Anna", "Anna\n\tSchmidt", "%", "`Anna`", "*", "~", "\\u0027", "𝒜nna", "東京", "🙂",
]  # fmt: skip


@pytest.mark.parametrize("text", SYNTAX)
async def test_syntax_in_a_text_is_text(ask: Ask, text: str) -> None:
    assert await everything(ask, text, 100, kinds=["PERSON", "COMPANY", "PRODUCT"]) == oracle(text)


@pytest.mark.parametrize("text", ["", "   ", "*:*", "-- !? ()", "\n"])
async def test_a_text_without_words_finds_nothing(ask: Ask, text: str) -> None:
    page = await ask(QUERY, text=text)

    assert (page["edges"], page["totalCount"]) == ([], 0)


@pytest.mark.parametrize("text", ["x" * 201, "a b c d e f g h i j k"])
async def test_a_text_too_long_is_refused(refused: Ask, text: str) -> None:
    ((code, message),) = await refused(QUERY, text=text)

    assert code == "INVALID_ARGUMENT"
    assert message.startswith("Search for at most")


async def test_a_cursor_of_another_text_is_refused(ask: Ask, refused: Ask) -> None:
    page = await ask(QUERY, text="anna", first=1)

    errors = await refused(QUERY, text="ana", first=1, after=page["pageInfo"]["endCursor"])

    assert errors[0][0] == "INVALID_CURSOR"


@pytest.mark.parametrize("text", ["x" * 200, " ".join(["abcdefghijk"[n:] * 2 for n in range(8)])])
async def test_the_longest_texts_are_answered(ask: Ask, text: str) -> None:
    assert (await ask(QUERY, text=text))["totalCount"] == 0


async def test_other_nodes_change_neither_ranks_nor_order(ask: Ask, graph: RecordingGraph) -> None:
    before = [await ask(QUERY, text=each, kinds=["PERSON"]) for each in questions()[:20]]
    others: list[Node] = [
        ("Party:Company", f"hidden{number}", {"name": f"{word} {WORDS[-number]}", "city": word})
        for number, word in enumerate(WORDS * 4)
        if number < len(WORDS)
    ]

    await fill(graph, others, [])

    assert before == [await ask(QUERY, text=each, kinds=["PERSON"]) for each in questions()[:20]]
    await graph.run(_REMOVE)


async def test_concurrent_searches_share_a_statement_and_answer_the_same(
    executor: Executor, ask: Ask
) -> None:
    texts = questions()[:24]
    alone = [await ask(QUERY, text=each) for each in texts]
    shared_before = sum(n for size, n in executor.lanes.batches.items() if size > 1)

    together = await asyncio.gather(
        *(executor.execute(QUERY, {"text": each}, None, STAFF) for each in texts)
    )

    assert [each["data"]["search"] for each in together] == alone
    assert sum(n for size, n in executor.lanes.batches.items() if size > 1) > shared_before


async def test_a_search_asks_the_full_text_index_and_scans_nothing(
    ask: Ask, graph: RecordingGraph, driver: neo4j.AsyncDriver
) -> None:
    graph.sent.clear()
    await ask(QUERY, text="anna")
    one = graph.sent[0].statement.text
    await ask(QUERY, text="something else", kinds=["PRODUCT"])

    found = await operators(driver, graph.sent[0])
    assert "ProcedureCall" in found
    assert not any("Scan" in each for each in found)
    assert "db.index.fulltext.queryNodes" in one
    assert "anna" not in one


async def test_what_is_found_can_be_filtered_and_ordered_like_any_list(ask: Ask) -> None:
    query = """query ($text: String!, $city: String!) {
      search(text: $text, first: 100, orderBy: [{field: EDGE_RANK, direction: ASC}],
        filter: {asPerson: {city: {eq: $city}}}) {
        facets(field: TYPE) { value count }
        edges { rank node { id ... on Person { city } } }
      }
    }"""
    city = next(each["city"] for _, id_, each in WORLD if id_ == "n000")
    text = str(WORLD[0][2]["name"])

    page = await ask(query, text=text, city=city)

    cities = {id_: values.get("city") for labels, id_, values in WORLD if "Person" in labels}
    expected = sorted(each for each in oracle(text) if cities.get(each[1]) == city)
    found = [(each["rank"], decode_id(each["node"]["id"]).id) for each in page["edges"]]
    assert expected
    assert sorted(found) == expected
    assert [rank for rank, _ in found] == [rank for rank, _ in expected]
    assert page["facets"] == [{"value": "Person", "count": len(expected)}]


async def test_a_search_beside_a_refused_field_is_answered_as_it_is_alone(
    executor: Executor, ask: Ask
) -> None:
    found = "search(text: $text) { totalCount edges { rank cursor node { __typename id } } }"
    alone = await ask(f"query ($text: String!) {{ {found} }}", text="anna")

    both = f'query ($text: String!) {{ {found} neighborhood(id: "x", depth: 9) {{ truncated }} }}'
    response = await executor.execute(both, {"text": "anna"}, None, STAFF)

    assert response["data"] == {"search": alone, "neighborhood": None}
    assert [each["path"] for each in response["errors"]] == [["neighborhood"]]


def test_no_text_changes_the_statement(executor: Executor) -> None:
    asked = [
        {"text": text, "kinds": kinds, "first": first}
        for text in (*questions(), *SYNTAX, "")
        for kinds, first in ((["PERSON"], 1), (["USER", "CASE"], 50))
    ]

    found = [executor.explain(QUERY, each, None) for each in asked]

    assert len({each.statement for (each,) in found if isinstance(each, Explained)}) == 1
