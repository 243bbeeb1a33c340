"""What a partner sees: the parties it may see, what is theirs, and its own dealings with us.

`viewer` is the partner's node, `me` the user who asks, `us` the partner with its people and users,
`today` the day. The parties are those that `CAN_SEE` names, which the write path keeps in step with
its causes (`graph/write/sight.py`). Conditions are few and flat: each one is planned wherever a
query comes to a node, and a subquery within a subquery costs the planner most.
"""

from typing import LiteralString

from graph.access.rules import ALWAYS, NEVER, Rule, Rules
from graph.audiences import Audience

PROLOGUE: LiteralString = (
    "MATCH (me:User {issuer: $ISSUER, subject: $SUBJECT}) "
    "WHERE me.kind = 'PARTNER' AND coalesce(me.active, true) "
    "WITH me, toString(date()) AS today "
    "MATCH (me)-[acts:ACTS_FOR]->(viewer:Partner) "
    "WHERE coalesce(acts.from, today) <= today AND coalesce(acts.to, today) >= today "
    "WITH me, viewer, today ORDER BY viewer.id LIMIT 1 "
    "WITH me, viewer, today, [viewer] + COLLECT { MATCH (viewer)<-[job:WORKS_AT|ACTS_FOR]-(one) "
    "WHERE coalesce(job.to, today) >= today RETURN DISTINCT one } AS us"
)

_LASTS: LiteralString = "coalesce(see.until, today) >= today"
_SEEN: LiteralString = (
    "(NODE IN us OR EXISTS { (NODE)<-[see:CAN_SEE]-(viewer) "
    f"WHERE see.level <> 'COUNT' AND {_LASTS} }})"
)
_FULL: LiteralString = (
    "(NODE IN us OR EXISTS { (NODE)<-[see:CAN_SEE]-(viewer) "
    f"WHERE see.level = 'FULL' AND {_LASTS} }})"
)
_RUNS: LiteralString = (
    "coalesce(tie.level, '') <> 'COUNT' AND coalesce(tie.from, today) <= today "
    "AND coalesce(tie.to, today) >= today"
)
_TIED: LiteralString = (
    f"EXISTS {{ (NODE)-[tie:ASSIGNED_TO|SOLD_BY|SHARED_WITH]->(viewer) WHERE {_RUNS} }}"
)
_FINISHED: LiteralString = "coalesce(NODE.status, '') <> 'DRAFT'"
_OWNED: LiteralString = (
    f"coalesce(whose.role, 'CUSTOMER') = 'CUSTOMER' AND see.level = 'FULL' AND {_LASTS}"
)
_PAPER: LiteralString = (
    f"({_FINISHED} AND (EXISTS {{ (NODE)-[whose:FOR]->(party)<-[see:CAN_SEE]-(viewer) "
    f"WHERE {_OWNED} }} "
    f"OR EXISTS {{ (NODE)-[tie:ASSIGNED_TO|SOLD_BY|SHARED_WITH|FOR]->(viewer) WHERE {_RUNS} }}))"
)
_SAID: LiteralString = (
    "NOT NODE:Note AND NOT NODE:Task AND NOT coalesce(part.role, '') IN ['SUBJECT', 'MENTIONED']"
)
_TOUCH: LiteralString = (
    f"(EXISTS {{ (NODE)<-[part:PARTICIPATED_IN]-(who) WHERE who IN us AND {_SAID} }} OR {_TIED})"
)
_DEAL: LiteralString = (
    f"({_TIED} OR EXISTS {{ (NODE)<-[:ABOUT]-(asked:Request)-[:BY|ASSIGNED_TO]->(viewer) "
    "WHERE asked.state IN ['APPROVED', 'WON'] })"
)
# What is offered to a partner is ASSIGNED_TO it; what is ABOUT it may be the deal of another.
_ASKED: LiteralString = (
    "(NOT NODE:PrivacyRequest AND EXISTS { (NODE)-[:BY|ASSIGNED_TO]->(viewer) })"
)
_STAFF: LiteralString = "(NODE.kind = 'STAFF' OR NODE IN us)"

PROFILE = frozenset(
    {
        "id", "name", "kind", "lifecycle", "country", "city", "website", "industry", "language",
        "legalName", "partnerKind",
    }
)  # fmt: skip
"""What is told of a party that is seen at level PROFILE: enough to know whom one talks of."""


