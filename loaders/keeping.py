"""Requests answered from kept answers where the plan allows it, else by the executor."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from graphql import OperationType

from loaders.execution import Executor, Planned
from loaders.policy import Policy
from loaders.readings import Readings, overheard
from loaders.reference import Response, refused
from loaders.responses import Responses, request_key
from loaders.scopes import outside
from loaders.viewer import Viewer

Admit = Callable[[Planned], Awaitable[None]]
"""Lets a planned request be answered, or raises."""


class Keeper:
    """Stands before an executor, with a cache that may be absent."""

    def __init__(self, executor: Executor, responses: Responses | None) -> None:
        """Answer by this executor, and keep what may be kept; None keeps nothing."""
        self.executor = executor
        self.responses = responses
        self._changing: set[asyncio.Task[Response]] = set()
        if responses is not None:
            executor.writes.changed = responses.forget
            executor.backing.purge = responses.purge

    async def execute(
        self,
        query: str,
        variables: dict[str, Any] | None,
        operation_name: str | None,
        viewer: Viewer,
        idempotency_key: str | None = None,
        *,
        admit: Admit | None = None,
    ) -> Response | bytes:
        """The response to one request; as JSON where it was kept or is kept from now on.

        Args:
            query: The document.
            variables: Its variables.
            operation_name: Which of its operations.
            viewer: Who asks.
            idempotency_key: Makes its mutations repeatable that have no `clientMutationId`.
            admit: Awaited once the request is planned; what it raises is raised, and nothing asked.
        """
        planned = self.executor.plan(query, variables, operation_name, viewer.audience)
        if isinstance(planned, list):
            return refused(planned)
        if refusals := outside(planned.operation, viewer):
            return refused(refusals)
        if admit is not None:
            await admit(planned)
        policy = planned.plan.policy
        if planned.operation.definition.operation is OperationType.MUTATION:
            return await self._to_its_end(planned, viewer, idempotency_key)
        if policy is None or self.responses is None:
            return await self.executor.run(planned, viewer, idempotency_key)
        key = request_key(query, operation_name, variables, viewer)
        return await self._kept(self.responses, key, policy, planned, viewer)

    async def _to_its_end(
        self, planned: Planned, viewer: Viewer, idempotency_key: str | None
    ) -> Response:
        """Make a change, and all that follows from it, even if nobody waits for it any more.

        Between the commit and the word to the cache a caller who gives up would leave kept answers
        behind that are wrong.
        """
        task = asyncio.create_task(self.executor.run(planned, viewer, idempotency_key))
        self._changing.add(task)
        task.add_done_callback(self._changing.discard)
        return await asyncio.shield(task)

    async def _kept(
        self, responses: Responses, key: str, policy: Policy, planned: Planned, viewer: Viewer
    ) -> bytes:
        async def make() -> tuple[bytes, bool]:
            response = await self.executor.run(planned, viewer)
            return orjson.dumps(response), "errors" not in response

        readings = self.executor.readings
        if readings is not None and any(each.reading for each in planned.plan.fields):
            key = f"read:{key}"
            return await self._recorded(readings, responses, key, policy, planned, viewer)
        return await responses.get(key, policy.tags, policy.seconds, make)

    async def _recorded(
        self,
        readings: Readings,
        responses: Responses,
        key: str,
        policy: Policy,
        planned: Planned,
        viewer: Viewer,
    ) -> bytes:
        """As `_kept`, of an answer with personal data: it is kept with a line that says whose."""

        async def make() -> tuple[bytes, bool]:
            with overheard() as heard:
                response = await self.executor.run(planned, viewer)
            line = orjson.dumps(heard)
            return line + b"\n" + orjson.dumps(response), "errors" not in response

        found = await responses.get(key, policy.tags, policy.seconds, make)
        line, _, body = found.partition(b"\n")
        readings.told(orjson.loads(line), viewer)
        return body
