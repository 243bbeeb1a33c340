"""What the demo world sells: devices for buildings, a platform with modules, and services."""

from random import Random

from graph.demo.personas import CURRENCIES
from graph.demo.sheet import Sheet, Values
from graph.demo.world import Item, Ref, World
from graph.model.cases import ARTICLE, EXPLAINS
from graph.model.products import PRICE_LIST, PRICES, PRODUCT, RELATED

TIERS = {"STANDARD": 0, "SILVER": 4, "GOLD": 8, "PARTNER": 25}
"""Price tiers and how many percent below the list price they buy."""

SERIES = ("Alba", "Bora", "Cora", "Delta", "Elva", "Faro", "Gala")
DEVICES = (
    ("Heating", "Thermostat", 11_900), ("Heating", "Radiator valve", 5_900),
    ("Heating", "Heat pump", 489_000), ("Heating", "Floor sensor", 3_900),
    ("Heating", "Boiler controller", 27_900), ("Air", "Air sensor", 14_900),
    ("Air", "Ventilation unit", 189_000), ("Air", "Air purifier", 32_900),
    ("Air", "Damper motor", 8_900), ("Air", "Humidity probe", 4_500),
    ("Light", "Dimmer", 6_900), ("Light", "Motion sensor", 4_900),
    ("Light", "Light panel", 12_900), ("Light", "Wall switch", 3_500),
    ("Light", "Blind motor", 17_900), ("Access", "Smart lock", 24_900),
    ("Access", "Door station", 38_900), ("Access", "Badge reader", 21_900),
    ("Access", "Gate controller", 31_900), ("Access", "Visitor kiosk", 169_000),
    ("Energy", "Meter", 13_900), ("Energy", "Wall charger", 79_900),
    ("Energy", "Battery", 399_000), ("Energy", "Power plug", 2_900),
    ("Energy", "Inverter", 149_000), ("Control", "Gateway", 34_900),
    ("Control", "Touch panel", 45_900), ("Control", "Repeater", 5_500),
    ("Control", "Edge server", 219_000), ("Control", "Remote control", 4_900),
)  # fmt: skip
EDITIONS = (("Essential", 900), ("Professional", 1_900), ("Enterprise", 3_400))
MODULES = (
    ("Energy reports", 300), ("Room booking", 250), ("Predictive maintenance", 600),
    ("Visitor management", 350), ("Tenant billing", 450), ("Carbon ledger", 400),
    ("Fire-door supervision", 300), ("Fleet charging", 350), ("Open interface", 500),
    ("Single sign-on", 200), ("Multi-site console", 550), ("Alarm relay", 250),
)  # fmt: skip
SERVICES = (
    ("Installation day", 89_000, "day"), ("Commissioning", 149_000, "piece"),
    ("Operator training", 69_000, "day"), ("Maintenance plan", 7_900, "month"),
    ("Premium support", 19_900, "month"), ("Energy audit", 249_000, "piece"),
)  # fmt: skip
CHARGES = (("CHG-POST", "Postage and packing", 690), ("CHG-EXPR", "Express surcharge", 1_490))
RATES = {"EUR": 100, "RON": 498, "GBP": 86}
"""Minor units of a currency for 100 euro cents."""


def price(item: Item, currency: str, tier: str) -> int:
    """What one unit costs a tier in a currency, in minor units."""
    return max(1, round(item.price * RATES[currency] * (100 - TIERS[tier]) / 10_000))


def products(world: World, sheet: Sheet) -> None:
    """Make the catalogue: products, how they go together, price lists, and what explains them."""
    rng = world.rng("products")
    _devices(world, sheet, rng)
    _platform(world, sheet, rng)
    _services(world, sheet, rng)
    _relations(world, sheet, rng)
    _prices(world, sheet)
    _articles(world, sheet, rng)


def _item(
    world: World, sheet: Sheet, rng: Random, sku: str, name: str, kind: str, category: str,
    cents: int, unit: str,
) -> Item:  # fmt: skip
    launched = world.calendar.day(-rng.randint(400, 3_000))
    old = kind == "GOODS" and rng.random() < 0.08
    values = {
        "sku": sku, "name": name, "kind": kind, "category": category, "listPrice": cents,
        "currency": "EUR", "cost": cents * rng.randint(38, 66) // 100, "unit": unit,
        "active": not old, "launchedOn": launched,
        "endOfLifeOn": world.calendar.day(rng.randint(60, 700)) if old else None,
        "description": f"{name}: {category.lower()} for buildings, sold by the {unit}.",
        "otherNames": [f"{name} (discontinued)"] if old else None,
    }  # fmt: skip
    lasting = unit.endswith("month")
    item = Item(sheet.node(PRODUCT, ("erp", sku), values), name, kind, category, cents, lasting)
    (world.charges if kind == "CHARGE" else world.items).append(item)
    return item


def _devices(world: World, sheet: Sheet, rng: Random) -> None:
    for number in range(world.plan.products):
        category, noun, base = DEVICES[number % len(DEVICES)]
        series = number // len(DEVICES)
        name = f"{noun} {SERIES[series % len(SERIES)]} {(series // len(SERIES) + 1) * 100}"
        cents = base * (100 + 18 * series) // 10_000 * 100 + 90
        sku = f"{category[:2].upper()}-{number + 1:04}"
        _item(world, sheet, rng, sku, name, "GOODS", category, cents, "piece")


def _platform(world: World, sheet: Sheet, rng: Random) -> None:
    for number, (edition, cents) in enumerate(EDITIONS, 1):
        name = f"Platform {edition}"
        _item(
            world, sheet, rng, f"PL-{number:04}", name, "SERVICE", "Platform", cents, "user-month"
        )
    for number, (module, cents) in enumerate(MODULES, 1):
        sku = f"MO-{number:04}"
        _item(world, sheet, rng, sku, module, "MODULE", "Platform", cents, "user-month")


