"""Everything between an accepted token and an answer: what may be asked, by whom, how often.

A request passes, in this order: its text is found (by hash, perhaps) and measured, its limits
looked at, a place is waited for, it is planned and priced, its price is paid, and only then is the
graph asked. The cost in an answer is of what was asked, never of what was found.
"""

import time
from collections.abc import Mapping
from typing import Any, cast

import orjson
from graphql import GraphQLError

from api.graphql import Keeper, Planned, Prices, Result, viewer
from api.guard.admission import Admission
from api.guard.asking import GraphQLRequest
from api.guard.budgets import Budgets, Cost
from api.guard.lateness import Lateness
from api.guard.persisted import Persisted
from api.guard.rules import Rules
from api.metrics import Metrics
from api.refusals import Refusal
from api.tokens import AudienceName, Principal
from loaders.errors import BadRequest, Code
from loaders.limits.documents import Document, Documents
from loaders.limits.prices import SUBSCRIPTION_POINTS

MAX_ERRORS = 5
SUGGESTION = " Did you mean "


class Guard:
    """Stands before the executor of one process.

    Attributes:
        admission: How many requests run.
        budgets: What principals may spend.
        documents: What was asked before.
        lateness: Whether requests wait for this process itself.
    """

    def __init__(
        self,
        keeper: Keeper,
        rules: Mapping[AudienceName, Rules],
        admission: Admission,
        budgets: Budgets,
        persisted: Persisted,
        metrics: Metrics,
    ) -> None:
        self._keeper = keeper
        self._rules = rules
        self.admission = admission
        self.budgets = budgets
        self._persisted = persisted
        self._metrics = metrics
        self._prices = Prices()
        self.documents = Documents()
        self.lateness = Lateness()

    async def execute(
        self, asked: GraphQLRequest, principal: Principal, idempotency_key: str | None
    ) -> Result | bytes:
        """Answer a request; one that may not be asked gets errors and no data.

        Raises:
            Refusal: 400, 429 or 503.
            GraphError: the database is away.
        """
        started = time.perf_counter()
        rules = self._rules[principal.audience]
        try:
            text, document = await self._admitted(asked, principal, rules)
            async with self.admission.place(_name(principal), rules.concurrency):
                return await self._answered(
                    asked, text, document, principal, rules, idempotency_key
                )
        except GraphQLError as error:
            return self._shown(_errors(error), rules)
        finally:
            self._metrics.answered(principal.audience, time.perf_counter() - started)

    async def text(self, asked: GraphQLRequest, principal: Principal) -> str:
        """Return the text of a request that may be asked.

        Raises:
            GraphQLError: it may not, or it is no GraphQL.
            Refusal: 400.
        """
        return (await self._admitted(asked, principal, self._rules[principal.audience]))[0]

    async def subscribing(self, principal: Principal) -> None:
        """Let a subscription begin.

        Raises:
            Refusal: 429 or 503.
        """
        rules = self._rules[principal.audience]
        async with self.admission.place(_name(principal), rules.concurrency):
            await self._charge(principal, rules, SUBSCRIPTION_POINTS)

    def shown(self, answer: Result, principal: Principal) -> Result:
        """An answer as its audience may see it: few errors, and suggestions for those who may."""
        return self._shown(answer, self._rules[principal.audience])

    async def _admitted(
        self, asked: GraphQLRequest, principal: Principal, rules: Rules
    ) -> tuple[str, Document]:
        """The text of a request, and its size.

        Raises:
            GraphQLError: it is too large, or no GraphQL, or switched off.
            Refusal: 400.
        """
        text = asked.query
        if text is None:
            text = await self._persisted.find(principal.audience, asked.hash or "")
            if text is None:
                # The message is what clients of this protocol look for.
                raise _coded("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
        if rules.trusted and not self._persisted.is_trusted(text):
            message = "Only stored operations are answered: ask for this one to be stored."
            raise BadRequest(Code.NOT_TRUSTED, message)
        document = self.documents.get(text)
        document.check(rules.limits)
        if document.measures.introspects and not rules.introspection:
            message = "The schema cannot be asked for: use the published one."
            raise BadRequest(Code.INTROSPECTION_OFF, message)
        if asked.hash is not None and asked.query is not None:
            await self._persisted.keep(principal.audience, asked.hash, text)
        return text, document

    async def _answered(
        self,
        asked: GraphQLRequest,
        text: str,
        document: Document,
        principal: Principal,
        rules: Rules,
        idempotency_key: str | None,
    ) -> Result | bytes:
        """The answer, with its cost if anything was charged."""
        costs: list[Cost] = []

        async def admit(planned: Planned) -> None:
            price = self._prices.of(planned, document.measures)
            costs.append(await self._charge(principal, rules, price))

        found = await self._keeper.execute(
            text,
            asked.variables,
            asked.operation_name,
            viewer(principal),
            idempotency_key,
            admit=admit,
        )
        if not isinstance(found, bytes):
            found = self._shown(found, rules)
            if costs:
                extensions = cast("dict[str, Any]", found.get("extensions") or {})
                found = {**found, "extensions": {**extensions, "cost": costs[0].shown()}}
            return found
        return _with_cost(self._few(found, rules), costs[0])

    async def _charge(self, principal: Principal, rules: Rules, price: int) -> Cost:
        """Have a request paid for.

        Raises:
            BadRequest: it costs more than any request may.
            Refusal: 429, the principal has not as much left.
        """
        most = min(rules.limits.price, rules.budget)
        if price > most:
            message = f"This costs {price} points, of {most} at most: ask for less at once."
            raise BadRequest(Code.TOO_EXPENSIVE, message)
        cost = await self.budgets.charge(_name(principal), rules, price)
        if cost.wait:
            message = f"This costs {price} points, and {cost.remaining} are left: wait."
            headers = {"Retry-After": str(cost.wait)}
            raise Refusal(429, "RATE_LIMITED", message, headers, {"cost": cost.shown()})
        return cost

    def _shown(self, answer: Result, rules: Rules) -> Result:
        errors = answer.get("errors")
        if not errors:
            return answer
        for each in errors:
            extensions = cast("dict[str, str]", each.get("extensions") or {})
            self._metrics.failed(extensions.get("code", "UNKNOWN"))
        shown = errors[:MAX_ERRORS]
        if not rules.suggestions:
            shown = [{**e, "message": e["message"].partition(SUGGESTION)[0]} for e in shown]
        return {**answer, "errors": shown}

    def _few(self, answer: bytes, rules: Rules) -> bytes:
        """The same of an answer that is JSON already; it seldom has errors."""
        if b'"errors":[' not in answer:
            return answer
        return orjson.dumps(self._shown(orjson.loads(answer), rules))


def _name(principal: Principal) -> str:
    return f"{principal.audience} {principal.issuer} {principal.subject}"


def _coded(message: str, code: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


def _errors(error: GraphQLError) -> Result:
    return {"errors": [error.formatted]}


def _with_cost(answer: bytes, cost: Cost) -> bytes:
    """An answer that is a JSON object, with its cost as the last member."""
    shown = b"%b,%b" % (answer[:-1], b'"extensions":{"cost":')
    return b"%b%b}}" % (shown, orjson.dumps(cost.shown()))
