"""The model as a page to read: `python -m graph.model.document` writes docs/model.md."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from graph.model import (
    MODEL,
    access,
    cases,
    identity,
    interactions,
    links,
    machinery,
    marketing,
    opportunities,
    orders,
    organisation,
    parties,
    products,
    programs,
    selfservice,
)
from graph.model.kinds import Node, Pii, Property, Relationship, Type

DOMAINS: tuple[tuple[ModuleType, tuple[Node, ...], tuple[Relationship, ...]], ...] = (
    (parties, parties.NODES, parties.RELATIONSHIPS),
    (identity, identity.NODES, identity.RELATIONSHIPS),
    (organisation, organisation.NODES, organisation.RELATIONSHIPS),
    (products, products.NODES, products.RELATIONSHIPS),
    (orders, orders.NODES, orders.RELATIONSHIPS),
    (opportunities, opportunities.NODES, opportunities.RELATIONSHIPS),
    (cases, cases.NODES, cases.RELATIONSHIPS),
    (interactions, interactions.NODES, interactions.RELATIONSHIPS),
    (marketing, marketing.NODES, marketing.RELATIONSHIPS),
    (programs, programs.NODES, programs.RELATIONSHIPS),
    (selfservice, selfservice.NODES, selfservice.RELATIONSHIPS),
    (access, access.NODES, access.RELATIONSHIPS),
    (links, (), links.RELATIONSHIPS),
    (machinery, machinery.NODES, machinery.RELATIONSHIPS),
)
"""Every domain with what it declares, in the order of the page."""

_INTRODUCTION = """# The model

Generated from `graph/model` by `python -m graph.model.document`; a test fails when it is out of
date.

Every node except machinery also has `id` (UUID), `version` (from 1), `createdAt`, `changedAt` and
`hash`; nodes that come from another system have `source` and `externalId`, which together are
unique. Every relationship has `recordedFrom`, `recordedTo` (`'9999'` while it stands) and, where a
source record says so, `via`. When a relationship changes or is retracted, its former state moves
to the type plus `_WAS` ([ADR 0006](adr/0006-retracted-relationships.md)). How all of this is kept:
[writing.md](writing.md).

Purpose and retention of a property are those of its label unless the table says otherwise; a
retention is an ISO 8601 duration after the last change, and RECORD means as long as the node
itself.
"""


def _diagram(nodes: Iterable[Node], relationships: Iterable[Relationship]) -> Iterator[str]:
    yield "```mermaid"
    yield "flowchart LR"
    for node in nodes:
        yield f"  {node.name}"
        for parent in node.extends:
            yield f"  {node.name} -. is a .-> {parent.name}"
    for each in relationships:
        for start in each.starts:
            for end in each.ends:
                yield f"  {start.name} -- {each.name} --> {end.name}"
    yield "```"
    yield ""


def _type(each: Property) -> str:
    if each.type is Type.ENUM:
        return ", ".join(f"`{value}`" for value in each.values)
    return each.type.value


def _notes(each: Property) -> str:
    said = [
        "required" if each.required else "",
        "indexed" if each.indexed else "",
        "kept by the write path" if each.internal else "",
        f"personal: {each.pii}" if each.pii is not Pii.NONE else "",
        f"for {each.purpose}" if each.purpose is not None else "",
        f"kept {each.retention}" if each.retention is not None else "",
    ]
    return "; ".join(note for note in said if note)


def _table(properties: Iterable[Property]) -> Iterator[str]:
    yield "| property | type | what it is | notes |"
    yield "|---|---|---|---|"
    for each in properties:
        yield f"| `{each.name}` | {_type(each)} | {each.description} | {_notes(each)} |"
    yield ""


def _node(node: Node) -> Iterator[str]:
    yield f"### {node.name}"
    yield ""
    yield node.description
    facts = [f"purpose {node.purpose}", f"kept {node.retention}"]
    if node.extends:
        facts.append("has all properties of " + ", ".join(each.name for each in node.extends))
    if node.abstract:
        kinds = [each.name for each in MODEL.concrete(node)]
        facts.append("label shared by " + ", ".join(kinds) if kinds else "label of a role")
    facts.extend(f"unique by {' + '.join(key)}" for key in node.keys)
    if node.sourced:
        facts.append("unique by source + externalId")
    if node.search:
        facts.append("searched by " + ", ".join(node.search))
    yield f"*{'; '.join(facts)}*"
    yield ""
    if node.own:
        yield from _table(node.own)


def _relationship(each: Relationship) -> Iterator[str]:
    starts = " \\| ".join(node.name for node in each.starts)
    ends = " \\| ".join(node.name for node in each.ends)
    own = ", ".join(f"`{one.name}`" for one in each.own)
    notes = [
        "told apart by " + ", ".join(each.key) if each.key else "",
        "derived" if each.derived else "",
    ]
    said = "; ".join(note for note in notes if note)
    yield f"| `{each.name}` | {starts} | {ends} | {each.description} | {own} | {said} |"


def _domain(
    module: ModuleType, nodes: tuple[Node, ...], relationships: tuple[Relationship, ...]
) -> Iterator[str]:
    title, _, rest = str(module.__doc__).strip().partition(":")
    yield f"## {title}"
    yield ""
    yield rest.strip()[:1].upper() + rest.strip()[1:]
    yield ""
    yield from _diagram(nodes, relationships)
    for node in nodes:
        yield from _node(node)
    if relationships:
        yield "| relationship | from | to | what it says | properties | notes |"
        yield "|---|---|---|---|---|---|"
        for each in relationships:
            yield from _relationship(each)
        yield ""


def document() -> str:
    """Return the page as Markdown: a diagram and tables for each domain."""
    lines = [_INTRODUCTION]
    for module, nodes, relationships in DOMAINS:
        lines.extend(_domain(module, nodes, relationships))
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "docs/model.md").write_text(document(), "utf-8")
