"""From a draft to the row that its statement takes: validated values, and the events they make."""

import re
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any, cast

import orjson

from graph.audiences import Audience
from graph.model.kinds import Node, Relationship, Type
from graph.model.parties import PARTY
from graph.money import minor_units
from graph.write.actions.compiling import Compiled
from graph.write.actions.draft import Draft, Named, node_of
from graph.write.actions.spec import Action, Link, Unlink, Values
from graph.write.events import Patch, event_of
from graph.write.validation import validate


@dataclass(slots=True)
class Row:
    """One request as its statement takes it.

    Attributes:
        values: The row, as `texts` describes it, its place apart.
        locks: Ids to lock, by label.
        result: Ids of what was made, for the payload and for a repetition.
    """

    values: Values
    locks: dict[str, list[str]]
    result: dict[str, Named]


def row_of(action: Action, compiled: Compiled, draft: Draft) -> Row | None:
    """The row of a draft; None when it is refused, and the draft says why."""
    creates = {each.name: _created(draft, each.name) for each in action.creates}
    updates = {each.name: _updated(draft, each.name) for each in action.updates}
    money = {name: each[1] for name, each in updates.items() if each[1] is not None}
    links = [
        {} if _by_row(draft, link) else _checked(draft, link.relationship, values)
        for link, values in zip(action.links, draft.links, strict=True)
    ]
    refs = {ref.name: _ref(draft, action, ref.name) for ref in action.refs}
    if draft.refusals:
        return None
    made = {name: _complete(draft, name, values) for name, values in creates.items()}
    changed = {name: values for name, (values, _) in updates.items()}
    patches = _patches(action, compiled, draft, creates, changed, links)
    events = _events(action, draft, patches)
    for name, values in made.items():
        values["head"] = events[name]["digest"]
    result = _result(action, draft)
    values: Values = {
        "key": draft.caller.key,
        "request": draft.caller.request,
        "result": _dumped(result) if draft.caller.key else None,
        "event": next(iter(events.values()))["id"] if events else None,
        "now": draft.now,
        "refs": refs,
        "creates": made,
        "updates": changed,
        "labels": {name: list(node.labels) for name, node in draft.kinds.items()},
        "links": {f"l{i}": each for i, each in enumerate(links)},
        "kinds": {name: list(each) for name, each in compiled.kinds.items()},
        "events": events,
        "versions": _versions(action, draft),
        "money": money,
        "values": draft.values,
    }
    if draft.caller.audience is not Audience.STAFF:
        values |= {"issuer": draft.caller.issuer, "subject": draft.caller.subject}
    return Row(values, _locks(compiled, draft), result)


def _versions(action: Action, draft: Draft) -> Values:
    wanted = draft.given.get("ifVersion")
    return {action.updates[0].name: wanted} if action.updates and wanted is not None else {}


def _ref(draft: Draft, action: Action, name: str) -> Any:
    found = draft.refs.get(name)
    if isinstance(found, list):
        # In the order of ids, so that two requests lock what they share in one order.
        relationship = _row_relationship(action, name)
        checked = [
            Named(each.id, each.label, _row_values(draft, relationship, name, i, each))
            for i, each in enumerate(found)
        ]
        draft.refs[name] = checked  # the event tells what is stored, not what was given
        rows = [{"id": each.id, "place": i, "set": each.values} for i, each in enumerate(checked)]
        return sorted(rows, key=itemgetter("id"))
    return found.id if found is not None else None


def _by_row(draft: Draft, link: Link) -> bool:
    """Whether every relationship of a link has the properties of its own row."""
    many = draft.many(link.start) or draft.many(link.end)
    return bool(many) and all(each.values is not None for each in many)


def _row_relationship(action: Action, name: str) -> Relationship | None:
    for link in action.links:
        if name in (link.start, link.end):
            return link.relationship
    return None


def _row_values(
    draft: Draft, relationship: Relationship | None, name: str, place: int, named: Named
) -> Values | None:
    if named.values is None:
        return None
    if relationship is None:
        return named.values
    return _checked(draft, relationship, named.values, (name, str(place)))


def _checked(
    draft: Draft, owner: Node | Relationship, values: Values, path: tuple[str, ...] = ()
) -> Values:
    """Values validated against the model; problems become refusals."""
    found = validate(owner, _in_minor_units(draft, owner, values, path))
    if isinstance(found, list):
        for problem in found:
            draft.refuse(
                problem.code, _sentence(problem.property, problem.message), *path, problem.property
            )
        return {}
    return found


def _sentence(name: str, message: str) -> str:
    return f"{name} {message}."


def _in_minor_units(
    draft: Draft, owner: Node | Relationship, values: Values, path: tuple[str, ...]
) -> Values:
    """Amounts given as `{amount, currency}` as whole minor units, and their one currency."""
    found = dict(values)
    for name, value in values.items():
        declared = owner.properties.get(name)
        if declared is None or declared.type is not Type.MONEY or not isinstance(value, dict):
            continue
        amount = cast("dict[str, Any]", value)
        currency = str(amount["currency"]).strip().upper()
        try:
            found[name] = minor_units(Decimal(amount["amount"]), currency)
        except ValueError as error:
            draft.refuse("INVALID_AMOUNT", _sentence(name, str(error)), *path, name)
            found[name] = None
            continue
        if "currency" not in owner.properties:
            continue
        if found.setdefault("currency", currency) != currency:
            draft.refuse("CURRENCY_MISMATCH", "All amounts must have one currency.", *path, name)
    return found


