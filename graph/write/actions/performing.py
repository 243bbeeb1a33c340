"""Performing actions: one statement for the requests of one action, repeated when it may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import stamina
from neo4j.exceptions import ConstraintError, DriverError, Neo4jError

from graph.access import RULES
from graph.database import Graph, is_retryable, is_timeout
from graph.errors import NOT_THERE, UNKNOWN_CALLER, Timeout, Unavailable
from graph.write.actions import compiling
from graph.write.actions.compiling import Check, Compiled, compile_action
from graph.write.actions.draft import Draft, Outcome, node_of
from graph.write.actions.rows import Row, restored, row_of
from graph.write.actions.spec import Action, Refusal
from graph.write.roles import PARTNERING
from graph.write.sight import sight_of

ATTEMPTS = 8
SECONDS = 10.0


@dataclass(slots=True)
class Ready:
    """A request that may be sent: valid as far as can be told without the graph."""

    action: Action
    compiled: Compiled
    row: Row
    touched: frozenset[str]


def ready(action: Action, draft: Draft) -> Ready | Outcome:
    """Prepare a draft and make its row, or say why it is refused; nothing is sent."""
    if not draft.refusals and action.prepare is not None:
        action.prepare(draft)
    compiled = compile_action(action, RULES[draft.caller.audience])
    row = None if draft.refusals else row_of(action, compiled, draft)
    if row is None:
        return Outcome(refusals=draft.refusals)
    return Ready(action, compiled, row, _touched(action, draft))


def _touched(action: Action, draft: Draft) -> frozenset[str]:
    """Labels and relationship types that the request writes, for caches."""
    found = {"ChangeEvent"}
    for name in (*draft.kinds, *(each.name for each in action.updates)):
        named = draft.one(name)
        node = draft.kinds.get(name) or (node_of(named.label) if named else None)
        found.update(node.labels if node else ())
    if action.updates:
        found |= {"Version", "WAS"}
    for each in (*action.links, *action.unlinks):
        found |= {each.relationship.name, each.relationship.was}
        if each.relationship.name == "FOR" or each.relationship.name in PARTNERING:
            found |= {"Party", "Person", "Company", "Household", "Customer", "Partner"}
    if sight_of(action) is not None:
        found.add("CAN_SEE")
    return frozenset(found)


async def plan(graph: Graph, action: Action) -> None:
    """Have the database plan an action's statement; nothing is written.

    Raises:
        Unavailable: the database cannot be reached.
    """
    compiled = compile_action(action)
    locks: dict[str, list[str]] = {label: [] for label in compiled.locks}
    parameters: dict[str, Any] = {"rows": [], "locks": locks, "again": False}
    await graph.run(compiled.statement, {"p": parameters})


async def perform(graph: Graph, requests: Sequence[Ready]) -> list[Outcome]:
    """Perform requests of one action in one statement, in one transaction.

    A request that is refused leaves the others as they are. Should one of them break a uniqueness
    constraint, none is done and all are performed one by one.

    Raises:
        Unavailable: the database could not be reached within the retries. Whether the requests were
            performed is not known; with an idempotency key they can be repeated.
        Timeout: the server ended the statement; nothing was done.
    """
    try:
        return await _together(graph, requests)
    except ConstraintError:
        if len(requests) > 1:
            return [(await perform(graph, [each]))[0] for each in requests]
    # Another request with the same key or the same unique value was first: look once more.
    try:
        return await _together(graph, requests)
    except ConstraintError:
        message = "Another node already has one of the unique values given."
        return [Outcome(refusals=[Refusal("CONFLICT", message)])]


async def _together(graph: Graph, requests: Sequence[Ready]) -> list[Outcome]:
    compiled = requests[0].compiled
    rows = [{**each.row.values, "place": i} for i, each in enumerate(requests)]
    parameters: dict[str, Any] = {"rows": rows, "locks": _locks(requests), "again": False}
    try:
        async for attempt in stamina.retry_context(
            on=is_retryable, attempts=ATTEMPTS, timeout=SECONDS, wait_initial=0.01, wait_max=0.5
        ):
            with attempt:
                # The answer of an attempt that failed may have been lost after its commit.
                parameters["again"] = attempt.num > 1
                found = await graph.attempt(compiled.statement, {"p": parameters}, timeout=SECONDS)
                return _outcomes(compiled, requests, found[0][0])
    except (DriverError, Neo4jError) as error:
        if is_timeout(error):
            raise Timeout(f"{compiled.statement.name} took longer than {SECONDS:g} s.") from error
        if is_retryable(error):
            raise Unavailable("The database cannot be reached right now.") from error
        raise
    raise Unavailable("The database cannot be reached right now.")


def _locks(requests: Sequence[Ready]) -> dict[str, list[str]]:
    labels = requests[0].compiled.locks
    return {
        label: sorted({id_ for each in requests for id_ in each.row.locks[label]})
        for label in labels
    }


def _outcomes(compiled: Compiled, requests: Sequence[Ready], found: list[Any]) -> list[Outcome]:
    outcomes: list[Outcome] = [Outcome(each.row.result) for each in requests]
    refused: list[tuple[int, tuple[int, Any]]] = [each for each in found if each[1] is not None]
    for place, (number, detail) in refused:
        outcomes[place] = _outcome(requests[place], compiled.checks[number], detail)
    return outcomes


def _outcome(request: Ready, check: Check, detail: Any) -> Outcome:
    match check.meaning:
        case compiling.DONE:
            return Outcome(request.row.result)
        case compiling.REPLAY:
            return Outcome(restored(detail))
        case _:
            return Outcome(refusals=[_refusal(request, check, detail)])


def _refusal(request: Ready, check: Check, detail: Any) -> Refusal:
    match check.meaning:
        case compiling.CONFLICT:
            message = "This clientMutationId belongs to another request; choose a new one."
            return Refusal("CONFLICT", message, ("clientMutationId",))
        case compiling.UNKNOWN:
            return Refusal("NOT_ALLOWED", UNKNOWN_CALLER)
        case compiling.VERSION:
            message = f"It has version {detail} by now; look at it again."
            return Refusal("CONFLICT", message, ("ifVersion",))
        case compiling.CURRENCY:
            return Refusal("CURRENCY_MISMATCH", f"Its amounts are in {detail}.", ("currency",))
        case compiling.MISSING:
            return Refusal("NOT_FOUND", NOT_THERE, _place(request, check, detail))
        case _:
            guard = check.guard
            if guard is None:
                raise LookupError(check.meaning)
            return Refusal(guard.code, guard.message.replace("{}", str(detail)), guard.path)


def _place(request: Ready, check: Check, detail: Any) -> tuple[str, ...]:
    ref = next(each for each in request.action.refs if each.name == check.name)
    if not ref.many:
        return (ref.name + "Id",)
    if ref.row is None:
        return (ref.name, str(detail))
    return (ref.name, str(detail), ref.row)


async def perform_one(graph: Graph, request: Ready) -> Outcome:
    """Perform one request in a statement of its own."""
    return (await perform(graph, [request]))[0]
