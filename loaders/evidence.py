"""Relationships as evidence: their type, ends, public properties and recorded interval."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache, cached_property
from typing import Any, LiteralString, cast

import strawberry
from graphql import FieldNode, GraphQLObjectType

from graph.model import MODEL
from graph.model.kinds import OPEN_END, Node, Pii, Property, Relationship, Type
from graph.statements import Pattern
from loaders.compiler import Compiler
from loaders.registry import REGISTRY, Money
from loaders.schema import is_required, object_type
from loaders.shapes import AnyId, Entry, EnumName, Fields, Listed, MoneyOf, Scalar, Shape, Typename
from loaders.text import Slots, tag


@dataclass(frozen=True)
class Explorable:
    """What of the graph can be explored.

    Attributes:
        hidden: Relationship types that nobody sees.
        aside: Types that are walked only when they are named.
        silent: Properties of relationships that are not shown, as `TYPE.name`.
    """

    hidden: frozenset[str]
    aside: frozenset[str]
    silent: frozenset[str]

    @cached_property
    def relationships(self) -> tuple[Relationship, ...]:
        """Every type that can be named."""
        return tuple(
            each for each in MODEL.relationships if each.history and each.name not in self.hidden
        )

    @cached_property
    def types(self) -> LiteralString:
        """Every type that can be named, as Cypher."""
        return "|".join(each.name for each in self.relationships)

    @cached_property
    def usual(self) -> LiteralString:
        """Every type that is walked when none is named, as Cypher."""
        return "|".join(each.name for each in self.relationships if each.name not in self.aside)

    @cached_property
    def enum(self) -> Any:
        """The enum of relationship types."""
        members = Enum("RelationshipType", {each.name: each.name for each in self.relationships})
        made: Any = cast("Any", strawberry).enum(
            members, name="RelationshipType", description="How two nodes are related."
        )
        for each in made.__strawberry_definition__.values:
            each.description = MODEL.by_type[each.name].description
        return made

    @cached_property
    def shown(self) -> LiteralString:
        """The public properties of each type, as a Cypher map of [name, is it an amount] pairs."""
        parts: list[LiteralString] = []
        for each in self.relationships:
            pairs: list[LiteralString] = [
                f"['{own.name}', {'true' if own.type is Type.MONEY else 'false'}]"
                for own in each.own
                if self._is_shown(each, own)
            ]
            if pairs:
                parts.append(f"{each.name}: [{', '.join(pairs)}]")
        return "{" + ", ".join(parts) + "}"

    def _is_shown(self, relationship: Relationship, own: Property) -> bool:
        part_of_amount = own.type is Type.CURRENCY and any(
            each.type is Type.MONEY for each in relationship.own
        )
        return not (
            own.internal
            or own.pii is Pii.CREDENTIAL
            or part_of_amount
            or f"{relationship.name}.{own.name}" in self.silent
        )


@strawberry.type(description="One property of a relationship.")
class RelationshipProperty:
    """One property of a relationship."""

    name: str = strawberry.field(description="Its name in the model.")
    value: str | None = strawberry.field(description="Its value as text; null for an amount.")
    money: Money | None = strawberry.field(description="The amount; null for anything else.")


@strawberry.enum(description="Which way a relationship was walked.")
class WalkDirection(Enum):
    """Which way a relationship was walked."""

    ALONG = strawberry.enum_value("ALONG", description="From its start to its end.")
    AGAINST = strawberry.enum_value("AGAINST", description="From its end to its start.")


@cache
def relationship_class(explorable: Explorable) -> Any:
    """The GraphQL type of a relationship between two nodes."""
    annotations: dict[str, Any] = {
        "type": explorable.enum,
        "from_": strawberry.ID,
        "to": strawberry.ID,
        "properties": list[RelationshipProperty],
        "recorded_from": datetime | None,
        "recorded_to": datetime | None,
    }
    body: dict[str, Any] = {
        "type": strawberry.field(description="What it says of its two nodes."),
        "from_": strawberry.field(name="from", description="Id of the node it starts at."),
        "to": strawberry.field(description="Id of the node it ends at."),
        "properties": strawberry.field(description="Its properties that have a value, by name."),
        "recorded_from": strawberry.field(description="When it was recorded, UTC."),
        "recorded_to": strawberry.field(
            description="When it was retracted, UTC; null while it stands."
        ),
    }
    made = type("Relationship", (), {**body, "__annotations__": annotations})
    return cast("Any", strawberry.type(made, description="A relationship between two nodes."))


@cache
def walked_class(explorable: Explorable) -> Any:
    """The GraphQL type of a relationship on a way from one node to another."""
    field = strawberry.field(description="Which way it was walked.")
    body = {"direction": field, "__annotations__": {"direction": WalkDirection}}
    made = type("PathRelationship", (relationship_class(explorable),), body)
    description = "A relationship on the way from one node to another."
    return cast("Any", strawberry.type(made, description=description))


@cache
def anything() -> Pattern:
    """Where any kind of node may be: each counts as what it is, not as one of its roles."""
    return Pattern("anything", "", targets=tuple(concrete().values()))


@cache
def concrete() -> dict[str, Node]:
    """The kinds of node that people read, by type."""
    return {
        name: kind.node
        for name, kind in REGISTRY.kinds.items()
        if kind.role is None and not kind.node.abstract
    }


def global_text(node: LiteralString) -> LiteralString:
    """A node's type and id in Cypher, for `AnyId`."""
    return tag(list(concrete()), node) + " + ':' + " + node + ".id"


