"""Expressions at a time: properties read from states, labels and today as they were then."""

from abc import ABC, abstractmethod

from graph.past.fragments import OVERWRITTEN, ROLES, UNCHANGING, labelled
from graph.past.reading import (
    Group,
    Items,
    Timeless,
    Token,
    is_group,
    is_word,
    plain,
    read,
    split,
)
from graph.past.scope import Scope

_SUBQUERIES = {"COLLECT", "COUNT", "EXISTS"}
_CLOCKS = {"time", "timestamp", "localdatetime", "localtime", "rand", "randomUUID"}
_OF_A_NODE = {"count", "elementId", "id", "startNode", "endNode"}
"""Functions that may take a node as it is, since its state plays no part in them."""

_OF_A_STATE = {"keys", "properties"}


class Expressions(ABC):
    """Rewrites expressions; subqueries and patterns in them are left to who extends it.

    Args:
        at: The moment as Cypher: a parameter.
    """

    def __init__(self, at: str) -> None:
        self.at = at

    @abstractmethod
    def subquery(self, kind: str, items: Items, scope: Scope) -> str:
        """The inside of COLLECT, COUNT or EXISTS."""

    @abstractmethod
    def pattern(self, items: Items, start: int) -> int:
        """Where a pattern that starts here ends; `start` itself when none does."""

    def expression(self, items: Items, scope: Scope) -> str:
        """An expression at the time.

        Raises:
            Timeless: it reads something that is not known of the past.
        """
        parts: list[str] = []
        place = 0
        while place < len(items):
            before = place
            text, place = self._item(items, place, scope)
            parts.append((" " if items[before].space else "") + text)
        return "".join(parts).strip()

    def _item(self, items: Items, place: int, scope: Scope) -> tuple[str, int]:
        """The text of what stands at a place, and the place behind it."""
        one = items[place]
        if isinstance(one, Group):
            return self._group(one, items, place, scope)
        after = items[place + 1] if place + 1 < len(items) else None
        before = items[place - 1] if place else None
        if not one.is_word or is_word(before, ".") or one.text[0] == "$":
            return one.text, place + 1
        if one.text in _SUBQUERIES and isinstance(after, Group) and after.text == "{":
            inner = self.subquery(one.text, after.items, scope)
            return f"{one.text} {{ {inner} }}", place + 2
        if isinstance(after, Group) and after.text == "(" and not after.space:
            return self._call(one.text, after, items, place, scope), place + 2
        if one.text in scope.nodes:
            return self._node(one.text, items, place, scope)
        if one.text in scope.bound and is_word(after, ":"):
            raise Timeless(f"the label of {one.text}")
        return one.text, place + 1

    def _group(self, one: Group, items: Items, place: int, scope: Scope) -> tuple[str, int]:
        if one.text == "(":
            end = self.pattern(items, place)
            if end > place:
                inner = self.subquery("EXISTS", items[place:end], scope)
                return f"EXISTS {{ {inner} }}", end
        if one.text == "{":
            return self._map(one, scope), place + 1
        if one.text == "[":
            self._refuse_nodes(one, scope)
        return one.text + self.expression(one.items, scope) + one.closing, place + 1

    def _refuse_nodes(self, one: Group, scope: Scope) -> None:
        """A node in a list would be read from the list as it is today."""
        for part in split(one.items):
            if len(part) == 1 and isinstance(part[0], Token) and part[0].text in scope.nodes:
                raise Timeless("a list of nodes")

    def _map(self, one: Group, scope: Scope) -> str:
        found: list[str] = []
        for part in split(one.items):
            if len(part) < 3 or not is_word(part[1], ":"):
                raise Timeless("a projection")
            value = part[2:]
            if len(value) == 1 and is_word(value[0], *scope.nodes):
                raise Timeless("a map of nodes")
            found.append(f"{plain(part[:1])}: {self.expression(value, scope)}")
        return "{" + ", ".join(found) + "}"

    def _call(self, name: str, given: Group, items: Items, place: int, scope: Scope) -> str:
        """A function; or a keyword before a bracket."""
        if not given.items and name in {"date", "datetime"}:
            day = name == "date"
            return f"date(left({self.at}, 10))" if day else f"datetime({self.at})"
        if name in _CLOCKS or name == "nodes":
            raise Timeless(f"the function {name}")
        if name == "toString" and plain(given.items) in {"date()", "datetime()"}:
            return f"left({self.at}, 10)" if plain(given.items) == "date()" else self.at
        if name in {"startNode", "endNode"} and place + 2 < len(items):
            after = items[place + 2 : place + 4]
            if is_word(after[0], ".", ":") and not is_word(after[-1], "id"):
                raise Timeless(f"what is at the {name} of a relationship")
        only = given.items[-1] if given.items else None
        bare = isinstance(only, Token) and only.text in scope.nodes
        if bare and len(given.items) <= 2 and isinstance(only, Token):
            return self._function(name, only.text, plain(given.items), scope)
        if name == "labels":
            raise Timeless("the labels of something")
        return f"{name}({self.expression(given.items, scope)})"

    def _function(self, name: str, node: str, given: str, scope: Scope) -> str:
        if name == "labels":
            return f"coalesce({node}.archivedLabels, labels({node}))"
        if name in _OF_A_STATE:
            return f"{name}({scope.nodes[node]})"
        if name in _OF_A_NODE:
            return f"{name}({given})"
        if name.isupper():
            return f"{name} ({given})"
        raise Timeless(f"the function {name} of a node")

    def _node(self, name: str, items: Items, place: int, scope: Scope) -> tuple[str, int]:
        """A variable of a node: its property, its label, or the node itself."""
        after = items[place + 1] if place + 1 < len(items) else None
        if is_word(after, "."):
            wanted = items[place + 2]
            if is_word(wanted, *UNCHANGING):
                return f"{name}.{plain([wanted])}", place + 3
            if is_word(wanted, *OVERWRITTEN):
                raise Timeless(f"`{plain([wanted])}`, which former states do not keep")
            return f"{scope.nodes[name]}.{plain([wanted])}", place + 3
        if is_word(after, ":"):
            return self._label(name, items, place + 2, scope)
        if is_group(after, "["):
            return scope.nodes[name], place + 1
        before = items[place - 1] if place else None
        compared = {"=", "<>", "IS", "IN", "NOT", "AND", "OR"}
        if is_word(before, *compared) or is_word(after, *compared):
            return name, place + 1
        raise Timeless("a node as a value")

    def _label(self, name: str, items: Items, place: int, scope: Scope) -> tuple[str, int]:
        labels = [plain([items[place]])]
        place += 1
        while place + 1 < len(items) and is_word(items[place], "|"):
            labels.append(plain([items[place + 1]]))
            place += 2
        if place < len(items) and is_word(items[place], ":", "&", "!"):
            raise Timeless("an expression of labels")
        return self.label(name, labels, scope), place

    def label(self, name: str, labels: list[str], scope: Scope) -> str:
        """The condition that a node had one of these labels at the time."""
        roles = [each for each in labels if each in ROLES]
        others = [each for each in labels if each not in ROLES]
        conditions = [self.role(name, each, scope) for each in roles]
        if others:
            conditions.append(labelled(name, others))
        return conditions[0] if len(conditions) == 1 else f"({' OR '.join(conditions)})"

    def role(self, name: str, role: str, scope: Scope) -> str:
        """The condition that a node had a role at the time."""
        base, text = ROLES[role]
        seen = scope.adding({name: scope.nodes.get(name)})
        told = self.expression(read(text.replace("NODE", name)), seen)
        return f"({labelled(name, [base])} AND {told})"
