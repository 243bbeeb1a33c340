"""The price of a whole request: of its root fields together."""

from collections import OrderedDict
from typing import Any

from graphql import GraphQLError, OperationType
from graphql.execution.values import VariableValues

from loaders.arguments import Evaluate
from loaders.execution import Planned
from loaders.limits.measures import Measures
from loaders.operations import Plan
from loaders.pricing import Formula, formula, points

MAX_PLANS = 4_000
# What no statement answers: the schema, and root fields with a resolver of their own.
INTROSPECTION_POINTS = 50
RESOLVER_POINTS = 10
# A change takes locks and writes a version and an event besides what it changes.
CHANGE_POINTS = 10
# Events cost when they come; the price is for keeping watch.
SUBSCRIPTION_POINTS = 20

_Part = tuple[Formula, dict[str, Evaluate]]


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
        total = sum([_points(each, planned.values) for each in known[1]])
        if planned.operation.definition.operation is OperationType.MUTATION:
            total += CHANGE_POINTS * measures.roots
        elif not plan.whole:
            total += RESOLVER_POINTS * max(0, measures.roots - len(plan.fields))
        if measures.introspects:
            total += INTROSPECTION_POINTS
        return max(1, total)


def _parts(plan: Plan) -> list[_Part]:
    roots = [each.root for each in plan.fields if each.root is not None]
    return [(formula(each.entry), {**each.bindings.evaluate}) for each in roots]


def _points(part: _Part, values: VariableValues) -> int:
    priced, evaluate = part
    if isinstance(priced, int):
        return priced or 1

    def parameter(name: str) -> Any:
        return evaluate[name](values)

    try:
        return points(priced, parameter)
    except GraphQLError:
        # A page size that makes no sense: the field is refused when it is asked.
        return 1
