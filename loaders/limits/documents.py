"""Documents that were looked at: known texts cost a look into a table, new ones are read once."""

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache

from graphql import DocumentNode, GraphQLError, parse

from loaders.errors import BadRequest, Code, coded
from loaders.limits.lexing import count_tokens
from loaders.limits.limits import MAX_BRACKETS, MAX_TOKENS, Limits
from loaders.limits.measures import Measures, measure

MAX_TEXTS = 2_000
# What all remembered texts may have together, so that large ones push each other out.
MAX_CHARS = 8_000_000
# A document is parsed to be measured, and parsed again a moment later to be validated.
PARSED_KEPT = 8


@lru_cache(PARSED_KEPT)
def parsed(text: str) -> DocumentNode:
    """Return a document; the last few are remembered, so it must not be changed.

    Raises:
        GraphQLError: it is no GraphQL.
    """
    return parse(text)


@dataclass(slots=True)
class Document:
    """A text that is GraphQL, and its size."""

    measures: Measures
    _judged: dict[Limits, BadRequest | None] = field(
        default_factory=dict[Limits, BadRequest | None]
    )

    def check(self, limits: Limits) -> None:
        """Let it pass.

        Raises:
            BadRequest: it is larger than the limits.
        """
        if limits not in self._judged:
            try:
                limits.check(self.measures)
            except BadRequest as error:
                self._judged[limits] = error
            else:
                self._judged[limits] = None
        found = self._judged[limits]
        if found is not None:
            raise found.with_traceback(None)


class Documents:
    """The documents that clients sent of late, by their text."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._chars = 0

    def get(self, text: str) -> Document:
        """Return a document, measured when it is first seen.

        Raises:
            GraphQLError: it is too long or too deep to be parsed, or no GraphQL.
        """
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = _read(text)
            self._chars += len(text)
            while len(self._known) > MAX_TEXTS or self._chars > MAX_CHARS:
                self._chars -= len(self._known.popitem(last=False)[0])
        else:
            self._known.move_to_end(text)
        return found


def _read(text: str) -> Document:
    count_tokens(text, MAX_TOKENS, MAX_BRACKETS)
    try:
        document = parsed(text)
    except GraphQLError as error:
        raise coded([error], Code.INVALID_DOCUMENT)[0] from None
    return Document(measure(document))
