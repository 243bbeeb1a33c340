"""Plain Strawberry with a DataLoader for each relation, as good Python usually looks today.

`python -m bench.peers.dataloaders`; port and graph come from the environment.
"""

import os
import sys
import threading
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, LiteralString, cast

import neo4j
import strawberry
import uvicorn
from fastapi import FastAPI, Request
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext, GraphQLRouter

CUSTOMER = "MATCH (n:Person {id: $id}) RETURN n {.*} AS row"
PEOPLE = "MATCH (n:Person) RETURN n {.*} AS row ORDER BY n.name LIMIT $first"
ORDERED = """
MATCH (n:Company)
WHERE EXISTS { (n)<-[:WORKS_AT]-(:Person)<-[:FOR]-(:Order)-[:CONTAINS]->(:Product {sku: $sku}) }
RETURN n {.*} AS row ORDER BY n.name LIMIT $first
"""
COMPANIES = """
UNWIND $ids AS id MATCH (this:Person {id: id})
CALL (this) { MATCH (this)-[edge:WORKS_AT]->(n:Company)
  RETURN {title: edge.title, node: n {.*}} AS row ORDER BY edge.from DESC LIMIT $first }
RETURN id, collect(row) AS rows
"""
PARTNERS = """
UNWIND $ids AS id MATCH (this:Person {id: id})
CALL (this) { MATCH (this)<-[:SERVES]-(n:Partner)
  RETURN n {.*} AS row ORDER BY n.name LIMIT $first }
RETURN id, collect(row) AS rows
"""
INTERACTIONS = """
UNWIND $ids AS id MATCH (this:Person {id: id})
CALL (this) { MATCH (this)-[:PARTICIPATED_IN]->(n:Interaction)
  RETURN n {.*} AS row ORDER BY n.at DESC LIMIT $first }
RETURN id, collect(row) AS rows
"""
ORDERS = """
UNWIND $ids AS id MATCH (this:Person {id: id})
CALL (this) { MATCH (this)<-[:FOR]-(n:Order)
  RETURN n {.*} AS row ORDER BY n.at DESC LIMIT $first }
RETURN id, collect(row) AS rows
"""
LINES = """
UNWIND $ids AS id MATCH (this:Order {id: id})
CALL (this) { MATCH (this)-[edge:CONTAINS]->(n:Product)
  RETURN edge {.*, node: n {.*}} AS row ORDER BY edge.line LIMIT $first }
RETURN id, collect(row) AS rows
"""

Row = dict[str, Any]
Key = tuple[str, int]


class Context(BaseContext):
    """What resolvers share within a request: the driver and a loader for each relation."""

    def __init__(self, driver: neo4j.AsyncDriver) -> None:
        super().__init__()
        self._driver = driver
        self.companies = self._loader(COMPANIES)
        self.partners = self._loader(PARTNERS)
        self.interactions = self._loader(INTERACTIONS)
        self.orders = self._loader(ORDERS)
        self.lines = self._loader(LINES)

    async def rows(self, text: LiteralString, **parameters: Any) -> list[Row]:
        """The rows of a statement."""
        found = await self._driver.execute_query(
            text,
            parameters,
            routing_=neo4j.RoutingControl.READ,
            database_=os.environ["NEO4J_DATABASE"],
        )
        return [record.data() for record in found.records]

    def _loader(self, text: LiteralString) -> DataLoader[Key, list[Row]]:
        async def load(keys: list[Key]) -> list[list[Row]]:
            sizes: dict[int, list[str]] = defaultdict(list)
            for id_, first in keys:
                sizes[first].append(id_)
            found: dict[Key, list[Row]] = {}
            for first, ids in sizes.items():
                for row in await self.rows(text, ids=ids, first=first):
                    found[row["id"], first] = row["rows"]
            return [found.get(key, []) for key in keys]

        return DataLoader(load_fn=load)


Info = strawberry.Info[Context, None]


@strawberry.type
class Money:
    """An amount of money."""

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, minor: int, currency: str) -> "Money":
        """An amount stored in minor units."""
        return cls(amount=Decimal(minor).scaleb(-2), currency=currency)


@strawberry.type
class Company:
    """An organisation."""

    id: strawberry.ID
    name: str
    industry: str | None

    @classmethod
    def of(cls, row: Row) -> "Company":
        """The company in a row."""
        return cls(id=row["id"], name=row["name"], industry=row.get("industry"))


@strawberry.type
class Employer:
    """A company a customer works for."""

    title: str | None
    node: Company


@strawberry.type
class Partner:
    """A company that works with us."""

    id: strawberry.ID
    name: str


