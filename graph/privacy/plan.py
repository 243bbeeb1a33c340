"""What an erasure would do with each part of a closure, and how that is told."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from graph.model import MODEL
from graph.model.kinds import COMMON
from graph.privacy.closure import Closure, Part, Tie
from graph.privacy.mentions import ERASED, naming, rewritten, terms
from graph.privacy.rules import Kept, Reason, base
from graph.write.formats import moment

Values = dict[str, Any]

_TECHNICAL = frozenset(each.name for each in COMMON if each.name not in {"id", "createdAt"}) | {
    "recordedTo", "via", "archivedLabels", "entityId", "label",
}  # fmt: skip
_SHOWN_OF_EVENTS = ("at", "op", "actor", "fields", "reason", "patch")


@dataclass(slots=True)
class Changes:
    """Everything an erasure does, by internal numbers.

    Attributes:
        nodes: Nodes that are deleted, with their relationships.
        versions: Former states that are deleted.
        values: Properties to set in nodes and former states that stay; None removes.
        events: Ids of events whose values and reason are taken out.
        aliases: Former ids that stop to answer.
        answers: Kept answers that are deleted.
    """

    nodes: set[int] = field(default_factory=set[int])
    versions: set[int] = field(default_factory=set[int])
    values: dict[int, Values] = field(default_factory=dict[int, Values])
    events: set[str] = field(default_factory=set[str])
    aliases: set[int] = field(default_factory=set[int])
    answers: set[int] = field(default_factory=set[int])


def changes_of(found: Closure) -> Changes:
    """Return what an erasure does; nothing at all while a legal hold is in force."""
    changes = Changes()
    if found.holds:
        return changes
    pattern = naming(terms(found))
    changes.nodes = found.gone
    touched: set[str] = set()
    for part in found.parts.values():
        if part.kept is None:
            changes.versions.update(part.versions)
            touched.add(part.id)
            continue
        for number, values in ((part.number, part.values), *part.versions.items()):
            new = rewritten(part, values, pattern)
            if new:
                changes.values[number] = new
                touched.add(part.id)
    gone = [found.parts[number].id for number in changes.nodes]
    for event in found.events.values():
        text = f"{event.get('patch') or ''} {event.get('reason') or ''}"
        named = any(id_ in text for id_ in gone) or (pattern is not None and pattern.search(text))
        if event["entity"] in touched or named:
            changes.events.add(event["id"])
    for number, text in found.jobs.items():
        if pattern is not None and pattern.search(text):
            changes.values[number] = {"parameters": pattern.sub(ERASED, text)}
    changes.aliases, changes.answers = set(found.aliases), set(found.answers)
    return changes


@dataclass(slots=True)
class Record:
    """One node, former state, relationship or event as it is exported, with what becomes of it.

    Attributes:
        what: `node`, `version`, `relationship`, `event`, `alias` or `answer`.
        kind: Label or type.
        id: Names it within its kind.
        values: What is exported of it.
        fates: For each of the values why it is kept; None is erased.
        shared: Whether somebody else has a part in it.
        ends: Of a relationship: label and id of start and end.
    """

    what: str
    kind: str
    id: str
    values: Values
    fates: dict[str, Kept | None]
    shared: bool = False
    ends: tuple[tuple[str, str | None], tuple[str, str | None]] | None = None


def _shown(values: Values) -> Values:
    return {
        name: value
        for name, value in sorted(values.items())
        if name not in _TECHNICAL and not name.startswith("_") and value is not None
    }


def records(found: Closure, changes: Changes) -> Iterator[Record]:
    """Yield everything that belongs to the person: nodes first, in the order of the model."""
    order = {node.name: place for place, node in enumerate(MODEL.nodes)}
    for part in sorted(found.parts.values(), key=lambda each: (order[each.label], each.id)):
        yield _state(part, "node", part.id, part.values, changes.values.get(part.number))
        for number, values in sorted(part.versions.items(), key=lambda each: each[1]["version"]):
            yield _state(part, "version", values["id"], values, changes.values.get(number))
    for tie in sorted(found.ties.values(), key=lambda each: (each.kind, each.number)):
        yield _relationship(found, tie)
    for event in sorted(found.events.values(), key=lambda each: (each["at"], each["id"])):
        yield _event(found, changes, event)
    fate = Kept(Reason.LEGAL_HOLD) if found.holds else None
    for values in found.aliases.values():
        yield Record("alias", "Alias", values["id"], {"id": values["id"]}, {"id": fate})
    for values in found.answers.values():
        shown = {name: values[name] for name in ("at", "result") if name in values}
        fates = dict.fromkeys(shown, fate)
        yield Record("answer", "IdempotencyKey", values["key"], shown, fates)


def _state(part: Part, what: str, id_: str, values: Values, new: Values | None) -> Record:
    shown = _shown(values)
    fates = {name: None if new and name in new else part.kept for name in shown}
    return Record(what, part.label, id_, shown, fates, part.shared)


def _relationship(found: Closure, tie: Tie) -> Record:
    shown = _shown(tie.values)
    start, end = tie.ends
    name = f"{start[1]}>{end[1]}#{tie.number}"
    fates = dict.fromkeys(shown, found.kept_tie(tie))
    return Record("relationship", tie.kind, name, shown, fates, ends=tie.ends)


def _event(found: Closure, changes: Changes, event: Values) -> Record:
    shown = {name: event[name] for name in _SHOWN_OF_EVENTS if event.get(name) is not None}
    fates: dict[str, Kept | None] = dict.fromkeys(
        shown, Kept(Reason.LEGAL_HOLD if found.holds else Reason.AUDIT)
    )
    if event["id"] in changes.events:
        fates |= {name: None for name in ("patch", "reason") if name in shown}
    return Record("event", "ChangeEvent", event["id"], shown, fates)


@dataclass(frozen=True, slots=True)
class Retained:
    """Something that an erasure keeps, wholly or but for `erased`.

    Attributes:
        kind: Label or type.
        id: Names it within its kind.
        reason: Why.
        until: Until when, UTC; None until something else changes.
        properties: Names of what is kept.
    """

    kind: str
    id: str
    reason: Reason
    until: str | None
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What an erasure would do.

    Attributes:
        person: Id of the person.
        at: When it was made, UTC.
        plan_hash: Digest of all of it, to be given to `erase`.
        erased: For each label and type the number of values that go, by property.
        counts: Number of nodes, former states, relationships and events that go or are blanked.
        retained: What is kept.
        holds: Ids of the legal holds that forbid the erasure.
    """

    person: str
    at: str
    plan_hash: str
    erased: dict[str, dict[str, int]]
    counts: dict[str, int]
    retained: tuple[Retained, ...]
    holds: tuple[str, ...]


