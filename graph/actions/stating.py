"""What is said of parties: by a system, under its own id, or here, under the party's.

A party is derived from its source records, so neither changes it directly. What is said here is the
record of the source `c360`; see docs/parties.md.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from graph.actions.restating import TRIES, Known, Way, restate
from graph.errors import NOT_THERE, NotFound, Outdated, Suppressed
from graph.model.declare import moment, string
from graph.model.kinds import Node
from graph.model.parties import PARTY
from graph.statements import Kind, Statement
from graph.write import Batch, Expected, NodeRow, Nodes
from graph.write.actions import Draft, Given, Named, Work
from graph.write.actions.rows import stated
from graph.write.formats import moment as stored
from graph.write.golden import OWN_SOURCE
from graph.write.statements import PROVED
from graph.write.unit import new_id
from graph.write.validation import writable

RECORD = Statement(
    "parties.record",
    Kind.READ,
    "MATCH (s:SourceRecord {source: $source, externalId: $external}) "
    "OPTIONAL MATCH (s)-[:RESOLVES_TO]->(p) WITH s, p, " + PROVED + " AS proved "
    "RETURN properties(s), coalesce(p:Archived, false), properties(p), "
    "COLLECT { MATCH (p)<-[x:RESOLVES_TO]-(o:SourceRecord) "
    "RETURN o {.*, of: x.endOf, proved: proved} }",
)
RECORDS = Statement(
    "parties.records",
    Kind.READ,
    "MATCH (p:Party {id: $id}) WITH p, " + PROVED + " AS proved RETURN properties(p), "
    "COLLECT { MATCH (p)<-[x:RESOLVES_TO]-(s:SourceRecord) "
    "RETURN s {.*, of: x.endOf, proved: proved} }",
)

FROM_SOURCE = (
    Given(string("source", "Name of the system that says so; null for what is said here.")),
    Given(string("externalId", "The record's id in that system; needed with a source.")),
    Given(moment("observedAt", "When the system said so, UTC; null for now.")),
)
"""What an upsert takes beside properties."""


def said_of(node: Node) -> tuple[LiteralString, ...]:
    """Properties that may be said of a kind of party."""
    return tuple(each.name for each in (*PARTY.own, *node.own) if each.name != "archivedAt")


async def upsert(work: Work, draft: Draft) -> None:
    """Write what a system says of a party; a record that is not known yet gets a party."""
    create = draft.mutation.creates[0]
    values = stated(draft, create.node, draft.props[create.name])
    key = _key(draft)
    if draft.refusals or key is None:
        return
    row = NodeRow(key, values, custom=draft.custom.get(create.name, {}))
    for _ in range(TRIES):
        known = await _known(work, draft, create.node, key)
        former = known.record(key) if known else None
        if draft.refusals or not _observe(draft, row, former):
            return
        way = Way.BATCH
        if known is not None:
            way = await restate(work, draft, create.name, create.node, row, known)
        if way is Way.DONE:
            return
        if way is Way.BATCH:
            break
    batch = Batch([Nodes(create.node, [row])], named={create.name: (create.node, key)})
    await apply(work, draft, batch)


def _observe(draft: Draft, row: NodeRow, former: dict[str, Any] | None) -> bool:
    """Say when a row was observed, and the name of a new party; False when it lacks one."""
    values = row.properties
    if former is None and not values.get("name"):
        values["name"] = _full_name(values)
        if not values["name"]:
            draft.refuse("REQUIRED", "name is required of a new party.", "name")
            return False
    if draft.given.get("observedAt") is not None:
        row.observed_at = stored(draft.given["observedAt"])
    elif former is None or any(former.get(name) != value for name, value in values.items()):
        row.observed_at = draft.now
    return True


def _key(draft: Draft) -> tuple[str, ...] | None:
    """How the row names the record; a new party of our own without a source."""
    source, external = draft.given.get("source"), draft.given.get("externalId")
    if source is None and external is None:
        return (new_id(),)
    for name, value in (("source", source), ("externalId", external)):
        if not isinstance(value, str) or not 0 < len(value.strip()) <= 1_000:
            draft.refuse("REQUIRED", f"{name} must be one line of 1 to 1,000 characters.", name)
    if source == OWN_SOURCE:
        message = "This source is the server's own; leave source and externalId out."
        draft.refuse("NOT_ALLOWED", message, "source")
    return None if draft.refusals else (str(source), str(external))


async def _known(work: Work, draft: Draft, node: Node, key: tuple[str, ...]) -> Known | None:
    """The record's party with its records; None for a new record. Refuses one of another kind."""
    if len(key) == 1:
        return None
    for record, archived, party, records in await work.read(RECORD, source=key[0], external=key[1]):
        if record["kind"] != node.name.upper():
            message = f"This record is known as a {record['kind'].lower()}."
            draft.refuse("CONFLICT", message, "externalId")
        if archived:
            draft.refuse("NOT_ALLOWED", "The party is archived; restore it first.", "externalId")
        return Known(party or {}, records or [record])
    return None


