"""The schema as an audience knows it: what does not exist for it is nowhere in it.

One full schema declares everything (Strawberry's field objects can serve only one). A projection
copies its types and leaves out fields that do not exist for the audience, what asks about such
fields in filters, orders and counts, and whatever can then no longer be reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, cast
from weakref import WeakKeyDictionary

import graphql
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    is_introspection_type,
)

from graph.audiences import Audience
from loaders.audiences import named_audiences, told_to
from loaders.members import possible_types
from loaders.registry import REGISTRY

_ROOTS = ("Query", "Mutation", "Subscription")
_TAG = "audience"
_COMBINATIONS = {"and", "or", "not"}
_Members = dict[str, Any]


@dataclass(slots=True)
class _Existing:
    """What of the full schema exists for an audience, as it is found out.

    Attributes:
        members: What is left of each type: its fields, its values or its members by name; of a
            scalar itself. A type without members does not exist.
    """

    full: GraphQLSchema
    audience: Audience
    members: dict[str, _Members] = field(default_factory=dict[str, _Members])
    own: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def settle(self) -> None:
        """Find out what is left of every type: nothing that leads to a type without anything."""
        self.own = {
            f"{each.__name__}Edge": frozenset(each.__annotations__) for each in REGISTRY.edges
        }
        types = self.full.type_map
        self.members = {name: dict(self._said(name, each)) for name, each in types.items()}
        # Of most types nothing changes after the first rounds, so only the others are looked at.
        waiting = True
        while waiting:
            waiting = False
            for name, members in self.members.items():
                if members and self._lessened(name, members):
                    waiting = True

    def _said(self, name: str, type_: Any) -> Mapping[str, Any]:
        """The members that exist by what they say of themselves, and their type of itself."""
        if is_introspection_type(type_):
            return {"": type_}
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            if name in REGISTRY.kinds and self.audience not in _types_told(name):
                return {}
            return {key: each for key, each in type_.fields.items() if self._tells(name, each)}
        if isinstance(type_, GraphQLInputObjectType):
            return {key: each for key, each in type_.fields.items() if self.allows(each)}
        if isinstance(type_, GraphQLEnumType):
            return {key: each for key, each in type_.values.items() if self.allows(each)}
        return {"": type_}

    def _tells(self, type_: str, definition: GraphQLField) -> bool:
        declared: Any = definition.extensions.get("strawberry-definition")
        name = getattr(declared, "python_name", "")
        if type_ in _ROOTS or type_ in REGISTRY.types or name in self.own.get(type_, ()):
            return self.audience in told_to(declared)
        return self.allows(definition)

    def allows(self, definition: Any) -> bool:
        """Whether a definition that needs no tag has none that leaves the audience out."""
        named = named_audiences(definition.extensions.get("strawberry-definition"))
        return named is None or self.audience in named

    def _lessened(self, name: str, members: _Members) -> bool:
        """Take away what no longer stands; true if there was something."""
        lost = [key for key, each in members.items() if not self._stands(name, key, each)]
        needed = any(_is_needed(name, key, members[key]) for key in lost)
        for key in lost:
            del members[key]
        if needed or not self._has_use(name, members):
            lost.append("")
            members.clear()
        return bool(lost)

    def _stands(self, owner: str, name: str, member: Any) -> bool:
        """Whether what a member leads to or asks about still exists."""
        about = REGISTRY.about.get((owner, name), ())
        if any(key not in self.members[of] if key else not self.members[of] for of, key in about):
            return False
        if isinstance(member, GraphQLField):
            given = member.args.values()
            if any(graphql.is_required_argument(each) and not self.exists(each) for each in given):
                return False
        if isinstance(member, GraphQLField | GraphQLInputField):
            return self.exists(member)
        return True

    def exists(self, definition: Any) -> bool:
        """Whether the type of a field, an argument or a member exists."""
        return bool(self.members[_named(definition)])

    def _has_use(self, name: str, members: _Members) -> bool:
        """Whether something is left that a type is for."""
        type_ = self.full.type_map[name]
        if isinstance(type_, GraphQLInputObjectType):
            return not members.keys() <= _COMBINATIONS
        if isinstance(type_, GraphQLInterfaceType):
            return any(self.members[each.name] for each in self.full.get_possible_types(type_))
        return bool(members)

    def reached(self) -> set[str]:
        """The names of the types that can be come to from the root fields."""
        found = {name for name in _ROOTS if self.members.get(name)}
        waiting = list(found)
        while waiting:
            for each in self._next(waiting.pop()):
                if each not in found and self.members[each]:
                    found.add(each)
                    waiting.append(each)
        return found

    def _next(self, name: str) -> set[str]:
        """The types that a type leads to."""
        type_, found = self.full.type_map[name], set[str]()
        for each in self.members[name].values():
            given = each.args.values() if isinstance(each, GraphQLField) else ()
            leading = each if isinstance(each, GraphQLField | GraphQLInputField) else None
            for one in (leading, *(one for one in given if self.allows(one))):
                if one is not None:
                    found.add(_named(one))
        if isinstance(type_, GraphQLInterfaceType):
            found |= {each.name for each in self.full.get_possible_types(type_)}
        if isinstance(type_, GraphQLObjectType):
            found |= {each.name for each in type_.interfaces if self._adds(each)}
        return found

    def _adds(self, interface: GraphQLInterfaceType) -> bool:
        """Whether an interface has something that those it extends have not."""
        above = [set(self.members[each.name]) for each in interface.interfaces]
        return bool(set(self.members[interface.name]) - set[str]().union(*above))


def _named(definition: Any) -> str:
    """The name of the type of a definition, without its lists and non-nulls."""
    return cast("Any", graphql).get_named_type(definition.type).name


def _types_told(name: str) -> set[Audience]:
    """The audiences that a type exists for; an interface for those of any of its types."""
    return {each for type_ in possible_types(name) for each in REGISTRY.told[type_]}


def _is_needed(type_: str, name: str, member: Any) -> bool:
    """Whether a type is of no use without a member."""
    if isinstance(member, GraphQLInputField):
        return graphql.is_required_input_field(member)
    # Rows without their node, and pages without their rows, only tell how many there are.
    return (type_.endswith("Edge") and name == "node") or (
        type_.endswith("Connection") and name == "edges"
    )


@dataclass(slots=True)
class _Copies:
    """The types of a projection, each a copy of the full schema's."""

    existing: _Existing
    reached: set[str]
    made: dict[str, Any] = field(default_factory=dict[str, Any])

    def of(self, type_: Any) -> Any:
        """The copy of a type, with its lists and non-nulls."""
        if isinstance(type_, GraphQLList | GraphQLNonNull):
            outer = cast("Any", type_)
            return outer.__class__(self.of(outer.of_type))
        if type_.name not in self.made:
            self.made[type_.name] = self._copy(type_)
        return self.made[type_.name]

    def _copy(self, type_: Any) -> Any:
        left = self.existing.members[type_.name]
        if isinstance(type_, GraphQLEnumType):
            return type_ if len(left) == len(type_.values) else _enum(type_, left)
        if is_introspection_type(type_) or "" in left:
            return type_
        kwargs = type_.to_kwargs()
        if isinstance(type_, GraphQLInputObjectType):
            kwargs["fields"] = lambda: {key: self._typed(each) for key, each in left.items()}
            return GraphQLInputObjectType(**kwargs)
        kwargs["fields"] = lambda: {key: self._field(each) for key, each in left.items()}
        kwargs["interfaces"] = lambda: [
            self.of(each) for each in type_.interfaces if each.name in self.reached
        ]
        return type(type_)(**kwargs)

    def _field(self, definition: GraphQLField) -> GraphQLField:
        existing = self.existing
        made: GraphQLField = self._typed(definition)
        made.args = {
            name: self._typed(each)
            for name, each in definition.args.items()
            if existing.allows(each) and existing.exists(each)
        }
        return made

    def _typed(self, definition: Any) -> Any:
        """The copy of a field, an argument or a member of an input, of its type's copy."""
        return type(definition)(**{**definition.to_kwargs(), "type_": self.of(definition.type)})


