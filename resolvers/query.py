"""The root fields of the read API."""

from typing import Any

import strawberry

from graph import parties as cypher
from loaders.declare import Order, Way, find, find_many, listing


@strawberry.input(description="The id of a record in the system it came from.")
class RecordKey:
    """The id of a record in the system it came from."""

    source: str = strawberry.field(description="Name of the system.")
    external_id: str = strawberry.field(description="Id of the record in that system.")


@strawberry.input(one_of=True, description="One of several ways to name a customer.")
class CustomerBy:
    """One of several ways to name a customer."""

    record: RecordKey | None = strawberry.field(
        default=strawberry.UNSET, description="A record of one of the systems it came from."
    )
    email: str | None = strawberry.field(
        default=strawberry.UNSET, description="An e-mail address, in any case."
    )
    phone: str | None = strawberry.field(
        default=strawberry.UNSET, description="A telephone number in E.164."
    )


@strawberry.type(description="Everything that can be asked.")
class Query:
    """Everything that can be asked."""

    node: Any = find("Node", "Any entity by its id; null when there is none.")
    nodes: Any = find_many("Node", "Several entities by id, null where there is none.")
    customer: Any = find(
        "Customer",
        "One customer, by id or by another way; null when there is none.",
        ways=(
            Way(("by", "record"), cypher.BY_RECORD),
            Way(("by", "email"), cypher.BY_EMAIL),
            Way(("by", "phone"), cypher.BY_PHONE),
        ),
        by=CustomerBy,
        by_description="Another way to name the customer.",
    )
    customers: Any = listing("Customer", "All customers by name.", order=Order("NODE.name"))
    orders: Any = listing(
        "Order", "All orders, newest first.", order=Order("NODE.at", descending=True)
    )
