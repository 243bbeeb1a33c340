"""Whether a user may see a node, and why; and who may see it."""

from dataclasses import dataclass
from functools import cache
from typing import Any, LiteralString

from graph.audiences import Audience
from graph.database import Graph
from graph.explaining.ways import Way, rules_of, ways_to
from graph.model import MODEL
from graph.statements import CYPHER_25, Kind, Statement

MAX_REASONS = 20
LOOKED_AT = 2_000
"""Users that one page of `who_can_see` looks at."""
LEVELS: tuple[str, ...] = ("COUNT", "PROFILE", "FULL")

_KINDS: dict[Audience, LiteralString] = {
    Audience.STAFF: "['STAFF', 'SERVICE']",
    Audience.PARTNER: "['PARTNER']",
    Audience.CUSTOMER: "['CUSTOMER']",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A node as an explanation names it.

    Attributes:
        id: Its own id.
        label: Its concrete label.
        name: What it is called; None when it has no name, number or subject.
    """

    id: str
    label: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Because:
    """One reason.

    Attributes:
        rule: What the reason is called.
        level: COUNT, PROFILE or FULL.
        nodes: The path, the user first and the node last.
        ties: The types of relationship between them; empty when the rule needs none.
    """

    rule: str
    level: str
    nodes: tuple[Named, ...]
    ties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """Whether a user may see a node.

    Attributes:
        allowed: Whether the node is told of.
        level: The highest level of the reasons; None without one.
        because: The reasons, the strongest first, at most 20.
    """

    allowed: bool
    level: str | None
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Seer:
    """A user who may see a node, and why."""

    principal: Named
    access: Access


def _branch(label: LiteralString, audience: Audience) -> LiteralString:
    """A subquery's branch: the reasons of `asker`, should he be of an audience, to see `n`."""
    prologue = rules_of(audience).begin("asker.issuer", "asker.subject")
    between: LiteralString = " UNION ALL "
    ways = between.join([_way(each) for each in ways_to(label, audience)])
    begin: LiteralString = "MATCH (asker) WHERE asker.kind IN " + _KINDS[audience] + " "
    return (
        begin + prologue + " CALL (*) { " + ways + " } "
        "RETURN rule, rank, path, ties ORDER BY rank DESC, size(path), rule LIMIT $reasons"
    )


def _way(way: Way) -> LiteralString:
    text: LiteralString = (
        way.match + " RETURN " + way.rule + " AS rule, " + way.rank + " AS rank, "
        + way.nodes + " AS path, " + way.ties + " AS ties"
    )  # fmt: skip
    return text.replace("NODE", "n")


def _reasons(label: LiteralString) -> LiteralString:
    """Binds `because`: the reasons of the user `asker` to see the node `n` of a label."""
    between: LiteralString = " UNION ALL "
    branches = between.join([_branch(label, each) for each in Audience])
    return (
        "CALL (asker, n) { CALL (asker, n) { " + branches + " } "
        "RETURN collect([rule, rank, [one IN path | "
        "[one.id, labels(one), coalesce(one.name, one.number, one.subject)]], ties]) AS because }"
    )


@cache
def _access(label: LiteralString) -> Statement:
    text = (
        CYPHER_25 + "MATCH (asker:User {id: $principal}) MATCH (n:" + label + " {id: $node}) "
        + _reasons(label) + " RETURN because"
    )  # fmt: skip
    return Statement(f"explain.access.{label}", Kind.READ, text)


@cache
def _seers(label: LiteralString) -> Statement:
    text = (
        CYPHER_25 + "MATCH (n:" + label + " {id: $node}) "
        "MATCH (asker:User) WHERE asker.id > $after "
        "WITH n, asker ORDER BY asker.id LIMIT $looked " + _reasons(label)
        + " WITH asker, because ORDER BY asker.id "
        "WITH collect([asker.id, asker.name, because]) AS those "
        "RETURN [one IN those WHERE any(reason IN one[2] WHERE reason[1] > 1)][..$first], "
        "size(those), those[-1][0]"
    )  # fmt: skip
    return Statement(f"explain.who_can_see.{label}", Kind.READ, text)


async def access(graph: Graph, principal: str, label: str, node: str) -> Access | None:
    """Whether a user may see a node, and why, from the facts as they are now.

    Args:
        graph: The graph.
        principal: Id of the user.
        label: Concrete label of the node.
        node: Its id.

    Returns:
        The access; None when there is no such user or node.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    asked = {"principal": principal, "node": node, "reasons": MAX_REASONS}
    rows = await graph.run(_access(_literal(label)), asked)
    return _told(rows[0][0]) if rows else None


async def who_can_see(
    graph: Graph, label: str, node: str, first: int, after: str = ""
) -> tuple[list[Seer], str | None]:
    """The users who may see a node, by id.

    One page looks at 2,000 users at most, so it may hold fewer than asked for though more follow.

    Args:
        graph: The graph.
        label: Concrete label of the node.
        node: Its id.
        first: Most users of the page.
        after: Id after which to go on.

    Returns:
        The users and the id after which to go on, None at the end; nobody sees what is not there.

    Raises:
        GraphError: what `Graph.run` raises.
    """
    asked: dict[str, Any] = {
        "node": node,
        "after": after,
        "first": first,
        "looked": LOOKED_AT,
        "reasons": MAX_REASONS,
    }
    rows = await graph.run(_seers(_literal(label)), asked)
    if not rows or rows[0][1] == 0:
        return [], None
    found, looked, last = rows[0]
    seers = [Seer(Named(id_, "User", name), _told(because)) for id_, name, because in found]
    if len(seers) == first:
        return seers, seers[-1].principal.id
    return seers, last if looked == LOOKED_AT else None


def _literal(label: str) -> LiteralString:
    """The label as the model writes it.

    Raises:
        LookupError: the model knows no such label.
    """
    return MODEL.by_label[label].name


def named(id_: str, labels: list[str], name: str | None) -> Named:
    """A node from its id, labels and name."""
    known = (each for each in labels if each in MODEL.by_label)
    label = next((each for each in known if not MODEL.by_label[each].abstract), labels[0])
    return Named(id_, label, name)


def _weakness(reason: list[Any]) -> int:
    return -int(reason[1])


def _told(because: list[list[Any]]) -> Access:
    ranks: list[int] = [each[1] for each in because]
    reasons = tuple(
        Because(
            rule,
            LEVELS[int(rank) - 1],
            tuple(named(*one) for one in path),
            tuple(tie for tie in ties if tie is not None),
        )
        for rule, rank, path, ties in sorted(because, key=_weakness)[:MAX_REASONS]
    )
    best = max(ranks, default=0)
    return Access(best > 1, LEVELS[best - 1] if best else None, reasons)


def all_statements() -> tuple[Statement, ...]:
    """Every statement that explains access to nodes that are not machinery."""
    labels = [each.name for each in MODEL.nodes if not each.abstract and not each.machinery]
    return (*(_access(each) for each in labels), *(_seers(each) for each in labels))
