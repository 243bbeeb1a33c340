"""Pieces of Cypher text: variables by depth, slots of a row, renaming of a pattern's words."""

import re
from dataclasses import dataclass, field
from typing import LiteralString, cast

from loaders.registry import REGISTRY

_WORDS = re.compile(r"\b(THIS|NODE|EDGE|VALUE)\b")


@dataclass(frozen=True, slots=True)
class Scope:
    """The variables of one object: its node, and the relationship it was reached by.

    They are numbered by depth: a subquery hides its variables from its siblings, so that the same
    selection has the same text wherever its neighbours stand.
    """

    depth: int = 0
    on_edge: bool = False

    @property
    def node(self) -> LiteralString:
        """The variable of the node."""
        return numbered("n", self.depth)

    @property
    def edge(self) -> LiteralString:
        """The variable of the relationship."""
        return numbered("e", self.depth)

    def child(self) -> "Scope":
        """The scope one relation further."""
        return Scope(self.depth + 1)

    def as_edge(self) -> "Scope":
        """The same place, with stored properties read from the relationship."""
        return Scope(self.depth, on_edge=True)


def numbered(letter: LiteralString, number: int) -> LiteralString:
    """The name of a variable: a letter and a number."""
    # A letter of ours and a count: as literal as if it were written out.
    return cast("LiteralString", f"{letter}{number:d}")


@dataclass(slots=True)
class Slots:
    """The expressions of one row; the same expression is one slot."""

    texts: list[LiteralString] = field(default_factory=list[LiteralString])

    def add(self, text: LiteralString) -> int:
        """The position of an expression in the row."""
        if text in self.texts:
            return self.texts.index(text)
        self.texts.append(text)
        return len(self.texts) - 1

    def text(self) -> LiteralString:
        """The row as a list literal."""
        return "[" + ", ".join(self.texts) + "]"


def rename(
    text: LiteralString,
    *,
    this: LiteralString = "",
    node: LiteralString = "",
    edge: LiteralString = "",
    value: LiteralString = "",
) -> LiteralString:
    """A pattern's or expression's text with its words replaced by variables."""
    words = {"THIS": this, "NODE": node, "EDGE": edge, "VALUE": value}
    # Literal text with literal words put in; `re` only loses the type.
    return cast("LiteralString", _WORDS.sub(lambda found: words[found.group()], text))


def quoted(name: str) -> LiteralString:
    """A GraphQL type's name as a Cypher string; such names are letters, digits and underscores."""
    return cast("LiteralString", f"'{name}'")


def tag(types: list[str], node: LiteralString) -> LiteralString:
    """The name of a node's type, as the first item of an abstract type's row."""
    cases: list[LiteralString] = [
        "WHEN " + node + ":" + REGISTRY.kinds[each].label + " THEN " + quoted(each)
        for each in types
    ]
    return "CASE " + " ".join(cases) + " END"
