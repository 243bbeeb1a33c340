"""Edges between parties, and from parties to what identifies them or belongs to them."""

from datetime import date, datetime

from graph import model
from graph import parties as cypher
from graph.audiences import EVERYONE, PARTNERS
from loaders.declare import computed, edge_of, prop


@edge_of(model.parties.WORKS_AT, "Company")
class Employer:
    """A company a person works or worked for."""

    title: str | None = prop(to=EVERYONE)
    department: str | None = prop(to=EVERYONE)
    primary: bool | None = prop(to=EVERYONE)
    from_: date | None = prop("from", to=EVERYONE)
    to: date | None = prop(to=EVERYONE)


@edge_of(model.parties.WORKS_AT, "Person")
class Employee:
    """A person who works or worked for a company."""

    title: str | None = prop(to=EVERYONE)
    department: str | None = prop(to=EVERYONE)
    primary: bool | None = prop(to=EVERYONE)
    from_: date | None = prop("from", to=EVERYONE)
    to: date | None = prop(to=EVERYONE)


@edge_of(model.parties.REPORTS_TO, "Person")
class Report:
    """A person who reports or reported to another."""

    from_: date | None = prop("from")
    to: date | None = prop()


@edge_of(model.parties.SUBSIDIARY_OF, "Company")
class Parent:
    """A company that holds or held another."""

    share: int | None = prop()
    from_: date | None = prop("from")
    to: date | None = prop()


@edge_of(model.parties.SUBSIDIARY_OF, "Company")
class Subsidiary:
    """A company that another holds or held."""

    share: int | None = prop()
    from_: date | None = prop("from", to=EVERYONE)
    to: date | None = prop(to=EVERYONE)


@edge_of(model.parties.SUBSIDIARY_OF, "Company")
class Ancestor:
    """A company above another, and how far above."""

    distance: int = computed(cypher.DISTANCE, "Number of steps up; 1 for a parent.")


@edge_of(model.parties.SUBSIDIARY_OF, "Company")
class Descendant:
    """A company below another, and how far below."""

    distance: int = computed(cypher.DISTANCE, "Number of steps down; 1 for a subsidiary.")


@edge_of(model.parties.LIVES_IN, "Household")
class Home:
    """A household a person lives or lived in."""

    from_: date | None = prop("from")
    to: date | None = prop()


@edge_of(model.parties.LIVES_IN, "Person")
class Inhabitant:
    """A person who lives or lived in a household."""

    from_: date | None = prop("from", to=EVERYONE)
    to: date | None = prop(to=EVERYONE)


@edge_of(model.parties.PARTNERS_WITH, "Company")
class Ally:
    """A company that works together with another."""

    type: str | None = prop()
    from_: date | None = prop("from")
    to: date | None = prop()


@edge_of(model.parties.SERVES, "Partner")
class ServedBy:
    """A partner who looks after a party."""

    territory: str | None = prop()
    product_line: str | None = prop()
    from_: date | None = prop("from")
    to: date | None = prop()


@edge_of(model.parties.SERVES, "Customer")
class Account:
    """A party that a partner looks after."""

    territory: str | None = prop(to=PARTNERS)
    product_line: str | None = prop(to=PARTNERS)
    from_: date | None = prop("from", to=PARTNERS)
    to: date | None = prop(to=PARTNERS)


@edge_of(model.parties.REFERRED, "Customer")
class Referral:
    """A party that another brought, or that brought it."""

    on: date | None = prop()
    note: str | None = prop()


@edge_of(model.parties.KNOWS, "Person")
class Acquaintance:
    """A person who was met in interactions."""

    strength: int | None = prop()
    last_at: datetime | None = prop()


@edge_of(model.identity.HAS_IDENTIFIER, "Identifier")
class OwnIdentifier:
    """An identifier that points to a party or stands in a source record."""

    primary: bool | None = prop(to=EVERYONE)
    verified_at: datetime | None = prop(to=EVERYONE)
    label: str | None = prop(to=EVERYONE)


@edge_of(model.identity.HAS_IDENTIFIER, "Customer")
class Holder:
    """A party that an identifier points to."""

    primary: bool | None = prop()
    verified_at: datetime | None = prop()
    label: str | None = prop()


@edge_of(model.identity.RESOLVES_TO, "SourceRecord")
class Resolution:
    """A source record that speaks of a party, and why it is taken to."""

    rule: str | None = prop()
    score: float | None = prop()
    decided_by: str | None = prop()
    from_: datetime | None = prop("from")
    to: datetime | None = prop()


@edge_of(model.identity.NOT_SAME_AS, "Customer")
class Distinction:
    """A party that somebody decided is not the same."""

    decided_by: str | None = prop()
    reason: str | None = prop()


@edge_of(model.products.OWNS, "Product")
class OwnedProduct:
    """A product that a party has or had in use."""

    serial: str | None = prop(to=EVERYONE)
    quantity: float | None = prop(to=EVERYONE)
    from_: date | None = prop("from", to=EVERYONE)
    to: date | None = prop(to=EVERYONE)


@edge_of(model.marketing.MEMBER_OF, "Segment")
class Membership:
    """A segment that a party belongs or belonged to."""

    from_: datetime | None = prop("from")
    to: datetime | None = prop()
    reason: str | None = prop()


@edge_of(model.marketing.HAS_SCORE, "Score")
class Ranking:
    """A figure computed about something, and its rank."""

    rank: int | None = prop()
