"""Exports and feeds: started as jobs, fetched by sealed addresses. Staff only."""

import time
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any, cast

import strawberry
from strawberry.scalars import JSON

from graph.errors import InvalidInput
from graph.exports import Format, Token, sealed
from graph.exports.jobs import KIND, started
from graph.exports.tokens import SECRET
from graph.write import queue
from graph.write.secret import secret
from graph.write.unit import new_id
from loaders.backing import Backing
from loaders.exporting import Asked, parameters, reading
from loaders.ids import decode_id, encode_id
from loaders.payloads import UserError
from resolvers.context import Info, for_staff

DOWNLOAD_SECONDS = 900
FEED_SECONDS = 90 * 86_400


@strawberry.enum(name="ExportFormat", description="How an export is written.")
class ExportFormat(Enum):
    """How an export is written."""

    CSV = strawberry.enum_value(Format.CSV, description="Comma separated values (RFC 4180), UTF-8.")
    XLSX = strawberry.enum_value(Format.XLSX, description="A sheet for Excel and its like.")
    JSONL = strawberry.enum_value(Format.JSONL, description="One JSON object a line.")


@strawberry.input(description="Input of exportStart.")
class ExportStartInput:
    """Input of exportStart."""

    kind: str = strawberry.field(description="Root field of the list, such as `orders`.")
    format: ExportFormat = strawberry.field(description="How it is written.")
    filter: JSON | None = strawberry.field(
        default=None, description="As the list's own `filter`; null for everything."
    )
    order_by: JSON | None = strawberry.field(
        default=None, description="As the list's own `orderBy`; null for the list's order."
    )
    columns: list[str] | None = strawberry.field(
        default=None,
        description="Paths of fields, such as `number` or `customer.name`, at most 100; null for "
        "all plain values.",
    )
    bom: bool = strawberry.field(
        default=False, description="Whether a CSV file begins with a byte order mark, for Excel."
    )


@strawberry.type(description="What became of exportStart.")
class ExportStartPayload:
    """What became of exportStart."""

    job_id: strawberry.ID | None = strawberry.field(
        description="Opaque id of the Job that writes the file; null when nothing was started."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Why nothing was started; empty when it was."
    )


@strawberry.type(description="An address that can be fetched without a token of its own.")
class SealedAddress:
    """An address that can be fetched by whoever has it, until it ends."""

    path: str = strawberry.field(description="Path on this server, to be fetched by GET.")
    expires_at: datetime = strawberry.field(description="When it ends, UTC.")


def _asked(info: Info, backing: Backing, input: ExportStartInput) -> Asked:
    """What is asked, checked against the schema.

    Raises:
        InvalidInput: the list, a column, the filter or the order does not fit.
    """
    order, wanted = cast("Any", input.order_by), cast("Any", input.filter)
    asked = Asked(
        input.kind,
        cast("Format", input.format.value),
        wanted,
        order,
        tuple(input.columns or ()),
        input.bom,
    )
    schema = cast("Any", info)._raw_info.schema
    variables: dict[str, Any] = {"after": None, "filter": wanted}
    if order:
        variables["orderBy"] = order
    planned = backing.plan(reading(schema, asked).document, variables, None)
    for error in _refused(planned):
        raise InvalidInput(str(error.message))
    return asked


def _refused(planned: Any) -> list[Any]:
    """What is wrong with a request that was to be planned."""
    if isinstance(planned, list):
        return cast("list[Any]", planned)
    return [each.refused for each in planned.plan.fields if each.refused is not None]


async def export_start(
    info: Info,
    input: Annotated[ExportStartInput, strawberry.argument(description="What to export.")],
) -> ExportStartPayload:
    """Have a list written to a file."""
    backing = for_staff(info)
    try:
        asked = _asked(info, backing, input)
    except InvalidInput as error:
        told = UserError(code="INVALID", message=str(error), field=[])
        return ExportStartPayload(job_id=None, user_errors=[told])
    values = parameters(asked, info.context.viewer, recorded=backing.recording())
    job, _ = await queue.enqueue(backing.graph, KIND, new_id(), values)
    return ExportStartPayload(job_id=strawberry.ID(encode_id("Job", job)), user_errors=[])


async def address_of(backing: Backing, path: str, token: Token) -> SealedAddress:
    """The address of what a token opens; `{token}` in the path stands for it."""
    text = sealed(await secret(backing.graph, SECRET), token)
    ends = datetime.fromtimestamp(token.until, UTC)
    return SealedAddress(path=path.replace("{token}", text), expires_at=ends)


async def export_download(
    info: Info,
    job: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the export.")],
) -> SealedAddress | None:
    """Where a finished export is fetched."""
    backing, id_ = for_staff(info), decode_id(job).id
    found = await started(backing.graph, id_)
    viewer = info.context.viewer
    if found is None or (found.issuer, found.subject) != (viewer.issuer, viewer.subject):
        # It holds what he may see who had it written, and he it is who is recorded to have read it.
        return None
    if found.state != "DONE":
        return None
    token = Token("export", id_, int(time.time()) + DOWNLOAD_SECONDS, found.format)
    return await address_of(backing, f"/exports/{id_}?token={{token}}", token)


async def task_feed(info: Info) -> SealedAddress:
    """Where a calendar finds the tasks of the viewer."""
    viewer = info.context.viewer
    token = Token("calendar", viewer.subject, int(time.time()) + FEED_SECONDS, viewer.issuer)
    return await address_of(for_staff(info), "/calendar/{token}.ics", token)


@strawberry.type
class ExportMutation:
    """Mutations that start exports."""

    export_start: ExportStartPayload = strawberry.field(
        resolver=export_start, description="Has a list written to a file, by a job."
    )


@strawberry.type
class ExportQuery:
    """Root fields about exports and feeds."""

    export_download: SealedAddress | None = strawberry.field(
        resolver=export_download,
        description="Where a finished export is fetched by whoever started it; null for anybody "
        "else, and while it is not finished. "
        "The address ends after 15 minutes.",
    )
    task_feed: SealedAddress = strawberry.field(
        resolver=task_feed,
        description="Where a calendar finds the viewer's tasks (RFC 5545). Ends after 90 days.",
    )
