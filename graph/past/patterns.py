"""Patterns at a time: relationships by their recorded interval, nodes with the state they had."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from graph.past.fragments import LASTING, ROLES, UNMOVED, recorded_types, standing
from graph.past.reading import (
    Group,
    Item,
    Items,
    Timeless,
    Token,
    is_group,
    is_word,
    plain,
    split,
)


@dataclass(frozen=True, slots=True)
class Element:
    """What stands in the brackets of a node or of a relationship.

    Attributes:
        variable: Its variable; "" for none.
        labels: Labels or types, any of which it has.
        steps: Of a relationship of variable length, from the asterisk on; "" for one step.
        properties: Values by property.
        where: A condition.
    """

    variable: str
    labels: list[str]
    steps: str
    properties: dict[str, tuple[Item, ...]]
    where: tuple[Item, ...]

    @property
    def key(self) -> dict[str, tuple[Item, ...]]:
        """Those properties that name a node for good: its id or a lasting key; none otherwise."""
        if "id" in self.properties:
            return {"id": self.properties["id"]}
        for names in LASTING:
            if names <= self.properties.keys():
                return {name: self.properties[name] for name in names}
        return {}


@dataclass(slots=True)
class Path:
    """One pattern: nodes, and between each two of them a relationship with its two ends.

    Attributes:
        name: Its variable; "" for none.
        nodes: One more than relationships.
        links: Each with what is written before and behind its brackets.
    """

    name: str
    nodes: list[Element] = field(default_factory=list[Element])
    links: list[tuple[str, Element, str]] = field(default_factory=list[tuple[str, Element, str]])


def element(group: Group) -> Element:
    """The parts of a node or relationship.

    Raises:
        Timeless: something in it that is not understood.
    """
    items = list(group.items)
    variable = ""
    if items and items[0].is_word and not is_word(items[0], "WHERE"):
        variable = plain([items.pop(0)])
    where: tuple[Item, ...] = ()
    for place, each in enumerate(items):
        if is_word(each, "WHERE"):
            where, items = tuple(items[place + 1 :]), items[:place]
            break
    properties: dict[str, tuple[Item, ...]] = {}
    if items and is_group(items[-1], "{"):
        properties = _properties(items.pop())
    steps = ""
    for place, each in enumerate(items):
        if is_word(each, "*"):
            steps, items = plain(items[place:]), items[:place]
            break
    return Element(variable, _labels(items), steps, properties, where)


def _labels(items: list[Item]) -> list[str]:
    if not items:
        return []
    names = [plain(part) for part in split(items[1:], "|")]
    if not is_word(items[0], ":") or not all(each.isidentifier() for each in names):
        raise Timeless("an expression of labels or types")
    return names


def _properties(group: Item) -> dict[str, tuple[Item, ...]]:
    found: dict[str, tuple[Item, ...]] = {}
    for part in split(group.items if isinstance(group, Group) else ()):
        if len(part) < 3 or not is_word(part[1], ":"):
            raise Timeless("a pattern with a map as a value")
        found[plain(part[:1])] = part[2:]
    return found


def path_end(items: Items, start: int) -> int:
    """Where a pattern of at least one relationship ends that starts with the node at a place."""
    place = start
    while is_group(items[place] if place < len(items) else None, "("):
        link = place + 1
        while link < len(items) and is_word(items[link], "<", "-"):
            link += 1
        if link == place + 1:
            break
        if is_group(items[link] if link < len(items) else None, "["):
            link += 1
        elif link < place + 3:
            break
        while link < len(items) and is_word(items[link], "-", ">"):
            link += 1
        if not is_group(items[link] if link < len(items) else None, "("):
            break
        place = link
    return place + 1 if place > start else start


def paths(items: Items) -> Iterator[Path]:
    """The patterns of a MATCH.

    Raises:
        Timeless: one that is not understood, such as SHORTEST or one without types.
    """
    for part in split(items):
        name = ""
        if len(part) > 2 and is_word(part[1], "="):
            name, part = plain(part[:1]), part[2:]
        yield _path(name, part)


def _path(name: str, items: Items) -> Path:
    found = Path(name)
    before: list[str] = []
    link: Element | None = None
    behind: list[str] = []
    for each in items:
        if isinstance(each, Token) and each.text in "<->":
            (before if link is None else behind).append(each.text)
        elif isinstance(each, Group) and each.text == "[" and found.nodes and link is None:
            link = element(each)
        elif isinstance(each, Group) and each.text == "(":
            if found.nodes:
                if link is None:
                    raise Timeless("relationships of any type")
                found.links.append(("".join(before), link, "".join(behind)))
            found.nodes.append(element(each))
            before, link, behind = [], None, []
        else:
            raise Timeless("a pattern of this form")
    if not found.nodes or before:
        raise Timeless("a pattern of this form")
    return found


@dataclass(slots=True)
class Parts:
    """What becomes of a MATCH.

    Attributes:
        texts: Its patterns.
        conditions: What must hold of nodes as they are, such as labels.
        states: Variables of new nodes, whose states are wanted.
        walked: Those of them that relationships lead to which an archived node does not have.
        values: What must hold of states, by property.
        others: Further variables.
    """

    texts: list[str] = field(default_factory=list[str])
    conditions: list[str] = field(default_factory=list[str])
    states: list[str] = field(default_factory=list[str])
    walked: set[str] = field(default_factory=set[str])
    values: list[tuple[str, str, tuple[Item, ...]]] = field(
        default_factory=list[tuple[str, str, tuple[Item, ...]]]
    )
    others: list[str] = field(default_factory=list[str])


class Patterns:
    """Rewrites the patterns of one MATCH.

    Args:
        at: The moment as Cypher.
        bound: Variables that are bound before it.
        fresh: Makes a variable.
        value: Rewrites an expression.
        label: The condition that a variable has one of some labels.
    """

    def __init__(
        self,
        at: str,
        bound: frozenset[str],
        fresh: Callable[[], str],
        value: Callable[[tuple[Item, ...]], str],
        label: Callable[[str, list[str]], str],
    ) -> None:
        self._at = at
        self._bound = set(bound)
        self._fresh = fresh
        self._value = value
        self._label = label
        self.parts = Parts()

    def add(self, path: Path) -> None:
        """Rewrite one pattern.

        Raises:
            Timeless: no node of it is named by a key, and none is known already.
        """
        known = any(each.variable in self._bound for each in path.nodes)
        if not known and not any(each.key for each in path.nodes):
            raise Timeless("a pattern that starts nowhere")
        start = len(self.parts.states)
        text = f"{path.name} = " if path.name else ""
        if path.name:
            self.parts.others.append(path.name)
        text += self._node(path.nodes[0], inline=not known)
        for (before, link, behind), node in zip(path.links, path.nodes[1:], strict=True):
            text += before + self._link(link) + behind + self._node(node, inline=not known)
        if path.links and not any(UNMOVED & set(link.labels) for _, link, _ in path.links):
            self.parts.walked.update(self.parts.states[start:])
        self.parts.texts.append(text)
        self._bound.update(self.parts.states, self.parts.others)

    def _node(self, node: Element, *, inline: bool) -> str:
        """A node of a pattern; `inline` when an index is to find it."""
        new = node.variable not in self._bound
        variable = node.variable
        key = node.key if new else {}
        lasting = bool(key) and "id" not in key
        rest = {name: each for name, each in node.properties.items() if name not in key}
        # A lasting key and its labels are all that is asked of it; else a condition has to name it.
        if not variable and (node.labels or rest) and not (inline and lasting and not rest):
            variable = self._fresh()
        if node.where:
            raise Timeless("a condition inside of a pattern")
        if new and variable and (node.variable or rest):
            self.parts.states.append(variable)
            self._bound.add(variable)
        self.parts.values += [(variable, name, each) for name, each in rest.items()]
        given = ", ".join(f"{name}: {self._value(each)}" for name, each in key.items())
        written = f" {{{given}}}" if given else ""
        if not node.labels:
            return f"({variable}{written})"
        if lasting and inline:
            return f"({variable}:{'|'.join(node.labels)}{written})"
        self.parts.conditions.append(self._label(variable, node.labels))
        if not new:
            return f"({variable})"
        if not inline:
            return f"({variable}{written})"
        bases = [ROLES[each][0] if each in ROLES else each for each in node.labels]
        return f"({variable}:{'|'.join(bases)}|Archived{written})"

    def _link(self, link: Element) -> str:
        variable = link.variable or self._fresh()
        if variable in self._bound:
            raise Timeless("a relationship that is matched twice")
        self.parts.others.append(variable)
        if link.where or not link.labels:
            raise Timeless("relationships of any type" if not link.labels else "a condition")
        types = recorded_types(link.labels)
        given = ", ".join(f"{name}: {self._value(each)}" for name, each in link.properties.items())
        written = f" {{{given}}}" if given else ""
        if link.steps:
            step = self._fresh()
            told = standing(step, self._at)
            self.parts.conditions.append(f"all({step} IN {variable} WHERE {told})")
            return f"[{variable}:{types}{link.steps}{written}]"
        return f"[{variable}:{types}{written} WHERE {standing(variable, self._at, link.labels)}]"
