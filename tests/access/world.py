"""A world in which every node has an owner, and every text and id in it tells whose it is."""

import zlib
from dataclasses import dataclass, field
from typing import Any

from graph.database import Graph
from graph.model import MODEL
from graph.model.kinds import Property, Type
from graph.statements import Kind, Statement

ISSUER = "https://id.example.org"
MARK = "~"
"""Stands between an owner's name and the rest of each of its texts."""

_MAKE = Statement(
    "test.access.make",
    Kind.WRITE,
    "UNWIND $nodes AS one CREATE (n:$(one.labels)) SET n = one.values",
)
_TIE = Statement(
    "test.access.tie",
    Kind.WRITE,
    "UNWIND $ties AS one MATCH (a {id: one.start}) MATCH (b {id: one.end}) "
    "CREATE (a)-[r:$(one.type)]->(b) SET r = one.values",
)
_AT = "2026-03-01T10:00:00.000Z"


@dataclass
class World:
    """Nodes with their owners, and what ties them.

    Attributes:
        owners: The owner of each node, by id.
        labels: The concrete label of each node, by id.
    """

    nodes: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    ties: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    owners: dict[str, str] = field(default_factory=dict[str, str])
    labels: dict[str, str] = field(default_factory=dict[str, str])

    def put(self, label: str, key: str, owner: str, *more: str, **values: Any) -> str:
        """Add a node whose every text is its owner's; its id."""
        node = MODEL.by_label[label]
        id_ = f"{owner}-{key}"
        filled = {name: value_of(each, owner, key) for name, each in node.properties.items()}
        filled |= {"id": id_, "version": 1, "createdAt": _AT, "changedAt": _AT, **values}
        if "source" in filled:
            filled |= {"source": "crm", "externalId": f"{owner}{MARK}{key}"}
        known = {name: value for name, value in filled.items() if value is not None}
        self.nodes.append({"labels": [*node.labels, *more], "values": known})
        self.owners[id_], self.labels[id_] = owner, label
        return id_

    def tie(self, start: str, type_: str, end: str, **values: Any) -> None:
        """Add a relationship."""
        kept = {"recordedFrom": _AT, "recordedTo": "9999", **values}
        self.ties.append({"start": start, "type": type_, "end": end, "values": kept})

    async def build(self, graph: Graph) -> None:
        """Create all of it in an empty graph."""
        await graph.run(_MAKE, {"nodes": self.nodes})
        await graph.run(_TIE, {"ties": self.ties})


def value_of(declared: Property, owner: str, key: str) -> Any:
    """A value of a property that tells whose it is where it can."""
    number = zlib.crc32(f"{owner}{key}{declared.name}".encode()) % 1_000
    if declared.internal and declared.name != "createdAt":
        return None
    match declared.type:
        case Type.ENUM:
            return declared.values[0]
        case Type.STRING | Type.TEXT:
            return f"{owner}{MARK}{key} {declared.name}"
        case Type.STRINGS:
            return [f"{owner}{MARK}{key} {declared.name}"]
        case Type.EMAIL:
            return f"{owner}{MARK}{key}.{declared.name}@example.org".lower()
        case Type.URL:
            return f"https://example.org/{owner}{MARK}{key}"
        case Type.PHONE:
            return f"+33{number:09d}"
        case Type.DATETIME:
            return f"2026-02-{number % 28 + 1:02d}T10:00:00.{number:03d}Z"
        case Type.DATE:
            return f"2026-02-{number % 28 + 1:02d}"
        case Type.INTEGER | Type.MONEY:
            return number
        case Type.FLOAT:
            return number / 1_000
        case Type.BOOLEAN:
            return True
        case Type.CURRENCY:
            return "EUR"
        case Type.COUNTRY:
            return "FR"
        case Type.LANGUAGE:
            return "fr"
        case _:
            return None


def business(
    world: World, owner: str, party: str, *, key: str = "", inner: str = ""
) -> dict[str, str]:
    """What a party has with us: papers, a case, conversations, and what is `inner` of our own."""
    made: dict[str, str] = {}
    for label, status in (
        ("Order", "PLACED"),
        ("Quote", "SENT"),
        ("Invoice", "OPEN"),
        ("CreditNote", None),
        ("Contract", "ACTIVE"),
        ("Case", "OPEN"),
    ):
        made[label] = world.put(label, f"{label}{key}", owner, status=status)
        world.tie(made[label], "FOR", party)
    for label in ("Email", "Call", "Note", "Task"):
        whose = inner or owner if label in {"Note", "Task"} else owner
        made[label] = world.put(label, f"{label}{key}", whose)
        world.tie(party, "PARTICIPATED_IN", made[label], role="TO")
    made["Opportunity"] = world.put("Opportunity", f"Opportunity{key}", inner or owner)
    world.tie(made["Opportunity"], "FOR", party)
    return made


def user(world: World, owner: str, kind: str, subject: str) -> str:
    """A user who may sign in."""
    return world.put("User", subject, owner, issuer=ISSUER, subject=subject, kind=kind, active=True)


