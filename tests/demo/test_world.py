"""The demo world as it stands in the graph."""

import orjson
import pytest

from graph.demo import seed
from graph.errors import Conflict, InvalidInput
from graph.model import MODEL
from tests.demo.conftest import Demo, silent
from tests.demo.worlds import SMALL

pytestmark = pytest.mark.anyio

# History, audit and what the server keeps for itself: written by what it does, never by a world.
MACHINERY = {
    "Alias", "Archived", "ChangeEvent", "DataAccess", "Delivery", "IdempotencyKey", "MatchRun",
    "Migration", "Relay", "Secret", "Suppression", "Version", "WebhookState",
}  # fmt: skip


async def test_every_kind_of_node_that_is_no_machinery_is_there(demo: Demo):
    concrete = {node.name for node in MODEL.nodes if not node.abstract}
    assert {node.name for node in MODEL.nodes if node.machinery} == MACHINERY

    rows = await demo.rows("MATCH (n) UNWIND labels(n) AS label RETURN DISTINCT label")

    assert concrete - MACHINERY - {row[0] for row in rows} == set()


async def test_every_relationship_that_is_not_computed_is_there(demo: Demo):
    told = {each.name for each in MODEL.relationships if each.history and not each.derived}

    rows = await demo.rows("MATCH ()-[r]->() RETURN DISTINCT type(r)")

    assert told - {row[0] for row in rows} == set()


async def test_partners_of_every_kind_are_enrolled_in_programs_with_funds(demo: Demo):
    rows = await demo.rows(
        "MATCH (p:Partner)-[:ENROLLED_IN]->(:Program)-[:FUNDS]->(:Fund) "
        "RETURN DISTINCT p.partnerKind"
    )

    assert {row[0] for row in rows} == set(
        MODEL.by_label["Company"].properties["partnerKind"].values
    )


async def test_there_are_groups_of_three_levels_and_people_with_several_companies(demo: Demo):
    [[groups]] = await demo.rows("MATCH p = (:Company)-[:SUBSIDIARY_OF]->()-[:SUBSIDIARY_OF]->() "
                                 "RETURN count(p)")  # fmt: skip
    [[several]] = await demo.rows(
        "MATCH (p:Person)-[w:WORKS_AT]->() WITH p, count(w) AS jobs, count(w.to) AS past "
        "RETURN count(CASE WHEN jobs > 1 AND past > 0 THEN 1 END)"
    )

    assert groups > 0
    assert several > 0


async def test_interactions_of_every_channel_hang_together_in_threads(demo: Demo):
    channels = MODEL.by_label["Interaction"].properties["channel"].values

    rows = await demo.rows("MATCH (i:Interaction) RETURN DISTINCT i.channel")
    [[broken]] = await demo.rows(
        "MATCH (a:Interaction)-[:NEXT_IN_THREAD]->(b) "
        "WHERE a.thread <> b.thread OR a.at > b.at RETURN count(*)"
    )
    [[alone]] = await demo.rows(
        "MATCH (i:Interaction) WHERE NOT EXISTS { (:Party)-[:PARTICIPATED_IN]->(i) } "
        "RETURN count(i)"
    )

    assert {row[0] for row in rows} == set(channels)
    assert (broken, alone) == (0, 0)


async def test_the_totals_of_documents_in_the_graph_are_those_of_their_lines(demo: Demo):
    [[documents, wrong]] = await demo.rows(
        "MATCH (d:Document)-[c:CONTAINS]->(:Product) WITH d, sum(c.amount) AS net "
        "RETURN count(d), count(CASE WHEN d.net <> net OR d.total <> net + d.tax THEN 1 END)"
    )

    assert documents > 300
    assert wrong == 0


async def test_every_id_is_a_uuid_that_follows_from_the_arguments(demo: Demo):
    rows = await demo.rows(
        "MATCH (n) WHERE NOT n:Migration AND NOT n:Version AND NOT n:ChangeEvent "
        "AND substring(n.id, 14, 1) <> '5' "
        "RETURN DISTINCT labels(n)"
    )

    assert rows == []


