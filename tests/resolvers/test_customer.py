"""What is said of a customer: hierarchy, timeline, what is open, figures."""

import pytest

from graph.database import Graph
from loaders.execution import Executor
from loaders.ids import encode_id
from resolvers.schema import SCHEMA
from tests.resolvers.conftest import STAFF, Ask
from tests.resolvers.small_world import names

pytestmark = pytest.mark.anyio


async def test_the_hierarchy_is_walked_up_and_down_with_its_distance(ask: Ask) -> None:
    rows = "{ edges { distance node { name } } }"

    up = await ask("Company", "sud", f"parent {{ name }} ancestors {rows}")
    down = await ask("Company", "group", f"parent {{ name }} descendants {rows}")

    assert up["parent"] == {"name": "Acme"}
    assert [(e["distance"], e["node"]["name"]) for e in up["ancestors"]["edges"]] == [
        (1, "Acme"),
        (2, "Group"),
    ]
    assert down["parent"] is None
    assert [(e["distance"], e["node"]["name"]) for e in down["descendants"]["edges"]] == [
        (1, "Acme"),
        (2, "Acme Sud"),
    ]


async def test_what_has_ended_is_kept_apart(ask: Ask) -> None:
    found = await ask(
        "Company",
        "acme",
        """all: subsidiaries { edges { to node { name } } }
        now: subsidiaries(current: true) { edges { node { name } } }
        then: subsidiaries(current: false) { edges { node { name } } }
        parents { edges { share from node { name } } }""",
    )

    assert names(found["all"]) == ["Acme Sud", "Sold"]
    assert names(found["now"]) == ["Acme Sud"]
    assert names(found["then"]) == ["Sold"]
    assert found["parents"]["edges"] == [
        {"share": 80, "from": "2020-01-01", "node": {"name": "Group"}}
    ]


async def test_a_timeline_holds_interactions_and_documents_newest_first(ask: Ask) -> None:
    own = await ask("Company", "acme", "timeline { totalCount edges { node { id at } } }")
    ids = names(own["timeline"], "id")

    assert own["timeline"]["totalCount"] == 9
    assert ids[0] == encode_id("Visit", "visit")
    assert encode_id("Email", "new") not in ids
    assert [e["node"]["at"] for e in own["timeline"]["edges"]] == sorted(
        (e["node"]["at"] for e in own["timeline"]["edges"]), reverse=True
    )


async def test_the_timeline_of_a_hierarchy_holds_what_people_did_while_they_belonged_to_it(
    ask: Ask,
) -> None:
    of_group = await ask(
        "Company", "group", "timeline(scope: HIERARCHY) { totalCount edges { node { id } } }"
    )
    of_sold = await ask("Company", "sold", "timeline(scope: HIERARCHY) { edges { node { id } } }")
    ids = names(of_group["timeline"], "id")

    assert of_group["timeline"]["totalCount"] == 10
    assert encode_id("Email", "new") in ids
    assert encode_id("Call", "old") not in ids
    assert len(set(ids)) == len(ids)
    assert names(of_sold["timeline"], "id") == [encode_id("Call", "old")]


async def test_a_timeline_is_narrowed_by_channel_type_and_time(ask: Ask) -> None:
    found = await ask(
        "Company",
        "acme",
        """web: timeline(channels: [WEB]) { edges { node { id } } }
        money: timeline(types: [CREDIT_NOTE, QUOTE]) { edges { node { __typename } } }
        spring: timeline(since: "2024-03-01T12:00:00+02:00", until: "2024-04-02T10:00:00Z")
          { edges { node { __typename id } } }""",
    )

    assert names(found["web"], "id") == [encode_id("Visit", "visit")]
    assert sorted(names(found["money"], "__typename")) == ["CreditNote", "Quote"]
    assert names(found["spring"], "id") == [encode_id("Order", "off"), encode_id("Order", "small")]


