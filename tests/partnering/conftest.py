"""Partners, parties and programs on the real graph."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.database import Graph
from graph.partnering.stepping import granting, plain, sharing
from graph.statements import Kind, Statement
from graph.write.actions.compiling import compile_action
from loaders.ids import encode_id
from loaders.viewer import Audience, Viewer
from tests.mutations.conftest import (
    FINGERPRINT,
    STAFF,
    Api,
    Put,
    api,
    link,
    migrated,
    put,
    uuid_of,
)

__all__ = ["api", "migrated", "put"]

TODAY = datetime.now(UTC).date().isoformat()
RANKS = {"COUNT": 1, "PROFILE": 2, "FULL": 3}

LINKS = Statement(
    "test.sight.links",
    Kind.READ,
    "MATCH (a)-[x:SERVES|SHARED_WITH|ASSIGNED_TO|ABOUT|BY]->(b) "
    "RETURN type(x), a.id, labels(a), b.id, labels(b), properties(x), properties(a)",
)
EDGES = Statement(
    "test.sight.edges",
    Kind.READ,
    "MATCH (a)-[x:CAN_SEE]->(b) RETURN a.id, b.id, x.level, x.until ORDER BY a.id, b.id",
)

Sight = dict[tuple[str, str], tuple[str, str | None]]


async def kept(graph: Graph) -> Sight:
    """Level and last day by partner and party, as CAN_SEE says; each pair once."""
    rows = await graph.run(EDGES)
    found = {(row[0], row[1]): (row[2], row[3]) for row in rows}
    assert len(found) == len(rows)
    return found


async def due(graph: Graph) -> Sight:
    """The same, worked out from the facts one by one."""
    reasons: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    about: dict[str, set[str]] = defaultdict(set)
    partner: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, start, starts, end, ends, tie, node in await graph.run(LINKS):
        lasts = (tie.get("from") or "") <= TODAY <= (tie.get("to") or "9999")
        until = tie.get("to") or "9999"
        party, company = "Party" in starts, "Company" in ends
        if kind == "SERVES" and lasts:
            reasons[start, end].append((3, until))
        elif kind == "SHARED_WITH" and party and company and lasts:
            reasons[end, start].append((RANKS[tie["level"]], until))
        elif kind == "ASSIGNED_TO" and party and company:
            reasons[end, start].append((3, "9999"))
        elif kind == "ABOUT" and "Party" in ends:
            about[start].add(end)
        elif company and granted(kind, starts, node):
            partner[start].append((end, node.get("protectedUntil") or "9999"))
    for request, those in partner.items():
        for company, until in those:
            for party in about[request]:
                reasons[company, party].append((3, until))
    names = {rank: level for level, rank in RANKS.items()}
    found: Sight = {}
    for pair, those in reasons.items():
        rank, until = max(those)
        if pair[0] != pair[1]:
            found[pair] = (names[rank], None if until == "9999" else until)
    return found


def granted(kind: str, labels: list[str], node: dict[str, Any]) -> bool:
    """Whether a request has been granted to the partner at the end of this relationship."""
    if node.get("state") not in {"APPROVED", "WON"}:
        return False
    if "DealRegistration" in labels:
        return kind == "BY" and (node.get("protectedUntil") or "9999") >= TODAY
    return "LeadOffer" in labels and kind == "ASSIGNED_TO"


PARTNER = Viewer(Audience.PARTNER, "https://issuer.example", "pat")
RIVAL = Viewer(Audience.PARTNER, "https://issuer.example", "rita")


def gid(label: str, key: str) -> str:
    """The global id of a node that `put` wrote."""
    return encode_id(label, uuid_of(label, key))


@dataclass(frozen=True, slots=True)
class Portal:
    """The API as one viewer sees it."""

    api: Api
    viewer: Viewer

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a query or mutation, which must have no errors."""
        answer: dict[str, Any] = {}
        for _ in range(5):
            found = await self.api.executor.execute(query, variables, None, self.viewer)
            assert isinstance(found, dict)
            answer = found
            codes = [each["extensions"]["code"] for each in answer.get("errors", ())]
            # A busy machine may plan a statement for longer than it may take, and keeps the plan.
            if codes != ["TIMEOUT"]:
                break
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def do(self, name: str, selection: str = "", /, **given: Any) -> dict[str, Any]:
        """The payload of a mutation."""
        type_ = name[0].upper() + name[1:] + "Input"
        query = (
            f"mutation ($input: {type_}!) {{ {name}(input: $input) "
            f"{{ {selection} userErrors {{ code field message }} clientMutationId }} }}"
        )
        return (await self.ask(query, input=given))[name]

    async def done(self, name: str, selection: str = "", /, **given: Any) -> dict[str, Any]:
        """As `do`, of a mutation that must not be refused."""
        payload = await self.do(name, selection, **given)
        assert payload["userErrors"] == []
        return payload

    async def refused(self, name: str, /, **given: Any) -> list[tuple[str, str]]:
        """Codes and dotted fields of the refusals of a mutation, which must change nothing."""
        before = await self.api.graph.run(FINGERPRINT)
        payload = await self.do(name, **given)
        assert payload["userErrors"], "It was not refused."
        assert await self.api.graph.run(FINGERPRINT) == before
        return [(each["code"], ".".join(each["field"])) for each in payload["userErrors"]]


@dataclass(frozen=True, slots=True)
class World:
    """Two partners in one program, a customer that each serves, one that nobody does, a fund."""

    api: Api
    staff: Portal
    partner: Portal
    rival: Portal


@pytest.fixture(scope="session")
async def planned(migrated: Graph) -> None:
    """Have the largest statements planned once: a fresh database takes seconds for each."""
    for each in (plain("warm"), granting("warm"), sharing("warm")):
        compiled = compile_action(each)
        locks: dict[str, list[str]] = {label: [] for label in compiled.locks}
        parameters: dict[str, Any] = {"rows": [], "locks": locks, "again": False}
        await migrated.run(compiled.statement, {"p": parameters}, timeout=300)


@pytest.fixture
async def world(
    api: Api,
    put: Put,
    planned: None,  # noqa: ARG001 - only done before
) -> World:
    """Return the world of two partners."""
    await put("Program", "gold", name="Gold", levels=["SILVER", "GOLD"], benefits=["Training"])
    await put("Fund", "fund", name="Fund", amount=100_000, currency="EUR")
    await put("Product", "pump", name="Pump")
    await put("Product", "pipe", name="Pipe")
    await link(api.graph, "Program/gold", "FUNDS", "Fund/fund")
    for key in ("acme", "bolt", "alba", "brio", "cura"):
        await put("Company", key, name=key.title(), email=f"info@{key}.example")
    for key, subject, customer in (("acme", "pat", "alba"), ("bolt", "rita", "brio")):
        await link(api.graph, f"Company/{key}", "ENROLLED_IN", "Program/gold", level="GOLD")
        await link(api.graph, f"Company/{key}", "SERVES", f"Company/{customer}")
        values = {"issuer": PARTNER.issuer, "subject": subject, "kind": "PARTNER", "name": subject}
        await put("User", subject, **values)
        await link(api.graph, f"User/{subject}", "ACTS_FOR", f"Company/{key}", scope="COMPANY")
    await put("User", "ann", issuer=STAFF.issuer, subject="ann", kind="STAFF", name="Ann")
    return World(api, Portal(api, STAFF), Portal(api, PARTNER), Portal(api, RIVAL))
