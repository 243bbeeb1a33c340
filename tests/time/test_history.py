"""History and diff: what changed, from what to what, by whom, and what is not told."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from graph.database import Graph
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write
from graph.write.actions.draft import Caller, Named
from graph.write.archiving import Put, put
from loaders.execution import Executor
from loaders.ids import encode_id
from tests.time.asking import STAFF, ask
from tests.time.histories import COMPANY, ORDER, PERSON, TYPES, moment

pytestmark = pytest.mark.anyio

IDS = {
    name: f"00000000-0000-7000-8000-00000000000{number}"
    for number, name in enumerate(("ada", "acme", "new", "order", "bolt"))
}
ADA, ACME, ORDER_ID = (
    encode_id(type_, IDS[name])
    for type_, name in (("Person", "ada"), ("Company", "acme"), ("Order", "order"))
)
HISTORY = """query ($id: ID!, $fields: [String!], $from: DateTime, $to: DateTime, $first: Int,
    $after: String) {
  history(id: $id, fields: $fields, from: $from, to: $to, first: $first, after: $after) {
    edges { cursor node { version at kind actor op reason fields { field before after } } }
    pageInfo { hasNextPage endCursor } } }"""
DIFF = """query ($id: ID!, $from: DateTime!, $to: DateTime) { diff(id: $id, from: $from, to: $to) {
  existedBefore existsAfter fields { field before after at actor op reason }
  gained { type direction nodeId headline at actor op } lost { type direction nodeId at } } }"""


async def said(graph: Graph, hour: int, *parts: Nodes | Links, actor: str = "ann") -> None:
    """Write at an hour."""
    await write(graph, Batch(list(parts)), Writer(actor, "test", moment(hour)))


def person(name: str = "Ada", **values: Any) -> Nodes:
    """What the crm says of the person."""
    return Nodes(PERSON, [NodeRow(("crm", "ada"), {"name": name, **values}, id=IDS["ada"])])


def jobs(*companies: str, title: str = "CEO") -> Links:
    """All employments of the person."""
    rows = [LinkRow(("crm", "ada"), ("erp", each), {"title": title}) for each in companies]
    return Links(TYPES["WORKS_AT"], PERSON, COMPANY, rows, complete=True)


@pytest.fixture(scope="module")
async def told(
    connected: Graph, executor: Executor, wipe_graph: Callable[[], Awaitable[None]]
) -> Executor:
    """A person with a past of five hours, two employers and an order."""
    await wipe_graph()
    graph = connected
    companies = [NodeRow(("erp", n), {"name": n.title()}, id=IDS[n]) for n in ("acme", "new")]
    await said(graph, 1, person(city="Lyon"), Nodes(COMPANY, companies), jobs("acme"))
    await said(graph, 2, person(city="Graz", tier="GOLD"), actor="bob")
    await said(graph, 3, person(tier="SILVER"), jobs("new"))
    values = {"number": "1", "at": moment(1), "total": 1250, "currency": "EUR"}
    await said(graph, 3, Nodes(ORDER, [NodeRow(("shop", "1"), values, id=IDS["order"])]))
    await said(graph, 4, Nodes(ORDER, [NodeRow(("shop", "1"), {"total": 900})]))
    await said(graph, 5, person(name="Ada L", city="Leeds"), actor="eve")
    return executor


def changed(entry: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields of a change with their values before and after."""
    return {each["field"]: (each["before"], each["after"]) for each in entry["fields"]}


async def entries(executor: Executor, **variables: Any) -> list[dict[str, Any]]:
    """The changes of the person."""
    page = (await ask(executor, HISTORY, {"id": ADA, **variables}))["history"]
    return [each["node"] for each in page["edges"]]


async def test_history_tells_each_change_with_values_before_and_after(told: Executor) -> None:
    found = await entries(told)

    assert [each["version"] for each in found] == [4, 3, 2, 1]
    assert [each["at"] for each in found] == [moment(hour) for hour in (5, 3, 2, 1)]
    assert [each["kind"] for each in found] == ["CHANGED", "CHANGED", "CHANGED", "CREATED"]
    assert [each["actor"] for each in found] == ["eve", "ann", "bob", "ann"]
    assert changed(found[0]) == {"name": ("Ada", "Ada L"), "city": ("Graz", "Leeds")}
    assert changed(found[1]) == {"tier": ("GOLD", "SILVER")}
    assert changed(found[2]) == {"city": ("Lyon", "Graz"), "tier": (None, "GOLD")}
    assert changed(found[3]) == {"name": (None, "Ada"), "city": (None, "Lyon")}


async def test_history_of_fields_leaves_out_what_did_not_change_them(told: Executor) -> None:
    found = await entries(told, fields=["tier"])

    assert [each["version"] for each in found] == [3, 2]
    assert [changed(each) for each in found] == [
        {"tier": ("GOLD", "SILVER")}, {"tier": (None, "GOLD")}
    ]  # fmt: skip


async def test_history_of_a_period_has_its_start_and_not_its_end(told: Executor) -> None:
    found = await entries(told, **{"from": moment(2), "to": moment(5)})

    assert [each["version"] for each in found] == [3, 2]
    assert changed(found[1]) == {"city": ("Lyon", "Graz"), "tier": (None, "GOLD")}


