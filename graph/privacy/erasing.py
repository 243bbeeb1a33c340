"""Erasing a person: the plan, and the one transaction that carries it out."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import stamina
from neo4j.exceptions import DriverError, Neo4jError

from graph.database import Graph, Transaction, is_retryable
from graph.errors import Conflict, GraphError, InvalidInput, Unavailable
from graph.privacy.closure import Closure, closure
from graph.privacy.mentions import naming, terms
from graph.privacy.plan import Changes, ErasurePlan, changes_of, data_of, plan_hash, plan_of
from graph.statements import Statement
from graph.write import erasing, repeating, suppression
from graph.write.batch import Request, slices
from graph.write.events import Patch, digest_of, event_of
from graph.write.formats import moment
from graph.write.link_statements import TAKE_PARTNER
from graph.write.secret import secret
from graph.write.statements import LOCK

TIMEOUT = 300.0
"""Seconds after which the server ends an erasure."""

OP = "erase"
"""`op` of the event of an erasure."""


class PlanChanged(Conflict):
    """What belongs to the person has changed since the plan was made; make a new plan."""

    code = "PLAN_CHANGED"


class Held(GraphError):
    """A legal hold forbids the erasure."""

    code = "HELD"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of an erasure, without personal data.

    Attributes:
        id: Id of the event that tells of it; `verify_erasure` takes it.
        person: Id that the person had.
        plan_hash: Of the plan that was carried out.
        at: When, UTC.
        counts: Number of nodes, former states, relationships and events concerned.
        labels: Labels and relationship types of which something was deleted or changed, for caches.
    """

    id: str
    person: str
    plan_hash: str
    at: str
    counts: dict[str, int]
    labels: frozenset[str]


async def personal_data(graph: Graph, person: str) -> dict[str, Any]:
    """Return everything that belongs to a person; see `graph.privacy.plan.data_of`.

    Raises:
        NotFound: there is no such person.
        Unavailable: the database cannot be reached.
    """
    found = await _read(graph, person)
    return data_of(found, changes_of(found))


async def erasure_plan(graph: Graph, person: str) -> ErasurePlan:
    """Return what `erase` would do now, and why the rest is kept. Nothing is changed.

    Raises:
        NotFound: there is no such person.
        Unavailable: the database cannot be reached.
    """
    found = await _read(graph, person)
    return plan_of(found, changes_of(found))


async def _read(graph: Graph, person: str) -> Closure:
    async with _reaching(), graph.transaction("privacy.read", timeout=TIMEOUT) as transaction:
        return await closure(transaction, person, datetime.now(UTC))


class _reaching:  # noqa: N801 - used as a statement
    """Turns failures to reach the database into `Unavailable`."""

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, DriverError | Neo4jError) and is_retryable(error):
            raise Unavailable("The database cannot be reached right now.") from error


async def erase(
    graph: Graph,
    person: str,
    plan_hash: str,
    actor: str,
    reason: str | None = None,
    *,
    request: Request | None = None,
) -> Receipt:
    """Erase a person as the plan of this hash says, in one transaction.

    Afterwards no record with one of the person's addresses, numbers or record names can be
    imported until `allow` is called.

    Args:
        graph: The graph.
        person: Id of the person.
        plan_hash: Of a plan that was looked at.
        actor: Who erases.
        reason: Why; must not name the person.
        request: Its key and digest, when it may be repeated: the same again returns the receipt.

    Raises:
        NotFound: there is no such person. Nothing was changed, as in all these cases but the last.
        Conflict: the key belongs to another request.
        PlanChanged: the person's data are not as the plan saw them.
        Held, InvalidInput: a legal hold forbids it; the reason names the person.
        Unavailable: the database could not be reached within the retries.
    """
    key = await secret(graph, suppression.SECRET)
    return await _performed(graph, _Order(person, plan_hash, actor, reason, key, request))


async def _performed(graph: Graph, order: "_Order") -> Receipt:
    """Erase in one transaction, repeated when it may be."""
    try:
        async for attempt in stamina.retry_context(
            on=is_retryable, attempts=8, timeout=60.0, wait_initial=0.02, wait_max=2.0
        ):
            with attempt:
                async with graph.transaction("privacy.erase", timeout=TIMEOUT) as transaction:
                    return await _erase(transaction, order)
    except (DriverError, Neo4jError) as error:
        if is_retryable(error):
            raise Unavailable("The database cannot be reached right now.") from error
        raise
    raise Unavailable("The database cannot be reached right now.")


@dataclass(frozen=True, slots=True)
class _Order:
    person: str
    plan_hash: str
    actor: str
    reason: str | None
    key: bytes
    request: Request | None


async def _earlier(transaction: Transaction, request: Request, at: datetime) -> Receipt | None:
    """Take the key of a request; the receipt when it was done before."""
    taken = {"key": request.key, "request": request.digest, "now": moment(at)}
    mine, result = (await transaction.run(repeating.TAKE, {"p": taken}))[0][0]
    if not mine:
        raise Conflict("This clientMutationId belongs to another request; choose a new one.")
    if result is None:
        return None
    told: dict[str, Any] = orjson.loads(result)
    told["labels"] = frozenset(told["labels"])
    return Receipt(**told)


async def _keep(transaction: Transaction, request: Request, receipt: Receipt) -> None:
    result = orjson.dumps(asdict(receipt) | {"labels": sorted(receipt.labels)}).decode()
    await transaction.run(repeating.ANSWER, {"p": {"key": request.key, "result": result}})


