"""Putting a node away, and taking it out again, with its relationships; see docs/parties.md.

An archived node loses its labels, so that nothing finds it, and its relationships become former
ones that carry the id of the event. What is taken out again gets both back as they were.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, LiteralString

import orjson
import stamina
from neo4j.exceptions import ConstraintError, DriverError, Neo4jError

from graph.database import Graph, is_retryable
from graph.errors import NOT_THERE, Conflict, NotFound, Outdated, Unavailable
from graph.model.kinds import Node
from graph.model.parties import PARTY
from graph.statements import Kind, Statement
from graph.write.actions.draft import Caller, Named
from graph.write.events import Patch, event_of
from graph.write.sight import AROUND, LOOK
from graph.write.statements import KEEP_PLAN, WRITABLE

ATTEMPTS = 8
SECONDS = 30.0

_KEY: LiteralString = """OPTIONAL MATCH (key:IdempotencyKey {key: $p.key})
OPTIONAL MATCH (done:ChangeEvent {id: $p.event.id})
"""
_LOCK: LiteralString = """CALL (n) { WITH n WHERE n IS NOT NULL SET n._lock = 1 SET n._lock = null }
WITH *, CASE
    WHEN key.request <> $p.request THEN 'conflict'
    WHEN key IS NOT NULL OR done IS NOT NULL THEN 'done'
    WHEN n IS NULL THEN 'missing'
    WHEN $p.version <> n.version THEN 'version'
  END AS refusal
CALL (n, refusal) {
  WITH n WHERE refusal IS NULL
  WITH n, CASE WHEN $p.now > n.changedAt THEN $p.now ELSE n.changedAt END AS at
"""
_EVENT: LiteralString = """
  SET n.version = n.version + 1, n.changedAt = at
  CREATE (event:ChangeEvent:Outbox) SET event = $p.event
  SET event.at = at, event.version = n.version, event.prev = n.head, event.parties = parties
  SET n.head = event.digest
  FOREACH (_ IN CASE WHEN $p.key IS NULL THEN [] ELSE [1] END |
    CREATE (:IdempotencyKey {key: $p.key, request: $p.request, result: $p.result, at: $p.now}))
  RETURN count(*) AS written
}
RETURN refusal, n.version
"""
_PARTIES: LiteralString = """
  WITH n, at, CASE WHEN n:Party THEN [n.id] ELSE COLLECT {
      MATCH (n)-[:FOR|PARTICIPATED_IN]-(q:Party) RETURN DISTINCT q.id ORDER BY q.id LIMIT 100
    } END AS parties
"""
_STANDING: LiteralString = (
    "NOT type(x) IN ['WAS', 'RESOLVES_TO', 'CAN_SEE'] AND NOT type(x) ENDS WITH '_WAS'"
)
_LOOK: LiteralString = "  WITH n, at, parties, around, at AS now\n  " + LOOK + "\n"
_KEEP: LiteralString = """
    SET w = properties(x)
    SET w.archivedBy = $p.event.id,
      w.recordedTo = CASE WHEN at > x.recordedFrom THEN at ELSE coalesce(x.recordedFrom, at) END
    DELETE x
"""
_PUT_AWAY: LiteralString = (
    _PARTIES
    + """
  WITH n, at, parties, labels(n) AS names, """
    + AROUND
    + """ AS around,
    COLLECT { MATCH (n)-[:FOR]->(q:Customer) RETURN DISTINCT q } AS buyers,
    COLLECT { MATCH (n)<-[:ENROLLED_IN|SERVES|PARTNERS_WITH]-(q:Partner) RETURN DISTINCT q }
      AS partners
  CREATE (n)-[:WAS]->(v:Version)
  SET v = properties(n)
  SET v.id = n.id + '@' + toString(n.version), v.entityId = n.id, v.label = $p.label,
    v.validFrom = n.changedAt, v.validTo = at, v._lock = null
  WITH *
  CALL (n, at) {
    MATCH (n)-[x]->(e) WHERE """
    + _STANDING
    + """
    CREATE (n)-[w:$(type(x) + '_WAS')]->(e)"""
    + _KEEP
    + """    RETURN count(*) AS out }
  CALL (n, at) {
    MATCH (s)-[x]->(n) WHERE s <> n AND """
    + _STANDING
    + """
    CREATE (s)-[w:$(type(x) + '_WAS')]->(n)"""
    + _KEEP
    + """    RETURN count(*) AS in }
  CALL (buyers) {
    UNWIND buyers AS q
    WITH q WHERE NOT EXISTS { (q)<-[:FOR]-(d) WHERE d:Order OR d:Invoice OR d:Contract }
    REMOVE q:Customer RETURN count(*) AS former }
  CALL (partners) {
    UNWIND partners AS q
    WITH q WHERE NOT EXISTS { (q)-[:ENROLLED_IN|SERVES|PARTNERS_WITH]->() }
    REMOVE q:Partner RETURN count(*) AS left }
  WITH n, at, parties, names, around
  SET n.archivedLabels = names, n.archivedAt = at, n.archivedBy = $p.event.id
  REMOVE n:$(names)
  SET n:Archived
"""
    + _LOOK
)
_STANDS: LiteralString = """
    SET x = properties(w)
    SET x.archivedBy = null, x.recordedFrom = at, x.recordedTo = '9999'
