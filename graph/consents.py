"""Which decision about being contacted counts.

The latest for a purpose over a channel; of decisions at the same moment the withdrawal. Two people
who turned out to be one may have decided differently: what one of them decided is overruled by what
the same one decided later, and by what was decided since they are one, and of what is left the
strictest counts. A GAVE of a merged person has `startOf`, and is recorded since the merge, so an
unmerge brings back what counted before.
"""

from typing import LiteralString


def _overruled(giver: LiteralString, one: LiteralString, gave: LiteralString) -> LiteralString:
    """Whether a later decision takes the place of `one`, which `gave` leads to."""
    return (
        "EXISTS { MATCH (" + giver + ")-[again:GAVE]->(later:Consent) "
        "WHERE later.purpose = " + one + ".purpose AND later.channel = " + one + ".channel "
        "AND later.at > " + one + ".at AND ("
        "coalesce(again.startOf, '') = coalesce(" + gave + ".startOf, '') "
        "OR (" + gave + ".startOf IS NULL OR later.at >= " + gave + ".recordedFrom) "
        "AND (again.startOf IS NULL OR later.at >= again.recordedFrom)) }"
    )


def current(giver: LiteralString) -> LiteralString:
    """What holds of a decision NODE that counts, to which `gave` leads from `giver`."""
    return (
        "NOT " + _overruled(giver, "NODE", "gave") + " AND NOT EXISTS { "
        "MATCH (" + giver + ")-[beside:GAVE]->(other:Consent) "
        "WHERE other.purpose = NODE.purpose AND other.channel = NODE.channel "
        "AND (other.status > NODE.status OR other.status = NODE.status "
        "AND (other.at > NODE.at OR other.at = NODE.at AND other.id > NODE.id)) "
        "AND NOT " + _overruled(giver, "other", "beside") + " }"
    )


def decisions(giver: LiteralString) -> LiteralString:
    """All decisions of a person, the latest first, as a list of maps."""
    return (
        "COLLECT { MATCH ("
        + giver
        + """)-[gave:GAVE]->(consent:Consent)
      WITH consent, coalesce(gave.startOf, '') AS decider,
        CASE WHEN gave.startOf IS NULL THEN '' ELSE gave.recordedFrom END AS binding
      ORDER BY consent.at DESC, consent.status DESC, consent.id DESC
      RETURN {
        purpose: consent.purpose, channel: consent.channel, status: consent.status, at: consent.at,
        expiresAt: consent.expiresAt, id: consent.id, former: decider, since: binding
      }
    }"""
    )


STANDING: LiteralString = """[one IN told WHERE none(later IN told WHERE later.at > one.at
      AND (later.former = one.former OR later.at >= one.since AND later.at >= later.since))]"""
"""Those of `told`, some of `decisions` about one thing, that no later one overrules."""

COUNTS: LiteralString = (
    "coalesce(head([one IN standing WHERE one.status = 'WITHDRAWN']), head(standing))"
)
"""The one of `standing` that counts."""
