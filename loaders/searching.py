"""`search`: a root field that finds nodes by words, as a connection like any other."""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache, partial
from itertools import pairwise
from typing import Any, cast

import strawberry
from graphql import FieldNode, GraphQLField
from graphql.execution.values import VariableValues

from graph.audiences import Audience
from graph.migrations import search_index
from graph.model.kinds import Node
from graph.searching import CANDIDATES, fold, found
from graph.statements import Expression, Kind, Pattern, Statement
from loaders.arguments import Argument, arguments, plain
from loaders.audiences import directives_of
from loaders.compiler import Compiler
from loaders.connections import Deferred, argument, connection_type
from loaders.declare import GraphField, computed, paging_arguments
from loaders.errors import BadRequest, Code
from loaders.moments import AS_OF
from loaders.pages import Paging, compile_page
from loaders.registry import REGISTRY, edge_type
from loaders.roots import Root
from loaders.shapes import Count, Entry
from loaders.sorting import shouted
from loaders.sources import Explored, Many, Order
from loaders.text import Scope, Slots

MAX_TEXT = 200
MAX_WORDS = 10
FUZZY_FROM = 4
"""Words of fewer letters are found as they are and as beginnings only."""

TWO_FROM = 8
"""From so many letters on two may differ, before that one."""

FUZZY_TO = 30

_NUMBER = re.compile(r"\+[\d\s()./-]+")


class Hit:
    """A node that was found, and how well it fits."""

    rank: int = computed(
        Expression("search.rank", "EDGE.rank"),
        "How well the node fits: a thousand for each word found, and more for whole words than "
        "for beginnings, for those than for similar words, for its name than for the rest.",
    )


