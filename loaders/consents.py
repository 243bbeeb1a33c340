"""`consent`: the decision of a person that counts for a purpose over a channel."""

from typing import Any, LiteralString

import strawberry
from graphql import FieldNode, GraphQLField

from graph.marketing import EFFECTIVE_CONSENT
from graph.model.marketing import CONSENT
from graph.statements import Kind, Statement
from loaders.arguments import Argument, arguments, plain
from loaders.compiler import Compiler
from loaders.connections import argument
from loaders.declare import GraphField
from loaders.ids import decode_id
from loaders.moments import AS_OF
from loaders.registry import REGISTRY, enum_type
from loaders.roots import Root
from loaders.shapes import Entry, Object
from loaders.sources import Explored
from loaders.text import Scope, rename


def consent(description: str) -> Any:
    """Declare the root field that answers with the decision that counts."""
    field = GraphField(description=description)
    field.source = Explored(_compile)
    field.lazy_type = lambda: REGISTRY.types["Consent"] | None
    purpose = enum_type(CONSENT.name, CONSENT.properties["purpose"])
    channel = enum_type(CONSENT.name, CONSENT.properties["channel"])
    field.arguments = [
        argument("person", strawberry.ID, "Id of the person."),
        argument("purpose", purpose, "What for."),
        argument("channel", channel, "Over which channel; a decision about ANY counts for each."),
        AS_OF,
    ]
    return field


def _compile(
    compiler: Compiler, definition: GraphQLField, key: str, nodes: list[FieldNode]
) -> Root:
    given = arguments(definition, nodes[0], compiler.variables)
    scope = Scope()
    row, cases, tagged = compiler.row(definition, nodes, scope)
    person = compiler.bindings.add(
        (given["person"].identity, "person"), lambda values: _id(given["person"].evaluate(values))
    )
    wanted: list[LiteralString] = [
        "$" + _plain(compiler, given[name], name) for name in ("purpose", "channel")
    ]
    found = rename(EFFECTIVE_CONSENT.text, this="$" + person, node=scope.node)
    text: LiteralString = (
        f"WITH {wanted[0]} AS purpose, {wanted[1]} AS channel {found} RETURN [{row}] AS answer"
    )
    statement = Statement("query.consent", Kind.READ, text)
    entry = Entry(key, Object(0, cases, tagged), required=False)
    return Root(key, statement, compiler.bindings, entry, [None])


def _plain(compiler: Compiler, given: Argument, name: str) -> LiteralString:
    return compiler.bindings.add(
        (given.identity, name), lambda values: plain(given.evaluate(values))
    )


def _id(value: object) -> str:
    """The person's own id; of anything else nothing, which is nobody's."""
    found = decode_id(value)
    return found.id if found.type == "Person" else ""
