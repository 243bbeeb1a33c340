"""The price of a whole request: of its root fields together."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError, OperationType
from graphql.execution.values import VariableValues

from loaders.arguments import Evaluate
from loaders.execution import Planned
from loaders.limits.measures import Measures
from loaders.operations import Plan
from loaders.pricing import Formula, Parameter, formula, points

MAX_PLANS = 4_000
# What no statement answers: the schema, and root fields with a resolver of their own.
INTROSPECTION_POINTS = 50
RESOLVER_POINTS = 10
# A change takes locks and writes a version and an event besides what it changes.
CHANGE_POINTS = 10
# Events cost when they come; the price is for keeping watch.
SUBSCRIPTION_POINTS = 20

# Page sizes are few; whoever varies them only has his price worked out again.
MAX_SIZES = 16


@dataclass(slots=True)
class _Part:
    """How to price one root field.

    Attributes:
        formula: Its price by its parameters.
        evaluate: How each parameter follows from the variables.
        sizes: Names of the parameters that the price was found to depend on.
        known: Points by the values of those.
    """

    formula: Formula
    evaluate: dict[str, Evaluate]
    sizes: tuple[str, ...] | None = None
    known: dict[tuple[Any, ...], int] = field(default_factory=dict[tuple[Any, ...], int])

    def points(self, values: VariableValues) -> int:
        """Points for the variables of one request."""
        if isinstance(self.formula, int):
            return self.formula or 1
        try:
            if self.sizes is None:
                return self._work_out(self.formula, values)
            evaluate = self.evaluate
            sizes = tuple([evaluate[name](values) for name in self.sizes])
            found = self.known.get(sizes)
            return self._work_out(self.formula, values) if found is None else found
        except GraphQLError:
            # A page size that makes no sense: the field is refused when it is asked.
            return 1

    def _work_out(self, priced: Callable[[Parameter], int], values: VariableValues) -> int:
        asked: dict[str, Any] = {}

        def parameter(name: str) -> Any:
            asked[name] = found = self.evaluate[name](values)
            return found

        found = points(priced, parameter)
        sizes = tuple(asked)
        if self.sizes != sizes or len(self.known) >= MAX_SIZES:
            self.sizes, self.known = sizes, {}
        try:
            self.known[tuple(asked.values())] = found
        except TypeError:  # a list of ids: its length counts, and lists are no keys
            self.sizes = None
        return found


class Prices:
    """Prices requests; how to price a plan is worked out once."""

    def __init__(self) -> None:
        # The plan is kept beside its parts, so that its id cannot become another's.
        self._known: OrderedDict[int, tuple[Plan, list[_Part]]] = OrderedDict()

    def of(self, planned: Planned, measures: Measures) -> int:
        """Points of a request, at least 1, known before anything is asked.

        Args:
            planned: The request.
            measures: The size of its document.
        """
        plan = planned.plan
        known = self._known.get(id(plan))
        if known is None or known[0] is not plan:
            known = self._known[id(plan)] = (plan, _parts(plan))
            if len(self._known) > MAX_PLANS:
                self._known.popitem(last=False)
        total = sum([each.points(planned.values) for each in known[1]])
        if planned.operation.definition.operation is OperationType.MUTATION:
            total += CHANGE_POINTS * measures.roots
        elif not plan.whole:
            total += RESOLVER_POINTS * max(0, measures.roots - len(plan.fields))
        if measures.introspects:
            total += INTROSPECTION_POINTS
        return max(1, total)


def _parts(plan: Plan) -> list[_Part]:
    roots = [each.root for each in plan.fields if each.root is not None]
    return [_Part(formula(each.entry), {**each.bindings.evaluate}) for each in roots]
