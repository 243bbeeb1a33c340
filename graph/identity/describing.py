"""An identity explained: its records, the decisions that joined them, its values' origins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from graph.database import Graph
from graph.errors import InvalidInput
from graph.matching.evaluating import JUDGED, published
from graph.model import MODEL
from graph.statements import Kind, Statement
from graph.write.golden import Values, ranked, rule_of
from graph.write.ledger import concrete
from graph.write.statements import PROVED
from graph.write.validation import writable

OF = Statement(
    "identity.of",
    Kind.READ,
    """MATCH (p:Party {id: $id})
WITH p, """
    + PROVED
    + """ AS proved
RETURN p.id, labels(p), COLLECT {
  MATCH (s:SourceRecord)-[x:RESOLVES_TO]->(p)
  WITH s, x ORDER BY s.createdAt, s.id
  RETURN [s {.*, proved: proved}, coalesce(x.endOf, p.id), x.rule, x.score, x.decidedBy, x.from]
}, COLLECT {
  MATCH (p)<-[m:MERGED_INTO]-(l)
  WITH l, m ORDER BY m.from, l.id
  RETURN [l.id, l.mergedInto, m.rule, m.score, m.decidedBy, m.from]
}""",
)


@dataclass(frozen=True, slots=True)
class Record:
    """A source record of an identity.

    Attributes:
        values: Everything it states, with `id`, `source`, `externalId` and `observedAt`.
        home: Id of the party that it spoke of before any merge.
        rule: What decided that it speaks of that party.
        score: Probability that it does; None for a certain rule.
        decided_by: Who decided.
        at: When, UTC.
    """

    values: Values
    home: str
    rule: str | None
    score: float | None
    decided_by: str | None
    at: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A merge that holds: `party` became part of `into`; the rest as of `Record`."""

    party: str
    into: str
    rule: str | None
    score: float | None
    decided_by: str | None
    at: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from.

    Attributes:
        field: Name of the property.
        rule: By which the value was chosen.
        records: Records that state it, the one whose value holds first, then as each would follow
            if those before it were gone.
    """

    field: str
    rule: str
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How two records compare in one respect.

    Attributes:
        field: What is compared: a comparison of the linkage model, or a property without one.
        level: How alike it is; without a model EQUAL, DIFFERENT, or stated by ONE of them.
        weight: What that says in bits, positive for one party; None without a model.
    """

    field: str
    level: str
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """A party that answers for its records.

    Attributes:
        id: Its id.
        label: Its concrete label.
        records: Its records, the oldest first.
        steps: The merges that made it, the oldest first.
    """

    id: str
    label: str
    records: tuple[Record, ...]
    steps: tuple[Step, ...]

    def provenance(self, fields: Sequence[str]) -> list[Origin]:
        """Where the values of properties come from, in the order asked for.

        Args:
            fields: Names of properties; none for all that are stated.

        Raises:
            InvalidInput: a party of this kind has no such property.
        """
        known = writable(MODEL.by_label[self.label])
        if any(each not in known for each in fields):
            raise InvalidInput(f"Name properties that sources state of a {self.label}.")
        by_id = {each.values["id"]: each for each in self.records}
        origins: list[Origin] = []
        for name in fields or known:
            order = ranked(name, (each.values for each in self.records))
            if order or fields:
                found = tuple(by_id[each["id"]] for each in order)
                origins.append(Origin(name, rule_of(name).value, found))
        return origins

    def without(self, step: Step) -> tuple[list[str], list[str]]:
        """Ids of former parties that stay, and of those that would leave, without one merge."""
        leaving = {step.party}
        while more := {s.party for s in self.steps if s.into in leaving} - leaving:
            leaving |= more
        members = [self.id, *(each.party for each in self.steps)]
        return (
            [each for each in members if each not in leaving],
            [each for each in members if each in leaving],
        )

    def between(self, one: str, other: str) -> list[Step]:
        """The merges that join the parties of two records, by their ids; none for one party.

        Raises:
            InvalidInput: a record is not of this identity.
        """
        homes = {each.values["id"]: each.home for each in self.records}
        if one not in homes or other not in homes:
            raise InvalidInput("Name two records of this identity.")
        mine, theirs = self._up(homes[one]), self._up(homes[other])
        return [s for s in self.steps if (s in mine) is not (s in theirs)]

    def _up(self, home: str) -> list[Step]:
        by_party = {each.party: each for each in self.steps}
        found: list[Step] = []
        while (step := by_party.get(home)) is not None and step not in found:
            found.append(step)
            home = step.into
        return found

    def evidence(self, one: str, other: str) -> list[Evidence]:
        """How two records of this identity compare, field by field."""
        by_id = {each.values["id"]: each.values for each in self.records}
        left, right = by_id[one], by_id[other]
        if self.label in JUDGED:
            judge = published(self.label)
            score = judge.score(judge.features.of(left), judge.features.of(right))
            return [Evidence(name, e.label, e.weight) for name, e in score.evidence.items()]
        found: list[Evidence] = []
        for name in writable(MODEL.by_label[self.label]):
            a, b = left.get(name), right.get(name)
            if a is not None or b is not None:
                both = a is not None and b is not None
                level = ("EQUAL" if a == b else "DIFFERENT") if both else "ONE"
                found.append(Evidence(name, level))
        return found


async def identity(graph: Graph, id_: str) -> Identity | None:
    """The identity of a party that answers for itself; None when there is none of that id.

    Raises:
        GraphError: the database is away.
    """
    rows = await graph.run(OF, {"id": id_})
    if not rows:
        return None
    found, labels, records, steps = rows[0]
    return Identity(
        found, concrete(labels), _records(records), tuple(Step(*each) for each in steps)
    )


def _records(rows: Iterable[Any]) -> tuple[Record, ...]:
    return tuple(Record(*each) for each in rows)
