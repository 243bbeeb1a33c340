"""One request on its way to the graph: what was given, what is to be written, why it is refused."""

from dataclasses import dataclass, field
from typing import Any

from graph.audiences import Audience
from graph.model import MODEL
from graph.model.kinds import Node
from graph.write.actions.spec import Create, Mutation, Refusal, Values
from graph.write.unit import new_id


@dataclass(frozen=True, slots=True)
class Named:
    """A node that the caller named: its own id, its concrete label, and what its row said."""

    id: str
    label: str
    values: Values | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and as part of which request.

    Attributes:
        actor: Who it is, as events tell it.
        key: Names the request, the caller's own among all; None when it is not to be remembered.
        request: Keyed digest of the request.
        reason: Why, in the caller's words.
        now: When, as the graph stores times.
        audience: Whose rights hold.
        issuer: Who vouches for the subject.
        subject: The caller's name at its issuer.
    """

    actor: str
    now: str
    key: str | None = None
    request: str | None = None
    reason: str | None = None
    audience: Audience = Audience.STAFF
    issuer: str = ""
    subject: str = ""


@dataclass(slots=True)
class Outcome:
    """What became of one request: the ids of what it returns, or why nothing was done."""

    result: dict[str, Named] = field(default_factory=dict[str, Named])
    refusals: list[Refusal] = field(default_factory=list[Refusal])


@dataclass(slots=True)
class Draft:
    """What `prepare` reads, completes, and may refuse.

    Attributes:
        mutation: What is asked for.
        caller: Who asks.
        refs: Nodes by the ref's name: one, None where none was named, or a list.
        given: Every other field of the input, by its name; absent ones are absent.
        props: Properties by the name of a create or update, to be completed.
        links: Properties of each link, in the order of the action's links.
        values: Values for guards, as `r.values`.
        ids: Ids of the nodes that are made.
        labels: For a create of several kinds: the concrete kind.
        returned: Ids of what the payload returns, by variable, where a `Procedure` knows better.
        custom: Values of custom fields, by the name of a create or update and by property.
        refusals: Why nothing is done.
    """

    mutation: Mutation
    caller: Caller
    refs: dict[str, Named | list[Named] | None]
    given: Values
    props: dict[str, Values] = field(default_factory=dict[str, Values])
    links: list[Values] = field(default_factory=list[Values])
    values: Values = field(default_factory=dict[str, Any])
    ids: dict[str, str] = field(default_factory=dict[str, str])
    kinds: dict[str, Node] = field(default_factory=dict[str, Node])
    returned: dict[str, Named] = field(default_factory=dict[str, Named])
    custom: dict[str, Values] = field(default_factory=dict[str, Values])
    refusals: list[Refusal] = field(default_factory=list[Refusal])

    @property
    def viewer(self) -> Caller:
        """Who asks: its audience, issuer and subject."""
        return self.caller

    @property
    def now(self) -> str:
        """When the request came, as the graph stores times."""
        return self.caller.now

    def refuse(self, code: str, message: str, *path: str) -> None:
        """Refuse the request; the message says what to do and never repeats a value."""
        self.refusals.append(Refusal(code, message, path))

    def take(self, outcome: Outcome) -> None:
        """Make what became of another request the outcome of this one."""
        self.refusals += outcome.refusals
        self.returned |= outcome.result

    def one(self, name: str) -> Named | None:
        """The node of a ref that is not `many`."""
        found = self.refs.get(name)
        return found if isinstance(found, Named) else None

    def many(self, name: str) -> list[Named]:
        """The nodes of a ref that is `many`."""
        found = self.refs.get(name)
        return found if isinstance(found, list) else []

    def link(self, kind: str, end: str | None = None) -> Values:
        """The properties of the action's link of a type (and to an end), to be completed."""
        for link, values in zip(self.mutation.links, self.links, strict=True):
            if link.relationship.name == kind and end in (None, link.end):
                return values
        raise LookupError(f"{self.mutation.name} has no link {kind}.")


def sketch(
    mutation: Mutation,
    caller: Caller,
    refs: dict[str, Named | list[Named] | None],
    given: Values,
) -> Draft:
    """Sort what was given into the draft of a request; nothing is checked but what is required.

    Args:
        mutation: What is asked for.
        caller: Who asks.
        refs: Nodes by the ref's name, looked at by label only.
        given: The other fields of the input; amounts of money as `{amount, currency}`.
    """
    draft = Draft(mutation, caller, refs, given)
    for create in mutation.creates:
        draft.kinds[create.name] = _kind(draft, create)
        draft.ids[create.name] = new_id()
        draft.props[create.name] = _taken(given, create.properties)
    for update in mutation.updates:
        draft.props[update.name] = _taken(given, update.properties)
    for link in mutation.links:
        draft.links.append(_taken(given, link.properties))
    for ref in mutation.refs:
        named = refs.get(ref.name)
        if ref.required and not named:
            place = ref.name if ref.many else ref.name + "Id"
            draft.refuse("REQUIRED", "Name one.", place)
    return draft


def _taken(given: Values, names: tuple[str, ...]) -> Values:
    return {name: given[name] for name in names if name in given}


def _kind(draft: Draft, create: Create) -> Node:
    if not create.kinds:
        return create.node
    chosen = str(draft.given.get("kind"))
    found = (each for each in create.kinds if each.name.upper() == chosen.replace("_", ""))
    # Who is not offered a choice gets the first; the input requires it of everybody else.
    return next(found, create.kinds[0])


def node_of(label: str) -> Node:
    """The concrete kind of node with a label."""
    return MODEL.by_label[label]
