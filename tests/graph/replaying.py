"""The graph as it was at a moment: once as its history says, once as its events tell."""

from operator import itemgetter
from typing import Any

import orjson

from graph.database import Graph
from graph.model import MODEL
from tests.graph.asking import ask

State = tuple[dict[str, dict[str, Any]], dict[tuple[Any, ...], dict[str, Any]]]
"""Properties of nodes by id, and of relationships by type, start, end and key."""

Links = dict[tuple[Any, ...], dict[str, Any]]
Away = dict[str, tuple[dict[str, Any], Links]]
"""Of archived nodes by id: the properties, and the relationships that come back with it."""

KEPT = {"id", "version", "createdAt", "changedAt", "hash", "head"}
OF_VERSION = {"entityId", "label", "validFrom", "validTo"}
RECORDED = {"via", "recordedFrom", "recordedTo", "archivedBy"}
UNMOVED = {"RESOLVES_TO"}
"""What an archived node keeps."""


def _without(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _place(kind: str, start: str, end: str, values: dict[str, Any]) -> tuple[Any, ...]:
    return (kind, start, end, *(values.get(name) for name in MODEL.by_type[kind].key))


async def recorded(graph: Graph, at: str) -> State:
    """What nodes, Versions and recorded intervals say of a moment."""
    nodes: dict[str, dict[str, Any]] = {}
    text = (
        "MATCH (v:Version) WHERE v.validFrom <= $t AND $t < v.validTo "
        "AND v.archivedLabels IS NULL RETURN properties(v)"
    )
    for (values,) in await ask(graph, text, t=at):
        nodes[values["entityId"]] = _without(values, KEPT | OF_VERSION)
    text = "MATCH (n) WHERE NOT n:Version|Archived AND n.version > 0 AND n.changedAt <= $t "
    for (values,) in await ask(graph, text + "AND NOT n:ChangeEvent RETURN properties(n)", t=at):
        nodes[values["id"]] = _without(values, KEPT)
    text = (
        "MATCH (s)-[x]->(e) WHERE x.recordedFrom <= $t AND $t < x.recordedTo "
        "RETURN type(x), s.id, e.id, properties(x)"
    )
    links: dict[tuple[Any, ...], dict[str, Any]] = {}
    for kind, start, end, values in await ask(graph, text, t=at):
        own = _without(values, RECORDED)
        place = _place(kind.removesuffix("_WAS"), start, end, own)
        assert place not in links
        links[place] = own
    return nodes, links


async def events(graph: Graph) -> list[dict[str, Any]]:
    """All events, in the order in which one process made them."""
    rows = await ask(graph, "MATCH (e:ChangeEvent) RETURN properties(e)")
    return sorted((row[0] for row in rows), key=itemgetter("id"))


def replayed(told: list[dict[str, Any]], at: str, *, exact: bool = True) -> State:
    """What the events up to a moment amount to, from nothing.

    A node that is archived takes all its relationships along; restored it brings back those whose
    other end is there, and that one, when it comes, the others.

    With `exact` every relationship that is retracted must have been there: a batch knows, an action
    names what shall be gone.
    """
    steps: list[tuple[str, int, int, dict[str, Any], Any]] = []
    for number, event in enumerate(told):
        patch = orjson.loads(event["patch"])
        steps.append((event["at"], number, 0, event, patch))
        steps += [
            (each.get("at", event["at"]), number, kind, event, each)
            for kind, name in enumerate(("unlinks", "links"), 1)
            for each in patch.get(name, ())
        ]
    nodes: dict[str, dict[str, Any]] = {}
    links: dict[tuple[Any, ...], dict[str, Any]] = {}
    away: Away = {}
    for moment, _, kind, event, said in sorted(steps, key=itemgetter(0, 1, 2)):
        if moment > at:
            continue
        if kind == 0:
            if "archived" in said:
                _move(nodes, links, away, event["entity"], said["archived"])
            _apply_node(nodes, event["entity"], said)
        elif kind == 1:
            gone = _gone(links, said)
            assert gone or not exact
            for place in gone:
                del links[place]
        else:
            place = _place(said["type"], said["start"], said["end"], said["set"])
            known = {**links.get(place, {}), **said["set"]}
            links[place] = {name: value for name, value in known.items() if value is not None}
    return nodes, links


def _move(
    nodes: dict[str, dict[str, Any]], links: Links, away: Away, id_: str, archived: bool
) -> None:
    """Put a node away with its relationships, or take it out again."""
    if archived:
        taken = {p: links[p] for p in links if id_ in p[1:3] and p[0] not in UNMOVED}
        for place in taken:
            del links[place]
        away[id_] = (nodes.pop(id_), taken)
        return
    nodes[id_], taken = away.pop(id_)
    for place, own in taken.items():
        other = place[2] if place[1] == id_ else place[1]
        (away[other][1] if other in away else links)[place] = own


def _gone(
    links: dict[tuple[Any, ...], dict[str, Any]], said: dict[str, Any]
) -> list[tuple[Any, ...]]:
    """The relationships that a patch retracts: an end of None is every end."""
    key: dict[str, Any] = said.get("key", {})
    return [
        place
        for place, own in links.items()
        if place[:2] == (said["type"], said["start"])
        and said["end"] in (None, place[2])
        and all(own.get(name) == value for name, value in key.items())
    ]


def _apply_node(nodes: dict[str, dict[str, Any]], id_: str, patch: dict[str, Any]) -> None:
    if patch.get("created"):
        assert id_ not in nodes
        nodes[id_] = {}
    if "set" in patch:
        known = {**nodes[id_], **patch["set"]}
        nodes[id_] = {name: value for name, value in known.items() if value is not None}