ENDS: LiteralString = "startNode(link) AS start, endNode(link) AS stop"
"""What `fields` reads besides `link`, and `walked`, the place it was walked from."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Compiles what is selected of relationships."""

    compiler: Compiler
    explorable: Explorable

    def row(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> tuple[LiteralString, Fields]:
        """The list literal of `link`, `start`, `stop` (and `walked`), and its fields."""
        slots = Slots()
        makes: dict[str, Callable[[], Shape]] = {
            "type": lambda: EnumName(slots.add("type(link)"), frozenset(self._names())),
            "from": lambda: AnyId(slots.add(global_text("start"))),
            "to": lambda: AnyId(slots.add(global_text("stop"))),
            "direction": lambda: EnumName(
                slots.add("CASE WHEN start = walked THEN 'ALONG' ELSE 'AGAINST' END"),
                frozenset(each.name for each in WalkDirection),
            ),
            "recordedFrom": lambda: Scalar(slots.add("link.recordedFrom"), "DateTime"),
            "recordedTo": lambda: Scalar(
                slots.add(f"nullIf(link.recordedTo, '{OPEN_END}')"), "DateTime"
            ),
        }
        entries: list[Entry] = []
        selected = self.compiler.selector.fields(type_, self.compiler.selector.below(nodes))
        for key, each in selected.items():
            name = each[0].name.value
            if name == "__typename":
                entries.append(Entry(key, Typename(type_.name), required=True))
                continue
            definition = type_.fields[name]
            shape = (
                self._properties(object_type(definition), each, slots)
                if name == "properties"
                else makes[name]()
            )
            entries.append(Entry(key, shape, is_required(definition)))
        return slots.text(), Fields(type_.name, tuple(entries))

    def _names(self) -> list[str]:
        return [each.name for each in self.explorable.relationships]

    def _properties(self, type_: GraphQLObjectType, nodes: list[FieldNode], slots: Slots) -> Listed:
        slot = slots.add(
            f"[each IN coalesce({self.explorable.shown}[type(link)], []) "
            "WHERE link[each[0]] IS NOT NULL | "
            "[each[0], CASE WHEN NOT each[1] THEN toString(link[each[0]]) END, "
            "CASE WHEN each[1] THEN [link[each[0]], link.currency] END]]"
        )
        entries: list[Entry] = []
        selector = self.compiler.selector
        for key, each in selector.fields(type_, selector.below(nodes)).items():
            match each[0].name.value:
                case "name":
                    shape: Shape = Scalar(0, "String")
                case "value":
                    shape = Scalar(1, "String")
                case "money":
                    money = object_type(type_.fields["money"])
                    below = selector.fields(money, selector.below(each))
                    shape = MoneyOf(2, tuple((k, n[0].name.value) for k, n in below.items()))
                case _:
                    shape = Typename(type_.name)
            entries.append(Entry(key, shape, required=isinstance(shape, Typename)))
        return Listed(slot, (Fields(type_.name, tuple(entries)),), False, 1)
