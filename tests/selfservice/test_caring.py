"""Cases as customers open, answer, close and rate them, and answers about satisfaction."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph.statements import Kind, Statement
from tests.selfservice.conftest import Shop

pytestmark = pytest.mark.anyio

SOLVE = Statement(
    "test.solve", Kind.WRITE, "MATCH (c:Case) SET c.status = 'SOLVED', c.solvedAt = c.openedAt"
)


async def opened(shop: Shop, **given: Any) -> str:
    said = {"customerId": shop.ids["acme"], "subject": "It leaks", **given}
    return (await shop.ana.done("caseOpen", "case { id }", **said))["case"]["id"]


async def test_a_case_of_a_customer_gets_its_number_times_and_team(shop: Shop):
    await shop.put("Team", "care", name="Care", function="SERVICE")
    done = await shop.ana.done(
        "caseOpen", "case { number status dueAt }",
        customerId=shop.ids["acme"], subject="It leaks", kind="INCIDENT",
    )  # fmt: skip

    assert done["case"]["status"] == "NEW"
    assert done["case"]["number"].startswith("C-")
    assert done["case"]["dueAt"] is not None
    assert await shop.rows(
        "MATCH (c:Case)-[f:FOR]->(p) OPTIONAL MATCH (c)-[:ASSIGNED_TO]->(t) "
        "RETURN p.name, coalesce(f.role, 'CUSTOMER'), c.priority, c.channel, t.name ORDER BY p.name"
    ) == [
        ["Acme", "CUSTOMER", "NORMAL", "WEB", "Care"],
        ["Ana Test", "CONTACT", "NORMAL", "WEB", "Care"],
    ]


async def test_a_case_is_opened_for_whom_the_account_acts(shop: Shop):
    for customer, who in ((shop.ana, "globex"), (shop.ana, "bob"), (shop.eve, "acme")):
        refused = await customer.refused("caseOpen", customerId=shop.ids[who], subject="It leaks")
        assert refused == [("NOT_FOUND", "customerId")]
    await shop.eve.done("caseOpen", customerId=shop.ids["eve"], subject="My own")


async def test_a_case_concerns_what_the_customer_sees(shop: Shop):
    own = await shop.paper("Order", "o1", "Company/acme", number="O1", status="PLACED")
    other = await shop.paper("Order", "o2", "Company/globex", number="O2", status="PLACED")

    said = {"customerId": shop.ids["acme"], "subject": "It leaks"}
    foreign = await shop.ana.do("caseOpen", **said, concerns=[own, other])
    nobody = await shop.ana.do("caseOpen", **said, concerns=[own, "T3JkZXI6bm9uZQ=="])

    assert foreign == nobody
    assert foreign["userErrors"][0]["field"] == ["concerns", "1"]
    await shop.ana.done("caseOpen", **said, concerns=[own])


async def test_an_answer_of_the_customer_opens_again_what_was_solved(shop: Shop):
    id_ = await opened(shop)
    await shop.api.graph.run(SOLVE)

    done = await shop.ana.done(
        "caseReply", "case { status } interaction { direction body }", caseId=id_, body="Not quite."
    )

    assert done["case"]["status"] == "OPEN"
    assert done["interaction"] == {"direction": "INBOUND", "body": "Not quite."}
    assert await shop.rows(
        "MATCH (p)-[x:PARTICIPATED_IN]->(i)-[:REGARDING]->(c:Case) "
        "RETURN p.name, x.role, labels(i)[1], c.solvedAt"
    ) == [["Ana Test", "FROM", "Chat", None]]


async def test_anothers_case_is_as_one_that_is_not_there(shop: Shop):
    id_ = await opened(shop)
    await shop.api.graph.run(SOLVE)
    for name, more in (
        ("caseReply", {"body": "Hello"}), ("caseClose", {}), ("caseRate", {"satisfaction": 5})
    ):  # fmt: skip
        foreign = await shop.bob.do(name, caseId=id_, ifVersion=7, **more)
        nobody = await shop.bob.do(name, caseId="Q2FzZTpub25l", ifVersion=7, **more)
        assert foreign == nobody, name
        assert foreign["userErrors"][0]["code"] == "NOT_FOUND", name
    assert await shop.rows("MATCH (c:Case) RETURN c.status, c.satisfaction") == [["SOLVED", None]]


async def test_a_case_is_closed_and_rated_once_it_is_solved(shop: Shop):
    id_ = await opened(shop)
    assert await shop.ana.refused("caseRate", caseId=id_, satisfaction=5) == [
        ("NOT_ALLOWED", "caseId")
    ]
    assert await shop.ana.refused("caseClose", caseId=id_) == [("NOT_ALLOWED", "caseId")]
    await shop.api.graph.run(SOLVE)

    await shop.ana.done("caseClose", caseId=id_)
    for score, expected in ((6, [("OUT_OF_RANGE", "satisfaction")]), (0, None)):
        refused = await shop.ana.refused("caseRate", caseId=id_, satisfaction=score)
        assert refused == (expected or [("OUT_OF_RANGE", "satisfaction")])
    await shop.ana.done("caseRate", caseId=id_, satisfaction=4, comment="Quick.")

    assert await shop.rows(
        "MATCH (p:Person)-[:PARTICIPATED_IN]->(s:Survey)-[:REGARDING]->(c:Case) "
        "RETURN p.name, s.measure, s.score, s.body, c.status, c.satisfaction"
    ) == [["Ana Test", "CSAT", 4, "Quick.", "CLOSED", 4]]
    assert await shop.ana.refused("caseReply", caseId=id_, body="One more thing") == [
        ("NOT_ALLOWED", "caseId")
    ]


async def asked(shop: Shop, measure: str = "NPS", **given: Any) -> str:
    done = await shop.api.done(
        "feedbackAsk", "feedbackRequest { id }",
        personId=shop.ids["ana"], measure=measure, **given,
    )  # fmt: skip
    return done["feedbackRequest"]["id"]


async def test_a_question_is_answered_once_and_by_whom_it_was_put_to(shop: Shop):
    pump = await shop.put("Product", "pump", sku="P-1", name="Pump")
    id_ = await asked(shop, "CES", aboutId=pump, question="How easy was it?")
    open_ = await shop.ana.me(
        "feedbackRequests(open: true) { edges { node { id measure question about { id } } } }"
    )

    foreign = await shop.bob.do("feedbackSubmit", feedbackRequestId=id_, score=5)
    nobody = await shop.bob.do(
        "feedbackSubmit", feedbackRequestId="RmVlZGJhY2tSZXF1ZXN0Om5vbmU=", score=5
    )
    done = await shop.ana.done(
        "feedbackSubmit", "interaction { ... on Survey { measure score } } "
        "feedbackRequest { answeredAt }", feedbackRequestId=id_, score=7, comment="Very.",
    )  # fmt: skip

    [edge] = open_["feedbackRequests"]["edges"]
    assert edge["node"] == {
        "id": id_, "measure": "CES", "question": "How easy was it?", "about": {"id": pump}
    }  # fmt: skip
    assert foreign == nobody
    assert foreign["userErrors"][0]["code"] == "NOT_FOUND"
    assert done["interaction"] == {"measure": "CES", "score": 7}
    assert done["feedbackRequest"]["answeredAt"] is not None
    assert await shop.ana.refused("feedbackSubmit", feedbackRequestId=id_, score=7) == [
        ("NOT_ALLOWED", "feedbackRequestId")
    ]
    assert await shop.ana.me("feedbackRequests(open: true) { totalCount }") == {
        "feedbackRequests": {"totalCount": 0}
    }
    assert await shop.rows("MATCH (s:Survey)-[:REGARDING]->(p:Product) RETURN p.sku, s.score") == [
        ["P-1", 7]
    ]


@pytest.mark.parametrize(
    ("measure", "least", "most"), [("NPS", 0, 10), ("CSAT", 1, 5), ("CES", 1, 7)]
)
async def test_each_measure_has_its_own_scale(shop: Shop, measure: str, least: int, most: int):
    for score in (least - 1, most + 1):
        refused = await shop.ana.refused("feedbackSubmit", measure=measure, score=score)
        assert refused == [("OUT_OF_RANGE", "score")]
    for score in (least, most):
        await shop.ana.done("feedbackSubmit", measure=measure, score=score)

    assert await shop.rows("MATCH (s:Survey) RETURN count(s)") == [[2]]


async def test_a_question_whose_time_is_over_is_not_answered(shop: Shop):
    soon = datetime.now(UTC) + timedelta(hours=1)
    id_ = await asked(shop, expiresAt=soon.isoformat())
    ended = Statement(
        "test.end", Kind.WRITE, "MATCH (f:FeedbackRequest) SET f.expiresAt = '2020-01-01T00:00:00Z'"
    )
    await shop.api.graph.run(ended)

    assert await shop.ana.refused("feedbackSubmit", feedbackRequestId=id_, score=7) == [
        ("EXPIRED", "feedbackRequestId")
    ]


async def test_nobody_is_asked_the_same_twice_at_once(shop: Shop):
    await asked(shop)

    again = await shop.api.do("feedbackAsk", personId=shop.ids["ana"], measure="NPS")

    assert [each["code"] for each in again["userErrors"]] == ["NOT_ALLOWED"]
