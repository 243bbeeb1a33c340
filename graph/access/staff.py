"""What staff see: everything, unless rules that are data narrow it.

An `AccessRule` holds for the teams it GOVERNS and those below them; one that governs none holds for
whoever has no rule of his own. Of several rules the widest counts; where there is no rule,
everything is seen.

`me` is the user who asks (null for a service the graph does not know), `mine` himself and, as far
as the rule goes, his teams with all below them, `grounds` the territories they cover, `held` both
together, `us` the users whose interactions he sees; `anything` and `talks` say that nothing narrows
parties or interactions.
"""

from typing import LiteralString

from graph.access.rules import ALWAYS, Rule, Rules
from graph.audiences import Audience

PROLOGUE: LiteralString = (
    "OPTIONAL MATCH (me:User {issuer: $ISSUER, subject: $SUBJECT}) "
    "WITH me, COLLECT { MATCH (me)-[:IN_TEAM]->(team:Team) RETURN team } AS own "
    "WITH me, own, COLLECT { UNWIND own AS team MATCH (team)-[:PART_OF*0..6]->(above:Team) "
    "RETURN DISTINCT above } AS above, COLLECT { MATCH (rule:AccessRule) "
    "WHERE coalesce(rule.active, true) RETURN rule } AS rules "
    "WITH me, own, [rule IN rules WHERE any(team IN above WHERE (rule)-[:GOVERNS]->(team))] "
    "AS special, [rule IN rules WHERE NOT (rule)-[:GOVERNS]->()] AS general "
    "WITH me, own, CASE WHEN size(special) > 0 THEN special ELSE general END AS held "
    "WITH me, own, size(held) = 0 OR any(rule IN held WHERE rule.parties = 'ALL') AS anything, "
    "size(held) = 0 OR any(rule IN held WHERE rule.interactions = 'ALL') AS talks, "
    "any(rule IN held WHERE rule.parties IN ['TEAM', 'TERRITORY']) AS together, "
    "any(rule IN held WHERE rule.parties = 'TERRITORY') AS covering, "
    "any(rule IN held WHERE rule.interactions = 'TEAM') AS heard "
    "WITH *, COLLECT { UNWIND own AS team MATCH (team)<-[:PART_OF*0..6]-(below:Team) "
    "RETURN DISTINCT below } AS teams "
    "WITH *, CASE WHEN me IS NULL THEN [] ELSE [me] END AS alone "
    "WITH *, CASE WHEN together THEN alone + teams ELSE alone END AS mine "
    "WITH me, anything, talks, mine, "
    "COLLECT { WITH 1 AS one WHERE covering UNWIND alone + teams AS who "
    "MATCH (who)<-[:COVERED_BY]-(ground:Territory)<-[:PART_OF*0..6]-(below:Territory) "
    "RETURN DISTINCT below } AS grounds, "
    "CASE WHEN heard THEN alone + COLLECT { UNWIND teams AS team "
    "MATCH (team)<-[:IN_TEAM]-(user:User) RETURN DISTINCT user } ELSE alone END AS us "
    "WITH *, mine + grounds AS held"
)

# Who is asked for is in a list that the prologue makes once, and ways are flat: a subquery within a
# subquery costs the planner most. To territories no other relationship leads.
_GIVEN: LiteralString = "EXISTS { (NODE)-[:ASSIGNED_TO|SHARED_WITH]->(whose) WHERE whose IN mine }"
_HOLDS: LiteralString = "-[:ASSIGNED_TO|SHARED_WITH|IN_TERRITORY]->(whose) WHERE whose IN held }"


def _held(way: LiteralString) -> LiteralString:
    """Whether a way, a pattern that ends at a party, leads to one that is held, or its employer."""
    return f"EXISTS {{ {way}{_HOLDS} OR EXISTS {{ {way}-[:WORKS_AT]->(){_HOLDS}"


_PARTY: LiteralString = f"(anything OR {_held('(NODE)')})"
_PAPER: LiteralString = f"(anything OR {_GIVEN} OR {_held('(NODE)-[:FOR]->()')})"
_TOUCH: LiteralString = (
    "(EXISTS { (NODE)<-[:PARTICIPATED_IN]-(who) WHERE who IN us } OR talks AND (anything "
    f"OR {_held('(NODE)<-[:PARTICIPATED_IN]-(:Party)')}) OR {_GIVEN})"
)


def _of_party(way: LiteralString) -> Rule:
    """Of nodes that say something of a party: where the party is seen, or there is none."""
    held, of_any = _held(way.replace("WHOSE", "")), way.replace("WHOSE", ":Party")
    return Rule(f"(anything OR {held} OR NOT EXISTS {{ {of_any} }})")


STAFF = Rules(Audience.STAFF, other=Rule(ALWAYS))
"""Nobody of staff is narrowed."""

NARROWED = Rules(
    Audience.STAFF,
    PROLOGUE,
    ("me", "anything", "talks", "mine", "grounds", "held", "us"),
    {
        "Party": Rule(_PARTY),
        "Document": Rule(_PAPER),
        "Case": Rule(_PAPER),
        "Opportunity": Rule(_PAPER),
        "Interaction": Rule(_TOUCH),
        "Identifier": _of_party("(NODE)<-[:HAS_IDENTIFIER]-(WHOSE)"),
        "SourceRecord": _of_party("(NODE)-[:RESOLVES_TO]->(WHOSE)"),
        "Consent": _of_party("(NODE)<-[:GAVE]-(WHOSE)"),
        "Score": _of_party("(NODE)<-[:HAS_SCORE]-(WHOSE)"),
        "Request": _of_party("(NODE)-[:BY|ABOUT]->(WHOSE)"),
        # What is put away has lost the label that a rule would go by.
        "Archived": Rule("anything"),
    },
    other=Rule(ALWAYS),
    everything="anything AND talks",
)
"""Staff while there are rules: the statement itself finds out which hold for whom."""
