"""Requests answered from kept answers where the plan allows it, else by the executor."""

from typing import Any

import orjson

from loaders.execution import Executor, Planned
from loaders.policy import Policy
from loaders.reference import Response, refused
from loaders.responses import Responses, request_key
from loaders.viewer import Viewer


class Keeper:
    """Stands before an executor, with a cache that may be absent."""

    def __init__(self, executor: Executor, responses: Responses | None) -> None:
        """Answer by this executor, and keep what may be kept; None keeps nothing."""
        self.executor = executor
        self.responses = responses
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
    ) -> Response | bytes:
        """The response to one request; as JSON where it was kept or is kept from now on.

        Args:
            query: The document.
            variables: Its variables.
            operation_name: Which of its operations.
            viewer: Who asks.
            idempotency_key: Makes its mutations repeatable that have no `clientMutationId`.
        """
        planned = self.executor.plan(query, variables, operation_name)
        if isinstance(planned, list):
            return refused(planned)
        policy = planned.plan.policy
        if policy is None or self.responses is None:
            return await self.executor.run(planned, viewer, idempotency_key)
        key = request_key(query, operation_name, variables, viewer)
        return await self._kept(self.responses, key, policy, planned, viewer)

    async def _kept(
        self, responses: Responses, key: str, policy: Policy, planned: Planned, viewer: Viewer
    ) -> bytes:
        async def make() -> tuple[bytes, bool]:
            response = await self.executor.run(planned, viewer)
            return orjson.dumps(response), "errors" not in response

        return await responses.get(key, policy.tags, policy.seconds, make)