def _created(draft: Draft, name: str) -> Values:
    checked = _checked(draft, draft.kinds[name], _without_nulls(draft.props[name]))
    return {**checked, **_without_nulls(draft.custom.get(name, {}))}


def _without_nulls(values: Values) -> Values:
    return {name: value for name, value in values.items() if value is not None}


def _updated(draft: Draft, name: str) -> tuple[Values, str | None]:
    """Validated changes of a node, and the currency that its amounts came in."""
    named = draft.one(name)
    if named is None:
        return {}, None
    owner = node_of(named.label)
    given = _in_minor_units(draft, owner, draft.props[name], ())
    implied = given.get("currency") if "currency" not in draft.props[name] else None
    found = validate(owner, given, creating=False)
    if isinstance(found, list):
        for problem in found:
            draft.refuse(
                problem.code, _sentence(problem.property, problem.message), problem.property
            )
        return {}, None
    return {**found, **draft.custom.get(name, {})}, implied


def stated(draft: Draft, owner: Node, values: Values) -> Values:
    """Values that a batch may write, validated; problems become refusals of the draft."""
    found = validate(owner, _in_minor_units(draft, owner, values, ()), creating=False)
    if isinstance(found, list):
        for problem in found:
            message = _sentence(problem.property, problem.message)
            draft.refuse(problem.code, message, problem.property)
        return {}
    return found


def _complete(draft: Draft, name: str, values: Values) -> Values:
    """All properties of a node as it is made, its head apart."""
    return {
        **values,
        "id": draft.ids[name],
        "version": 1,
        "createdAt": draft.now,
        "changedAt": draft.now,
    }


def _patches(
    action: Action,
    compiled: Compiled,
    draft: Draft,
    made: dict[str, Values],
    changed: dict[str, Values],
    links: list[Values],
) -> dict[str, Patch]:
    """What each event tells, by the name of its node."""
    patches = {name: Patch(created=True, values=dict(values)) for name, values in made.items()}
    patches |= {name: Patch(values=values) for name, values in changed.items()}
    owners = iter(compiled.owners)
    for link, values in zip(action.links, links, strict=True):
        _note_link(patches[next(owners)], draft, link, values)
    for each in action.unlinks:
        _note_unlink(patches[next(owners)], draft, each)
    return patches


def _ids(draft: Draft, name: str) -> list[Named]:
    if name in draft.ids:
        return [Named(draft.ids[name], draft.kinds[name].name)]
    found = draft.refs.get(name)
    if isinstance(found, list):
        return found
    return [found] if found is not None else []


def _note_link(patch: Patch, draft: Draft, link: Link, values: Values) -> None:
    kind = link.relationship.name
    for start in _ids(draft, link.start):
        for end in _ids(draft, link.end):
            mine = start.values or end.values or values
            if link.only:
                key = {
                    name: mine.get(name)
                    for name in link.relationship.key
                    if name in link.properties
                }
                patch.unlink(
                    kind, start.id, None, {**key, "endLabel": link.label} if link.label else key
                )
            patch.link(kind, start.id, end.id, mine)


def _note_unlink(patch: Patch, draft: Draft, one: Unlink) -> None:
    for start in _ids(draft, one.start):
        for end in _ids(draft, one.end) if one.end else [None]:
            patch.unlink(
                one.relationship.name,
                start.id,
                end.id if end else None,
                where=_condition(one.where, draft.values) if one.where else None,
            )


def _condition(cypher: str, values: Values) -> Values:
    """A condition as an event tells it: with the values of the request that it names."""
    named = set(re.findall(r"r\.values\.(\w+)", cypher))
    return {"cypher": cypher, "values": {name: values.get(name) for name in sorted(named)}}


def _events(action: Action, draft: Draft, patches: dict[str, Patch]) -> dict[str, Values]:
    parties = _parties(draft)
    events: dict[str, Values] = {}
    for name, patch in patches.items():
        for named in _ids(draft, name)[:1]:
            event = event_of(
                patch,
                op=action.name,
                actor=draft.caller.actor,
                entity=named.id,
                label=named.label,
                reason=draft.caller.reason,
            )
            is_party = node_of(named.label).is_a(PARTY)
            event["parties"] = sorted({*parties, named.id}) if is_party else parties
            if name in draft.ids:
                event |= {"version": 1, "at": draft.now}
            events[name] = event
    return events


def _parties(draft: Draft) -> list[str]:
    """The parties that the caller named, whatever for."""
    found: set[str] = set()
    for name in draft.refs:
        for each in _ids(draft, name):
            if node_of(each.label).is_a(PARTY):
                found.add(each.id)
    return sorted(found)


def _result(action: Action, draft: Draft) -> dict[str, Named]:
    result: dict[str, Named] = {}
    for each in action.returns:
        for named in _ids(draft, each.variable)[:1]:
            result[each.variable] = Named(named.id, named.label)
    return result


def _dumped(result: dict[str, Named]) -> str:
    return orjson.dumps({name: [each.id, each.label] for name, each in result.items()}).decode()


def restored(result: str) -> dict[str, Named]:
    """The result of an earlier request, as it was kept with its key."""
    found: dict[str, list[str]] = orjson.loads(result)
    return {name: Named(each[0], each[1]) for name, each in found.items()}


def _locks(compiled: Compiled, draft: Draft) -> dict[str, list[str]]:
    locks: dict[str, list[str]] = {}
    for label, refs in compiled.locks.items():
        ids = locks.setdefault(str(label), [])
        for ref in refs:
            ids += [
                each.id for each in _ids(draft, ref.name) if label in node_of(each.label).labels
            ]
    return locks