@strawberry.type
class Interaction:
    """One touch on any channel."""

    id: strawberry.ID
    at: str
    channel: str
    subject: str | None


@strawberry.type
class Product:
    """Something we sell."""

    id: strawberry.ID
    sku: str
    name: str


@strawberry.type
class OrderLine:
    """One line of an order."""

    line: int
    quantity: float
    unit_price: Money
    node: Product

    @classmethod
    def of(cls, row: Row) -> "OrderLine":
        """The line in a row."""
        node = row["node"]
        return cls(
            line=row["line"],
            quantity=row["quantity"],
            unit_price=Money.of(row["unitPrice"], row["currency"]),
            node=Product(id=node["id"], sku=node["sku"], name=node["name"]),
        )


@strawberry.type
class Order:
    """A confirmed purchase."""

    id: strawberry.ID
    number: str
    at: str
    total: Money

    @strawberry.field
    async def lines(self, info: Info, first: int) -> list[OrderLine]:
        """Its lines in their order."""
        rows = await info.context.lines.load((self.id, first))
        return [OrderLine.of(row) for row in rows]


@strawberry.type
class Customer:
    """A person we deal with."""

    id: strawberry.ID
    name: str
    lifecycle: str | None
    email: str | None
    phone: str | None
    city: str | None
    country: str | None
    language: str | None

    @classmethod
    def of(cls, row: Row) -> "Customer":
        """The customer in a row."""
        names = ("lifecycle", "email", "phone", "city", "country", "language")
        return cls(id=row["id"], name=row["name"], **{name: row.get(name) for name in names})

    @strawberry.field
    async def companies(self, info: Info, first: int) -> list[Employer]:
        """Companies the customer works for, latest first."""
        rows = await info.context.companies.load((self.id, first))
        return [Employer(title=row["title"], node=Company.of(row["node"])) for row in rows]

    @strawberry.field
    async def partners(self, info: Info, first: int) -> list[Partner]:
        """Partners who look after the customer, by name."""
        rows = await info.context.partners.load((self.id, first))
        return [Partner(id=row["id"], name=row["name"]) for row in rows]

    @strawberry.field
    async def interactions(self, info: Info, first: int) -> list[Interaction]:
        """Interactions, newest first."""
        rows = await info.context.interactions.load((self.id, first))
        return [
            Interaction(
                id=row["id"], at=row["at"], channel=row["channel"], subject=row.get("subject")
            )
            for row in rows
        ]

    @strawberry.field
    async def orders(self, info: Info, first: int) -> list[Order]:
        """Orders, newest first."""
        rows = await info.context.orders.load((self.id, first))
        return [
            Order(
                id=row["id"],
                number=row["number"],
                at=row["at"],
                total=Money.of(row["total"], row["currency"]),
            )
            for row in rows
        ]


@strawberry.type
class Query:
    """Everything that can be asked."""

    @strawberry.field
    async def customer(self, info: Info, id: strawberry.ID) -> Customer | None:
        """One customer by id."""
        rows = await info.context.rows(CUSTOMER, id=id)
        return Customer.of(rows[0]["row"]) if rows else None

    @strawberry.field
    async def people(self, info: Info, first: int) -> list[Customer]:
        """People by name."""
        rows = await info.context.rows(PEOPLE, first=first)
        return [Customer.of(row["row"]) for row in rows]

    @strawberry.field
    async def companies(self, info: Info, first: int, ordered: str) -> list[Company]:
        """Companies with people who ordered a product, by name."""
        rows = await info.context.rows(ORDERED, first=first, sku=ordered)
        return [Company.of(row["row"]) for row in rows]


def _end_with_owner() -> None:
    """Leave when the other end of standard input closes, however that came about."""
    sys.stdin.buffer.read()
    os._exit(0)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Keep one driver for the life of the process."""
    uri, user = os.environ["NEO4J_URI"], os.environ["NEO4J_USER"]
    # The driver types its options as unknown keywords.
    async with neo4j.AsyncGraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType]
        uri, auth=(user, os.environ["NEO4J_PASSWORD"])
    ) as driver:
        app.state.driver = driver
        yield


async def _context(request: Request) -> Context:
    return Context(request.app.state.driver)


def main() -> None:
    """Serve until told to stop."""
    threading.Thread(target=_end_with_owner, daemon=True).start()
    app = FastAPI(lifespan=_lifespan)
    schema = strawberry.Schema(Query)
    getter = cast("Callable[..., Awaitable[Context]]", _context)
    app.include_router(
        GraphQLRouter(schema, context_getter=getter, graphql_ide=None), prefix="/graphql"
    )
    port = int(os.environ["PORT"])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
