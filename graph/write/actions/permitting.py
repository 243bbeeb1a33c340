"""Whether what a procedure's caller names is there for him: one read before the work begins.

An action asks within its own statement. A procedure reads and writes in several; of somebody who is
no staff all that he names is looked at first, and what he may not see, or not act on, is as if it
were not there.
"""

from functools import cache
from typing import Any, LiteralString, cast

from graph.access import RULES, Rules, expanded
from graph.audiences import Audience
from graph.database import Graph
from graph.errors import NOT_THERE, UNKNOWN_CALLER
from graph.statements import CYPHER_25, Kind, Statement
from graph.write.actions.draft import Draft, Named
from graph.write.actions.spec import Mutation, Ref, Refusal
from graph.write.actions.texts import labels_of, permission

Asked = tuple[Ref, str, tuple[str, ...]]
"""A ref, the id that was given for it, and the input field."""


async def permit(graph: Graph, draft: Draft) -> None:
    """Refuse a draft of somebody who is no staff that names what is not there for him.

    Raises:
        Unavailable: the database cannot be reached.
    """
    caller = draft.caller
    if caller.audience is Audience.STAFF:
        return
    asked = list(named_in(draft.mutation, draft))
    rules = RULES[caller.audience]
    by_ref: dict[Ref, list[Asked]] = {}
    for each in asked:
        by_ref.setdefault(each[0], []).append(each)
    known = await graph.run(_viewer(rules), {"issuer": caller.issuer, "subject": caller.subject})
    if not known:
        draft.refusals.append(Refusal("NOT_ALLOWED", UNKNOWN_CALLER))
        return
    for ref, those in by_ref.items():
        parameters: dict[str, Any] = {
            "issuer": caller.issuer, "subject": caller.subject, "ids": [each[1] for each in those],
        }  # fmt: skip
        found = {row[0] for row in await graph.run(_seen(ref, rules), parameters)}
        draft.refusals += [
            Refusal("NOT_FOUND", NOT_THERE, path) for _, id_, path in those if id_ not in found
        ]


def named_in(mutation: Mutation, draft: Draft) -> list[Asked]:
    """Every node that a request names, those in further objects of its input too."""
    found: list[Asked] = []
    for ref in mutation.refs:
        found += _of(ref, draft.refs.get(ref.name), ())
    for given in mutation.given:
        rows = draft.given.get(given.property.name)
        for inner in given.fields:
            if not isinstance(inner, Ref) or not rows:
                continue
            listed = cast("list[Any]", rows if isinstance(rows, list) else [rows])
            for i, row in enumerate(listed):
                place = (given.property.name, *((str(i),) if isinstance(rows, list) else ()))
                found += _of(inner, row.get(inner.name), place)
    return found


def _of(ref: Ref, value: Any, path: tuple[str, ...]) -> list[Asked]:
    if isinstance(value, Named):
        return [(ref, value.id, (*path, ref.name + "Id"))]
    if not isinstance(value, list):
        return []
    tail = (ref.row,) if ref.row else ()
    many = cast("list[Named]", value)
    return [(ref, each.id, (*path, ref.name, str(i), *tail)) for i, each in enumerate(many)]


def _prologue(rules: Rules) -> LiteralString:
    return CYPHER_25 + rules.begin("$issuer", "$subject") + " "


@cache
def _viewer(rules: Rules) -> Statement:
    text: LiteralString = _prologue(rules) + "RETURN 1"
    return Statement("access.viewer", Kind.READ, text)


@cache
def _seen(ref: Ref, rules: Rules) -> Statement:
    allowed = permission(ref, "x", rules)
    text: LiteralString = (
        "UNWIND $ids AS id MATCH (x:" + labels_of(ref) + " {id: id})" + allowed + " RETURN x.id"
    )
    return Statement("access.named", Kind.READ, _prologue(rules) + expanded(text, rules))
