"""Ways: why somebody may see a node, from the facts, each with the path that leads to it.

The rules of `graph.access` decide in every query; these say the same with reasons. A partner's ways
to a party start from the facts that CAN_SEE follows from, not from CAN_SEE, so that the two can be
compared. What is written nowhere here is explained by the rule itself, without a path.
"""

from dataclasses import dataclass, replace
from typing import LiteralString

from graph.access import NARROWED, RULES, Rules
from graph.audiences import Audience
from graph.model import MODEL

OPEN: LiteralString = "coalesce(ROW.from, today) <= today AND coalesce(ROW.to, today) >= today"


@dataclass(frozen=True, slots=True)
class Way:
    """One reason to see a node.

    Attributes:
        rule: What it is called, as an expression over what `match` binds.
        match: Clauses that find it for NODE, over the variables of the audience's prologue.
        nodes: The nodes of the path, the user `me` first and NODE last.
        ties: The types of relationship between them, one less than there are nodes.
        rank: 3 for FULL, 2 for PROFILE, 1 for COUNT.
    """

    rule: LiteralString
    match: LiteralString
    nodes: LiteralString
    ties: LiteralString
    rank: LiteralString = "3"


FACTS: tuple[Way, ...] = (
    Way(
        "type(x)",
        "MATCH (NODE)-[x:SERVES|SHARED_WITH|ASSIGNED_TO]-(viewer) WHERE NODE:Party "
        "AND NODE <> viewer AND (type(x) = 'SERVES') = (startNode(x) = viewer) AND "
        + OPEN.replace("ROW", "x"),
        "[me, viewer, NODE]",
        "['ACTS_FOR', type(x)]",
        "CASE coalesce(x.level, 'FULL') WHEN 'FULL' THEN 3 WHEN 'PROFILE' THEN 2 ELSE 1 END",
    ),
    Way(
        "CASE WHEN x:LeadOffer THEN 'LeadOffer' ELSE 'DealRegistration' END",
        "MATCH (NODE)<-[:ABOUT]-(x:Request)-[y:BY|ASSIGNED_TO]->(viewer) WHERE NODE:Party "
        "AND NODE <> viewer AND x.state IN ['APPROVED', 'WON'] "
        "AND coalesce(x.protectedUntil, today) >= today AND (x:DealRegistration AND type(y) = 'BY' "
        "OR x:LeadOffer AND type(y) = 'ASSIGNED_TO')",
        "[me, viewer, x, NODE]",
        "['ACTS_FOR', type(y), 'ABOUT']",
    ),
)
"""The facts that a partner's sight of a party follows from: see `graph.write.sight`."""

_TO_PARTNER: tuple[Way, ...] = (
    Way("'OWN'", "WITH * WHERE NODE = viewer", "[me, NODE]", "['ACTS_FOR']"),
    Way(
        "'COLLEAGUE'",
        "MATCH (viewer)<-[job:WORKS_AT]-(NODE) WHERE coalesce(job.to, today) >= today",
        "[me, viewer, NODE]",
        "['ACTS_FOR', 'WORKS_AT']",
    ),
    *FACTS,
)
_TIED = Way(
    "'TIED'",
    "MATCH (NODE)-[tie:ASSIGNED_TO|SOLD_BY|SHARED_WITH]->(viewer) "
    "WHERE coalesce(tie.level, '') <> 'COUNT' AND " + OPEN.replace("ROW", "tie"),
    "[me, viewer, NODE]",
    "['ACTS_FOR', type(tie)]",
)
_TOOK_PART: LiteralString = (
    "NOT NODE:Note AND NOT NODE:Task AND NOT coalesce(part.role, '') IN ['SUBJECT', 'MENTIONED']"
)


def _onward(
    way: Way,
    step: LiteralString,
    tie: LiteralString,
    *,
    party: LiteralString = "whose",
    only: LiteralString = "",
) -> Way:
    """From a way to a party to what belongs to it: `step` leads from NODE to `party`.

    `only` narrows the way, over what it binds.
    """
    match = step + " CALL (*) { " + way.match.replace("NODE", party) + only
    match = match + " RETURN " + way.nodes.replace("NODE", party) + " AS nodes, " + way.ties
    match = match + " AS ties, " + way.rule + " AS rule }"
    ties = "ties + ['" + tie + "']"
    return Way("rule", match, "nodes + [NODE]", ties)


_FINISHED: LiteralString = "coalesce(NODE.status, '') <> 'DRAFT'"
_CUSTOMERS_OWN: LiteralString = (
    "MATCH (NODE)-[its:FOR]->(whose:Party) WHERE coalesce(its.role, 'CUSTOMER') = 'CUSTOMER' AND "
    + _FINISHED
)
_PAPERS: tuple[Way, ...] = (
    Way(
        "'OWN'",
        "WITH * WHERE " + _FINISHED + " AND EXISTS { (NODE)-[:FOR]->(viewer) }",
        "[me, viewer, NODE]",
        "['ACTS_FOR', 'FOR']",
    ),
    replace(_TIED, match=_TIED.match + " AND " + _FINISHED),
    *(
        _onward(each, _CUSTOMERS_OWN, "FOR", only=" WITH * WHERE " + each.rank + " = 3")
        for each in FACTS
    ),
)
_PARTNER: dict[str, tuple[Way, ...]] = {
    "Party": _TO_PARTNER,
    "Document": _PAPERS,
    "Case": _PAPERS,
    "Interaction": (
        Way(
            "'TOOK_PART'",
            "MATCH (NODE)<-[part:PARTICIPATED_IN]-(one) WHERE one IN us AND " + _TOOK_PART,
            "CASE WHEN one = me THEN [me, NODE] WHEN one = viewer THEN [me, viewer, NODE] "
            "ELSE [me, viewer, one, NODE] END",
            "CASE WHEN one = me THEN [] WHEN one = viewer THEN ['ACTS_FOR'] "
            "WHEN one:User THEN ['ACTS_FOR', 'ACTS_FOR'] ELSE ['ACTS_FOR', 'WORKS_AT'] END "
            "+ ['PARTICIPATED_IN']",
        ),
        _TIED,
    ),
    "Opportunity": (
        _TIED,
        Way(
            "'REQUEST'",
            "MATCH (NODE)<-[:ABOUT]-(x:Request)-[by:BY|ASSIGNED_TO]->(viewer) "
            "WHERE x.state IN ['APPROVED', 'WON']",
            "[me, viewer, x, NODE]",
            "['ACTS_FOR', type(by), 'ABOUT']",
        ),
    ),
    "Request": (
        Way(
            "'REQUEST'",
            "MATCH (NODE)-[by:BY|ASSIGNED_TO]->(viewer) WHERE NOT NODE:PrivacyRequest",
            "[me, viewer, NODE]",
            "['ACTS_FOR', type(by)]",
        ),
    ),
}


