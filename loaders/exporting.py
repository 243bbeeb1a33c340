"""Exports: a list of the schema read page by page, and written as a file.

The pages are ordinary queries, so an export holds what the same viewer's list would show, with the
same filter, in the same order. Memory is bounded by a page, whatever the list holds.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    is_required_argument,
)

from graph.errors import InvalidInput
from graph.exports import Folder, Format, writer
from graph.exports.files import written
from graph.jobs import Run, Runner
from loaders.declare import MAX_PAGE
from loaders.execution import Executor
from loaders.readings import Readings
from loaders.schema import is_list, named_type, object_type
from loaders.viewer import Audience, Viewer

PAGES_TOGETHER = 10
"""Pages that are written at once: threads change hands less often."""

MAX_COLUMNS = 100
MAX_DEPTH = 4

Progress = Callable[[int], Awaitable[None]]
"""Told how many rows are written so far."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be exported.

    Attributes:
        kind: Root field of the list, such as `orders`.
        format: How it is written.
        filter: As in the API; None for all.
        order_by: As in the API; None for the list's own order.
        columns: Paths of fields, such as `number` or `customer.name`; none for all plain ones.
        bom: Whether a CSV file begins with a byte order mark.
    """

    kind: str
    format: Format
    filter: dict[str, Any] | None = None
    order_by: list[dict[str, Any]] | None = None
    columns: tuple[str, ...] = ()
    bom: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export came to: rows and bytes."""

    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A list ready to be read.

    Attributes:
        document: The query of one page.
        columns: Names of the columns.
        paths: Where each column's value lies in a node.
    """

    document: str
    columns: tuple[str, ...]
    paths: tuple[tuple[str, ...], ...]


def kinds(schema: GraphQLSchema) -> list[str]:
    """Names of the lists that can be exported, sorted."""
    query = schema.query_type
    fields: dict[str, GraphQLField] = query.fields if query else {}
    return sorted(
        name
        for name, each in fields.items()
        if {"filter", "after"} <= each.args.keys()
        and not any(is_required_argument(one) for one in each.args.values())
    )


def _node_type(field: GraphQLField) -> GraphQLObjectType | GraphQLInterfaceType:
    edge = object_type(object_type(field).fields["edges"])
    return cast("GraphQLObjectType", named_type(edge.fields["node"]))


def _plain(field: GraphQLField) -> bool:
    """Whether a field is a value of its own, or a list of such, and needs no argument."""
    leaf = isinstance(named_type(field), GraphQLScalarType | GraphQLEnumType)
    return leaf and not any(is_required_argument(each) for each in field.args.values())


def _columns(node: GraphQLObjectType | GraphQLInterfaceType) -> list[str]:
    """All plain fields of a type; an amount of money is two columns."""
    found: list[str] = []
    for name, field in node.fields.items():
        inner = named_type(field)
        if _plain(field):
            found.append(name)
        elif isinstance(inner, GraphQLObjectType) and inner.name == "Money" and not is_list(field):
            found += [f"{name}.{each}" for each in inner.fields]
    return found


def _checked(node: GraphQLObjectType | GraphQLInterfaceType, column: str) -> tuple[str, ...]:
    """The path of a column.

    Raises:
        InvalidInput: it leads to no plain value.
    """
    path = tuple(column.split("."))
    here: Any = node
    for i, name in enumerate(path):
        fields: dict[str, GraphQLField] = getattr(here, "fields", {})
        field = fields.get(name)
        if field is None or len(path) > MAX_DEPTH or (i < len(path) - 1 and is_list(field)):
            break
        if i == len(path) - 1 and _plain(field):
            return path
        here = named_type(field)
    known = ", ".join(_columns(node))
    raise InvalidInput(
        f"A column names no value that can be exported; choose of {known}, or a path of single "
        "things such as customer.name."
    )


def reading(schema: GraphQLSchema, asked: Asked) -> Reading:
    """Make the query of an export.

    Raises:
        InvalidInput: there is no such list or column.
    """
    query = schema.query_type
    if query is None or asked.kind not in kinds(schema):
        raise InvalidInput(f"There is no such list; choose one of {', '.join(kinds(schema))}.")
    field = query.fields[asked.kind]
    node = _node_type(field)
    columns = asked.columns or tuple(_columns(node))
    if len(columns) > MAX_COLUMNS:
        raise InvalidInput(f"An export has at most {MAX_COLUMNS} columns; name fewer.")
    paths = tuple(_checked(node, column) for column in columns)
    tree: dict[str, Any] = {}
    for path in paths:
        here = tree
        for name in path:
            here = here.setdefault(name, {})
    types = {name: _type_name(each) for name, each in field.args.items()}
    variables = f"$after: String, $filter: {types['filter']}"
    arguments = f"first: {MAX_PAGE}, after: $after, filter: $filter"
    if asked.order_by:
        variables += f", $orderBy: {types['orderBy']}"
        arguments += ", orderBy: $orderBy"
    page = f"edges {{ node {_selection(tree)} }} pageInfo {{ hasNextPage endCursor }}"
    document = f"query Export({variables}) {{ {asked.kind}({arguments}) {{ {page} }} }}"
    return Reading(document, columns, paths)


def _type_name(argument: GraphQLArgument) -> str:
    return str(cast("Any", argument).type)


def _selection(tree: dict[str, Any]) -> str:
    inner = (f"{name} {_selection(each)}" if each else name for name, each in tree.items())
    return "{ " + " ".join(inner) + " }"


def _value(node: dict[str, Any] | None, path: tuple[str, ...]) -> Any:
    found: Any = node
    for name in path:
        if found is None:
            return None
        found = found[name]
    return found


async def pages(
    executor: Executor, viewer: Viewer, asked: Asked, read: Reading
) -> AsyncIterator[list[list[Any]]]:
    """Yield the rows of an export, page by page, in the order of the list.

    Raises:
        InvalidInput: the filter or the order does not fit the list.
    """
    variables: dict[str, Any] = {"after": None, "filter": asked.filter}
    if asked.order_by:
        variables["orderBy"] = asked.order_by
    flat = tuple(path[0] if len(path) == 1 else path for path in read.paths)
    while True:
        response = await executor.execute(read.document, variables, None, viewer)
        if response.get("errors"):
            raise InvalidInput(str(response["errors"][0]["message"]))
        page = response["data"][asked.kind]
        yield [
            [node[at] if isinstance(at, str) else _value(node, at) for at in flat]
            for node in (edge["node"] for edge in page["edges"])
        ]
        if not page["pageInfo"]["hasNextPage"]:
            return
        variables["after"] = page["pageInfo"]["endCursor"]


async def export(
    executor: Executor, viewer: Viewer, asked: Asked, path: Path, progress: Progress | None = None
) -> Exported:
    """Write a list to a file, which appears when it is complete.

    Args:
        executor: Reads the pages.
        viewer: For whom: what the viewer may not see is not in it.
        asked: What.
        path: The file; one that is there is replaced at the end.
        progress: Told how far it is, after every thousand rows.

    Raises:
        InvalidInput: the list, a column, the filter or the order does not fit the schema.
        GraphError: the database cannot be reached, or took too long.
        OSError: the file cannot be written.
    """
    read = reading(executor.schema, asked)
    count = 0
    with written(path) as part:
        out = writer(asked.format, part, read.columns, bom=asked.bom)
        try:
            waiting: list[Sequence[Any]] = []
            full = MAX_PAGE * PAGES_TOGETHER
            async for rows in pages(executor, viewer, asked, read):
                waiting += rows
                if len(waiting) >= full:
                    count += len(waiting)
                    await asyncio.to_thread(out.rows, waiting)
                    waiting = []
                    if progress is not None:
                        await progress(count)
            count += len(waiting)
            out.rows(waiting)
        except BaseException:
            out.abandon()
            raise
        await asyncio.to_thread(out.close)
        size = part.stat().st_size
    return Exported(count, size)


def parameters(asked: Asked, viewer: Viewer, *, recorded: bool) -> dict[str, Any]:
    """What is asked, for whom, and whether it is recorded who reads it, as a job keeps it."""
    who = {"audience": viewer.audience.value, "issuer": viewer.issuer, "subject": viewer.subject}
    return {**asdict(asked), "viewer": who, "recorded": recorded}


def _restored(kept: dict[str, Any]) -> tuple[Asked, Viewer]:
    who = kept["viewer"]
    asked = Asked(
        kept["kind"],
        Format(kept["format"]),
        kept["filter"],
        kept["order_by"],
        tuple(kept["columns"]),
        kept["bom"],
    )
    return asked, Viewer(Audience(who["audience"]), who["issuer"], who["subject"])


class Recording:
    """Records what exports tell, in a worker of its own process: a server records by itself."""

    def __init__(self, executor: Executor) -> None:
        """Record in the graph that the executor reads."""
        self._executor = executor
        self._own = Readings(executor.backing.graph)
        self._jobs = 0

    async def flush(self) -> None:
        """Write what was told so far.

        Raises:
            GraphError: it cannot be written; the job is tried anew.
        """
        await self._own.flush()

    @asynccontextmanager
    async def while_running(self, *, wanted: bool) -> AsyncGenerator[None]:
        """Record what is read meanwhile; all of it is written when this is left."""
        if not wanted or self._executor.readings not in {None, self._own}:
            yield
            return
        self._executor.readings = self._own
        self._jobs += 1
        try:
            yield
        finally:
            self._jobs -= 1
            if not self._jobs:
                self._executor.readings = None
            await self.flush()


def exporter(executor: Executor, folder: Folder) -> Runner:
    """Return what runs jobs of exports.

    Args:
        executor: Reads the pages.
        folder: Where the files go; those that were kept long enough are deleted.
    """
    recording = Recording(executor)

    async def run(job: Run) -> dict[str, Any]:
        await asyncio.to_thread(folder.expire)
        asked, viewer = _restored(job.parameters)
        path = folder.file(job.id, asked.format.value)

        async def progress(rows: int) -> None:
            await recording.flush()
            await executor.narrowing.look()
            await job.progress(rows)

        # A worker of its own process watches no rules; a server that watches loses nothing by it.
        await executor.narrowing.look()
        async with recording.while_running(wanted=bool(job.parameters.get("recorded"))):
            done = await export(executor, viewer, asked, path, progress)
        return {"rows": done.rows, "bytes": done.bytes}

    return run
