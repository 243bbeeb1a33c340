"""Cypher read as a tree of brackets: just enough structure to tell clauses and patterns apart."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"(?P<string>'(?:[^'\\]|\\.)*')|(?P<name>`[^`]*`)|(?P<parameter>\$\w+)"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z_]\w*)|(?P<symbol><=|>=|<>|\.\.|[^\s\w])"
)
_SPACE = re.compile(r"\s*")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_CLAUSES = {"MATCH", "WHERE", "WITH", "UNWIND", "CALL", "RETURN", "ORDER", "LIMIT", "SKIP"}
_OTHERS = {
    "OPTIONAL", "CREATE", "MERGE", "SET", "DELETE", "DETACH", "REMOVE", "FOREACH", "YIELD", "LET",
    "FILTER", "FINISH", "SHORTEST", "NEXT", "LOAD", "USE",
}  # fmt: skip


class Timeless(Exception):
    """A text that cannot be answered at a time; the message says which part, and no value."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign.

    Attributes:
        text: As it is written.
        space: True when a blank stands before it.
    """

    text: str
    space: bool

    @property
    def is_word(self) -> bool:
        """Whether it is a name or a keyword."""
        return self.text[0].isalpha() or self.text[0] == "_"


@dataclass(frozen=True, slots=True)
class Group:
    """What stands between two brackets; `text` is the opening one."""

    text: str
    space: bool
    items: tuple["Item", ...]

    @property
    def is_word(self) -> bool:
        """Whether it is a name: it never is."""
        return False

    @property
    def closing(self) -> str:
        """The closing bracket."""
        return _CLOSING[self.text]


Item = Token | Group
Items = Sequence[Item]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a query: its keyword, and what follows it."""

    keyword: str
    items: tuple[Item, ...]


@lru_cache(2_000)
def read(text: str) -> tuple[Item, ...]:
    """The tree of a text.

    Raises:
        Timeless: the text has a sign that is not understood, or brackets that do not fit.
    """
    waiting: list[tuple[str, bool, list[Item]]] = [("", False, [])]
    at = 0
    while at < len(text):
        blank = _SPACE.match(text, at)
        space = blank is not None and blank.end() > at
        at = blank.end() if blank is not None else at
        found = _TOKEN.match(text, at)
        if found is None:
            break
        at, sign = found.end(), found.group()
        if sign in _CLOSING:
            waiting.append((sign, space, []))
        elif sign in ")]}":
            opening, before, items = waiting.pop()
            if not waiting or _CLOSING.get(opening) != sign:
                raise Timeless("brackets that do not fit")
            waiting[-1][2].append(Group(opening, before, tuple(items)))
        else:
            waiting[-1][2].append(Token(sign, space))
    if at < len(text) or len(waiting) != 1:
        raise Timeless("a sign that is not understood")
    return tuple(waiting[0][2])


def plain(items: Items) -> str:
    """The items as text, as they were written."""
    return "".join((" " if each.space else "") + _plain(each) for each in items).strip()


def _plain(item: Item) -> str:
    if isinstance(item, Token):
        return item.text
    return item.text + plain(item.items) + item.closing


def is_word(item: Item | None, *texts: str) -> bool:
    """Whether an item is one of these words."""
    return isinstance(item, Token) and item.text in texts


def is_group(item: Item | None, opening: str) -> bool:
    """Whether an item is a group with this opening bracket."""
    return isinstance(item, Group) and item.text == opening


def split(items: Items, sign: str = ",") -> list[tuple[Item, ...]]:
    """The items between signs; none for no items."""
    parts: list[list[Item]] = [[]]
    for each in items:
        if isinstance(each, Token) and each.text == sign:
            parts.append([])
        else:
            parts[-1].append(each)
    return [tuple(part) for part in parts] if items else []


def branches(items: Items) -> list[tuple[str, tuple[Item, ...]]]:
    """The queries of a union, each with the words that precede it: "", UNION or UNION ALL."""
    found: list[tuple[str, list[Item]]] = [("", [])]
    for each in items:
        if is_word(each, "UNION"):
            found.append(("UNION", []))
        elif is_word(each, "ALL") and found[-1] == ("UNION", []):
            found[-1] = ("UNION ALL", [])
        else:
            found[-1][1].append(each)
    return [(word, tuple(part)) for word, part in found]


def clauses(items: Items) -> Iterator[Clause]:
    """The clauses of a query; a pattern without a keyword, as EXISTS may have, is a MATCH.

    Raises:
        Timeless: a clause that is not understood.
    """
    keyword, body = "MATCH", list[Item]()
    for number, each in enumerate(items):
        before = items[number - 1] if number else None
        is_name = is_word(before, ".", "STARTS", "ENDS")
        if is_word(each, *_OTHERS) and not is_name:
            raise Timeless(f"the clause {each.text}")
        if not is_word(each, *_CLAUSES) or is_name:
            body.append(each)
            continue
        if body or number:
            yield Clause(keyword, tuple(body))
        keyword, body = each.text, []
    if keyword == "MATCH" and not body:
        return
    yield Clause(keyword, tuple(body))
