"""Looking for what an erasure may have left, everywhere in the graph."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

import orjson

from graph.database import Graph
from graph.errors import InvalidInput
from graph.migrations import search_index
from graph.model import MODEL
from graph.privacy.closure import NotFound
from graph.privacy.erasing import OP
from graph.statements import Kind, Statement
from graph.write import suppression
from graph.write.secret import secret

SECONDS = 600.0
"""For how long one look at everything may take."""
PAGE = 10_000
MAX_TERMS = 50

RECEIPT = Statement(
    "privacy.receipt",
    Kind.READ,
    "MATCH (e:ChangeEvent {id: $id}) WHERE e.op = $op RETURN e.entity, e.patch",
)
NODES_WITH = Statement(
    "privacy.nodes_with",
    Kind.READ,
    """MATCH (n)
WHERE n.id IN $ids
   OR any(k IN keys(n) WHERE any(word IN $words WHERE toStringOrNull(n[k]) CONTAINS word
     OR n[k] IS :: LIST<STRING NOT NULL> AND any(each IN n[k] WHERE each CONTAINS word)))
RETURN labels(n), n.id, [k IN keys(n) WHERE k = 'id' AND n.id IN $ids
  OR any(word IN $words WHERE toStringOrNull(n[k]) CONTAINS word
     OR n[k] IS :: LIST<STRING NOT NULL> AND any(each IN n[k] WHERE each CONTAINS word))]
LIMIT 1000""",
)
"""Nodes of some ids, or with one of some words in any property."""

TIES_WITH = Statement(
    "privacy.ties_with",
    Kind.READ,
    """MATCH ()-[x]->()
WHERE any(k IN keys(x) WHERE any(word IN $words WHERE toStringOrNull(x[k]) CONTAINS word
  OR x[k] IS :: LIST<STRING NOT NULL> AND any(each IN x[k] WHERE each CONTAINS word)))
RETURN type(x), [k IN keys(x) WHERE any(word IN $words WHERE toStringOrNull(x[k]) CONTAINS word)]
LIMIT 1000""",
)
INDEXED = Statement(
    "privacy.indexed",
    Kind.READ,
    """UNWIND $words AS word
CALL db.index.fulltext.queryNodes($index, '"' + word + '"') YIELD node
RETURN labels(node), node.id LIMIT 1000""",
)
"""Nodes that a full-text index finds by some words; a word is quoted by `_quoted` first."""

VALUES = {
    "Identifier": Statement(
        "privacy.identifiers",
        Kind.READ,
        "MATCH (n:Identifier) WHERE n.id > $after "
        "WITH n ORDER BY n.id LIMIT $count RETURN n.id, n.kind, n.value",
    ),
    "SourceRecord": Statement(
        "privacy.record_names",
        Kind.READ,
        "MATCH (n:SourceRecord) WHERE n.id > $after "
        "WITH n ORDER BY n.id LIMIT $count RETURN n.id, n.source, n.externalId",
    ),
}
SUPPRESSED = Statement(
    "privacy.suppressed", Kind.READ, "MATCH (s:Suppression) RETURN s.kind, s.digest"
)

ALL = (RECEIPT, NODES_WITH, TIES_WITH, INDEXED, *VALUES.values(), SUPPRESSED)


@dataclass(frozen=True, slots=True)
class Left:
    """Where something was left.

    Attributes:
        where: Label, relationship type or index.
        id: Id of the node; None of a relationship.
        property: Name of the property; None where the node itself was left.
    """

    where: str
    id: str | None
    property: str | None


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found of an erased person.

    Attributes:
        receipt: Id of the erasure.
        clean: Whether nothing was left but the ids that the chain of events is made of.
        left: What was left, at most 1,000 of a kind.
    """

    receipt: str
    clean: bool
    left: tuple[Left, ...]


async def verify_erasure(graph: Graph, receipt: str, words: Sequence[str] = ()) -> Verification:
    """Search all nodes, relationships and search indexes for what an erasure should have deleted.

    It looks for the ids of everything that was deleted, for identifiers and record names that are
    suppressed, and for words that the caller knows, such as a name. Reads the whole graph.

    Args:
        graph: The graph.
        receipt: Id of the erasure.
        words: Up to 50 texts of at least 3 characters to look for in every property.

    Raises:
        NotFound: there is no such receipt.
        InvalidInput: too many words, or one too short.
        Timeout: the graph is too large to be searched within ten minutes.
        Unavailable: the database cannot be reached.
    """
    if len(words) > MAX_TERMS or any(len(word) < 3 for word in words):
        raise InvalidInput("Give at most 50 words to look for, each of at least 3 characters.")
    found = await graph.run(RECEIPT, {"id": receipt, "op": OP})
    if not found:
        raise NotFound("There is no erasure of this receipt; check its id.")
    person, patch = found[0]
    ids: list[str] = [person, *orjson.loads(patch)["nodes"]]
    left = [each async for each in _nodes(graph, ids, words)]
    left += [each async for each in _ties(graph, words)]
    left += [each async for each in _indexes(graph, words)]
    left += [each async for each in _digests(graph)]
    return Verification(receipt, not left, tuple(left))


async def _nodes(graph: Graph, ids: list[str], words: Sequence[str]) -> AsyncIterator[Left]:
    rows = await graph.run(NODES_WITH, {"ids": ids, "words": list(words)}, timeout=SECONDS)
    for labels, id_, names in rows:
        for name in names:
            yield Left(labels[0], id_, None if name == "id" else name)


async def _ties(graph: Graph, words: Sequence[str]) -> AsyncIterator[Left]:
    if words:
        for kind, names in await graph.run(TIES_WITH, {"words": list(words)}, timeout=SECONDS):
            for name in names:
                yield Left(kind, None, name)


def _quoted(words: Sequence[str]) -> Iterator[str]:
    """Words as they may stand in a phrase of a full-text query; blanks for its syntax."""
    for word in words:
        yield "".join(each if each.isalnum() else " " for each in word)


async def _indexes(graph: Graph, words: Sequence[str]) -> AsyncIterator[Left]:
    phrases = [phrase for phrase in _quoted(words) if phrase.strip()]
    for node in MODEL.nodes if phrases else ():
        if node.search:
            index = search_index(node)
            for _, id_ in await graph.run(INDEXED, {"words": phrases, "index": index}):
                yield Left(index, id_, None)


async def _digests(graph: Graph) -> AsyncIterator[Left]:
    """Identifiers and records that are there although an erasure suppressed them."""
    known = {(kind, digest) for kind, digest in await graph.run(SUPPRESSED)}
    key = await secret(graph, suppression.SECRET)
    for label, statement in VALUES.items():
        after = ""
        while rows := await graph.run(statement, {"after": after, "count": PAGE}):
            after = rows[-1][0]
            for id_, first, second in rows:
                if label == "SourceRecord":
                    kind, value = suppression.RECORD, suppression.record_name(first, second)
                else:
                    kind, value = first, second
                if (kind, suppression.digest(key, kind, value)) in known:
                    yield Left(label, id_, None)
