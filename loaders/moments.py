"""`asOf`: the answer as it was at an earlier moment, made from the statement of today."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import LiteralString

from graphql import FieldNode, GraphQLField
from graphql.execution.values import VariableValues

from graph.past import OVERWRITTEN, Timeless, at_time, check_clauses, check_expression
from graph.statements import Pattern, Statement
from loaders.arguments import Argument, Bindings, arguments
from loaders.connections import argument
from loaders.errors import BadRequest, Code
from loaders.sources import Computed, Many, One, Source, Stored, Values

AS_OF = argument(
    "asOf",
    datetime | None,
    "Answer as of this moment, UTC, from 1970 to now; null is now. All that is selected is as it "
    "was recorded then; rights are today's.",
    staff_alone=True,
)
"""The argument of every root field that reads."""

EARLIEST = "1970-01-01T00:00:00.000Z"
AHEAD = timedelta(seconds=2)
"""How far the clock of who asks may be ahead of ours."""


def moment_of(
    definition: GraphQLField, node: FieldNode, variables: VariableValues
) -> Argument | None:
    """The argument of a root field that says as of when; None for now."""
    if "asOf" not in definition.args:
        return None
    found = arguments(definition, node, variables)["asOf"]
    return found if found.now is not None else None


def parameter(as_of: Argument, bindings: Bindings) -> LiteralString:
    """The parameter that holds the moment; computing it raises INVALID_TIME."""
    name = bindings.add((as_of.identity, "asOf"), lambda values: checked(as_of.evaluate(values)))
    return "$" + name


def checked(moment: str) -> str:
    """A moment as the graph stores it.

    Raises:
        BadRequest: INVALID_TIME for one that is not yet, or before anything was recorded.
    """
    if moment < EARLIEST:
        raise BadRequest(Code.INVALID_TIME, "Nothing was recorded before 1970; ask of a later day.")
    if moment > stored(datetime.now(UTC) + AHEAD):
        text = "This moment is still to come; ask of an earlier one, or leave it out for now."
        raise BadRequest(Code.INVALID_TIME, text)
    return moment


def stored(moment: datetime) -> str:
    """A moment in UTC as the graph stores it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def rewound(statement: Statement, field: str, moment: LiteralString) -> Statement:
    """A statement of today as one of another moment.

    Raises:
        BadRequest: NOT_AT_A_TIME when it reads something that is not known of the past.
    """
    try:
        text = at_time(statement.text, moment)
    except Timeless as error:
        raise refusal(field, error) from None
    return replace(statement, name=statement.name + ".as_of", text=text)


def check(source: Source | None, field: str, *, on_edge: bool) -> None:
    """See whether a field can be answered at a time.

    Raises:
        BadRequest: NOT_AT_A_TIME when it cannot; the message names the field.
    """
    try:
        match source:
            case Computed(expression) | Values(expression):
                check_expression(expression.text)
            case Stored(declared) if declared.name in OVERWRITTEN and not on_edge:
                raise Timeless("a property that former states do not keep")  # noqa: TRY301
            case One(_, Pattern() as reach) | Many(_, Pattern() as reach):
                check_clauses(reach.text)
            case _:
                return
    except Timeless as error:
        raise refusal(field, error) from None


def refusal(field: str, reason: Timeless) -> BadRequest:
    """The refusal of a field, which names it and what it reads."""
    text = f"`{field}` cannot be answered as of an earlier time, since it reads {reason}; "
    return BadRequest(Code.NOT_AT_A_TIME, text + "ask for it without asOf.")
