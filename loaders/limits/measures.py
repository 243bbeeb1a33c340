"""How large a parsed document is: each fragment is measured once, however often it is spread.

The work is linear in the document: a fragment's figures are kept and added wherever it is spread,
so that fragments that double each other cost no more than their text. Only what is small enough by
these figures is looked at place by place.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    visit,
)

from loaders.errors import BadRequest, Code

INTROSPECTION = frozenset({"__schema", "__type"})
# Root fields that neither a statement nor a resolver answers.
UNPLANNED = INTROSPECTION | {"__typename"}
# Beyond this many fields nothing is looked at place by place: every limit is far below.
MOST_FIELDS = 5_000


@dataclass(frozen=True, slots=True)
class Measures:
    """The size of a document, the largest of its operations where they differ.

    Attributes:
        definitions: Operations and fragments.
        variables: Variables that operations declare.
        directives: Directives anywhere.
        aliases: Fields with an alias, as they are written.
        depth: Fields in each other, fragments spread; those of introspection are not counted.
        introspection_depth: The same of introspection's fields.
        fields: Fields after fragments are spread.
        repeats: Most times one field is asked at one place.
        roots: Root fields, those of introspection not counted.
        introspects: Whether the schema is asked for.
    """

    definitions: int
    variables: int
    directives: int
    aliases: int
    depth: int
    introspection_depth: int
    fields: int
    repeats: int
    roots: int
    introspects: bool


@dataclass(frozen=True, slots=True)
class _Size:
    fields: int = 0
    depth: int = 0
    introspection: int = 0
    roots: int = 0


_NOTHING = _Size()


def measure(document: DocumentNode) -> Measures:
    """Return the size of a document, which need not be valid.

    Raises:
        BadRequest: its fragments contain themselves, or are nested beyond any limit.
    """
    counted = _Counted()
    visit(document, counted)
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    sizing = _Sizing(fragments)
    operations = [e for e in document.definitions if isinstance(e, OperationDefinitionNode)]
    try:
        sizes = [sizing.of(each.selection_set) for each in operations] or [_NOTHING]
    except RecursionError as error:
        raise BadRequest(
            Code.TOO_DEEP, "The fragments are nested too deeply: nest less."
        ) from error
    fields = max(each.fields for each in sizes)
    small = fields <= MOST_FIELDS
    repeats = [_repeats(each.selection_set, fragments) for each in operations] if small else []
    return Measures(
        definitions=len(document.definitions),
        variables=counted.variables,
        directives=counted.directives,
        aliases=counted.aliases,
        depth=max(each.depth for each in sizes),
        introspection_depth=max(each.introspection for each in sizes),
        fields=fields,
        repeats=max(repeats, default=0),
        roots=max(each.roots for each in sizes),
        introspects=any(each.introspection for each in sizes),
    )


class _Counted(Visitor):
    """What is counted as it is written."""

    def __init__(self) -> None:
        super().__init__()
        self.variables = self.directives = self.aliases = 0

    def enter_variable_definition(self, *_: object) -> None:
        self.variables += 1

    def enter_directive(self, *_: object) -> None:
        self.directives += 1

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.aliases += node.alias is not None


class _Sizing:
    """Sizes of selection sets, of each fragment once."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, _Size] = {}
        self._open: set[str] = set()

    def of(self, selected: SelectionSetNode) -> _Size:
        fields = depth = introspection = roots = 0
        for each in selected.selections:
            if isinstance(each, FieldNode):
                below = self.of(each.selection_set) if each.selection_set else _NOTHING
                fields += 1 + below.fields
                roots += each.name.value not in UNPLANNED
                if each.name.value in INTROSPECTION:
                    introspection = max(introspection, 1 + below.depth)
                else:
                    depth = max(depth, 1 + below.depth)
                    introspection = max(introspection, below.introspection)
                continue
            spread = self._spread(each)
            fields += spread.fields
            roots += spread.roots
            depth = max(depth, spread.depth)
            introspection = max(introspection, spread.introspection)
        return _Size(fields, depth, introspection, roots)

    def _spread(self, node: Node) -> _Size:
        if isinstance(node, InlineFragmentNode):
            return self.of(node.selection_set)
        if not isinstance(node, FragmentSpreadNode):
            return _NOTHING
        name = node.name.value
        known = self._known.get(name)
        if known is None:
            if name in self._open:
                raise BadRequest(Code.INVALID_DOCUMENT, "A fragment may not contain itself.")
            self._open.add(name)
            fragment = self._fragments.get(name)
            known = self._known[name] = self.of(fragment.selection_set) if fragment else _NOTHING
            self._open.discard(name)
        return known


def _repeats(selected: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]) -> int:
    """How often one response key is asked at one place at most, fields of one key merged."""
    most = 0
    waiting = [[selected]]
    while waiting:
        together: dict[str, list[SelectionSetNode]] = {}
        times: dict[str, int] = {}
        for field in _fields(waiting.pop(), fragments):
            key = field.alias.value if field.alias else field.name.value
            times[key] = times.get(key, 0) + 1
            if field.selection_set:
                together.setdefault(key, []).append(field.selection_set)
        most = max(most, max(times.values(), default=0))
        waiting += together.values()
    return most


def _fields(
    sets: Iterable[SelectionSetNode], fragments: dict[str, FragmentDefinitionNode]
) -> Iterable[FieldNode]:
    """The fields of selection sets, fragments spread; of each fragment once, as in execution."""
    seen: set[str] = set()
    waiting = [*sets]
    while waiting:
        for each in waiting.pop().selections:
            if isinstance(each, FieldNode):
                yield each
            elif isinstance(each, InlineFragmentNode):
                waiting.append(each.selection_set)
            elif isinstance(each, FragmentSpreadNode) and each.name.value not in seen:
                seen.add(each.name.value)
                if fragment := fragments.get(each.name.value):
                    waiting.append(fragment.selection_set)