def _enum(type_: GraphQLEnumType, left: _Members) -> GraphQLEnumType:
    """An enum with some of its values."""
    declared: Any = type_.extensions.get("strawberry-definition")
    # Strawberry's own class of enums is made from its definition besides.
    more: dict[str, Any] = {"enum": declared} if declared is not None else {}
    return type(type_)(**{**type_.to_kwargs(), "values": left}, **more)


def project(schema: GraphQLSchema, audience: Audience) -> GraphQLSchema:
    """The schema as an audience knows it; staff's lacks what is made for others alone.

    Args:
        schema: The full schema.
        audience: For whom.
    """
    existing = _Existing(schema, audience)
    existing.settle()
    reached = existing.reached()
    copies = _Copies(existing, reached)
    roots = {name.lower(): copies.of(schema.type_map[name]) for name in _ROOTS if name in reached}
    types = [
        copies.of(type_)
        for name, type_ in schema.type_map.items()
        if name in reached and isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
    ]
    directives = [
        each for each in schema.directives if audience is Audience.STAFF or each.name != _TAG
    ]
    return GraphQLSchema(
        **cast("Any", roots),
        types=types,
        directives=directives,
        description=schema.description,
        extensions=schema.extensions,
        assume_valid=True,
    )


_made: WeakKeyDictionary[GraphQLSchema, dict[Audience, GraphQLSchema]] = WeakKeyDictionary()
_making = Lock()


def projection(schema: GraphQLSchema, audience: Audience) -> GraphQLSchema:
    """As `project`, made once for each schema and audience, when it is first needed."""
    with _making:
        made = _made.setdefault(schema, {})
        if audience not in made:
            made[audience] = project(schema, audience)
        return made[audience]
