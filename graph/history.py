"""History: the states a node went through, what changed between two of them, and who did it.

A state is a Version, or the node itself as it is. Statements are composed from literals; a caller
gives names of parameters, never values.
"""

from dataclasses import dataclass
from typing import LiteralString, cast

from graph.model.kinds import Node, Relationship
from graph.past.fragments import OVERWRITTEN, state

MAX_LINKS = 1_000
"""How many relationships gained and lost are told at most."""

UNKNOWN = frozenset({*OVERWRITTEN, "label"})
"""Properties of which former states keep no value of the node's own."""


def _value(owner: LiteralString) -> LiteralString:
    """The value of property `name[1]` in a state, with its currency if it is an amount."""
    return (
        f"CASE WHEN {owner}[name[1]] IS NOT NULL "
        f"THEN [{owner}[name[1]], CASE WHEN name[2] THEN {owner}.currency END] END"
    )


def _differs(after: LiteralString, before: LiteralString) -> LiteralString:
    """Whether property `name[1]` differs between two states, of which the former may be null."""
    one, other = f"{after}[name[1]]", f"{before}[name[1]]"
    return (
        f"coalesce({one} <> {other} OR name[2] AND {after}.currency <> {before}.currency, "
        f"{one} IS NOT NULL OR {other} IS NOT NULL)"
    )


def _named(asked: "Asked") -> LiteralString:
    """The properties to compare: those of the type, and custom ones that either state has."""
    custom = asked.custom
    return (
        f"{asked.names} + COLLECT {{ "
        "UNWIND coalesce(keys(after), []) + coalesce(keys(before), []) AS key WITH DISTINCT key "
        f"WHERE key STARTS WITH 'x_' AND ({custom} IS NULL OR key IN {custom}) "
        "RETURN [key, key, false] ORDER BY key }"
    )


def _anchor(asked: "Asked") -> LiteralString:
    label = asked.kind.name
    return (
        f"MATCH (n:{label}|Archived {{id: {asked.id}}}) "
        f"WHERE (n:{label} OR '{label}' IN n.archivedLabels) "
        f"AND SEEN_{asked.kind.labels[0]}_Archived(n) WITH *"
    )


def _events(condition: LiteralString) -> LiteralString:
    """What is known of the node's events, as maps."""
    return (
        "COLLECT { MATCH (event:ChangeEvent) WHERE event.entity = n.id AND event.id IS NOT NULL "
        f"AND {condition} RETURN event ORDER BY event.at, event.id }}"
    )


_BY: LiteralString = "event.actor, event.op, event.reason"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a node's history; all but the label are parameters.

    Attributes:
        kind: The label of the node.
        id: Its id.
        names: `[field, property, whether it is an amount]` of each property wanted.
        custom: Names of custom fields wanted; null for all.
        since: The first moment.
        until: The second moment.
    """

    kind: Node
    id: LiteralString
    names: LiteralString
    custom: LiteralString
    since: LiteralString
    until: LiteralString


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a history is asked for, as parameters.

    Attributes:
        below: Only versions below this.
        limit: At most so many rows.
        read: At most so many states are looked at, one more than rows; "" where rows without any of
            the fields are left out, so that all have to be.
    """

    below: LiteralString
    limit: LiteralString
    read: LiteralString


def changes(asked: Asked, page: Page) -> LiteralString:
    """The statement for a page of a node's changes from `since` to before `until`, latest first.

    Its one column `answer` holds a list of rows, each of a list, the version and the node's id. The
    list is of version, at, kind, actor, op, reason, and the fields that changed, each with its
    value before and after. A value is null or in a list, of an amount with its currency.
    """
    only: LiteralString = "" if page.read else " AND size(fields) > 0"
    versions: LiteralString = "found[-1][0].version <= event.version <= found[0][0].version"
    row: LiteralString = f"after.version, after.changedAt, {_KIND}, {_BY}, fields"
    return (
        f"{_anchor(asked)} {_states_below(asked, page)} "
        "WITH n, COLLECT { UNWIND range(0, size(states) - 1) AS place "
        "WITH states[place] AS after, states[place + 1] AS before, place "
        f"WITH after, before, place, {_named(asked)} AS names "
        f"WITH after, before, place, [name IN names WHERE {_differs('after', 'before')} | "
        f"[name[0], {_value('before')}, {_value('after')}]] AS fields "
        f"WHERE after.changedAt >= {asked.since}{only} "
        f"WITH after, before, place, fields ORDER BY place LIMIT {page.limit} "
        "RETURN [after, before, fields] } AS found "
        f"WITH n, found, {_events(versions)} AS events "
        "RETURN [COLLECT { UNWIND range(0, size(found) - 1) AS place WITH place, "
        "found[place][0] AS after, found[place][1] AS before, found[place][2] AS fields "
        f"WITH after, before, fields, place, {_event_of('after')} AS event ORDER BY place "
        f"RETURN [[{row}], after.version, n.id] }}] AS answer"
    )


def _states_below(asked: Asked, page: Page) -> LiteralString:
    """Clauses that add `states`, the latest first: the last is only looked at for what it was."""
    cut: LiteralString = " ORDER BY v.entityId DESC, v.validFrom DESC, v.version DESC LIMIT "
    cut = cut + page.read if page.read else ""
    return (
        f"CALL (n) {{ WITH n WHERE n.changedAt < {asked.until} AND n.version < {page.below} "
        "RETURN n AS state UNION ALL MATCH (v:Version) WHERE v.entityId = n.id "
        f"AND v.validFrom < {asked.until} AND v.version < {page.below} WITH v{cut} "
        "RETURN v AS state } "
        "WITH n, state ORDER BY state.version DESC WITH n, collect(state) AS states"
    )


