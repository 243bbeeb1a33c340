"""Webhooks: made with a secret that nothing repeats, changed, refused."""

import pytest

from graph.statements import Kind, Statement
from loaders.ids import decode_id
from tests.mutations.conftest import Api

pytestmark = pytest.mark.anyio

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"  # noqa: S105 - made up, and read by nothing
GIVEN = {"url": "https://hooks.example.org/c360", "events": ["orderPlace"], "secret": SECRET}
STORED = Statement("test.secrets", Kind.READ, "MATCH (w:Webhook) RETURN w.secret, w.active")
TOLD = Statement(
    "test.told", Kind.READ, "MATCH (e:ChangeEvent) RETURN e.patch, e.fields ORDER BY e.at"
)


async def test_a_webhook_is_made_and_its_secret_is_in_no_event(api: Api) -> None:
    made = await api.done("webhookCreate", "webhook { id url events }", **GIVEN)
    assert made["webhook"]["url"] == GIVEN["url"]
    assert await api.graph.run(STORED) == [[SECRET, True]]
    ((patch, fields),) = await api.graph.run(TOLD)
    assert SECRET not in patch
    assert "secret" in fields


async def test_a_webhook_is_switched_off_and_its_secret_changed(api: Api) -> None:
    made = await api.done("webhookCreate", "webhook { id }", **GIVEN)
    other = SECRET.replace("MDEy", "MDEz")
    id_ = made["webhook"]["id"]
    await api.done("webhookUpdate", webhookId=id_, active=False, secret=other)
    assert await api.graph.run(STORED) == [[other, False]]
    events = await api.events(decode_id(id_).id)
    assert len(events) == 2
    assert other not in events[1]["patch"]


@pytest.mark.parametrize("secret", ["hunter2", "whsec_", "whsec_c2hvcnQ=", "whsec_" + "A" * 200])
async def test_a_secret_that_signs_nothing_well_is_refused(api: Api, secret: str) -> None:
    given = {**GIVEN, "secret": secret}
    assert await api.refused("webhookCreate", **given) == [("INVALID", "secret")]


async def test_an_address_that_is_none_is_refused(api: Api) -> None:
    given = {**GIVEN, "url": "ftp://hooks.example.org"}
    assert await api.refused("webhookCreate", **given) == [("NOT_A_URL", "url")]