def plan_of(found: Closure, changes: Changes) -> ErasurePlan:
    """Return the plan of an erasure."""
    erased: dict[str, Counter[str]] = {}
    counts: Counter[str] = Counter()
    retained: list[Retained] = []
    for record in records(found, changes):
        names: dict[Kept, list[str]] = {}
        for name, fate in record.fates.items():
            if fate is None:
                erased.setdefault(record.kind, Counter())[name] += 1
            else:
                names.setdefault(fate, []).append(name)
        counts[record.what] += any(fate is None for fate in record.fates.values())
        for fate, kept in names.items():
            retained.append(Retained(record.kind, record.id, fate.reason, fate.until, tuple(kept)))
    return ErasurePlan(
        found.person,
        moment(found.at),
        plan_hash(found),
        {kind: dict(each) for kind, each in erased.items()},
        {what: count for what, count in counts.items() if count},
        tuple(retained),
        tuple(found.holds),
    )


def plan_hash(found: Closure) -> str:
    """A digest of all that decides an erasure; it tells nothing of the person."""
    parts = [
        [
            part.label, part.id, part.values.get("version"), part.values.get("changedAt"),
            part.shared, part.authored, *_fate(part.kept), len(part.versions),
        ]
        for part in found.parts.values()
    ]  # fmt: skip
    ties = [
        [tie.kind, tie.ends[0][1], tie.ends[1][1], tie.values.get("recordedFrom"),
         tie.values.get("recordedTo")]
        for tie in found.ties.values()
    ]  # fmt: skip
    told = orjson.dumps(
        [found.person, found.holds,
         sorted(orjson.dumps(each).decode() for each in parts),
         sorted(orjson.dumps(each).decode() for each in ties)]
    )  # fmt: skip
    return hashlib.sha256(told).hexdigest()


def _fate(kept: Kept | None) -> tuple[str | None, str | None]:
    return (None, None) if kept is None else (kept.reason.value, kept.until)


def data_of(found: Closure, changes: Changes) -> Values:
    """Everything about the person, for the person to read and to take elsewhere (articles 15, 20).

    Returns:
        `person`, `at`, `groups` by label with `entries` (`id`, `shared`, `properties`, `versions`),
        `relationships` (`type`, `id`, `from`, `to`, `properties`), `events` and `other`.
    """
    groups: dict[str, dict[str, Values]] = {}
    relationships: list[Values] = []
    events: list[Values] = []
    other: list[Values] = []
    for record in records(found, changes):
        entry = {"id": record.id, "properties": record.values}
        if record.what == "node":
            groups.setdefault(record.kind, {})[record.id] = {
                **entry, "shared": record.shared, "versions": [],
            }  # fmt: skip
        elif record.what == "version":
            owner = record.id.rpartition("@")[0]
            groups[record.kind][owner]["versions"].append(entry)
        elif record.what == "relationship" and record.ends is not None:
            relationships.append(_end_points(record) | entry)
        elif record.what == "event":
            events.append(entry)
        else:
            other.append({"kind": record.kind, **entry})
    return {
        "person": found.person,
        "at": moment(found.at),
        "groups": [_group(label, list(entries.values())) for label, entries in groups.items()],
        "relationships": relationships,
        "events": events,
        "other": other,
    }


def _group(label: str, entries: list[Values]) -> Values:
    node = MODEL.by_label[label]
    return {
        "label": label,
        "description": node.description,
        "purpose": node.purpose.value,
        "retention": node.retention.value,
        "entries": entries,
    }


def _end_points(record: Record) -> Values:
    start, end = record.ends or (("", None), ("", None))
    known = MODEL.by_type.get(base(record.kind))
    return {
        "type": record.kind,
        "description": known.description if known else "",
        "from": {"label": start[0], "id": start[1]},
        "to": {"label": end[0], "id": end[1]},
    }