def _from_viewer(*ways: LiteralString) -> LiteralString:
    """Clauses that yield the nodes of several ways, each node once."""
    parts: list[LiteralString] = [f"{each} RETURN NODE" for each in ways]
    return "CALL (*) { " + " UNION ".join(parts) + " }"


_TO_TIED: LiteralString = (
    f"MATCH (viewer)<-[tie:ASSIGNED_TO|SOLD_BY|SHARED_WITH]-(NODE:LABEL) WHERE {_RUNS}"
)
_DOCUMENT = Rule(
    _PAPER,
    _from_viewer(
        "MATCH (viewer)-[see:CAN_SEE]->(:Party)<-[whose:FOR]-(NODE:LABEL) "
        f"WHERE {_OWNED} AND {_FINISHED}",
        "MATCH (viewer)<-[tie:ASSIGNED_TO|SOLD_BY|SHARED_WITH|FOR]-(NODE:LABEL) "
        f"WHERE {_RUNS} AND {_FINISHED}",
    ),
    # A party's documents are told only where all of the party is. Those in which it is no more
    # than named belong to another, and are found from there.
    {"FOR": f"(coalesce(EDGE.role, 'CUSTOMER') = 'CUSTOMER' AND {_FINISHED})"},
    exact=True,
)

PARTNER = Rules(
    Audience.PARTNER,
    PROLOGUE,
    ("me", "viewer", "today", "us"),
    {
        "Party": Rule(
            _SEEN,
            _from_viewer(
                "MATCH (viewer)-[see:CAN_SEE]->(NODE:LABEL) "
                f"WHERE see.level <> 'COUNT' AND {_LASTS}",
                "UNWIND us AS NODE WITH NODE WHERE NODE:LABEL",
            ),
            exact=True,
        ),
        "Document": _DOCUMENT,
        "Case": _DOCUMENT,
        "Interaction": Rule(
            _TOUCH,
            _from_viewer(
                f"UNWIND us AS who MATCH (who)-[part:PARTICIPATED_IN]->(NODE:LABEL) WHERE {_SAID}",
                _TO_TIED,
            ),
            exact=True,
        ),
        "Opportunity": Rule(
            _DEAL,
            _from_viewer(
                _TO_TIED,
                "MATCH (viewer)<-[:BY|ASSIGNED_TO]-(:Request)-[:ABOUT]->(NODE:LABEL)",
            ),
        ),
        "Invitation": Rule("EXISTS { (NODE)-[:INVITED_BY]->(me) }"),
        "Request": Rule(_ASKED, "MATCH (viewer)<-[:BY|ASSIGNED_TO]-(NODE:LABEL)"),
        "Product": Rule(ALWAYS),
        "Article": Rule("(NODE.status = 'PUBLISHED' AND NODE.audience IN ['PARTNER', 'CUSTOMER'])"),
        "Program": Rule("EXISTS { (NODE)<-[:ENROLLED_IN]-(viewer) }"),
        "Fund": Rule(
            "(EXISTS { (NODE)-[:ALLOCATED_TO]->(viewer) } "
            "OR EXISTS { (NODE)<-[:FUNDS]-(:Program)<-[:ENROLLED_IN]-(viewer) })"
        ),
        "User": Rule(
            "NODE IN us",
            walked={"ASSIGNED_TO": _STAFF, "PARTICIPATED_IN": _STAFF, "BY": _STAFF},
        ),
        "Team": Rule(NEVER, walked={"ASSIGNED_TO": ALWAYS}),
        "Identifier": Rule(NEVER, walked={"HAS_IDENTIFIER": ALWAYS}),
    },
    full=_FULL,
    whole="us + COLLECT { MATCH (viewer)-[see:CAN_SEE]->(one:Party) "
    f"WHERE see.level = 'FULL' AND {_LASTS} RETURN one }}",
    profile=PROFILE,
    acts={
        "OWN_REQUEST": "EXISTS { (NODE)-[:BY]->(viewer) }",
        "OFFERED": "EXISTS { (NODE)-[:ASSIGNED_TO]->(viewer) }",
        "VIEWER": "NODE = viewer",
        "ALL_OF_PARTY": _FULL,
    },
    few="COUNT { (viewer)-[:CAN_SEE]->() } < 500",
)