async def test_each_record_of_the_truth_is_a_party_of_its_own(demo: Demo):
    told = [orjson.loads(line) for line in demo.truth.read_bytes().splitlines()]
    rows = await demo.rows(
        "UNWIND $told AS t MATCH (s:SourceRecord {source: t.source, externalId: t.externalId})"
        "-[:RESOLVES_TO]->(p:Person) RETURN t.person, p.id",
        told=told,
    )

    assert len(told) == len(rows) == len({row[1] for row in rows}) == 69
    assert len({row[0] for row in rows}) == SMALL.people


async def test_every_relationship_of_a_party_says_which_record_says_so(demo: Demo):
    [[silent_ones]] = await demo.rows(
        "MATCH (:Party)-[r]-() WHERE r.via IS NULL AND type(r) <> 'CAN_SEE' RETURN count(r)"
    )

    assert silent_ones == 0


async def test_the_champion_who_left_now_works_for_the_competitor(demo: Demo):
    rows = await demo.rows(
        "MATCH (:SourceRecord {source: 'crm', externalId: 'story-claire-fontaine'})"
        "-[:RESOLVES_TO]->(p)-[r:ROLE_IN {role: 'CHAMPION'}]->(o)-[:FOR]->(c:Company) "
        "MATCH (p)-[old:WORKS_AT]->(c) MATCH (p)-[new:WORKS_AT]->(d) WHERE new.to IS NULL "
        "RETURN o.stage, o.competitor = d.name, old.to < new.from, o.expectedCloseOn < $today",
        today=SMALL.today.isoformat(),
    )

    assert rows == [["NEGOTIATION", True, True, True]]


async def test_the_renewal_at_risk_ends_soon_with_a_complaint_and_a_low_mood(demo: Demo):
    rows = await demo.rows(
        "MATCH (:SourceRecord {source: 'crm', externalId: 'story-crama-dealu-vechi'})"
        "-[:RESOLVES_TO]->(c)<-[:FOR]-(k:Contract {status: 'ACTIVE'}) "
        "MATCH (c)<-[:FOR]-(case:Case {kind: 'COMPLAINT', status: 'OPEN'}) "
        "MATCH (c)-[:HAS_SCORE]->(churn:Score {kind: 'CHURN'}) "
        "MATCH (:Person)-[:PARTICIPATED_IN]->(s:Survey {measure: 'NPS'})-[:REGARDING]->(k) "
        "RETURN k.endsOn, case.priority, churn.value, s.score"
    )

    assert rows == [["2026-12-16", "URGENT", 0.81, 3]]


async def test_two_partners_have_registered_the_same_deal_and_nobody_has_decided(demo: Demo):
    rows = await demo.rows(
        "MATCH (:SourceRecord {source: 'crm', externalId: 'story-thornbury-council'})"
        "-[:RESOLVES_TO]->(c)<-[:ABOUT]-(d:DealRegistration)-[:BY]->(p:Partner) "
        "MATCH (d)-[:ABOUT]->(product:Product) "
        "RETURN p.name, d.state, d.decidedAt, product.sku ORDER BY d.at"
    )

    assert [row[:3] for row in rows] == [
        ["Kestrel Integrations", "IN_REVIEW", None],
        ["Bluefell Resellers", "SUBMITTED", None],
    ]
    assert len({row[3] for row in rows}) == 1


async def test_seeding_twice_changes_nothing(demo: Demo):
    before, truth = await demo.state(), demo.truth.read_bytes()

    again = await seed(
        demo.graph, people=SMALL.people, seed=SMALL.seed, truth=demo.truth, progress=silent
    )

    assert (again.created, again.changed, again.missing) == (0, 0, 0)
    assert again.nodes == demo.summary.nodes
    assert again.links == demo.summary.links
    assert await demo.state() == before
    assert demo.truth.read_bytes() == truth


async def test_a_second_world_is_refused_and_nothing_changes(demo: Demo):
    before, truth = await demo.state(), demo.truth.read_bytes()

    with pytest.raises(Conflict, match="other arguments"):
        await seed(demo.graph, people=61, seed=7, truth=demo.truth, progress=silent)
    with pytest.raises(InvalidInput, match="between 50 and 100,000 people"):
        await seed(demo.graph, people=3, seed=7, truth=demo.truth, progress=silent)

    assert await demo.state() == before
    assert demo.truth.read_bytes() == truth