async def test_an_interaction_is_listed_once_however_many_parts_the_party_took(ask: Ask) -> None:
    found = await ask(
        "Person",
        "ana",
        """interactions { totalCount edges { node { id
          participants { edges { role node { name } } } } } }""",
    )

    assert found["interactions"]["totalCount"] == 2
    newest = found["interactions"]["edges"][0]["node"]
    assert newest["id"] == encode_id("Email", "new")
    assert [edge["role"] for edge in newest["participants"]["edges"]] == ["CC", "TO"]


async def test_open_items_are_what_waits_for_somebody_by_due_day(ask: Ask) -> None:
    found = await ask(
        "Company",
        "acme",
        "openItems { totalCount edges { node { __typename headline dueOn openSince } } }",
    )

    assert [tuple(edge["node"].values()) for edge in found["openItems"]["edges"]] == [
        ("Quote", "Q1", "2024-05-01", "2024-04-03T10:00:00.000Z"),
        ("Case", "Broken", "2024-05-02", "2024-01-01T00:00:00.000Z"),
        ("Invoice", "I1", "2024-05-03", "2024-04-03T10:00:00.000Z"),
        ("Task", "Call back", "2024-05-04", "2024-04-01T00:00:00.000Z"),
        ("Opportunity", "Deal", None, "2024-01-01T00:00:00.000Z"),
    ]


async def test_order_figures_are_by_currency_without_cancelled_orders(ask: Ask) -> None:
    money = "{ amount currency }"
    found = await ask(
        "Company",
        "acme",
        f"orderStats {{ orders total {money} credited {money} average {money} firstAt lastAt }}",
    )

    assert found["orderStats"] == [
        {
            "orders": 2,
            "total": {"amount": "150.01", "currency": "EUR"},
            "credited": {"amount": "10.00", "currency": "EUR"},
            "average": {"amount": "75.00", "currency": "EUR"},
            "firstAt": "2024-02-01T10:00:00.000Z",
            "lastAt": "2024-03-01T10:00:00.000Z",
        },
        {
            "orders": 1,
            "total": {"amount": "700", "currency": "JPY"},
            "credited": {"amount": "0", "currency": "JPY"},
            "average": {"amount": "700", "currency": "JPY"},
            "firstAt": "2024-04-02T10:00:00.000Z",
            "lastAt": "2024-04-02T10:00:00.000Z",
        },
    ]


async def test_a_contact_sees_the_order_but_it_is_not_counted_as_theirs(ask: Ask) -> None:
    found = await ask(
        "Person", "ana", "orderStats { orders } orders { edges { role node { number } } }"
    )

    assert found == {
        "orderStats": [],
        "orders": {"edges": [{"role": "CONTACT", "node": {"number": "O1"}}]},
    }


async def test_interaction_figures_are_by_channel(ask: Ask) -> None:
    found = await ask(
        "Person",
        "ana",
        "interactionStats { channel interactions inbound outbound sentiment firstAt lastAt }",
    )

    assert [tuple(each.values()) for each in found["interactionStats"]] == [
        ("EMAIL", 1, 0, 1, None, "2024-05-01T10:00:00.000Z", "2024-05-01T10:00:00.000Z"),
        ("PHONE", 1, 1, 0, -0.5, "2023-05-01T10:00:00.000Z", "2023-05-01T10:00:00.000Z"),
    ]


async def test_a_shared_address_names_the_party_it_belongs_to_first(small: Graph) -> None:
    executor = Executor(SCHEMA._schema, small)
    query = '{ customer(by: {email: "Shared@Example.ORG"}) { name } }'

    response = await executor.execute(query, None, None, STAFF)

    assert response == {"data": {"customer": {"name": "Ana"}}}


async def test_the_viewer_is_who_the_token_says_beside_what_the_graph_answers(
    small: Graph,
) -> None:
    executor = Executor(SCHEMA._schema, small)
    query = '{ viewer { audience issuer subject name } customer(by: {phone: "+1"}) { name } }'

    response = await executor.execute(query, None, None, STAFF)

    assert response == {
        "data": {
            "viewer": {
                "audience": "STAFF",
                "issuer": "https://id.example.org",
                "subject": "ana",
                "name": "Ana Staff",
            },
            "customer": None,
        }
    }
