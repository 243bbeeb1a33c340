"""What is said anew of a known party: by one statement the same as by a batch, nothing lost."""

import asyncio
from random import Random
from typing import Any

import pytest

from graph.model.parties import PERSON
from graph.statements import Kind, Statement
from graph.write import Batch, NodeRow, Nodes, Writer, write
from graph.write.formats import moment
from tests.graph.replaying import events, recorded, replayed
from tests.mutations.conftest import Api, Put

pytestmark = pytest.mark.anyio

SAID = {
    "jobTitle": ["Buyer", "Director", None],
    "city": ["Lyon", "Cluj", "York", None],
    "birthDate": ["1980-01-01", "1981-02-02"],
    "language": ["fr", "en", "ro"],
}
LEFT = Statement(
    "test.left",
    Kind.READ,
    """MATCH (s:SourceRecord {source: $source, externalId: $external})-[:RESOLVES_TO]->(p)
RETURN p {.*}, COLLECT { MATCH (p)<-[:RESOLVES_TO]-(o) RETURN o {.*} ORDER BY o.source },
  COUNT { (p)-[:WAS]->(:Version) }, COUNT { (p)<-[:RESOLVES_TO]-()-[:WAS]->(:Version) }""",
)
OWN = {"id", "createdAt", "changedAt", "head", "hash", "externalId", "email"}


async def left(api: Api, external: str) -> list[Any]:
    """What is there of a person and its records, but for ids and times of writing."""
    [[party, records, *versions]] = await api.graph.run(
        LEFT, {"source": "crm", "external": external}
    )
    kept = [{k: v for k, v in each.items() if k not in OWN} for each in (party, *records)]
    return [kept, versions]


def sayings(seed: int, count: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Random sayings: a source, when it was observed, and what."""
    rng = Random(seed)
    found: list[tuple[str, str, dict[str, Any]]] = []
    for number in range(count):
        names = rng.sample(sorted(SAID), rng.randint(1, 3))
        said = {name: rng.choice(SAID[name]) for name in names}
        day = rng.choice([number + 1, rng.randint(1, count)])
        found.append((rng.choice(["crm", "erp"]), f"2026-01-{day:02}T00:00:00.000Z", said))
    return found


@pytest.mark.parametrize("seed", range(3))
async def test_one_statement_leaves_what_a_batch_leaves(api: Api, seed: int) -> None:
    fields = {"name": "Ana", "email": "ana@example.org"}
    for key in ("one", "other"):
        rows = [NodeRow(("crm", key), fields, observed_at="2026-01-01T00:00:00.000Z")]
        rows.append(
            NodeRow(("erp", key), {"name": "Ana"}, observed_at="2026-01-01T00:00:00.000Z",
                    of_party=("crm", key))
        )  # fmt: skip
        await write(api.graph, Batch([Nodes(PERSON, rows)]), Writer("tester", "crm"))

    for source, at, said in sayings(seed, 12):
        of = {"source": source, "externalId": "one", "observedAt": at}
        await api.done("personUpsert", **of, **said)
        row = NodeRow((source, "other"), said, observed_at=moment(at))
        await write(api.graph, Batch([Nodes(PERSON, [row])]), Writer("tester", "crm"))

    assert await left(api, "one") == await left(api, "other")
    told = await events(api.graph)
    at = told[-1]["at"]
    assert replayed(told, at, exact=False) == await recorded(api.graph, at)


async def test_nothing_is_lost_of_what_many_say_at_once(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    names = ("jobTitle", "city", "street", "region", "postalCode", "honorific", "timezone")
    values = {name: f"{name} of Ana" for name in names} | {"timezone": "Europe/Paris"}

    async def say(number: int) -> None:
        name = names[number // 2]
        if number // 2 % 2:
            await api.done("personPatch", personId=ana, **{name: values[name]})
        else:
            await api.done("personUpsert", source="crm", externalId="ana", **{name: values[name]})

    await asyncio.gather(*(say(number) for number in range(2 * len(names))))

    found = await api.ask(
        "query ($id: ID!) { customer(id: $id) { ... on Person { " + " ".join(names) + " } } }",
        id=ana,
    )
    assert found["customer"] == values
    [[_, records, *_]] = await api.graph.run(LEFT, {"source": "crm", "external": "ana"})
    assert [each["source"] for each in records] == ["c360", "crm"]


async def test_a_version_that_has_passed_is_refused_and_a_key_is_kept(api: Api, put: Put) -> None:
    ana = await put("Person", "ana", name="Ana")
    asked = {"personId": ana, "city": "Lyon", "ifVersion": 1, "clientMutationId": "k"}

    first = await api.done("personPatch", "person { id city }", **asked)
    again = await api.done("personPatch", "person { id city }", **asked)

    assert first == again
    stale = await api.refused("personPatch", personId=ana, city="Cluj", ifVersion=1)
    assert stale == [("CONFLICT", "ifVersion")]
    other = await api.refused("personPatch", personId=ana, city="Cluj", clientMutationId="k")
    assert other == [("CONFLICT", "clientMutationId")]
