"""Products: what is sold, at which price, and what goes with what."""

from graph.model.declare import (
    choice,
    currency,
    day,
    flag,
    integer,
    money,
    number,
    string,
    strings,
    text,
)
from graph.model.kinds import Node, Pii, Purpose, Relationship
from graph.model.parties import PARTY

PRODUCT = Node(
    "Product",
    "Something that is sold: goods, a module, a service, a bundle or a charge.",
    (
        string("sku", "Stock keeping unit.", required=True),
        string("name", "Name as it is shown.", required=True, indexed=True),
        text("description", "What it is, in a paragraph."),
        choice(
            "kind",
            {
                "GOODS": "Something that is delivered.",
                "MODULE": "An extension of another product.",
                "SERVICE": "Work that is done for the customer.",
                "BUNDLE": "Several products sold as one.",
                "CHARGE": "Postage, a fee or a manual correction; not a product.",
            },
            "What is sold; a CHARGE is postage, a fee or a manual correction.",
            indexed=True,
        ),
        string("category", "Product line.", indexed=True),
        strings("otherNames", "Names the product also had."),
        money("listPrice", "Price of one unit without discount, before tax."),
        currency("Currency of the list price and the cost."),
        money("cost", "Cost of goods of one unit."),
        string("unit", "What one unit is, such as piece or user-month."),
        flag("active", "False when it is no longer sold."),
        day("launchedOn", "First day of sale."),
        day("endOfLifeOn", "Last day of support; null when none is set."),
    ),
    Purpose.SALES,
    sourced=True,
    keys=(("sku",),),
    search=("name", "sku", "description"),
)

PRICE_LIST = Node(
    "PriceList",
    "Prices that hold for a tier, a currency and a time.",
    (
        string("name", "Name of the list.", required=True, indexed=True),
        currency("Currency of its prices."),
        string("tier", "Tier of party it is for; null means everyone."),
        number(
            "discount",
            "Percent off the list price of products it states no price of; null for none.",
            indexed=True,
        ),
        day("validFrom", "First day it holds."),
        day("validTo", "Last day it holds; null while it lasts."),
    ),
    Purpose.SALES,
    sourced=True,
)

PRICES = Relationship(
    "PRICES",
    (PRICE_LIST,),
    (PRODUCT,),
    "A price list states the price of a product.",
    (
        money("price", "Price of one unit before tax."),
        currency("Currency of the price."),
        integer("minQuantity", "Smallest quantity the price holds for."),
    ),
    key=("minQuantity",),
)
RELATED = Relationship(
    "RELATED",
    (PRODUCT,),
    (PRODUCT,),
    "Two products have to do with each other.",
    (
        choice(
            "kind",
            {
                "REQUIRES": "The first cannot be used without the other.",
                "EXCLUDES": "The first cannot be used together with the other.",
                "MODULE_OF": "The first extends the other.",
                "CROSS_SELL": "The other goes well with the first.",
                "UP_SELL": "The other is the larger choice.",
                "REPLACES": "The first takes the place of the other.",
            },
            "How: the first needs, excludes, extends, goes with, upgrades or replaces the other.",
        ),
        number("lift", "How much likelier bought together than by chance; null when not measured."),
    ),
    key=("kind",),
)
OWNS = Relationship(
    "OWNS",
    (PARTY,),
    (PRODUCT,),
    "A party has a product in use.",
    (
        string("serial", "Serial number or licence key.", pii=Pii.BEHAVIOUR),
        number("quantity", "How many units."),
        day("from", "First day of use."),
        day("to", "Last day of use; null while it lasts."),
    ),
    key=("serial",),
)

NODES = (PRODUCT, PRICE_LIST)
RELATIONSHIPS = (PRICES, RELATED, OWNS)
