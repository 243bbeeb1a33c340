"""Custom fields: defined while the server runs, given, read and filtered at once."""

import asyncio
from typing import Any

import pytest

from graph.model.machinery import FIELD_DEF
from graph.write import Batch, NodeRow, Nodes, Writer, write
from loaders.ids import encode_id
from resolvers.schema import sdl
from tests.mutations.conftest import STAFF, Api, Put, uuid_of

pytestmark = pytest.mark.anyio

WHY = {"purpose": "SALES", "retention": "RECORD"}
CUSTOM = "customFields { name value }"


async def define(api: Api, name: str, type_: str, label: str = "Person") -> str:
    payload = await api.done(
        "fieldDefine", "field { id }", name=name, type=type_, label=label, **WHY
    )
    return payload["field"]["id"]


async def people(api: Api, custom: list[dict[str, Any]]) -> list[str]:
    found = await api.ask(
        "query ($custom: [CustomFieldFilter!]) "
        "{ people(filter: {custom: $custom}) { edges { node { name } } } }",
        custom=custom,
    )
    return [each["node"]["name"] for each in found["people"]["edges"]]


async def test_a_field_is_read_and_filtered_as_soon_as_it_is_defined(api: Api, put: Put):
    before = sdl()
    ana, bob = await put("Person", "ana", name="Ana"), await put("Person", "bob", name="Bob")
    await define(api, "points", "INTEGER")
    await define(api, "motto", "STRING", "Party")

    payload = await api.done(
        "personPatch",
        f"person {{ version {CUSTOM} }}",
        personId=ana,
        custom=[{"name": "points", "value": 7}, {"name": "motto", "value": "Carpe diem"}],
    )
    await api.done("personPatch", personId=bob, custom=[{"name": "points", "value": 3}])

    assert payload["person"] == {
        "version": 2,
        "customFields": [
            {"name": "motto", "value": "Carpe diem"}, {"name": "points", "value": 7}
        ],
    }  # fmt: skip
    assert await people(api, [{"name": "points", "int": {"gt": 5}}]) == ["Ana"]
    assert await people(api, [{"name": "points", "int": {"lt": 9}}]) == ["Ana", "Bob"]
    assert await people(api, [{"name": "motto", "string": {"contains": "diem"}}]) == ["Ana"]
    assert await people(api, [{"name": "motto", "string": {"ne": "Carpe diem"}}]) == ["Bob"]
    assert await people(api, [{"name": "motto", "string": {"isNull": True}}]) == ["Bob"]
    assert await people(api, [{"name": "points", "string": {"contains": "7"}}]) == []
    assert sdl() == before


@pytest.mark.parametrize(
    ("type_", "value", "stored", "operand"),
    [
        ("STRING", " x ", "x", "string"),
        ("TEXT", "a\nb", "a\nb", "string"),
        ("INTEGER", 5, 5, "int"),
        ("FLOAT", 2, 2.0, "float"),
        ("BOOLEAN", False, False, "boolean"),
        ("DATETIME", "2026-01-02T03:04:05+01:00", "2026-01-02T02:04:05.000Z", "dateTime"),
        ("DATE", "2026-01-02", "2026-01-02", "date"),
    ],
)
async def test_a_value_of_each_type_is_kept_and_found(
    api: Api, type_: str, value: Any, stored: Any, operand: str
):
    await define(api, "extra", type_)

    payload = await api.done(
        "personUpsert",
        f"person {{ {CUSTOM} }}",
        source="crm",
        externalId="1",
        name="Ana",
        custom=[{"name": "extra", "value": value}],
    )

    assert payload["person"]["customFields"] == [{"name": "extra", "value": stored}]
    asked = value.strip() if isinstance(value, str) else value
    assert await people(api, [{"name": "extra", operand: {"eq": asked}}]) == ["Ana"]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("STRING", 5),
        ("STRING", "a\nb"),
        ("INTEGER", 1.5),
        ("INTEGER", "5"),
        ("INTEGER", True),
        ("INTEGER", 2**63),
        ("FLOAT", "2"),
        ("BOOLEAN", "true"),
        ("DATETIME", "yesterday"),
        ("DATE", "2026-02-30"),
    ],
)
async def test_a_value_of_another_type_is_refused(api: Api, put: Put, type_: str, value: Any):
    ana = await put("Person", "ana", name="Ana")
    await define(api, "extra", type_)

    refused = await api.refused(
        "personPatch", personId=ana, custom=[{"name": "extra", "value": value}]
    )

    assert refused == [("WRONG_TYPE", "custom.0.value")]