"""
_TAKE_OUT: LiteralString = (
    """
  WITH n, at, n.archivedBy AS former, n.archivedLabels AS names,
    head(COLLECT { MATCH (n)-[:WAS]->(v:Version) WHERE v.validTo = n.archivedAt
      RETURN v.archivedAt ORDER BY v.version DESC LIMIT 1 }) AS stated
  CREATE (n)-[:WAS]->(v:Version)
  SET v = properties(n)
  SET v.id = n.id + '@' + toString(n.version), v.entityId = n.id, v.label = $p.label,
    v.validFrom = n.changedAt, v.validTo = at, v._lock = null
  WITH n, at, former, names, stated
  SET n.archivedBy = null, n.archivedLabels = null, n.archivedAt = stated
  REMOVE n:Archived
  SET n:$(names)
  WITH n, at, former
  CALL (n, at, former) {
    MATCH (n)-[w]->(e) WHERE w.archivedBy = former AND e:Archived
    SET w.archivedBy = e.archivedBy RETURN count(*) AS later }
  CALL (n, at, former) {
    MATCH (e)-[w]->(n) WHERE w.archivedBy = former AND e:Archived
    SET w.archivedBy = e.archivedBy RETURN count(*) AS sooner }
  CALL (n, at, former) {
    MATCH (n)-[w]->(e) WHERE w.archivedBy = former
    CREATE (n)-[x:$(left(type(w), size(type(w)) - 4))]->(e)"""
    + _STANDS
    + """    RETURN count(*) AS out }
  CALL (n, at, former) {
    MATCH (s)-[w]->(n) WHERE s <> n AND w.archivedBy = former
    CREATE (s)-[x:$(left(type(w), size(type(w)) - 4))]->(n)"""
    + _STANDS
    + """    RETURN count(*) AS in }
  CALL (n) {
    MATCH (n)-[:FOR]->(q:Party) WHERE n:Order OR n:Invoice OR n:Contract
    SET q:Customer RETURN count(*) AS buyers }
  CALL (n) {
    MATCH (n)<-[:ENROLLED_IN|SERVES|PARTNERS_WITH]-(q:Company)
    SET q:Partner RETURN count(*) AS partners }
"""
    + _PARTIES
    + "  WITH n, at, parties, "
    + AROUND
    + " AS around\n"
    + _LOOK
)


@cache
def archiving(node: Node) -> Statement:
    """The statement that puts a node of a kind away."""
    match: LiteralString = "OPTIONAL MATCH (n:`" + node.name + "` {id: $p.id})\n"
    text: LiteralString = KEEP_PLAN + _KEY + match + _LOCK + _PUT_AWAY + _EVENT
    return Statement(f"write.archive.{node.name}", Kind.WRITE, text)


RESTORE = Statement(
    "write.restore",
    Kind.WRITE,
    KEEP_PLAN + _KEY + "OPTIONAL MATCH (n:Archived {id: $p.id}) WHERE $p.label IN n.archivedLabels "
    "AND n.mergedInto IS NULL\n" + _LOCK + _TAKE_OUT + _EVENT,
)
"""Takes a node of the label `$label` out again."""


def all_statements() -> tuple[Statement, ...]:
    """Every statement that puts something away or takes it out."""
    return (*(archiving(node) for node in WRITABLE), archiving(PARTY), RESTORE)


@dataclass(frozen=True, slots=True)
class Put:
    """A request to put something away, or to take it out.

    Attributes:
        named: The node.
        variable: Its name in the answer that is kept with the caller's key.
        op: Name of the business action.
        version: Version it must have; None for any.
        restore: True to take it out.
    """

    named: Named
    variable: str
    op: str
    version: int | None = None
    restore: bool = False


async def put(graph: Graph, node: Node, request: Put, caller: Caller) -> None:
    """Put a node away, or take it out; a repetition for the same key does nothing.

    Raises:
        NotFound: there is none of that kind, or it is not archived.
        Outdated: it has another version than expected.
        Conflict: the key was used for another request, or another node has one of its unique
            values by now.
        Unavailable: the database could not be reached within the retries.
    """
    statement = RESTORE if request.restore else archiving(node)
    parameters = {"p": _parameters(request, caller)}
    try:
        async for attempt in stamina.retry_context(
            on=is_retryable, attempts=ATTEMPTS, timeout=SECONDS, wait_initial=0.02, wait_max=1.0
        ):
            with attempt:
                rows = await graph.attempt(statement, parameters, timeout=SECONDS)
                _judge(rows[0][0], rows[0][1])
                return
    except ConstraintError:
        message = "Another node has one of its unique values by now; change or archive that one."
        raise Conflict(message) from None
    except (DriverError, Neo4jError) as error:
        if is_retryable(error):
            raise Unavailable("The database cannot be reached right now.") from error
        raise


def _judge(refusal: str | None, version: int | None) -> None:
    match refusal:
        case "missing":
            raise NotFound(NOT_THERE)
        case "version":
            raise Outdated(f"It has version {version} by now; look at it again.")
        case "conflict":
            raise Conflict("This clientMutationId belongs to another request; choose a new one.")
        case _:
            return


def _parameters(request: Put, caller: Caller) -> dict[str, Any]:
    named = request.named
    event = event_of(
        Patch(archived=not request.restore),
        op=request.op,
        actor=caller.actor,
        entity=named.id,
        label=named.label,
        reason=caller.reason,
    )
    result = {request.variable: [named.id, named.label]}
    return {
        "id": named.id,
        "label": named.label,
        "version": request.version,
        "now": caller.now,
        "event": event,
        "key": caller.key,
        "request": caller.request,
        "result": orjson.dumps(result).decode(),
    }
