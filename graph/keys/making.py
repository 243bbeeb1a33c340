"""New API keys, and new secrets for old ones; the text of a key is returned and kept nowhere."""

from dataclasses import dataclass, field

from graph.actions.keys import FOR_PARTY, FOR_SERVICE, FOR_USER, REVOKE, ROTATE
from graph.database import Graph
from graph.keys.minting import SECRET, digest, mint
from graph.write.actions import (
    Action,
    Caller,
    Draft,
    Named,
    Outcome,
    Refusal,
    perform,
    ready,
    sketch,
)
from graph.write.secret import secret


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a new API key is to be.

    Attributes:
        name: What it is used for.
        audience: STAFF, PARTNER or CUSTOMER.
        expires_at: When it ends, as the graph stores times.
        scopes: What it may be used for.
        user: The user it stands for; None makes a user of kind SERVICE for it.
        acts_for: Without a user: the party for which that new one acts.
    """

    name: str
    audience: str
    expires_at: str
    scopes: tuple[str, ...] = ("read",)
    user: Named | None = None
    acts_for: Named | None = None

    @property
    def action(self) -> Action:
        """The action that makes it."""
        if self.user is not None:
            return FOR_USER
        return FOR_PARTY if self.acts_for is not None else FOR_SERVICE


@dataclass(slots=True)
class Made:
    """What became of it: the key's node and the key itself, or why there is none."""

    id: str | None = None
    text: str | None = None
    refusals: list[Refusal] = field(default_factory=list[Refusal])


async def create(graph: Graph, wanted: Wanted, caller: Caller) -> Made:
    """Make an API key.

    Raises:
        GraphError: the database is away; a key that nobody was told of does no harm.
    """
    given = {
        "name": wanted.name,
        "audience": wanted.audience,
        "scopes": list(wanted.scopes),
        "expiresAt": wanted.expires_at,
    }
    refs: dict[str, Named | list[Named] | None] = {}
    if wanted.user is not None:
        refs["user"] = wanted.user
    elif wanted.acts_for is not None:
        refs["party"] = wanted.acts_for
    draft = sketch(wanted.action, caller, refs, given)
    return await _performed(graph, wanted.action, draft, draft.ids["apiKey"])


async def rotate(graph: Graph, key: Named, overlap_hours: int, caller: Caller) -> Made:
    """Give a key a new secret; the one it had is accepted for some hours more.

    Raises:
        GraphError: the database is away; the former secret still works.
    """
    draft = sketch(ROTATE, caller, {"apiKey": key}, {"overlapHours": overlap_hours})
    return await _performed(graph, ROTATE, draft, key.id)


async def revoke(graph: Graph, key: Named, caller: Caller) -> Made:
    """End a key for good.

    Raises:
        GraphError: the database is away; the key may still work.
    """
    prepared = ready(REVOKE, sketch(REVOKE, caller, {"apiKey": key}, {}))
    outcome = prepared if isinstance(prepared, Outcome) else (await perform(graph, [prepared]))[0]
    return Made(key.id, refusals=outcome.refusals)


async def _performed(graph: Graph, action: Action, draft: Draft, id_: str) -> Made:
    pepper = await secret(graph, SECRET)
    text = mint(pepper, id_)
    draft.values["digest"] = digest(pepper, text)
    prepared = ready(action, draft)
    outcome = prepared if isinstance(prepared, Outcome) else (await perform(graph, [prepared]))[0]
    if outcome.refusals:
        return Made(refusals=outcome.refusals)
    return Made(id_, text)
