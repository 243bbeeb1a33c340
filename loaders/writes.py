"""Sends actions: concurrent requests of one action share a statement, then caches are told.

While a statement is in flight, further requests of its action wait and leave together; an idle
server sends at once. One of them that is refused does not disturb the others.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson

from graph.custom.taking import take
from graph.database import Graph
from graph.errors import GraphError, InvalidInput
from graph.identity.aliases import targets
from graph.statements import Kind, Statement
from graph.write.actions import (
    Action,
    Caller,
    Mutation,
    Named,
    Outcome,
    Procedure,
    Ready,
    Refusal,
    Work,
    perform,
    plan,
    ready,
    sketch,
)
from graph.write.actions.permitting import permit
from graph.write.actions.rows import restored
from graph.write.batch import Request
from graph.write.formats import moment
from graph.write.secret import secret
from loaders.coalescing import Coalescer
from loaders.mutating import Input, read_input
from loaders.viewer import Viewer

LANES = 2
MAX_BATCH = 32
MAX_KEY = 100
_OF_REQUEST = ("reason", "clientMutationId")

Changed = Callable[[frozenset[str]], Awaitable[None]]
"""Told what was written: labels and relationship types."""

FIND_KEY = Statement(
    "mutation.find_key",
    Kind.READ,
    "MATCH (key:IdempotencyKey {key: $key}) RETURN key.request, key.result",
)


def _digest(key: bytes, given: list[Any]) -> str:
    """A keyed digest of a request: it tells requests apart, and nothing of what they say."""
    known = orjson.dumps(given, default=str, option=orjson.OPT_SORT_KEYS)
    return hmac.new(key, known, hashlib.sha256).hexdigest()


async def request_of(graph: Graph, viewer: Viewer, client: str, given: list[Any]) -> Request:
    """The key and digest of a mutation that is no action.

    Args:
        graph: The graph.
        viewer: Who asks.
        client: Its `clientMutationId`.
        given: Its name, and all that its input says.

    Raises:
        InvalidInput: the id is empty or too long.
    """
    if not 0 < len(client) <= MAX_KEY:
        raise InvalidInput(f"clientMutationId must have 1 to {MAX_KEY} characters.")
    key = f"{viewer.audience.value}:{viewer.issuer}|{viewer.subject}:{client}"
    return Request(key, _digest(await secret(graph, "requests"), given))


class Writes:
    """Performs mutations for callers.

    Args:
        graph: What is changed.

    Attributes:
        changed: Told after every commit; None when there is nothing to tell.
        batches: How many statements carried so many requests.
    """

    def __init__(self, graph: Graph, max_batch: int = MAX_BATCH, lanes: int = LANES) -> None:
        self._graph = graph
        self._sending = Coalescer[Ready, Outcome](self._one, self._many, max_batch, lanes)
        self._secret: bytes | None = None
        self.changed: Changed | None = None
        self.batches = self._sending.batches

    async def prepare(self, mutation: Mutation) -> None:
        """Have the database plan an action, so that no request waits for it.

        Raises:
            GraphError: the database cannot be reached.
        """
        if isinstance(mutation, Action):
            await plan(self._graph, mutation)

    async def do(self, mutation: Mutation, value: dict[str, Any], viewer: Viewer) -> Outcome:
        """Perform one mutation.

        Args:
            mutation: What is asked for.
            value: Its coerced input.
            viewer: Who asks.

        Raises:
            GraphError: the database is away; with a `clientMutationId` it can be repeated.
        """
        found = read_input(mutation, value)
        caller = await self._caller(mutation, value, found, viewer)
        outcome = await self._done(mutation, caller, found)
        if not any(each.code == "NOT_FOUND" for each in outcome.refusals):
            return outcome
        # Only who is not found may have been merged: nobody else pays for the look.
        again = read_input(mutation, value)
        if not await self._renamed(again):
            return outcome
        again.given = {name: each for name, each in again.given.items() if name not in _OF_REQUEST}
        return await self._done(mutation, caller, again)

    async def _renamed(self, found: Input) -> bool:
        """Let former ids name whoever answers for them today; whether there were any."""
        named = [each for each in found.refs.values() if isinstance(each, Named)]
        named += [one for each in found.refs.values() if isinstance(each, list) for one in each]
        known = await targets(self._graph, {each.id for each in named})

        def today(one: Named) -> Named:
            return replace(one, id=known.get(one.id, one.id))

        for name, each in found.refs.items():
            if each is not None:
                found.refs[name] = today(each) if isinstance(each, Named) else [*map(today, each)]
        return bool(known)

    async def _done(self, mutation: Mutation, caller: Caller, found: Input) -> Outcome:
        """Perform one mutation of which the input was read."""
        draft = sketch(mutation, caller, found.refs, found.given)
        wrong = {each.path[0] for each in found.refusals}
        missing = [each for each in draft.refusals if each.path[0] not in wrong]
        draft.refusals = [*found.refusals, *missing]
        await take(self._graph, draft)
        if isinstance(mutation, Procedure):
            return await self._proceed(mutation, draft)
        if not isinstance(mutation, Action):
            raise TypeError(mutation.name)
        prepared = ready(mutation, draft)
        if isinstance(prepared, Outcome):
            return prepared
        outcome = await self.send(prepared)
        if not outcome.refusals:
            await self._tell(prepared.touched)
        return outcome

    async def _caller(
        self, mutation: Mutation, value: dict[str, Any], found: Input, viewer: Viewer
    ) -> Caller:
        given = found.given
        reason, client = (given.pop(each, None) for each in _OF_REQUEST)
        if reason is not None and len(reason) > 1_000:
            message = "reason must have at most 1,000 characters."
            found.refusals.append(Refusal("TOO_LONG", message, ("reason",)))
        actor, now = f"{viewer.issuer}|{viewer.subject}", moment(datetime.now(UTC))
        who = (viewer.audience, viewer.issuer, viewer.subject)
        if client is None:
            return Caller(actor, now, None, None, reason, *who)
        if not client or len(client) > MAX_KEY:
            message = f"clientMutationId must have 1 to {MAX_KEY} characters."
            found.refusals.append(Refusal("INVALID", message, ("clientMutationId",)))
        key = f"{viewer.audience.value}:{actor}:{client}"
        return Caller(actor, now, key, await self._digest(mutation, value), reason, *who)

    async def _digest(self, mutation: Mutation, value: dict[str, Any]) -> str:
        if self._secret is None:
            self._secret = await secret(self._graph, "requests")
        return _digest(self._secret, [mutation.name, value])

    async def _proceed(self, procedure: Procedure, draft: Any) -> Outcome:
        """Run a procedure, unless it is refused or was done before."""
        if draft.refusals:
            return Outcome(refusals=draft.refusals)
        caller: Caller = draft.caller
        if caller.key is not None:
            for request, result in await self._graph.run(FIND_KEY, {"key": caller.key}):
                if request != caller.request:
                    message = "This clientMutationId belongs to another request; choose a new one."
                    refusal = Refusal("CONFLICT", message, ("clientMutationId",))
                    return Outcome(refusals=[refusal])
                return Outcome(restored(result))
        await permit(self._graph, draft)
        if draft.refusals:
            return Outcome(refusals=draft.refusals)
        work = Work(self._graph, caller, self.send)
        try:
            await procedure.run(work, draft)
        except GraphError as error:
            if error.code not in {"CONFLICT", "INVALID_INPUT", "SUPPRESSED"}:
                raise
            return Outcome(refusals=[Refusal(error.code, str(error))])
        finally:
            await self._tell(frozenset(work.touched))
        returned = _returned(procedure, draft.returned, partly=bool(draft.refusals))
        return Outcome(returned, draft.refusals)

    async def _tell(self, touched: frozenset[str]) -> None:
        if self.changed is not None and touched:
            await self.changed(touched)

    async def send(self, request: Ready) -> Outcome:
        """Perform one ready request, together with others of its action that wait.

        Raises:
            GraphError: what `perform` raises; never for its neighbours' sake.
        """
        return await self._sending.ask(request.compiled.statement, request)

    async def _one(self, request: Ready) -> Outcome:
        return (await perform(self._graph, [request]))[0]

    async def _many(self, requests: list[Ready]) -> list[Outcome] | None:
        """Outcomes of one statement for all of them; None when one of them spoils it.

        Raises:
            GraphError: the database is away or too slow, for all of them.
        """
        try:
            return await perform(self._graph, requests)
        except GraphError:
            raise
        except Exception:  # noqa: BLE001 - each is performed again by itself and fails by itself
            return None


def _returned(procedure: Procedure, known: dict[str, Named], *, partly: bool) -> dict[str, Named]:
    """What the payload holds; of what was refused in part the lists alone."""
    lists = {each.variable for each in procedure.returns if each.per}
    single = {each.variable for each in procedure.returns if not each.per and not partly}
    return {
        name: each
        for name, each in known.items()
        if name in single or name.partition(".")[0] in lists
    }
