"""What a customer sees: himself, the companies he acts for, and what is theirs.

`me` is the user who asks, `self` his person's node (null without one), `mine` the parties he may
see, `whole` those of them that he acts for as a whole: of a company with the scope OWN he sees the
company, and of its documents only those in which his person is named.
"""

from typing import LiteralString

from graph.access.rules import ALWAYS, Rule, Rules
from graph.audiences import Audience

PROLOGUE: LiteralString = (
    "MATCH (me:User {issuer: $ISSUER, subject: $SUBJECT}) "
    "WHERE me.kind = 'CUSTOMER' AND coalesce(me.active, true) "
    "WITH me, toString(date()) AS today, head([(me)-[:IS_PERSON]->(own:Person) | own]) AS self "
    "WITH *, [(me)-[acts:ACTS_FOR]->(party:Party) WHERE coalesce(acts.from, today) <= today "
    "AND coalesce(acts.to, today) >= today | [party, coalesce(acts.scope, 'OWN')]] AS acting "
    "WITH me, self, today, acting, "
    "COLLECT { UNWIND acting AS one WITH one WHERE one[1] = 'SUBTREE' "
    "WITH one[0] AS top MATCH (top)<-[:SUBSIDIARY_OF*1..8]-(below:Company) RETURN DISTINCT below } "
    "AS below "
    "WITH me, self, today, below, CASE WHEN self IS NULL THEN [] ELSE [self] END AS own, acting "
    "WITH me, self, today, own + below + [one IN acting | one[0]] AS mine, "
    "own + below + [one IN acting WHERE one[1] <> 'OWN' OR one[0]:Person | one[0]] AS whole"
)

_PAPER: LiteralString = (
    "(coalesce(NODE.status, '') <> 'DRAFT' "
    "AND EXISTS { (NODE)-[:FOR]->(whose) WHERE whose IN whole })"
)
_TOUCH: LiteralString = (
    "(NOT NODE:Note AND NOT NODE:Task AND EXISTS { (NODE)<-[part:PARTICIPATED_IN]-(who) "
    "WHERE who IN whole AND NOT coalesce(part.role, '') IN ['SUBJECT', 'MENTIONED'] })"
)
_MINE: LiteralString = "NODE IN mine"
_STAFF: LiteralString = "(NODE.kind = 'STAFF' OR NODE = me)"

CUSTOMER = Rules(
    Audience.CUSTOMER,
    PROLOGUE,
    ("me", "self", "today", "mine", "whole"),
    {
        "Party": Rule(_MINE, "UNWIND mine AS NODE WITH NODE WHERE NODE:LABEL"),
        "Document": Rule(_PAPER, "UNWIND whole AS party MATCH (party)<-[:FOR]-(NODE:LABEL)"),
        "Case": Rule(_PAPER, "UNWIND whole AS party MATCH (party)<-[:FOR]-(NODE:LABEL)"),
        "Interaction": Rule(
            _TOUCH, "UNWIND whole AS party MATCH (party)-[:PARTICIPATED_IN]->(NODE:LABEL)"
        ),
        "Product": Rule(ALWAYS),
        "Article": Rule("(NODE.status = 'PUBLISHED' AND NODE.audience = 'CUSTOMER')"),
        "Request": Rule(
            "(EXISTS { (NODE)-[:BY]->(me) } "
            "OR EXISTS { (NODE)-[:BY]->(whose:Person) WHERE whose = self })"
        ),
        "Consent": Rule("EXISTS { (NODE)<-[:GAVE]-(whose) WHERE whose = self }"),
        "User": Rule("NODE = me", walked={"ASSIGNED_TO": _STAFF, "PARTICIPATED_IN": _STAFF}),
        "Team": Rule("false", walked={"ASSIGNED_TO": ALWAYS}),
        "Identifier": Rule(
            "EXISTS { (NODE)<-[:HAS_IDENTIFIER]-(whose) WHERE whose = self }",
            walked={"HAS_IDENTIFIER": ALWAYS, "COVERS": ALWAYS},
        ),
        "Verification": Rule("EXISTS { (NODE)<-[:CLAIMS]-(whose) WHERE whose IN whole }"),
        "Preference": Rule("EXISTS { (NODE)<-[:PREFERS]-(whose) WHERE whose = self }"),
        "FeedbackRequest": Rule("EXISTS { (NODE)-[:ASKS]->(whose) WHERE whose = self }"),
        "Invitation": Rule("EXISTS { (NODE)-[:INVITED_BY]->(me) }"),
        "DataAccess": Rule("EXISTS { (NODE)-[:SAW]->(whose) WHERE whose = self }"),
    },
    acts={
        "OWN_REQUEST": "EXISTS { (NODE)-[:BY]->(whose) WHERE whose = me OR whose = self }",
        "SELF": "NODE = self",
        "WHOLE": "NODE IN whole",
    },
)