@pytest.mark.parametrize("fields", [None, ["city", "tier", "name"]])
@pytest.mark.parametrize("size", [1, 2, 3])
async def test_pages_of_a_history_hold_each_change_once(
    told: Executor, size: int, fields: list[str] | None
) -> None:
    whole, walked, after = await entries(told), list[Any](), None
    while True:
        variables = {"id": ADA, "first": size, "after": after, "fields": fields}
        page = (await ask(told, HISTORY, variables))["history"]
        walked += [each["node"] for each in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert walked == whole


async def test_amounts_in_a_history_are_in_main_units(told: Executor) -> None:
    found = (await ask(told, HISTORY, {"id": ORDER_ID}))["history"]["edges"]

    assert changed(found[0]["node"]) == {
        "total": ({"amount": "12.50", "currency": "EUR"}, {"amount": "9.00", "currency": "EUR"})
    }


async def test_diff_tells_the_values_at_both_moments_and_their_last_change(told: Executor) -> None:
    found = (await ask(told, DIFF, {"id": ADA, "from": moment(1), "to": moment(5)}))["diff"]

    assert {each["field"]: (each["before"], each["after"]) for each in found["fields"]} == {
        "name": ("Ada", "Ada L"),
        "city": ("Lyon", "Leeds"),
        "tier": (None, "SILVER"),
    }
    assert {each["field"]: (each["at"], each["actor"]) for each in found["fields"]} == {
        "name": (moment(5), "eve"),
        "city": (moment(5), "eve"),
        "tier": (moment(3), "ann"),
    }
    assert (found["existedBefore"], found["existsAfter"]) == (True, True)


async def test_diff_tells_relationships_gained_and_lost(told: Executor) -> None:
    found = (await ask(told, DIFF, {"id": ADA, "from": moment(1), "to": moment(4)}))["diff"]

    gained = [(each["type"], each["nodeId"], each["at"]) for each in found["gained"]]
    lost = [(each["type"], each["nodeId"], each["at"]) for each in found["lost"]]
    assert gained == [("WORKS_AT", encode_id("Company", IDS["new"]), moment(3))]
    assert lost == [("WORKS_AT", ACME, moment(3))]
    assert found["gained"][0]["headline"] == "New"
    assert found["gained"][0]["direction"] == "ALONG"


async def test_diff_from_before_its_creation_has_no_values_before(told: Executor) -> None:
    found = (await ask(told, DIFF, {"id": ADA, "from": moment(0), "to": moment(1)}))["diff"]

    assert (found["existedBefore"], found["existsAfter"]) == (False, True)
    assert {each["field"]: each["after"] for each in found["fields"]} == {
        "name": "Ada", "city": "Lyon"
    }  # fmt: skip
    assert {each["type"] for each in found["gained"]} == {"WORKS_AT", "RESOLVES_TO"}


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        (HISTORY, {"id": ADA, "fields": ["hash"]}, "INVALID_ARGUMENT"),
        (HISTORY, {"id": ADA, "fields": []}, "INVALID_ARGUMENT"),
        (HISTORY, {"id": ADA, "first": 101}, "INVALID_PAGE"),
        (HISTORY, {"id": ADA, "after": "forged"}, "INVALID_CURSOR"),
        (HISTORY, {"id": "forged"}, "INVALID_ID"),
        (HISTORY, {"id": ADA, "from": moment(5), "to": moment(4)}, "INVALID_TIME"),
        (DIFF, {"id": ADA, "from": moment(5), "to": moment(4)}, "INVALID_TIME"),
        (DIFF, {"id": ADA, "from": "2999-01-01T00:00:00Z"}, "INVALID_TIME"),
        (DIFF, {"id": ADA, "from": "1969-12-31T23:59:59Z"}, "INVALID_TIME"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_a_code(
    executor: Executor, query: str, variables: dict[str, Any], code: str
) -> None:
    before = replace(executor.counters)

    response: Any = await executor.execute(query, variables, None, STAFF)

    assert [each["extensions"]["code"] for each in response["errors"]] == [code]
    assert executor.counters.statements == before.statements


async def test_a_node_that_is_not_there_has_neither_history_nor_diff(executor: Executor) -> None:
    for id_ in (encode_id("Person", "nobody"), encode_id("Nothing", "x")):
        assert (await ask(executor, HISTORY, {"id": id_}))["history"]["edges"] == []
        assert (await ask(executor, DIFF, {"id": id_, "from": moment(1)}))["diff"] is None


async def test_an_archived_node_and_its_return_are_told(told: Executor, connected: Graph) -> None:
    named = Named(IDS["order"], "Order")
    for hour, restore in ((6, False), (7, True)):
        request = Put(named, "order", "orderMove", restore=restore)
        await put(connected, ORDER, request, Caller("joe", moment(hour), reason="a mistake"))
        entry = (await ask(told, HISTORY, {"id": ORDER_ID}))["history"]["edges"][0]["node"]
        told_of = {name: entry[name] for name in ("at", "kind", "actor", "op", "reason")}

        assert told_of == {
            "at": moment(hour),
            "kind": "RESTORED" if restore else "ARCHIVED",
            "actor": "joe",
            "op": "orderMove",
            "reason": "a mistake",
        }
    entries = (await ask(told, HISTORY, {"id": ORDER_ID}))["history"]["edges"]
    assert [each["node"]["kind"] for each in entries[:2]] == ["RESTORED", "ARCHIVED"]


async def test_a_change_during_the_walk_neither_repeats_nor_hides_one(
    told: Executor, connected: Graph
) -> None:
    first = (await ask(told, HISTORY, {"id": ADA, "first": 2}))["history"]
    await said(connected, 8, person(city="Vigo"))

    after = first["pageInfo"]["endCursor"]
    rest = (await ask(told, HISTORY, {"id": ADA, "after": after}))["history"]

    assert [each["node"]["version"] for each in rest["edges"]] == [2, 1]
