"""Tasks over GraphQL: made, changed, done, opened again and handed over."""

import asyncio
from typing import Any

import pytest

from loaders.ids import decode_id
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

SHOWN = """task { id subject status priority dueAt remindAt completedAt version
assignees { edges { role node { __typename ... on User { name } ... on Team { name } } } }
participants { edges { role } } }"""


async def user(put: Put, name: str) -> str:
    return await put("User", name, issuer="i", subject=name, kind="STAFF", name=name)


async def make(api: Api, **given: Any) -> dict[str, Any]:
    return (await api.done("taskCreate", SHOWN, **{"subject": "Call back", **given}))["task"]


def owners(task: dict[str, Any]) -> list[tuple[str, str]]:
    return [(edge["role"], edge["node"]["name"]) for edge in task["assignees"]["edges"]]


async def test_a_task_is_open_and_somebody_has_to_do_it(api: Api, put: Put) -> None:
    ana, ben = await put("Person", "ana", name="Ana"), await user(put, "ben")
    case = await put("Case", "c")
    task = await make(
        api,
        assigneeId=ben,
        parties=[ana],
        regarding=[case],
        dueAt="2030-01-02T00:00:00Z",
        remindAt="2030-01-01T00:00:00Z",
    )
    assert (task["status"], task["priority"]) == ("OPEN", "NORMAL")
    assert owners(task) == [("OWNER", "ben")]
    assert task["participants"]["edges"] == [{"role": "SUBJECT"}]
    (event,) = await api.events(decode_id(task["id"]).id)
    assert (event["op"], event["parties"]) == ("taskCreate", [decode_id(ana).id])


async def test_a_task_is_done_once_and_may_be_opened_again(api: Api) -> None:
    task = await make(api, remindAt="2030-01-01T00:00:00Z")
    done = (await api.done("taskComplete", SHOWN, taskId=task["id"]))["task"]
    assert done["status"] == "DONE"
    assert done["completedAt"] is not None
    assert done["remindAt"] is None
    assert await api.refused("taskComplete", taskId=task["id"]) == [("NOT_ALLOWED", "taskId")]
    assert await api.refused("taskUpdate", taskId=task["id"], subject="x") == [
        ("NOT_ALLOWED", "taskId")
    ]
    again = (await api.done("taskReopen", SHOWN, taskId=task["id"], dueAt="2031-01-01T00:00:00Z"))[
        "task"
    ]
    assert (again["status"], again["completedAt"]) == ("OPEN", None)
    assert await api.refused("taskReopen", taskId=task["id"]) == [("NOT_ALLOWED", "taskId")]


async def test_a_cancelled_task_is_not_to_be_done(api: Api) -> None:
    task = await make(api)
    assert (await api.done("taskCancel", SHOWN, taskId=task["id"]))["task"]["status"] == "CANCELLED"
    assert await api.refused("taskComplete", taskId=task["id"]) == [("NOT_ALLOWED", "taskId")]


async def test_whoever_gets_a_task_takes_the_place_of_whoever_had_it(api: Api, put: Put) -> None:
    ben, sales = await user(put, "ben"), await put("Team", "sales", name="Sales")
    task = await make(api, assigneeId=ben)
    given = (await api.done("taskAssign", SHOWN, taskId=task["id"], assigneeId=sales))["task"]
    assert owners(given) == [("OWNER", "Sales")]
    again = (await api.done("taskAssign", SHOWN, taskId=task["id"], assigneeId=sales))["task"]
    assert len(await api.events(decode_id(again["id"]).id)) == 2


async def test_wrong_tasks_are_refused(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    task = await make(api, dueAt="2030-01-01T00:00:00Z")
    late = "2030-02-01T00:00:00Z"
    created: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"subject": " "}, ("REQUIRED", "subject")),
        ({}, ("REQUIRED", "subject")),
        ({"subject": "x", "assigneeId": ana}, ("NOT_FOUND", "assigneeId")),
        (
            {"subject": "x", "dueAt": "2030-01-01T00:00:00Z", "remindAt": late},
            ("ENDS_BEFORE_START", "dueAt"),
        ),
        ({"subject": "x", "parties": [ana, ana]}, ("DUPLICATE", "parties.1")),
    ]
    for wrong, expected in created:
        assert await api.refused("taskCreate", **wrong) == [expected]
    id_ = task["id"]
    assert await api.refused("taskUpdate", taskId=id_, subject=None) == [("REQUIRED", "subject")]
    assert await api.refused("taskUpdate", taskId=id_, remindAt=late) == [
        ("ENDS_BEFORE_START", "dueAt")
    ]
    assert await api.refused("taskUpdate", taskId=id_, subject="y", ifVersion=9) == [
        ("CONFLICT", "ifVersion")
    ]


async def test_of_many_who_finish_a_task_one_did(api: Api) -> None:
    task = await make(api)
    found = await asyncio.gather(*(api.do("taskComplete", taskId=task["id"]) for _ in range(16)))
    assert sum(not each["userErrors"] for each in found) == 1
    assert len(await api.events(decode_id(task["id"]).id)) == 2


async def test_a_repeated_completion_is_answered_alike(api: Api) -> None:
    task = await make(api)
    asked = {"taskId": task["id"], "clientMutationId": "k"}
    first = await api.done("taskComplete", SHOWN, **asked)
    assert await api.done("taskComplete", SHOWN, **asked) == first
