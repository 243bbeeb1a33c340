"""Ways to name one entity other than by its id."""

import strawberry

from loaders.audiences import STAFF_ALONE

_UNSET = strawberry.UNSET


@strawberry.input(description="The id of a record in the system it came from.")
class RecordKey:
    """The id of a record in the system it came from."""

    source: str = strawberry.field(description="Name of the system.")
    external_id: str = strawberry.field(description="Id of the record in that system.")


@strawberry.input(one_of=True, description="One of several ways to name a customer.")
class CustomerBy:
    """One of several ways to name a customer."""

    record: RecordKey | None = strawberry.field(
        default=_UNSET,
        description="A record of one of the systems it came from.",
        directives=[STAFF_ALONE],
    )
    email: str | None = strawberry.field(
        default=_UNSET, description="An e-mail address, in any case; its main holder is meant."
    )
    phone: str | None = strawberry.field(
        default=_UNSET, description="A telephone number in E.164; its main holder is meant."
    )
    tax_id: str | None = strawberry.field(
        default=_UNSET, description="A tax number, letters and digits without separators."
    )


@strawberry.input(one_of=True, description="One of several ways to name a product.")
class ProductBy:
    """One of several ways to name a product."""

    sku: str | None = strawberry.field(default=_UNSET, description="Its stock keeping unit.")
    record: RecordKey | None = strawberry.field(
        default=_UNSET,
        description="Its record in the system it came from.",
        directives=[STAFF_ALONE],
    )


@strawberry.input(one_of=True, description="One of several ways to name a numbered entity.")
class NumberedBy:
    """One of several ways to name something that carries a number."""

    number: str | None = strawberry.field(
        default=_UNSET,
        description="The number printed on it; of several that carry it, the smallest id is meant.",
    )
    record: RecordKey | None = strawberry.field(
        default=_UNSET,
        description="Its record in the system it came from.",
        directives=[STAFF_ALONE],
    )


@strawberry.input(one_of=True, description="Another way to name an entity than its id.")
class SourcedBy:
    """Another way to name something that came from a system."""

    record: RecordKey | None = strawberry.field(
        default=_UNSET,
        description="Its record in the system it came from.",
        directives=[STAFF_ALONE],
    )


@strawberry.input(description="A principal by its token.")
class SubjectKey:
    """A principal by its token."""

    issuer: str = strawberry.field(description="Who vouches for the subject (iss).")
    subject: str = strawberry.field(description="Name of the principal at its issuer (sub).")


@strawberry.input(one_of=True, description="Another way to name a user than its id.")
class UserBy:
    """Another way to name a user than its id."""

    subject: SubjectKey | None = strawberry.field(
        default=_UNSET, description="The user whose tokens say so."
    )
