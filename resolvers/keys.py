"""API keys: shown without their secret, and made and rotated, which tells it once. Staff only."""

from datetime import UTC, datetime
from typing import Annotated, Any, cast

import strawberry

from graph import model
from graph.errors import NOT_THERE
from graph.keys import Made, Wanted, create, rotate
from graph.model import kinds
from graph.model.organisation import API_KEY, USER
from graph.model.parties import PARTY
from graph.write.actions import Caller, Named, Refusal
from graph.write.formats import moment
from loaders.backing import Backing
from loaders.declare import node, one, prop
from loaders.errors import BadRequest, Code
from loaders.ids import decode_id, encode_id
from loaders.payloads import UserError
from loaders.registry import REGISTRY, enum_type
from loaders.scopes import unknown
from loaders.viewer import Audience
from resolvers.context import Info
from resolvers.nodes import Node

_AUDIENCE = enum_type(API_KEY.name, API_KEY.properties["audience"])
DEFAULT_OVERLAP_HOURS = 24


@node(API_KEY)
class ApiKey(Node):
    """A service's means to ask without a token of the issuer."""

    name: str = prop()
    audience: str = prop()
    scopes: list[str] = prop()
    expires_at: datetime = prop()
    last_used_at: datetime | None = prop()
    rotated_at: datetime | None = prop()
    former_until: datetime | None = prop()
    revoked_at: datetime | None = prop()
    user: Any = one(model.organisation.STANDS_FOR.out, "User", "The user in whose name it asks.")


@strawberry.input(description="Input of apiKeyCreate.")
class ApiKeyCreateInput:
    """Input of apiKeyCreate."""

    name: str = strawberry.field(description="What it is used for, such as Nightly export.")
    audience: Any = strawberry.field(
        graphql_type=_AUDIENCE, description="For whom the API answers."
    )
    expires_at: datetime = strawberry.field(description="When it ends, UTC, within 400 days.")
    scopes: list[str] = strawberry.field(
        default_factory=lambda: ["read"],
        description="What it may be used for: `read` (every query and subscription), `write` "
        "(every mutation), or names of root fields.",
    )
    user_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The user it stands for; null makes a user of kind SERVICE of the same name.",
    )
    acts_for_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Without a user: the partner or customer for which the service acts; null for "
        "a key of staff.",
    )
    reason: str | None = strawberry.field(default=None, description="Why, for the history.")


@strawberry.input(description="Input of apiKeyRotate.")
class ApiKeyRotateInput:
    """Input of apiKeyRotate."""

    api_key_id: strawberry.ID = strawberry.field(description="The API key.")
    overlap_hours: int = strawberry.field(
        default=DEFAULT_OVERLAP_HOURS,
        description="For how many hours the secret it had works, too: 0 to 168.",
    )
    reason: str | None = strawberry.field(default=None, description="Why, for the history.")


@strawberry.type(description="What became of apiKeyCreate or apiKeyRotate.")
class ApiKeySecret:
    """What became of apiKeyCreate or apiKeyRotate."""

    api_key_id: strawberry.ID | None = strawberry.field(
        description="Opaque id of the API key; null when nothing was done."
    )
    secret: str | None = strawberry.field(
        description="The key, to be sent as `Authorization: Bearer c360_…`. It is told once, here, "
        "and kept nowhere; null when nothing was done."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Why nothing was done; empty when it was."
    )


def _asked(info: Info, reason: str | None) -> tuple[Backing, Caller]:
    """What the resolvers stand on, and who asks.

    Raises:
        BadRequest: FORBIDDEN for anybody but staff, and for API keys: one must not widen itself.
    """
    viewer, backing = info.context.viewer, info.context.backing
    if backing is None or viewer.audience is not Audience.STAFF or viewer.scopes is not None:
        raise BadRequest(Code.FORBIDDEN, "Only members of staff may make API keys.")
    actor = f"{viewer.issuer}|{viewer.subject}"
    return backing, Caller(actor, moment(datetime.now(UTC)), reason=reason)


def _named(value: str, kind: kinds.Node) -> Named | None:
    """The node that an id names, if it can be of that kind."""
    try:
        asked = decode_id(value)
    except BadRequest:
        return None
    found = REGISTRY.kinds.get(asked.type)
    if found is None or not found.node.is_a(kind):
        return None
    return Named(asked.id, found.node.name)


def _payload(made: Made) -> ApiKeySecret:
    errors = [
        UserError(code=each.code, message=each.message, field=list(each.path))
        for each in made.refusals
    ]
    id_ = strawberry.ID(encode_id(API_KEY.name, made.id)) if made.id is not None else None
    return ApiKeySecret(api_key_id=id_, secret=made.text, user_errors=errors)


def _missing(field: str) -> ApiKeySecret:
    return _payload(Made(refusals=[Refusal("NOT_FOUND", NOT_THERE, (field,))]))


async def api_key_create(
    info: Info,
    input: Annotated[ApiKeyCreateInput, strawberry.argument(description="The key to make.")],
) -> ApiKeySecret:
    """Make an API key."""
    backing, caller = _asked(info, input.reason)
    if unknown(cast("Any", info)._raw_info.schema, input.scopes):
        message = "Each scope must be read, write, or the name of a root field."
        return _payload(Made(refusals=[Refusal("INVALID", message, ("scopes",))]))
    user = _named(input.user_id, USER) if input.user_id is not None else None
    party = _named(input.acts_for_id, PARTY) if input.acts_for_id is not None else None
    if input.user_id is not None and user is None:
        return _missing("userId")
    if input.acts_for_id is not None and party is None:
        return _missing("actsForId")
    wanted = Wanted(
        name=input.name,
        audience=str(input.audience.value),
        expires_at=moment(input.expires_at),
        scopes=tuple(input.scopes),
        user=user,
        acts_for=party,
    )
    return _payload(await create(backing.graph, wanted, caller))


async def api_key_rotate(
    info: Info,
    input: Annotated[ApiKeyRotateInput, strawberry.argument(description="The key to rotate.")],
) -> ApiKeySecret:
    """Give an API key a new secret."""
    backing, caller = _asked(info, input.reason)
    key = _named(input.api_key_id, API_KEY)
    if key is None:
        return _missing("apiKeyId")
    return _payload(await rotate(backing.graph, key, input.overlap_hours, caller))


@strawberry.type
class KeyMutation:
    """Mutations that tell a secret."""

    api_key_create: ApiKeySecret = strawberry.field(
        resolver=api_key_create,
        description="Makes an API key for a service, and tells its secret this once.",
    )
    api_key_rotate: ApiKeySecret = strawberry.field(
        resolver=api_key_rotate,
        description="Gives an API key a new secret, told this once; the former one works on for "
        "some hours.",
    )
