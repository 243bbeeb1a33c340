"""Small worlds in which one person, Ana, leaves traces everywhere; each value names its owner."""

from collections.abc import Iterable
from random import Random
from typing import Any

from graph.database import Graph
from graph.model import MODEL
from graph.statements import Kind, Statement
from graph.write import Batch, LinkRow, Links, NodeRow, Nodes, Writer, write

CANARY = "zqana"
"""A word that stands in everything that is Ana's alone."""

WRITER = Writer("tester", "crm")
NODE = MODEL.by_label
TIE = MODEL.by_type

EVERYTHING = Statement(
    "test.everything",
    Kind.READ,
    "MATCH (n) WHERE NOT n:Migration RETURN labels(n), properties(n) ORDER BY n.id",
)
TIES = Statement(
    "test.ties",
    Kind.READ,
    "MATCH (s)-[x]->(e) RETURN type(x), s.id, e.id, properties(x)",
)


def rows(label: str, *nodes: tuple[str, dict[str, Any]]) -> Nodes:
    return Nodes(NODE[label], [NodeRow(("crm", key), values) for key, values in nodes])


def ties(kind: str, start: str, end: str, *pairs: tuple[Any, ...]) -> Links:
    links = [
        LinkRow(_key(start, pair[0]), _key(end, pair[1]), pair[2] if len(pair) > 2 else {})
        for pair in pairs
    ]
    return Links(TIE[kind], NODE[start], NODE[end], links)


def _key(label: str, name: str) -> tuple[str, ...]:
    if label == "User":
        return ("issuer", name)
    if label == "Identifier":
        return ("EMAIL", name)
    return ("crm", name)


def people() -> list[Nodes | Links]:
    """Ana, Bob and Cem, a company, and a household of Ana alone."""
    return [
        rows("Company", ("acme", {"name": "Acme"})),
        rows(
            "Person",
            (
                "ana",
                {
                    "name": f"Ana {CANARY}",
                    "givenName": "Ana",
                    "familyName": CANARY.title(),
                    "email": f"ana@{CANARY}.example",
                    "phone": "+33 1 23 45 67 89",
                    "city": CANARY,
                },
            ),
            ("bob", {"name": "Bob Keeps", "email": "info@acme.example"}),
            ("cem", {"name": "Cem Stays"}),
        ),
        rows("Household", ("home", {"name": f"Household {CANARY}"})),
        ties("WORKS_AT", "Person", "Company", ("ana", "acme", {"title": f"Head of {CANARY}"})),
        ties("LIVES_IN", "Person", "Household", ("ana", "home")),
        Nodes(
            NODE["User"],
            [
                NodeRow(("issuer", "ana"), {"kind": "CUSTOMER", "name": f"Ana {CANARY}"}),
                NodeRow(("issuer", "staff"), {"kind": "STAFF", "name": "Staff"}),
            ],
        ),
        ties("IS_PERSON", "User", "Person", ("ana", "ana")),
    ]


