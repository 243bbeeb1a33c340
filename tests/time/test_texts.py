"""What the rewriting understands, and that it refuses the rest instead of guessing."""

from collections.abc import Iterator
from typing import Any

import pytest

from graph.past import Timeless, at_time
from loaders.errors import BadRequest
from loaders.moments import check
from loaders.registry import REGISTRY
from loaders.schema import source_of
from resolvers.schema import SCHEMA

REQUESTS = ("Request", "DealRegistration", "FundRequest", "FundClaim", "LeadOffer",
            "ShareProposal", "PrivacyRequest")  # fmt: skip
WITHOUT = {"PriceList.validFrom", "PriceList.validTo", "Webhook.deliveries"} | {
    f"{each}.allowed" for each in REQUESTS
}
"""Fields that are only known of the present, as docs/time.md says."""

FOREIGN = (
    "MATCH (n:Person {id: $p0}) RETURN [x IN collect(n) | x.name] AS answer",
    "MATCH (n:Person {id: $p0}) WITH [n] AS list UNWIND list AS x RETURN x.name AS answer",
    "MATCH (n:Person {id: $p0}) RETURN coalesce(n, n).name AS answer",
    "MATCH (n:Person {id: $p0}) RETURN {node: n} AS answer",
    "MATCH (n:Person {id: $p0}) RETURN n {.name} AS answer",
    "MATCH (n:Person {id: $p0}) RETURN CASE WHEN true THEN n END AS answer",
    "MATCH (n:Person {id: $p0})-[e:WORKS_AT]->() RETURN endNode(e).name AS answer",
    "MATCH path = (n:Person {id: $p0})-[:WORKS_AT]->() RETURN nodes(path) AS answer",
    "MATCH (n:Person {id: $p0})-[e]->(m) RETURN m.name AS answer",
    "MATCH (n:Person {id: $p0})--(m) RETURN m.name AS answer",
    "MATCH (n:Person {id: $p0})-[:WAS]->(m) RETURN m.name AS answer",
    "MATCH (n:Person {id: $p0}) OPTIONAL MATCH (n)-[:WORKS_AT]->(m) RETURN m.name AS answer",
    "MATCH (n:Person {id: $p0}) CALL { WITH n RETURN n.name AS x } RETURN x AS answer",
    "CALL db.index.fulltext.queryNodes('x', $p0) YIELD node RETURN node.name AS answer",
    "MATCH (n:Person|Company {name: $p0}) RETURN n.name AS answer",
    "MATCH (n) WHERE n.name = $p0 RETURN n.name AS answer",
    "MATCH (n:Unheard) RETURN n.name AS answer",
    "MATCH (n:PriceList {id: $p0}) RETURN n.validFrom AS answer",
    "MATCH (n:Person {id: $p0}) RETURN timestamp() AS answer",
    "MATCH (n:Person {id: $p0}) SET n.name = 'x' RETURN n.name AS answer",
    "MATCH (n:Person {id: $p0}) RETURN [n.name AS answer",
)


def sources() -> Iterator[tuple[str, Any]]:
    """Every field of a node that has a source, by name."""
    for type_ in REGISTRY.kinds:
        fields: Any = SCHEMA._schema.type_map[type_]
        for name, definition in fields.fields.items():
            yield f"{type_}.{name}", source_of(definition)


def refusal(source: Any, name: str) -> BadRequest | None:
    """Why a field cannot be answered at a time; None when it can."""
    try:
        check(source, name, on_edge=False)
    except BadRequest as error:
        return error
    return None


def test_every_field_but_a_few_can_be_answered_at_a_time() -> None:
    refused = {name: error for name, source in sources() if (error := refusal(source, name))}

    assert set(refused) == WITHOUT
    assert all(name in error.message for name, error in refused.items())


@pytest.mark.parametrize("text", FOREIGN)
def test_a_text_that_could_show_a_value_of_today_is_refused(text: Any) -> None:
    with pytest.raises(Timeless):
        at_time(text, "$p1")


def test_a_text_keeps_its_columns_and_parameters() -> None:
    text = at_time("MATCH (n:Person {id: $p0}) RETURN [n.id, n.name] AS answer", "$p1")

    assert text.endswith("RETURN [n.id, n_.name] AS answer")
    assert text.startswith("MATCH (n:Person|Archived {id: $p0}) WHERE ")


@pytest.mark.parametrize(
    "asked",
    [
        "RETURN [EXISTS { (:Person {id: $p0}) }] AS answer",
        "MATCH (:Identifier {kind: $p0, value: $p1}) RETURN [1] AS answer",
        "MATCH (:Person) RETURN [count(*)] AS answer",
    ],
)
def test_a_node_without_a_name_is_asked_for_as_one_that_has_one(asked: Any) -> None:
    assert at_time(asked, "$t") == at_time(asked.replace("(:", "(past1:"), "$t")


def test_the_label_of_a_node_without_a_name_is_asked_of_it() -> None:
    asked = "MATCH (:Person {id: $p0})-[:WORKS_AT]->(c:Company) RETURN [c.name] AS answer"

    found = at_time(asked, "$t")

    assert found.startswith("MATCH (past1:Person|Archived {id: $p0})-[")
    assert "CASE WHEN past1:Person THEN true WHEN past1:Archived" in found


def test_today_is_the_day_of_the_moment() -> None:
    wanted = "RETURN [left($t, 10), $t, datetime($t) - duration('P30D')] AS answer"
    asked = (
        "RETURN [toString(date()), toString(datetime()), datetime() - duration('P30D')] AS answer"
    )

    assert at_time(asked, "$t") == wanted
