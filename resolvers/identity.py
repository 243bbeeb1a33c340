"""Identity: what each system said of a party, and the identifiers that point to it."""

from datetime import date, datetime
from typing import Any

from graph import model
from graph.audiences import EVERYONE
from loaders.declare import Order, edge, node, one, prop
from loaders.registry import Money
from resolvers.nodes import Node
from resolvers.parties.relationships import Holder, OwnIdentifier
from resolvers.sorting import BY_NAME


@node(
    model.identity.SOURCE_RECORD,
    like=(
        model.parties.PARTY,
        model.parties.PERSON,
        model.parties.COMPANY,
        model.parties.HOUSEHOLD,
    ),
)
class SourceRecord(Node):
    """What one system said of a person, company or household."""

    source: str = prop()
    external_id: str = prop()
    kind: str = prop()
    observed_at: datetime | None = prop()
    trust: float | None = prop()
    name: str | None = prop()
    lifecycle: str | None = prop()
    email: str | None = prop()
    phone: str | None = prop()
    street: str | None = prop()
    postal_code: str | None = prop()
    city: str | None = prop()
    region: str | None = prop()
    country: str | None = prop()
    language: str | None = prop()
    timezone: str | None = prop()
    tier: str | None = prop()
    customer_since: datetime | None = prop()
    preferred_channel: str | None = prop()
    max_contacts_per_month: int | None = prop()
    archived_at: datetime | None = prop()
    given_name: str | None = prop()
    family_name: str | None = prop()
    honorific: str | None = prop()
    birth_date: date | None = prop()
    job_title: str | None = prop()
    legal_name: str | None = prop()
    industry: str | None = prop()
    tax_id: str | None = prop()
    website: str | None = prop()
    employees: int | None = prop()
    annual_revenue: Money | None = prop()
    partner_kind: str | None = prop()
    partner_since: datetime | None = prop()
    members: int | None = prop()
    party: Any = one(model.identity.RESOLVES_TO.out, "Customer", "The party it speaks of.")
    identifiers: Any = edge(
        model.identity.HAS_IDENTIFIER.out,
        "Identifier",
        "Identifiers that stand in the record, by value.",
        order=Order("NODE.value"),
        on=OwnIdentifier,
    )


@node(model.identity.IDENTIFIER)
class Identifier(Node):
    """Something that points to a party: an address, a number, a device."""

    kind: str = prop(to=EVERYONE)
    value: str = prop(to=EVERYONE)
    display: str | None = prop(to=EVERYONE)
    shared: bool | None = prop()
    holders: Any = edge(
        model.identity.HAS_IDENTIFIER.back,
        "Customer",
        "Parties it points to, by name.",
        order=BY_NAME,
        on=Holder,
    )
    source_records: Any = edge(
        model.identity.HAS_IDENTIFIER.back,
        "SourceRecord",
        "Records it stands in, by system.",
        order=Order("NODE.source"),
    )