REGISTRY.declare_edge(Hit, "Node", "A node that was found, and how well it fits.")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text.

    Attributes:
        text: The word, folded.
        edits: How many letters of a similar word may differ: 0, 1 or 2.
    """

    text: str
    edits: int

    @property
    def swapped(self) -> list[str]:
        """The word with two neighbours in each other's place, where one edit is allowed."""
        if self.edits != 1:
            return []
        text = self.text
        return [text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)]

    @property
    def pieces(self) -> list[tuple[int, str]]:
        """One piece more than edits, with places: a similar word leaves one of them as it is."""
        count = self.edits + 1
        ends = [len(self.text) * number // count for number in range(count + 1)]
        return [(a, self.text[a:b]) for a, b in pairwise(ends)]

    @property
    def lucene(self) -> str:
        """The word in Lucene's syntax: as it is, as a beginning, as words like it.

        Every clause scores the same whatever else the index holds.
        """
        # The index takes o'brien and j.doe for one word; a short piece before is looked past.
        clauses = [f"/{self.text}/^8", f"{self.text}*^4", f"/.{{1,3}}[.']{self.text}.*/^2"]
        if self.edits:
            clauses.append(f"/{self._similar()}/")
        return f"({' '.join(clauses)})"

    def _similar(self) -> str:
        text = self.text
        if self.edits == 1:
            inserted = [f"{text[:at]}.{text[at:]}" for at in range(len(text) + 1)]
            changed = [f"{text[:at]}.?{text[at + 1 :]}" for at in range(len(text))]
            return "|".join([*inserted, *changed, *self.swapped])
        # All words within two edits would be an automaton too large; the graph looks closer.
        return "|".join(self._around(at, piece) for at, piece in self.pieces)

    def _around(self, at: int, piece: str) -> str:
        rest = len(self.text) - at - len(piece)
        before, after = (f".{{{max(0, n - self.edits)},{n + self.edits}}}" for n in (at, rest))
        return f"{before}{piece}{after}"


def words_of(text: str) -> list[Word]:
    """The words of a text, each once.

    Raises:
        BadRequest: INVALID_ARGUMENT for a text too long or with too many words.
    """
    if len(text) > MAX_TEXT:
        raise BadRequest(
            Code.INVALID_ARGUMENT, f"Search for at most {MAX_TEXT} characters; shorten the text."
        )
    # Telephone numbers are kept without blanks, so all of one is one word.
    parted = _NUMBER.sub(lambda each: " " + re.sub(r"\D", "", each[0]) + " ", text)
    folded = list(dict.fromkeys(fold(parted).split()))
    if len(folded) > MAX_WORDS:
        raise BadRequest(
            Code.INVALID_ARGUMENT, f"Search for at most {MAX_WORDS} words; leave some out."
        )
    return [Word(each, _edits(each)) for each in folded]


def _edits(word: str) -> int:
    if not word.isalpha() or not FUZZY_FROM <= len(word) <= FUZZY_TO:
        return 0
    return 2 if len(word) >= TWO_FROM else 1


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of node that can be searched: type, label, and the node that declares the index."""

    type: str
    label: Node
    indexed: Node


@cache
def _kinds() -> dict[str, _Kind]:
    """What can be searched, by enum value."""
    found: dict[str, _Kind] = {}
    for name, kind in REGISTRY.kinds.items():
        node = kind.node
        if node.abstract or kind.role is not None:
            continue
        for each in (node, *node.extends):
            if each.search:
                found[shouted(name)] = _Kind(name, node, each)
    return found


@cache
def search_kind() -> Any:
    """The enum of what can be searched."""
    members = Enum("SearchKind", {each: each for each in _kinds()})
    made: Any = cast("Any", strawberry).enum(
        members, name="SearchKind", description="What can be searched."
    )
    for each in made.__strawberry_definition__.values:
        kind = _kinds()[each.name]
        columns = ", ".join(kind.indexed.search)
        each.description = f"{kind.label.description} By the words of {columns}."
        REGISTRY.about["SearchKind", each.name] = ((kind.type, ""),)
    return made


def search(description: str, *, to: tuple[Audience, ...] = ()) -> Any:
    """Declare a root field that searches every kind of node with a full-text index."""
    text = f"{description} At most {CANDIDATES} nodes of each kind of index are ranked and counted."
    field = GraphField(description=text, directives=directives_of(to))
    field.source = Explored(partial(_compile))
    field.lazy_type = lambda: connection_type(edge_type("Node", Hit))
    field.arguments = [
        argument(
            "text",
            str,
            f"Words, at most {MAX_WORDS} in {MAX_TEXT} characters; no syntax. Of words with "
            f"{FUZZY_FROM} letters or more one letter may be wrong, from {TWO_FROM} on two.",
        ),
        argument(
            "kinds", Deferred(lambda: list[search_kind()] | None), "Only these kinds; default all."
        ),
        *paging_arguments("Node", Hit),
        AS_OF,
    ]
    return field


def _compile(
    compiler: Compiler, definition: GraphQLField, key: str, nodes: list[FieldNode]
) -> Root:
    given = arguments(definition, nodes[0], compiler.variables)
    text, kinds, bindings = given["text"], given["kinds"], compiler.bindings
    indexes = bindings.add(
        (text.identity, kinds.identity, "indexes"), lambda values: _searches(text, kinds, values)
    )
    query = bindings.add(
        (text.identity, "query"),
        lambda values: " ".join(each.lucene for each in words_of(text.evaluate(values))),
    )
    words = bindings.add((text.identity, "words"), lambda values: _words(text.evaluate(values)))
    pattern = Pattern(
        "search",
        found("$" + indexes, "$" + query, "$" + words),
        targets=tuple(each.label for each in _kinds().values()),
    )
    source = Many("Node", pattern, Order("EDGE.rank", descending=True, kind=int), on=Hit)
    slots = Slots()
    page = compile_page(compiler, Paging(source, definition, nodes, Scope(), "Query"), slots)
    nothing: list[Any] = [[] for _ in slots.texts]
    for each in page.fields.entries:
        if isinstance(each.shape, Count):
            nothing[each.shape.slot] = 0
    statement = Statement("query.search", Kind.READ, f"RETURN {slots.text()} AS answer")
    return Root(key, statement, bindings, Entry(key, page, required=True), nothing)


def _searches(text: Argument, kinds: Argument, values: VariableValues) -> list[list[Any]]:
    """For each index its name, its properties, and the labels wanted; none for no words."""
    if not words_of(text.evaluate(values)):
        return []
    asked = kinds.evaluate(values)
    wanted = set(_kinds()) if asked is None else set(plain(asked))
    labels: dict[Node, list[str]] = {}
    for name, kind in _kinds().items():
        if name in wanted:
            labels.setdefault(kind.indexed, []).append(kind.label.name)
    return [[search_index(node), list(node.search), each] for node, each in labels.items()]


def _words(text: str) -> list[list[Any]]:
    return [
        [each.text, each.edits, each.swapped, [piece for _, piece in each.pieces]]
        for each in words_of(text)
    ]
