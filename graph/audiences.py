"""The three kinds of people the API serves; what exists and which rows is decided by audience."""

from enum import Enum


class Audience(Enum):
    """Who somebody is to us, as the token says (claim `c360_audience`)."""

    STAFF = "staff"
    PARTNER = "partner"
    CUSTOMER = "customer"


PARTNERS = (Audience.PARTNER,)
"""Staff and partners: what is told to somebody outside is told to staff, too."""

CUSTOMERS = (Audience.CUSTOMER,)
"""Staff and customers."""

EVERYONE = (Audience.PARTNER, Audience.CUSTOMER)
"""All three."""