def _event_of(changed: LiteralString) -> LiteralString:
    """The event of the change that led to a state."""
    return (
        f"head([each IN events WHERE each.version = {changed}.version "
        f"AND each.at = {changed}.changedAt])"
    )


_KIND: LiteralString = (
    "CASE WHEN before IS NULL AND after.version = 1 THEN 'CREATED' "
    "WHEN after.archivedLabels IS NOT NULL THEN 'ARCHIVED' "
    "WHEN before.archivedLabels IS NOT NULL OR event.patch CONTAINS '\"archived\":false' "
    "THEN 'RESTORED' "
    "ELSE 'CHANGED' END"
)


def _joined(kind: Node, relationships: tuple[Relationship, ...]) -> list[Relationship]:
    """The relationships that a node of a kind can have."""
    return [
        each
        for each in relationships
        if any(kind.is_a(end) or end.is_a(kind) for end in (*each.starts, *each.ends))
        or any(end.name in {"Partner", "Customer"} for end in (*each.starts, *each.ends))
    ]


def _links(
    asked: Asked, relationships: tuple[Relationship, ...], other: LiteralString
) -> LiteralString:
    """Clauses that add `gained` and `lost`, relationships that there are at one moment only.

    What changed in between but is there at both is neither.
    """
    types = _joined(asked.kind, relationships)
    names: LiteralString = "|".join(f"{each.name}|{each.was}" for each in types)
    keys: LiteralString = ", ".join(
        f"{each.name}: [{', '.join(f'link.{name}' for name in each.key)}]"
        for each in types
        if each.key
    )
    was, stands = _stood(asked.since), _stood(asked.until)
    by: LiteralString = (
        "COLLECT { MATCH (event:ChangeEvent) WHERE event.entity = CASE WHEN size([each IN events "
        "WHERE each.at = at AND kind IN each.fields]) > 0 THEN n.id ELSE far.id END "
        f"AND event.id IS NOT NULL AND event.at = at AND kind IN event.fields RETURN [{_BY}] "
        "ORDER BY event.id LIMIT 1 }"
    )
    return (
        f"CALL (*) {{ MATCH (n)-[link:{names}]-(far) WHERE SEEN_Node(far) "
        f"WITH n, link, far, replace(type(link), '_WAS', '') AS kind, {was} AS was, "
        f"{stands} AS stands WHERE was OR stands "
        f"WITH n, far, kind, startNode(link) = n AS along, {{{keys}}}[kind] AS key, "
        "max(was) AS was, max(stands) AS stands, max(CASE WHEN stands THEN link.recordedFrom "
        "ELSE link.recordedTo END) AS at WHERE was <> stands "
        "WITH n, far, kind, along, stands, at ORDER BY at DESC, kind, far.id "
        f"LIMIT {_digits(MAX_LINKS)} WITH far, kind, along, stands, at, {by} AS by "
        f"WITH stands, [kind, CASE WHEN along THEN 'ALONG' ELSE 'AGAINST' END, {other}, "
        "coalesce(far.name, far.subject, far.number, far.title, far.value), at, "
        "by[0][0], by[0][1], by[0][2]] AS row "
        "RETURN collect(CASE WHEN stands THEN row END) AS gained, "
        "collect(CASE WHEN NOT stands THEN row END) AS lost }"
    )


def _digits(number: int) -> LiteralString:
    return cast("LiteralString", f"{number:d}")  # digits are as literal as if written out


def _stood(at: LiteralString) -> LiteralString:
    return f"link.recordedFrom <= {at} AND {at} < link.recordedTo"


def difference(
    asked: Asked, relationships: tuple[Relationship, ...], other: LiteralString
) -> LiteralString:
    """The statement for what differs in a node between two moments.

    Its one column `answer` holds: whether it was there at the first, whether at the second; the
    fields that differ, each with its value before and after and its last change in between: at,
    actor, op, reason; relationships gained and lost since, each with its type, direction, the other
    node's global id and name, at, actor, op and reason; the node's id. Relationships to what the
    viewer may not see are left out.

    Args:
        asked: Of which node, and between which moments.
        relationships: Those that are told about.
        other: The global id of the node `far`, as Cypher.
    """
    since, until = asked.since, asked.until
    first = cast("LiteralString", state("n", since, walked=False))
    second = cast("LiteralString", state("n", until, walked=False))
    last: LiteralString = (
        "head([place IN range(0, size(states) - 1) "
        f"WHERE {_differs('states[place]', 'states[place + 1]')} | states[place]])"
    )
    return (
        f"{_anchor(asked)}, {first} AS before, {second} AS after, "
        f"{_events(f'event.at > {since} AND event.at <= {until}')} AS events, "
        f"COLLECT {{ CALL (n) {{ WITH n WHERE n.changedAt <= {until} RETURN n AS state "
        f"UNION ALL MATCH (v:Version) WHERE v.entityId = n.id AND v.validFrom <= {until} "
        f"AND v.validTo > {since} RETURN v AS state }} "
        "RETURN state ORDER BY state.version DESC } AS states "
        f"WITH *, {_named(asked)} AS names "
        f"{_links(asked, relationships, other)} "
        "RETURN [[before IS NOT NULL, after IS NOT NULL, COLLECT { UNWIND names AS name "
        f"WITH name WHERE {_differs('after', 'before')} WITH name, {last} AS changed "
        f"WITH name, changed, {_event_of('changed')} AS event "
        f"RETURN [name[0], {_value('before')}, {_value('after')}, changed.changedAt, {_BY}] }}, "
        "gained, lost, n.id]] AS answer"
    )