def partner(world: World, owner: str, account: str) -> None:
    """A partner with a user, a colleague, an account it sees all of, and its dealings with us."""
    company = world.put("Company", "firm", owner, "Customer", "Partner")
    who, colleague = (
        user(world, owner, "PARTNER", f"{owner}-user"),
        world.put("Person", "pal", owner),
    )
    world.tie(who, "ACTS_FOR", company, scope="COMPANY")
    world.tie(who, "IS_PERSON", colleague)
    world.tie(colleague, "WORKS_AT", company)
    client = world.put("Company", account, owner, "Customer")
    contact = world.put("Person", "contact", owner, "Customer")
    world.tie(contact, "WORKS_AT", client)
    for party in (client, contact):
        world.tie(company, "CAN_SEE", party, level="FULL")
    world.tie(company, "SERVES", client)
    made = business(world, owner, client)
    world.tie(who, "PARTICIPATED_IN", made["Email"], role="FROM")
    world.tie(colleague, "PARTICIPATED_IN", made["Call"], role="FROM")
    world.tie(made["Task"], "SHARED_WITH", company, level="FULL")
    world.tie(made["Note"], "SHARED_WITH", company, level="FULL")
    world.tie(made["Opportunity"], "ASSIGNED_TO", company)
    deal = world.put("DealRegistration", "deal", owner, state="SUBMITTED")
    world.tie(deal, "BY", company)
    world.tie(deal, "ABOUT", made["Opportunity"])
    program = world.put("Program", "program", owner)
    world.tie(company, "ENROLLED_IN", program)


def customer(world: World, owner: str, company: str, scope: str) -> str:
    """Somebody who acts for a company; his person's id."""
    who, person = user(world, owner, "CUSTOMER", f"{owner}-user"), world.put(
        "Person", "person", owner, "Customer"
    )  # fmt: skip
    world.tie(who, "IS_PERSON", person)
    world.tie(who, "ACTS_FOR", company, scope=scope)
    world.tie(person, "WORKS_AT", company)
    mail = world.put("Email", "mail", owner)
    world.tie(person, "PARTICIPATED_IN", mail, role="FROM")
    order = world.put("Order", "own", owner, status="PLACED")
    world.tie(order, "FOR", person)
    consent = world.put("Consent", "consent", owner)
    world.tie(person, "GAVE", consent)
    return person


def the_world() -> World:
    """Two partners, customers of two companies, staff of two teams, and much that is nobody's."""
    world = World()
    for name, account in (("kestrel", "alpha"), ("heron", "beta")):
        partner(world, name, account)
    half = world.put("Company", "half", "open", "Customer", email="hidden~half@example.org",
                     phone="+33999999999", street="hidden~street")  # fmt: skip
    business(world, "hidden", half, key="half")
    counted = world.put("Company", "counted", "hidden", "Customer")
    for name in ("kestrel", "heron"):
        world.tie(f"{name}-firm", "CAN_SEE", half, level="PROFILE")
        world.tie(f"{name}-firm", "CAN_SEE", counted, level="COUNT")
    _customers(world)
    _staff(world)
    business(world, "hidden", counted, key="counted")
    for label, owner, values in (
        ("Product", "open", {}),
        ("Article", "open", {"status": "PUBLISHED", "audience": "CUSTOMER"}),
        ("Article", "hidden", {"status": "PUBLISHED", "audience": "STAFF"}),
        ("Program", "hidden", {}), ("Segment", "hidden", {}), ("Campaign", "hidden", {}),
    ):  # fmt: skip
        world.put(label, label.lower(), owner, **values)
    for owner in ("kestrel", "heron", "acme", "ana"):
        mine = [each for each, whose in world.owners.items() if whose == owner]
        for paper in mine:
            if world.labels[paper] in {"Order", "Quote"}:
                world.tie(paper, "CONTAINS", "open-product", line=1, quantity=2, unitPrice=5,
                          amount=10, currency="EUR")  # fmt: skip
    return world


def _customers(world: World) -> None:
    acme = world.put("Company", "acme", "acme", "Customer")
    zenith = world.put("Company", "zenith", "carla", "Customer")
    ana = customer(world, "ana", acme, "COMPANY")
    bob = customer(world, "bob", acme, "OWN")
    customer(world, "carla", zenith, "COMPANY")
    business(world, "papers", acme, key="acme", inner="hidden")
    draft = world.put("Quote", "draft", "hidden", status="DRAFT")
    world.tie(draft, "FOR", acme)
    for person in (ana, bob):
        note = world.put("Note", f"about {person}", "hidden")
        world.tie(person, "PARTICIPATED_IN", note, role="SUBJECT")
        whisper = world.put("Email", f"whisper {person}", "hidden")
        world.tie(person, "PARTICIPATED_IN", whisper, role="MENTIONED")


def _staff(world: World) -> None:
    for team, name in (("north", "sue"), ("south", "tom")):
        group = world.put("Team", f"team {team}", "open")
        who = user(world, "open", "STAFF", name)
        world.tie(who, "IN_TEAM", group)
        client = world.put("Company", "client", team, "Customer")
        world.tie(client, "ASSIGNED_TO", group)
        contact = world.put("Person", "contact", team, "Customer")
        world.tie(contact, "WORKS_AT", client)
        business(world, team, client)
        world.tie(who, "PARTICIPATED_IN", f"{team}-Call", role="FROM")