def _services(world: World, sheet: Sheet, rng: Random) -> None:
    for number, (name, cents, unit) in enumerate(SERVICES, 1):
        _item(world, sheet, rng, f"SV-{number:04}", name, "SERVICE", "Services", cents, unit)
    for number, theme in enumerate(("Office", "Hotel", "School", "Home"), 1):
        sku, name = f"BU-{number:04}", f"{theme} starter kit"
        _item(world, sheet, rng, sku, name, "BUNDLE", "Bundles", 99_000 * number, "piece")
    for sku, name, cents in CHARGES:
        _item(world, sheet, rng, sku, name, "CHARGE", "Charges", cents, "piece")


def _relations(world: World, sheet: Sheet, rng: Random) -> None:
    goods = [item for item in world.items if item.kind == "GOODS"]
    essential, professional, enterprise = (
        item for item in world.items if item.name.startswith("Platform ")
    )
    for module in (item for item in world.items if item.kind == "MODULE"):
        for edition in (professional, enterprise):
            sheet.link(RELATED, module.ref, edition.ref, {"kind": "MODULE_OF"})
        sheet.link(RELATED, module.ref, professional.ref, {"kind": "REQUIRES"})
        sheet.link(RELATED, module.ref, essential.ref, {"kind": "EXCLUDES"})
    for cheap, dear in ((essential, professional), (professional, enterprise)):
        sheet.link(RELATED, cheap.ref, dear.ref, {"kind": "UP_SELL", "lift": 1.8})
        sheet.link(RELATED, cheap.ref, dear.ref, {"kind": "EXCLUDES"})
    gateway = next(item for item in goods if item.name.startswith("Gateway"))
    for number, item in enumerate(goods):
        newer = number + len(DEVICES)
        if newer < len(goods):
            kind = "REPLACES" if number % 4 == 0 else "UP_SELL"
            ends = (goods[newer], item) if kind == "REPLACES" else (item, goods[newer])
            sheet.link(RELATED, ends[0].ref, ends[1].ref, {"kind": kind})
        if item.category in {"Access", "Energy"} and item is not gateway:
            sheet.link(RELATED, item.ref, gateway.ref, {"kind": "REQUIRES"})
        for other in rng.sample(goods, 2):
            if other is not item:
                lift = round(rng.uniform(1.1, 4.5), 2)
                sheet.link(RELATED, item.ref, other.ref, {"kind": "CROSS_SELL", "lift": lift})


def _prices(world: World, sheet: Sheet) -> None:
    since = world.calendar.day(-304)
    for currency in CURRENCIES.values():
        for tier, discount in TIERS.items():
            values = {
                "name": f"{tier.capitalize()} prices {currency}", "currency": currency,
                "tier": None if tier == "STANDARD" else tier, "validFrom": since,
            }  # fmt: skip
            listed = sheet.node(PRICE_LIST, ("erp", f"PRICES-{currency}-{tier}"), values)
            for item in world.items:
                amount = price(item, currency, tier)
                said = {"price": amount, "currency": currency, "minQuantity": 1}
                sheet.link(PRICES, listed, item.ref, said)
                if discount == 0 and item.kind == "GOODS" and item.price < 10_000:
                    said = {"price": amount * 90 // 100, "currency": currency, "minQuantity": 50}
                    sheet.link(PRICES, listed, item.ref, said)


_ARTICLES = (
    ("Reset a {name}", "Hold the button for ten seconds until the light turns white.", "CUSTOMER"),
    ("Connect a {name} to a gateway", "Open the app, choose *Add*, scan the code.", "CUSTOMER"),
    ("Known limits of {name}", "What partners should check before they promise it.", "PARTNER"),
    ("Return a {name}", "When a return is accepted, and what to ask first.", "STAFF"),
)


def _articles(world: World, sheet: Sheet, rng: Random) -> None:
    goods = [item for item in world.items if item.kind in {"GOODS", "MODULE"}]
    for number, item in enumerate(rng.sample(goods, len(goods) // 3), 1):
        title, body, audience = _ARTICLES[number % len(_ARTICLES)]
        values: Values = {
            "title": title.format(name=item.name), "body": f"## {item.name}\n\n{body}",
            "language": "en", "audience": audience,
            "status": rng.choices(("PUBLISHED", "DRAFT", "RETIRED"), (8, 1, 1))[0],
            "publishedAt": world.calendar.office(rng, "GB"),
        }  # fmt: skip
        if values["status"] == "DRAFT":
            values["publishedAt"] = None
        article = sheet.node(ARTICLE, ("helpdesk", f"KB-{number:04}"), values)
        sheet.link(EXPLAINS, article, item.ref)
        world.articles.append(article)


def best(world: World, rng: Random, count: int, dearest: int | None = None) -> list[Item]:
    """Different products, the first of the catalogue sold most.

    With `dearest`, as a consumer buys: goods that cost no more. Otherwise as a company does: one
    purchase in ten begins with something paid by the month.
    """
    found: dict[Ref, Item] = {}
    if dearest is None and rng.random() < 0.1:
        item = rng.choice([item for item in world.items if item.lasting])
        found[item.ref] = item
    for _ in range(count * 6):
        if len(found) == count:
            break
        item = world.items[min(int(rng.expovariate(4.0) * len(world.items)), len(world.items) - 1)]
        if dearest is None or (item.price <= dearest and item.kind == "GOODS"):
            found[item.ref] = item
    return list(found.values()) or [world.items[0]]