def traces() -> list[Nodes | Links]:
    """What Ana did and what was done for her, alone and with others."""
    call = {"at": "2026-01-01T00:00:00Z", "channel": "PHONE", "subject": CANARY, "body": CANARY}
    mail = {"at": "2026-01-02T00:00:00Z", "channel": "EMAIL", "body": f"Hello Ana {CANARY}, hi Bob"}
    own = {"at": "2026-01-03T00:00:00Z", "channel": "EMAIL", "body": f"I wrote {CANARY} to Bob"}
    old = {"number": "i-old", "at": "2010-05-05T00:00:00Z", "note": CANARY}
    new = {"number": "i-new", "at": "2026-05-05T00:00:00Z", "note": f"For Ana {CANARY}"}
    case = {"number": "c1", "subject": CANARY, "status": "OPEN", "openedAt": "2026-01-01T00:00:00Z"}
    consent = {
        "purpose": "MARKETING", "channel": "EMAIL", "status": "GRANTED",
        "at": "2026-01-01T00:00:00Z", "evidence": CANARY,
    }  # fmt: skip
    return [
        rows("Call", ("call", call)),
        rows("Email", ("mail", mail), ("own", own)),
        rows("Note", ("note", {**call, "channel": "INTERNAL"})),
        rows("Invoice", ("old", old), ("new", new)),
        rows("Case", ("case", case)),
        rows("Consent", ("consent", consent)),
        rows("Score", ("score", {"kind": "CHURN", "value": 0.5, "at": "2026-01-01T00:00:00Z"})),
        rows("Segment", ("vip", {"name": "VIP"})),
        ties(
            "PARTICIPATED_IN", "Person", "Call", ("ana", "call", {"role": "FROM"})
        ),
        ties("PARTICIPATED_IN", "User", "Call", ("staff", "call", {"role": "TO"})),
        ties(
            "PARTICIPATED_IN", "Person", "Email",
            ("ana", "mail", {"role": "TO"}), ("bob", "mail", {"role": "CC"}),
            ("ana", "own", {"role": "FROM"}), ("bob", "own", {"role": "TO"}),
        ),
        ties("FOR", "Invoice", "Person", ("old", "ana"), ("new", "ana")),
        ties("FOR", "Case", "Person", ("case", "ana")),
        ties("REGARDING", "Note", "Case", ("note", "case")),
        ties("GAVE", "Person", "Consent", ("ana", "consent")),
        ties("HAS_SCORE", "Person", "Score", ("ana", "score")),
        ties("MEMBER_OF", "Person", "Segment", ("ana", "vip", {"reason": CANARY}), ("bob", "vip")),
    ]  # fmt: skip


async def full_world(graph: Graph) -> str:
    """Write a world with a trace of every kind, and a history; return Ana's id."""
    await write(graph, Batch(people()), WRITER)
    await write(graph, Batch(traces()), WRITER)
    changed = {"name": f"Ana Maria {CANARY}", "city": f"New {CANARY}"}
    await write(graph, Batch([rows("Person", ("ana", changed))]), WRITER)
    case = ("case", {"subject": f"Again {CANARY}"})
    await write(graph, Batch([rows("Case", case)]), WRITER)
    return await id_of(graph, "ana")


async def id_of(graph: Graph, external: str) -> str:
    asked = Statement(
        "test.id",
        Kind.READ,
        "MATCH (:SourceRecord {source: 'crm', externalId: $key})-[:RESOLVES_TO]->(p) RETURN p.id",
    )
    return (await graph.run(asked, {"key": external}))[0][0]


def random_batches(random: Random) -> Iterable[Batch]:
    """Batches of random relationships between three people and twelve things."""
    names = ["ana", "bob", "cem"]
    yield Batch(people())
    things = [f"t{i}" for i in range(3)]
    for _ in range(4):
        word = f"w{random.randrange(99)} Ana {CANARY}"
        at = f"20{random.choice(['08', '26'])}-0{random.randint(1, 9)}-01T00:00:00Z"
        call = {"at": at, "channel": "PHONE", "body": word}
        parts: list[Nodes | Links] = [
            rows("Call", *((each, call) for each in things)),
            rows("Order", *((each, {"number": each, "at": at, "note": word}) for each in things)),
            rows(
                "Opportunity",
                *((each, {"name": word, "stage": "LEAD", "openedAt": at}) for each in things),
            ),
            rows(
                "Case",
                *(
                    (each, {"number": each, "subject": word, "status": "OPEN", "openedAt": at})
                    for each in things
                ),
            ),
        ]
        for kind, label in (("FOR", "Order"), ("FOR", "Opportunity"), ("FOR", "Case")):
            pairs = {(random.choice(things), random.choice(names)) for _ in range(3)}
            parts.append(ties(kind, label, "Person", *sorted(pairs)))
        took = {
            (random.choice(names), random.choice(things), random.choice(["FROM", "TO"]))
            for _ in range(4)
        }
        roles = [(one, two, {"role": role}) for one, two, role in sorted(took)]
        parts.append(ties("PARTICIPATED_IN", "Person", "Call", *roles))
        regards = {(random.choice(things), random.choice(things)) for _ in range(2)}
        parts.append(ties("REGARDING", "Call", "Case", *sorted(regards)))
        yield Batch(parts)
