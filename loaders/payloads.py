"""Input and payload types of mutations, made from the actions they stand for."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, cast

import strawberry

from graph.custom.taking import customised
from graph.model.kinds import Node, Property, Type
from graph.write.actions.draft import node_of
from graph.write.actions.spec import Create, Given, Link, Mutation, Ref, Update
from graph.write.validation import required
from loaders.audiences import STAFF_ALONE
from loaders.custom import CustomFieldInput
from loaders.inputs import InputField, input_type
from loaders.registry import REGISTRY, enum_type

_TYPES: dict[Type, Any] = {
    Type.INTEGER: int,
    Type.FLOAT: float,
    Type.BOOLEAN: bool,
    Type.DATETIME: datetime,
    Type.DATE: date,
    Type.STRINGS: list[str],
}


@strawberry.input(description="An amount of money.")
class MoneyInput:
    """An amount of money, as it is given."""

    amount: Decimal = strawberry.field(description="Amount in the currency's main unit.")
    currency: str = strawberry.field(description="ISO 4217 code of the currency.")


@strawberry.type(description="Why nothing was done.")
class UserError:
    """Why a mutation did nothing, as its caller is told."""

    code: str = strawberry.field(description="Stable code; docs/mutations.md lists them.")
    message: str = strawberry.field(description="One sentence that says what to do.")
    field: list[str] = strawberry.field(
        description="Way to the input field it is about, from `input` on; positions of lists count "
        "from 0. Empty when it is about the whole."
    )


def _owner(node: Node, name: str) -> str:
    """The label that declares a property: it gives an enum its name."""
    for parent in node.extends:
        if name in parent.properties:
            return _owner(parent, name)
    return node.name


def _scalar(declared: Property, owner: str) -> Any:
    if declared.values:
        return enum_type(owner, declared)
    if declared.type is Type.MONEY:
        return MoneyInput
    return _TYPES.get(declared.type, str)


def _property(name: str, declared: Property, owner: str, *, needed: bool) -> InputField:
    scalar = _scalar(declared, owner)
    return InputField(name, declared.description, lambda: scalar if needed else scalar | None)


def _created(create: Create) -> list[InputField]:
    needed = set(required(create.node)) - set(create.optional)
    members = [
        _property(
            name, _any_property(create, name), _any_owner(create, name), needed=name in needed
        )
        for name in create.properties
    ]
    if create.kinds:
        needed_kind = "kind" not in create.optional
        members.insert(
            0,
            InputField(
                "kind",
                "Which kind it is.",
                lambda: _kinds(create) if needed_kind else _kinds(create) | None,
            ),
        )
    return members


def _any_property(create: Create, name: str) -> Property:
    for node in (create.node, *create.kinds):
        if name in node.properties:
            return node.properties[name]
    raise LookupError(f"{create.node.name} has no property {name}.")


def _any_owner(create: Create, name: str) -> str:
    for node in (create.node, *create.kinds):
        if name in node.properties:
            return _owner(node, name)
    raise LookupError(name)


@cache
def _kinds(create: Create) -> Any:
    names = {_constant(each.name): each for each in create.kinds}
    members = Enum(f"{create.node.name}Kind{len(names)}", {each: each for each in names})
    made: Any = cast("Any", strawberry).enum(
        members,
        name=_kind_name(create),
        description=f"Kinds of {create.node.name} that can be made.",
    )
    for each in made.__strawberry_definition__.values:
        each.description = names[each.name].description
    return made


def _kind_name(create: Create) -> str:
    return f"{create.name[0].upper()}{create.name[1:]}Kind"


def _constant(name: str) -> str:
    """`DealRegistration` as `DEAL_REGISTRATION`."""
    return "".join(
        "_" + each if each.isupper() and i else each for i, each in enumerate(name)
    ).upper()


def _updated(mutation: Mutation, update: Update) -> list[InputField]:
    ref = next(each for each in mutation.refs if each.name == update.name)
    members: list[InputField] = []
    for name in update.properties:
        node = next(each for each in _concrete(ref.nodes) if name in each.properties)
        members.append(_property(name, node.properties[name], _owner(node, name), needed=False))
    return members


def _concrete(nodes: tuple[Node, ...]) -> list[Node]:
    labels = {kind.node.name for kind in REGISTRY.kinds.values()}
    found = [node_of(label) for label in sorted(labels)]
    return [*nodes, *(each for each in found if any(each.is_a(node) for node in nodes))]


def _linked(link: Link) -> list[InputField]:
    relationship = link.relationship
    owner = relationship.name.title().replace("_", "")
    return [
        _property(
            name, relationship.properties[name], owner,
            needed=relationship.properties[name].required,
        )
        for name in link.properties
    ]  # fmt: skip


def _ref(mutation: Mutation, ref: Ref) -> InputField:
    if not ref.many:
        type_: Any = strawberry.ID
        return InputField(
            ref.name + "Id", ref.description, lambda: type_ if ref.required else type_ | None
        )
    row: Any = strawberry.ID if ref.row is None else _row(mutation, ref)
    return InputField(
        ref.name, ref.description, lambda: list[row] if ref.required else list[row] | None
    )


def _upper(name: str) -> str:
    return name[0].upper() + name[1:]


def _row(mutation: Mutation, ref: Ref) -> Any:
    name = _upper(mutation.name) + _upper(ref.name)
    members = [InputField(str(ref.row), ref.description, lambda: strawberry.ID)]
    owner = _upper(mutation.name) + _upper(ref.name)
    members += [_property(each.name, each, owner, needed=each.required) for each in ref.properties]
    return input_type(name + "Input", ref.description, members)


def _given(mutation: Mutation, given: Given) -> InputField:
    declared = given.property
    if given.fields:
        members = [
            _ref(mutation, each) if isinstance(each, Ref) else _given(mutation, each)
            for each in given.fields
        ]
        name = _upper(mutation.name) + _upper(declared.name) + "Input"
        scalar = input_type(name, declared.description, members)
    else:
        scalar = _scalar(declared, given.owner or _upper(mutation.name))
    type_: Any = list[scalar] if given.many else scalar
    return InputField(
        declared.name, declared.description, lambda: type_ if given.required else type_ | None
    )


def input_of(mutation: Mutation) -> Any:
    """The type of a mutation's one argument; each field once, by the first that offers it."""
    members = [_ref(mutation, each) for each in mutation.refs]
    for create in mutation.creates:
        members += _created(create)
    for update in mutation.updates:
        members += _updated(mutation, update)
    for link in mutation.links:
        members += _linked(link)
    members += [_given(mutation, each) for each in mutation.given]
    if customised(mutation) is not None:
        text = "Values of custom fields, by name; what is not named stays."
        members.append(InputField("custom", text, lambda: list[CustomFieldInput] | None))
    if mutation.updates:
        text = "Version it must still have; with another one nothing is done (CONFLICT)."
        members.append(InputField("ifVersion", text, lambda: int | None))
    members.append(
        InputField("reason", "Why, for the history of what is changed.", lambda: str | None)
    )
    text = (
        "Makes the request repeatable: the same id and the same input are done once and answered "
        "alike for 7 days. At most 100 characters."
    )
    members.append(InputField("clientMutationId", text, lambda: str | None))
    first = {each.python_name: each for each in reversed(members)}
    unique = [each for each in members if first[each.python_name] is each]
    for each in unique:
        if each.graphql_name in mutation.staff_fields:
            each.directives.append(STAFF_ALONE)
    name = _upper(mutation.name) + "Input"
    # Who is not told of versions and custom fields cannot probe for them either.
    told = next((each.type for each in mutation.returns), "Node")
    REGISTRY.about[name, "ifVersion"] = ((told, "version"),)
    REGISTRY.about[name, "custom"] = ((told, "customFields"),)
    return input_type(name, f"Input of {mutation.name}.", unique)


def payload_of(mutation: Mutation) -> Any:
    """The type of a mutation's answer."""
    annotations: dict[str, Any] = {}
    body: dict[str, Any] = {}
    for each in mutation.returns:
        type_: Any = REGISTRY.types[each.type]
        annotations[each.name] = list[type_] if each.per else type_ | None
        said = "As it is afterwards; null when nothing was done."
        if each.per:
            said = f"What became of `{each.per}`, in their order, those refused left out."
        body[each.name] = strawberry.field(name=each.name, description=said)
    annotations |= {"user_errors": list[UserError], "client_mutation_id": str | None}
    body["user_errors"] = strawberry.field(description="Why nothing was done; empty when it was.")
    body["client_mutation_id"] = strawberry.field(description="As it was given.")
    name = _upper(mutation.name) + "Payload"
    cls = type(name, (), {**body, "__annotations__": annotations})
    return cast("Any", strawberry.type(cls, description=f"What became of {mutation.name}."))