def _acting(scopes: LiteralString) -> tuple[Way, ...]:
    """How a customer comes to a party; `scopes` narrows `acts` by how far it goes."""
    lasts = OPEN.replace("ROW", "acts")
    return (
        Way("'SELF'", "WITH * WHERE NODE = self", "[me, NODE]", "['IS_PERSON']"),
        Way(
            "'ACTS_FOR'",
            "MATCH (me)-[acts:ACTS_FOR]->(NODE) WHERE " + lasts + scopes,
            "[me, NODE]",
            "['ACTS_FOR']",
        ),
        Way(
            "'SUBTREE'",
            "MATCH (me)-[acts:ACTS_FOR {scope: 'SUBTREE'}]->(top) WHERE " + lasts
            + " MATCH down = (top)<-[:SUBSIDIARY_OF*1..8]-(NODE) WHERE NODE:Company",
            "[me] + nodes(down)",
            "['ACTS_FOR'] + [step IN relationships(down) | type(step)]",
        ),
    )  # fmt: skip


_WHOLE = _acting(" AND (coalesce(acts.scope, 'OWN') <> 'OWN' OR NODE:Person)")
_CUSTOMER_PAPERS = tuple(
    _onward(each, "MATCH (NODE)-[:FOR]->(whose:Party) WHERE " + _FINISHED, "FOR") for each in _WHOLE
)
_CUSTOMER: dict[str, tuple[Way, ...]] = {
    "Party": _acting(""),
    "Document": _CUSTOMER_PAPERS,
    "Case": _CUSTOMER_PAPERS,
    "Interaction": tuple(
        _onward(
            each,
            "MATCH (NODE)<-[part:PARTICIPATED_IN]-(whose:Party) WHERE " + _TOOK_PART,
            "PARTICIPATED_IN",
        )
        for each in _WHOLE
    ),
}

_GIVEN = Way(
    "'GIVEN'",
    "MATCH (NODE)-[tie:ASSIGNED_TO|SHARED_WITH]->(whom) WHERE NOT anything AND whom IN mine",
    "CASE WHEN whom = me THEN [me, NODE] ELSE [me, whom, NODE] END",
    "CASE WHEN whom = me THEN [type(tie)] ELSE ['IN_TEAM', type(tie)] END",
)
_GROUND = Way(
    "'TERRITORY'",
    "MATCH (NODE)-[:IN_TERRITORY]->(ground) WHERE NOT anything AND ground IN grounds",
    "[me, ground, NODE]",
    "['COVERED_BY', 'IN_TERRITORY']",
)
_HELD = (_GIVEN, _GROUND)
_EVERYTHING = Way("'EVERYTHING'", "WITH * WHERE anything", "[me, NODE]", "[null]")
_STAFF_PARTY = (
    *_HELD,
    *(
        _onward(each, "MATCH (NODE)-[:WORKS_AT]->(firm:Company)", "WORKS_AT", party="firm")
        for each in _HELD
    ),
)
_STAFF_PAPERS = (
    _EVERYTHING,
    _GIVEN,
    *(_onward(each, "MATCH (NODE)-[:FOR]->(whose:Party)", "FOR") for each in _STAFF_PARTY),
)
_STAFF: dict[str, tuple[Way, ...]] = {
    "Party": (_EVERYTHING, *_STAFF_PARTY),
    "Document": _STAFF_PAPERS,
    "Case": _STAFF_PAPERS,
    "Opportunity": _STAFF_PAPERS,
}

WAYS = {Audience.PARTNER: _PARTNER, Audience.CUSTOMER: _CUSTOMER, Audience.STAFF: _STAFF}
"""By audience and label: every way to a node."""


def rules_of(audience: Audience) -> Rules:
    """The rules that hold for an audience; of staff those that ask whether there are any."""
    return NARROWED if audience is Audience.STAFF else RULES[audience]


def ways_to(label: LiteralString, audience: Audience) -> tuple[Way, ...]:
    """Every way in which somebody of an audience may come to see a node of a label."""
    rules, known = rules_of(audience), WAYS[audience]
    labels = MODEL.by_label[label].labels
    for each in reversed(labels):
        if each in known:
            return known[each]
    rule = next(
        (rules.rules[each] for each in reversed(labels) if each in rules.rules), rules.other
    )
    name: LiteralString = "'EVERYBODY'" if rule.seen == "true" else "'RULE'"
    return (Way(name, "WITH * WHERE " + rule.seen, "[me, NODE]", "[null]"),)