async def _erase(transaction: Transaction, order: _Order) -> Receipt:
    at = datetime.now(UTC)
    before = await _earlier(transaction, order.request, at) if order.request else None
    if before is not None:
        return before
    found = await closure(transaction, order.person, at)
    # Nobody changes any of it between this look and the commit.
    await _over(transaction, LOCK, sorted(found.parts))
    found = await closure(transaction, order.person, at)
    _check(found, order)
    changes = changes_of(found)
    event, receipt = _told(found, changes, order)
    await _suppress(transaction, found, order.key)
    await _carry_out(transaction, found, changes)
    await transaction.run(erasing.TELL, {"p": {"event": event}})
    if order.request:
        await _keep(transaction, order.request, receipt)
    return receipt


def _check(found: Closure, order: _Order) -> None:
    """Refuse what must not be done."""
    if found.holds:
        raise Held("A legal hold protects the person; lift it first, or keep the data.")
    if plan_hash(found) != order.plan_hash:
        raise PlanChanged("The person's data have changed since the plan; make a new plan.")
    pattern = naming(terms(found))
    if order.reason is not None and pattern is not None and pattern.search(order.reason):
        raise InvalidInput("The reason must not name the person: it is kept after the erasure.")


async def _carry_out(transaction: Transaction, found: Closure, changes: Changes) -> None:
    rows = [[number, values] for number, values in sorted(changes.values.items())]
    for some in slices(rows):
        await transaction.run(erasing.REWRITE, {"p": {"rows": some}})
    for statement, ids in (
        (erasing.BLANK_EVENTS, changes.events),
        (erasing.STRIP_EVENTS, found.events.keys() - changes.events),
    ):
        for some in slices(sorted(ids)):
            await transaction.run(statement, {"p": {"rows": some, "person": found.person}})
    partners = {tie.start for tie in found.ties.values() if tie.kind == "SERVES"}
    gone = changes.versions | changes.nodes | changes.aliases | changes.answers
    await _over(transaction, erasing.DELETE, sorted(gone))
    await _over(transaction, TAKE_PARTNER, sorted(partners - gone))


async def _over(transaction: Transaction, statement: Statement, ids: Iterable[int]) -> None:
    for some in slices(list(ids)):
        await transaction.run(statement, {"p": {"ids": some}})


async def _suppress(transaction: Transaction, found: Closure, key: bytes) -> None:
    """Note digests of everything by which the person could come back."""
    rows: set[tuple[str, str]] = set()
    for part in found.parts.values():
        if part.kept is not None:
            continue
        for values in (part.values, *part.versions.values()):
            if part.label == "SourceRecord":
                rows.update(
                    suppression.digests(key, (values["source"], values["externalId"]), values)
                )
            elif part.label == "Identifier":
                kind, value = values["kind"], values["value"]
                rows.add((kind, suppression.digest(key, kind, value)))
    shared = {
        (part.values["kind"], suppression.digest(key, part.values["kind"], part.values["value"]))
        for part in found.parts.values()
        if part.label == "Identifier" and part.kept is not None
    }
    now = moment(found.at)
    for some in slices([list(each) for each in sorted(rows - shared)]):
        await transaction.run(erasing.SUPPRESS, {"p": {"rows": some, "now": now}})


def _told(found: Closure, changes: Changes, order: _Order) -> tuple[dict[str, Any], Receipt]:
    """The event and the receipt: counts and ids, no value."""
    plan = plan_of(found, changes)
    person = found.parts[found.root]
    patch = orjson.dumps(
        {
            "erased": plan.counts,
            "planHash": plan.plan_hash,
            "nodes": sorted(found.parts[number].id for number in changes.nodes),
        },
        option=orjson.OPT_SORT_KEYS,
    ).decode()
    event = event_of(
        Patch(), op=OP, actor=order.actor, entity=found.person, label="Person", reason=order.reason
    )
    version = person.values.get("version")
    event |= {
        "patch": patch,
        "digest": digest_of(event["salt"], patch),
        "at": max(plan.at, str(person.values.get("changedAt", ""))),
        "prev": person.values.get("head"),
        "version": None if version is None else version + 1,
        "parties": [],
    }
    receipt = Receipt(
        event["id"], found.person, plan.plan_hash, event["at"], plan.counts, _touched(found)
    )
    return event, receipt


def _touched(found: Closure) -> frozenset[str]:
    labels = {label for tie in found.ties.values() for label, _ in tie.ends}
    labels |= {part.label for part in found.parts.values()}
    return frozenset(
        labels | {tie.kind for tie in found.ties.values()} | {"ChangeEvent", "Version"}
    )


async def allow(graph: Graph, source: str, external_id: str, values: dict[str, Any]) -> int:
    """Let a record come back that an erasure suppressed; return how many digests were lifted.

    Args:
        graph: The graph.
        source: The record's source.
        external_id: The record's id there.
        values: What it says, normalised; its identifiers may come back, too.

    Raises:
        Unavailable: the database cannot be reached.
    """
    key = await secret(graph, suppression.SECRET)
    rows = [list(each) for each in suppression.digests(key, (source, external_id), values)]
    return (await graph.run(erasing.ALLOW, {"p": {"rows": rows}}))[0][0]
