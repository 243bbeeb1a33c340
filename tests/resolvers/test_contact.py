"""Whether a person may be contacted, and why."""

import pytest

from graph.database import Graph
from graph.statements import Kind, Statement
from tests.resolvers.conftest import Ask
from tests.resolvers.small_world import moment, names

pytestmark = pytest.mark.anyio


async def test_consents_are_the_latest_decisions_unless_the_history_is_asked(ask: Ask) -> None:
    found = await ask(
        "Person",
        "ana",
        """consents { totalCount edges { node { purpose channel status } } }
        history: consents(scope: HISTORY) { totalCount }""",
    )
    phone = [e["node"] for e in found["consents"]["edges"] if e["node"]["channel"] == "PHONE"]

    assert found["consents"]["totalCount"] == 6
    assert found["history"]["totalCount"] == 7
    assert [each["status"] for each in phone] == ["WITHDRAWN"]


async def test_whoever_gave_a_consent_has_all_of_them_below_each(ask: Ask) -> None:
    found = await ask(
        "Person", "ana", "consents { edges { node { person { consents { totalCount } } } } }"
    )
    below = [edge["node"]["person"]["consents"] for edge in found["consents"]["edges"]]

    assert below == [{"totalCount": 6}] * 6


async def test_the_contact_policy_follows_the_latest_decision_and_says_why(ask: Ask) -> None:
    found = await ask("Person", "ana", "contactPolicy { purpose channel allowed because }")
    policy = {
        (each["purpose"], each["channel"]): (each["allowed"], each["because"])
        for each in found["contactPolicy"]
    }

    assert len(policy) == 15
    assert policy["MARKETING", "EMAIL"] == ("YES", "GRANTED")
    assert policy["MARKETING", "PHONE"] == ("NO", "WITHDRAWN")
    assert policy["MARKETING", "POST"] == ("NO", "NO_ADDRESS")
    assert policy["MARKETING", "SMS"] == ("UNKNOWN", "NEVER_ASKED")
    assert policy["NEWSLETTER", "EMAIL"] == ("NO", "EXPIRED")
    assert policy["SURVEY", "EMAIL"] == ("YES", "GRANTED")
    assert policy["SURVEY", "PHONE"] == ("YES", "GRANTED")


CHANGES = {
    "DO_NOT_CONTACT": "MATCH (p:Person {id: 'ana'}) SET p.preferredChannel = 'NONE'",
    "ARCHIVED": "MATCH (p:Person {id: 'ana'}) SET p.archivedAt = $at",
    "OBJECTED": """MATCH (p:Person {id: 'ana'})
      CREATE (:Request:PrivacyRequest:Extra {right: 'OBJECTION', state: 'DONE'})-[:ABOUT]->(p)""",
    "LIMIT_REACHED": """MATCH (p:Person {id: 'ana'}) UNWIND [1, 2] AS i
      CREATE (p)-[:PARTICIPATED_IN]->(:Interaction:Email:Extra {at: $at, direction: 'OUTBOUND'})
        -[:OF_CAMPAIGN]->(:Campaign:Extra)""",
}
_UNDO = Statement(
    "test.undo",
    Kind.WRITE,
    """MATCH (p:Person {id: 'ana'}) REMOVE p.preferredChannel, p.archivedAt
    WITH p OPTIONAL MATCH (extra:Extra) DETACH DELETE extra""",
)


@pytest.mark.parametrize("reason", CHANGES)
async def test_a_person_who_must_not_be_contacted_is_not_whatever_was_granted(
    ask: Ask, small: Graph, reason: str
) -> None:
    await small.run(Statement("test.change", Kind.WRITE, CHANGES[reason]), {"at": moment(-1)})

    found = await ask("Person", "ana", "contactPolicy { purpose channel allowed because }")
    await small.run(_UNDO)

    granted = [
        each
        for each in found["contactPolicy"]
        if (each["purpose"], each["channel"]) == ("MARKETING", "EMAIL")
    ]
    assert [(each["allowed"], each["because"]) for each in granted] == [("NO", reason)]


async def test_campaigns_reach_a_party_only_through_segments_it_is_still_in(ask: Ask) -> None:
    found = await ask(
        "Person",
        "ana",
        """campaigns { edges { node { name } } } segments { edges { node { name } } }
        now: segments(current: true) { edges { node { name } } }""",
    )

    assert names(found["campaigns"]) == ["Spring"]
    assert names(found["segments"]) == ["Past", "VIP"]
    assert names(found["now"]) == ["VIP"]


_MERGED = Statement(
    "test.merged",
    Kind.WRITE,
    """MATCH (p:Person {id: 'ana'})
    CREATE (p)-[:GAVE {startOf: 'former', recordedFrom: $merged, recordedTo: '9999'}]->
      (:Consent:Extra {id: 'withdrawn', purpose: 'MARKETING', channel: 'EMAIL',
        status: 'WITHDRAWN', at: $before})
    FOREACH (at IN $again | CREATE (p)-[:GAVE {recordedFrom: at, recordedTo: '9999'}]->
      (:Consent:Extra {id: 'again', purpose: 'MARKETING', channel: 'EMAIL', status: 'GRANTED',
        at: at}))""",
)
_BY_EMAIL = """consents { edges { node { purpose channel status } } }
    contactPolicy { purpose channel because }"""


@pytest.mark.parametrize(
    ("again", "counts"),
    [
        pytest.param([], "WITHDRAWN", id="the strictest of what the two decided"),
        pytest.param([moment(-2)], "WITHDRAWN", id="whatever one of them decided before"),
        pytest.param([moment(-0.5)], "GRANTED", id="until the person decides again"),
    ],
)
async def test_of_people_who_are_one_the_strictest_decision_counts(
    ask: Ask, small: Graph, again: list[str], counts: str
) -> None:
    # A year ago the other one refused; they are one since yesterday.
    at = {"before": moment(-3000), "merged": moment(-1), "again": again}
    await small.run(_MERGED, at)
    try:
        found = await ask("Person", "ana", _BY_EMAIL)
    finally:
        await small.run(_UNDO)

    key = ("MARKETING", "EMAIL")
    current = [edge["node"] for edge in found["consents"]["edges"]]
    assert [e["status"] for e in current if (e["purpose"], e["channel"]) == key] == [counts]
    policy = {(e["purpose"], e["channel"]): e["because"] for e in found["contactPolicy"]}
    assert policy[key] == counts