async def test_a_field_of_another_label_or_of_none_is_refused(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    await define(api, "seats", "INTEGER", "Company")

    for name in ("seats", "nothing"):
        refused = await api.refused(
            "personPatch", personId=ana, custom=[{"name": name, "value": 1}]
        )
        assert refused == [("UNKNOWN_PROPERTY", "custom.0.name")]


async def test_null_removes_a_value(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    await define(api, "points", "INTEGER")
    await api.done("personPatch", personId=ana, custom=[{"name": "points", "value": 7}])

    payload = await api.done(
        "personPatch", f"person {{ {CUSTOM} }}", personId=ana, custom=[{"name": "points"}]
    )

    assert payload["person"]["customFields"] == []


async def test_a_value_stays_when_a_system_says_something_else(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    await define(api, "points", "INTEGER")
    await api.done("personPatch", personId=ana, custom=[{"name": "points", "value": 7}])

    payload = await api.done(
        "personUpsert", f"person {{ city {CUSTOM} }}", source="crm", externalId="ana", city="Lyon"
    )

    assert payload["person"] == {"city": "Lyon", "customFields": [{"name": "points", "value": 7}]}


async def test_a_change_of_a_value_is_an_event_of_the_node(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    await define(api, "points", "INTEGER")
    await api.done("personPatch", personId=ana, custom=[{"name": "points", "value": 7}])

    event = (await api.events(uuid_of("Person", "ana")))[-1]

    assert event["fields"] == ["x_points"]


async def test_custom_fields_as_of_an_earlier_time_are_as_they_were(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    await define(api, "motto", "STRING")
    for word in ("first", "second"):
        custom = [{"name": "motto", "value": word}]
        await api.done("personPatch", personId=ana, custom=custom)
    events = [each for each in await api.events(uuid_of("Person", "ana")) if each["version"] == 2]
    query = f"query ($id: ID!, $at: DateTime) {{ customer(id: $id, asOf: $at) {{ {CUSTOM} }} }}"

    then = await api.ask(query, id=ana, at=events[0]["at"])
    now = await api.ask(query, id=ana, at=None)

    assert then["customer"]["customFields"] == [{"name": "motto", "value": "first"}]
    assert now["customer"]["customFields"] == [{"name": "motto", "value": "second"}]


async def test_an_action_of_one_statement_takes_custom_fields_too(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    await define(api, "mood", "STRING", "Interaction")

    payload = await api.done(
        "interactionLog",
        f"interaction {{ {CUSTOM} }}",
        kind="CALL",
        participants=[{"participantId": ana}],
        custom=[{"name": "mood", "value": "fine"}],
    )

    assert payload["interaction"]["customFields"] == [{"name": "mood", "value": "fine"}]


async def test_a_retired_field_is_neither_shown_nor_taken_and_comes_back(api: Api, put: Put):
    ana = await put("Person", "ana", name="Ana")
    field = await define(api, "points", "INTEGER")
    given = {"personId": ana, "custom": [{"name": "points", "value": 7}]}
    await api.done("personPatch", **given)
    read = f"query ($id: ID!) {{ customer(id: $id) {{ {CUSTOM} }} }}"

    retired = await api.done("fieldRetire", "field { retiredAt }", fieldId=field)
    assert retired["field"]["retiredAt"] is not None
    assert (await api.ask(read, id=ana))["customer"]["customFields"] == []
    assert await api.refused("personPatch", **given) == [("UNKNOWN_PROPERTY", "custom.0.name")]
    assert await api.refused("fieldRetire", fieldId=field) == [("NOT_ALLOWED", "")]

    await api.done("fieldRestore", fieldId=field)
    assert len((await api.ask(read, id=ana))["customer"]["customFields"]) == 1
    assert await api.refused("fieldRestore", fieldId=field) == [("NOT_ALLOWED", "")]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"name": "Points"}, ("INVALID", "name")),
        ({"name": "a b"}, ("INVALID", "name")),
        ({"label": "Nothing"}, ("INVALID", "label")),
        ({"label": "ChangeEvent"}, ("INVALID", "label")),
        ({"purpose": "FUN"}, ("REQUIRED", "purpose")),
        ({"retention": None}, ("REQUIRED", "retention")),
    ],
)
async def test_a_definition_that_makes_no_sense_is_refused(
    api: Api, changed: dict[str, Any], refusal: tuple[str, str]
):
    given = {"name": "points", "type": "INTEGER", "label": "Person", **WHY}

    assert await api.refused("fieldDefine", **{**given, **changed}) == [refusal]


async def test_a_field_is_defined_once(api: Api):
    given = {"name": "points", "type": "INTEGER", "label": "Person", **WHY}

    payloads = await asyncio.gather(*(api.do("fieldDefine", **given) for _ in range(6)))

    codes = sorted([each["code"] for each in one["userErrors"]] for one in payloads)
    assert codes == [[], *[["CONFLICT"]] * 5]
    assert await api.refused("fieldRetire", fieldId=encode_id("FieldDef", "x")) == [
        ("NOT_FOUND", "fieldId")
    ]


async def test_there_are_at_most_200_fields(api: Api):
    rows = [
        NodeRow(("Person", f"f{i}"), {"label": "Person", "name": f"f{i}", "type": "STRING"})
        for i in range(200)
    ]
    await write(api.graph, Batch([Nodes(FIELD_DEF, rows)]), Writer("tester"))

    refused = await api.refused("fieldDefine", name="more", type="STRING", label="Person", **WHY)

    assert refused == [("LIMIT_REACHED", "")]


async def test_a_filter_by_a_name_that_cannot_be_is_refused(api: Api):
    query = (
        'query ($name: String!) { people(filter: {custom: [{name: $name, string: {eq: "x"}}]}) '
        "{ totalCount } }"
    )

    response = await api.executor.execute(query, {"name": "a`b"}, None, STAFF)

    assert response["errors"][0]["extensions"]["code"] == "INVALID_FILTER"
