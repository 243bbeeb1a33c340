"""Business actions as data: what an action needs, what it makes of it, and when it is refused.

From an `Action` follow its Cypher, its GraphQL input and payload, its event and its refusals; see
docs/mutations.md. Every text in here is a literal, and every value travels as a parameter.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, LiteralString

from graph.audiences import Audience
from graph.model.kinds import Node, Property, Relationship

if TYPE_CHECKING:
    from graph.write.actions.draft import Draft
    from graph.write.actions.work import Work


@dataclass(frozen=True, slots=True)
class Ref:
    """A node that the action needs, named by the caller by its id.

    The input field is `<name>Id`; with `many` it is `<name>`, a list of ids, or with `row` a list
    of objects that hold an id and `properties`.

    Attributes:
        name: Cypher variable; with `many` of the list of nodes.
        nodes: Labels it may have; one that is abstract stands for all its kinds.
        description: What it is to the action, as the input describes it.
        required: Whether it must be given; of `many`, whether at least one must.
        many: Whether it is a list.
        row: With `many`: name of the id in a row; None for a plain list of ids.
        properties: With `row`: further members of a row.
        lock: Whether the node is locked before anything is read, though it is not changed; a
            guard that holds over time needs this. What is changed or linked is locked anyway.
        role: A label that the node must carry besides, such as Partner.
        mark: What somebody who is no staff must have besides seeing it: the name of a condition in
            `Rules.acts`, such as OWN_REQUEST.
    """

    name: LiteralString
    nodes: tuple[Node, ...]
    description: str
    required: bool = True
    many: bool = False
    row: LiteralString | None = None
    properties: tuple[Property, ...] = ()
    lock: bool = False
    role: LiteralString | None = None
    mark: LiteralString | None = None


@dataclass(frozen=True, slots=True)
class Create:
    """A node that the action makes.

    Attributes:
        name: Cypher variable.
        node: Its kind; an abstract one needs `kinds`.
        properties: Model properties that the input offers; those that the model requires and
            `prepare` does not set must be given.
        kinds: Concrete kinds of which the input names one, as `kind`.
        optional: Properties that the input need not give although the model requires them.
    """

    name: LiteralString
    node: Node
    properties: tuple[LiteralString, ...] = ()
    kinds: tuple[Node, ...] = ()
    optional: tuple[LiteralString, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """A change of a node that a `Ref` names: of the properties that the input offers.

    Null takes a property away, what is not given stays. The input also takes `ifVersion`: with
    another version than this the action is refused as CONFLICT.
    """

    name: LiteralString
    properties: tuple[LiteralString, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship between two variables; one of them may be `many`.

    Attributes:
        start: Variable of its start.
        relationship: Its type.
        end: Variable of its end.
        properties: Own properties that the input offers at its top level (a `row` offers its own).
        only: Whether others of this type from the same start are retracted, so that one is left.
        label: With `only`: only those towards nodes of this label are.
    """

    start: LiteralString
    relationship: Relationship
    end: LiteralString
    properties: tuple[LiteralString, ...] = ()
    only: bool = False
    label: LiteralString | None = None


@dataclass(frozen=True, slots=True)
class Unlink:
    """The retraction of relationships from a start, to one end or to all.

    Attributes:
        start: Variable of the start.
        relationship: The type.
        end: Variable of the end; None for all ends.
        where: Further condition over `x`, the relationship, `e`, its end, and `r`, the row.
    """

    start: LiteralString
    relationship: Relationship
    end: LiteralString | None = None
    where: LiteralString | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """A reason to refuse, found by the write itself after its locks.

    Attributes:
        code: Code of the refusal.
        message: One sentence that says what to do; without personal data.
        when: Cypher condition over the variables and `r`, the row (`r.values.<name>` holds what
            `prepare` put into `draft.values`); refused when it is true.
        path: Input field it is about.
        detail: Cypher expression whose value is put into the message for `{}`: a state, never
            personal data.
        audience: Whom alone it is for: of nobody else the viewer's variables are there.
    """

    code: str
    message: str
    when: LiteralString
    path: tuple[str, ...] = ()
    detail: LiteralString | None = None
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A further input field: declared like a property of the model, used by `prepare`.

    `many` is a list of it. `fields` instead make it an object (with `many` a list of objects).
    `owner` is the label whose property it is, where its enum is that label's.
    """

    property: Property
    required: bool = False
    many: bool = False
    fields: tuple["Given | Ref", ...] = ()
    owner: LiteralString | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """One thing of the payload: its field, the variable it is, and its GraphQL type.

    Attributes:
        per: Name of a given list of which each item yields one: then the field is a list of those
            that were noted as `<variable>.<number>`. None for one thing.
    """

    name: LiteralString
    variable: LiteralString
    type: str
    per: LiteralString | None = None


@dataclass(frozen=True, eq=False)
class Mutation:
    """What the caller sees of a business action: its name, its input and its payload.

    Attributes:
        name: Name of the mutation, noun first, such as `caseOpen`.
        description: One sentence for the schema.
        refs: Nodes it needs.
        creates: Nodes it makes, with the properties that the input offers.
        updates: Nodes it changes, with the properties that the input offers.
        links: Relationships it makes or changes.
        given: Further input fields.
        returns: Things in the payload.
        audiences: Who may ask for it besides staff.
        staff: Whether staff may ask for it, too.
        staff_fields: Fields of its input that exist for staff alone; none that must be given.
    """

    name: LiteralString
    description: str
    refs: tuple[Ref, ...] = ()
    creates: tuple[Create, ...] = ()
    updates: tuple[Update, ...] = ()
    links: tuple[Link, ...] = ()
    given: tuple[Given, ...] = ()
    returns: tuple[Return, ...] = ()
    audiences: tuple[Audience, ...] = ()
    staff: bool = True
    staff_fields: tuple[LiteralString, ...] = ()

    def is_for(self, audience: Audience) -> bool:
        """Whether somebody of an audience may ask for it."""
        return self.staff if audience is Audience.STAFF else audience in self.audiences


@dataclass(frozen=True, eq=False)
class Action(Mutation):
    """A business action that is one statement.

    Attributes:
        unlinks: Relationships it retracts, before the links are made.
        guards: Refusals that depend on the graph; the first that holds counts.
        prepare: Computes values from the input alone; may refuse.
        extra: Cypher clauses run after everything else, over the variables and `r`; for what the
            rest cannot say. They must not change what an event would have to tell.
    """

    unlinks: tuple[Unlink, ...] = ()
    guards: tuple[Guard, ...] = ()
    prepare: "Callable[[Draft], None] | None" = None
    extra: LiteralString | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Procedure(Mutation):
    """A business action that takes more than one statement: a read first, or a batch.

    Its creates, updates and links only say what the input offers. `run` does the work, and notes
    ids and refusals in the draft. It must be repeatable under `draft.caller.key`: it passes that to
    `graph.write.write`, or ends in an `Action` given to `work.perform`.
    """

    run: "Callable[[Work, Draft], Awaitable[None]]"


@dataclass(slots=True)
class Refusal:
    """Why nothing was done, for `userErrors`; the message never repeats a value of the input."""

    code: str
    message: str
    path: tuple[str, ...] = field(default=())


Values = dict[str, Any]