def _full_name(values: dict[str, Any]) -> str | None:
    parts = [values.get("givenName"), values.get("familyName")]
    return " ".join(each for each in parts if each) or None


async def patch(work: Work, draft: Draft) -> None:
    """Say here what holds of a party: it counts as the latest said, property by property."""
    for _ in range(TRIES):
        if await _patch(work, draft) is not Way.STALE:
            return
    await _patch(work, draft, Way.BATCH)


async def _patch(work: Work, draft: Draft, way: Way | None = None) -> Way:
    """Do it once: STALE when what was read has changed meanwhile. A batch never is."""
    name = draft.mutation.updates[0].name
    named = draft.one(name)
    if named is None:
        return Way.DONE
    node = next(ref.nodes[0] for ref in draft.mutation.refs if ref.name == name)
    given = stated(draft, node, draft.props[name])
    rows = await work.read(RECORDS, id=named.id)
    if not rows:
        draft.refuse("NOT_FOUND", NOT_THERE, name + "Id")
    if draft.refusals:
        return Way.DONE
    party: dict[str, Any] = rows[0][0]
    records: list[dict[str, Any]] = rows[0][1]
    others = [each for each in records if not _is_own(each, named.id)]
    nothing: dict[str, Any] = {}
    own = next((each for each in records if _is_own(each, named.id)), nothing)
    _refuse_removals(draft, given, others)
    version = _refuse_other_version(draft, party)
    if draft.refusals:
        return Way.DONE
    custom = draft.custom.get(name, {})
    if all(party.get(each) == value for each, value in (*given.items(), *custom.items())):
        draft.returned[name] = Named(named.id, named.label)
        return Way.DONE
    row = NodeRow((named.id,), {**_outdated(node, own, party), **given}, custom=custom)
    row.observed_at = _latest(draft.now, others)
    if way is not Way.BATCH:
        way = await restate(work, draft, name, node, row, Known(party, records))
    if way is not Way.BATCH:
        return way
    batch = Batch(
        [Nodes(node, [row])],
        expected=[Expected(node, named.id, version)],
        named={name: (node, (named.id,))},
    )
    await apply(work, draft, batch, name + "Id")
    return Way.DONE


def _refuse_other_version(draft: Draft, party: dict[str, Any]) -> int | None:
    """The version that the party must have; refuses when it has another."""
    version = draft.given.get("ifVersion")
    if version is not None and version != party["version"]:
        message = f"It has version {party['version']} by now; look at it again."
        draft.refuse("CONFLICT", message, "ifVersion")
    return version


def _outdated(node: Node, own: dict[str, Any], party: dict[str, Any]) -> dict[str, None]:
    """What was said here once and has been overtaken: said again today, it would win again."""
    return {
        each: None
        for each in writable(node)
        if own.get(each) is not None and own[each] != party.get(each)
    }


def _is_own(record: dict[str, Any], id_: str) -> bool:
    return record["source"] == OWN_SOURCE and record["externalId"] == id_


def _refuse_removals(draft: Draft, given: dict[str, Any], others: list[dict[str, Any]]) -> None:
    """A value that another system states cannot be taken away here, only be contradicted."""
    for each, value in given.items():
        if value is None and any(record.get(each) is not None for record in others):
            message = f"Another system states {each}: take it away there, or give another value."
            draft.refuse("NOT_ALLOWED", message, each)


def _latest(now: str, others: list[dict[str, Any]]) -> str:
    """Now, or just after whatever was observed last should that be later."""
    last = max((str(each.get("observedAt") or "") for each in others), default="")
    if last < now:
        return now
    return stored(datetime.fromisoformat(last).astimezone(UTC) + timedelta(milliseconds=1))


async def apply(work: Work, draft: Draft, batch: Batch, place: str = "") -> None:
    """Apply a batch, and note what it names or why it was refused."""
    try:
        outcome = await work.write(batch, draft.mutation.name)
    except NotFound as error:
        draft.refuse("NOT_FOUND", str(error), place)
    except Outdated as error:
        draft.refuse("CONFLICT", str(error), "ifVersion")
    except Suppressed as error:
        draft.refuse(error.code, str(error))
    else:
        for variable, (id_, label) in outcome.named.items():
            draft.returned[variable] = Named(id_, label)
