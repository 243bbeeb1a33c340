"""Metrics are what plain Python makes of the same nodes."""

import asyncio
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from statistics import fmean
from typing import Any

import pytest

from loaders.execution import Executor
from tests.exploring.conftest import Ask, Link, Node, fill
from tests.resolvers.conftest import STAFF, RecordingGraph

pytestmark = pytest.mark.anyio

QUERY = """query ($entity: MetricEntity!, $first: Int!) {
  metrics(entity: $entity, first: $first) {
    currency keys { field value } values { number money { amount currency } date }
  }
}"""
EXPONENTS = {"EUR": 2, "USD": 2, "JPY": 0}


def world() -> list[dict[str, Any]]:
    random, found = Random(11), list[dict[str, Any]]()
    for number in range(80):
        day = date(2023, 11, 20) + timedelta(days=random.randrange(900))
        order: dict[str, Any] = {
            "id": f"Order-{number}",
            "number": str(number),
            "at": f"{day}T10:00:00.000Z",
            "status": random.choice(["PLACED", "SHIPPED", "DELIVERED", None]),
            "channel": random.choice(["WEB", "PHONE"]),
            "customer": random.choice(["Ana", "Bo", "Cy"]),
        }
        if number % 4:
            order["shippedAt"] = f"{day + timedelta(days=9)}T10:00:00.000Z"
        if number % 9:
            order |= {
                "total": random.randrange(1, 100_000),
                "currency": random.choice([*EXPONENTS]),
            }
        found.append({key: each for key, each in order.items() if each is not None})
    return found


ORDERS = world()


@pytest.fixture(scope="module", autouse=True)
async def filled(graph: RecordingGraph, executor: Executor) -> None:
    people: list[Node] = [("Party:Person", each, {"name": each}) for each in ("Ana", "Bo", "Cy")]
    orders: list[Node] = [
        ("Document:Order", each["id"], {k: v for k, v in each.items() if k != "customer"})
        for each in ORDERS
    ]
    links: list[Link] = [(each["id"], "FOR", each["customer"], {}) for each in ORDERS]
    await fill(graph, [*people, *orders], links)
    # A fresh engine plans its first statements for longer than a request may take.
    assert await executor.prepare(QUERY, {"entity": of_orders([COUNT]), "first": 9}) == []


COUNT = {"function": "COUNT"}
SUM = {"function": "SUM", "field": "TOTAL"}


def of_orders(measures: list[Any], *by: str | tuple[str, str], **more: Any) -> Any:
    group_by = [
        {"field": each} if isinstance(each, str) else {"field": each[0], "by": each[1]}
        for each in by
    ]
    return {"order": {"measures": measures, "groupBy": group_by, **more}}


def period(at: str, by: str) -> str:
    day = date.fromisoformat(at[:10])
    if by == "WEEK":
        day -= timedelta(days=day.weekday())
    elif by != "DAY":
        month = {"MONTH": day.month, "QUARTER": (day.month - 1) // 3 * 3 + 1, "YEAR": 1}[by]
        day = day.replace(day=1, month=month)
    return day.isoformat()


def value_of(order: dict[str, Any], by: str | tuple[str, str]) -> str | None:
    names = {"STATUS": "status", "CHANNEL": "channel", "CUSTOMER_NAME": "customer", "AT": "at"}
    names["SHIPPED_AT"] = "shippedAt"
    found = order.get(names[by if isinstance(by, str) else by[0]])
    return found if isinstance(by, str) or found is None else period(found, by[1])


def percentile(values: list[int], percent: float) -> float:
    values = sorted(values)
    at = percent / 100 * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


def measured(orders: list[dict[str, Any]], measure: dict[str, Any]) -> Any:
    if measure == COUNT:
        return len(orders)
    if measure["field"] == "AT":
        return {"MIN": min, "MAX": max}[measure["function"]](each["at"] for each in orders)
    totals = [each["total"] for each in orders if "total" in each]
    if not totals:
        return None
    match measure["function"]:
        case "COUNT":
            return len(totals)
        case "PERCENTILE":
            return percentile(totals, measure["percent"])
        case name:
            made: Any = {"SUM": sum, "AVG": fmean, "MIN": min, "MAX": max}[name]
            return made(totals)


def is_money(measure: dict[str, Any]) -> bool:
    return measure.get("field") == "TOTAL" and measure["function"] != "COUNT"


def oracle(measures: list[Any], by: tuple[Any, ...]) -> dict[tuple[Any, ...], list[Any]]:
    groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    in_money = any(map(is_money, measures))
    for order in ORDERS:
        key = tuple(value_of(order, each) for each in by)
        groups[(*key, order.get("currency") if in_money else None)].append(order)
    return {key: [measured(each, measure) for measure in measures] for key, each in groups.items()}


def read(value: dict[str, Any], expected: Any, currency: str | None) -> bool:
    if value["money"] is not None:
        assert value["money"]["currency"] == currency
        minor = Decimal(value["money"]["amount"]).scaleb(EXPONENTS[currency or ""])
        return abs(float(minor) - expected) <= 0.5
    if isinstance(expected, str):
        return value["date"] == expected
    return value["number"] == expected


QUESTIONS: list[tuple[list[Any], tuple[Any, ...]]] = [
    ([COUNT], ()),
    ([COUNT], ("STATUS",)),
    ([COUNT, SUM], ("CHANNEL", "STATUS")),
    ([SUM, {"function": "AVG", "field": "TOTAL"}], ()),
    ([SUM], ("CUSTOMER_NAME", ("AT", "QUARTER"), "CHANNEL")),
    ([{"function": "MIN", "field": "AT"}, {"function": "MAX", "field": "AT"}], ("STATUS",)),
    ([{"function": "MIN", "field": "TOTAL"}, {"function": "MAX", "field": "TOTAL"}], ("STATUS",)),
    ([{"function": "COUNT", "field": "TOTAL"}], ("CUSTOMER_NAME",)),
    *(
        ([{"function": "PERCENTILE", "field": "TOTAL", "percent": p}], ("CUSTOMER_NAME",))
        for p in (0, 50, 90, 100)
    ),
    *(
        ([COUNT, SUM], ((field, by),))
        for field in ("AT", "SHIPPED_AT")
        for by in ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
    ),
]


@pytest.mark.parametrize(("measures", "by"), QUESTIONS)
async def test_groups_hold_what_plain_python_makes_of_them(
    ask: Ask, measures: list[Any], by: tuple[Any, ...]
) -> None:
    found = await ask(QUERY, entity=of_orders(measures, *by), first=1000)

    expected = oracle(measures, by)
    assert len(found) == len(expected)
    for group in found:
        key = (*[each["value"] for each in group["keys"]], group["currency"])
        wanted = expected[key]
        for measure, value, each in zip(measures, group["values"], wanted, strict=True):
            if is_money(measure) and group["currency"] is None:
                assert value == {"number": None, "money": None, "date": None}
            else:
                assert read(value, each, group["currency"]), (key, measure)
    keys = [[each["value"] for each in group["keys"]] for group in found]
    plain = [each for each in keys if None not in each]
    assert plain == sorted(plain)


async def test_amounts_of_different_currencies_are_never_added_up(ask: Ask) -> None:
    found = await ask(QUERY, entity=of_orders([SUM]), first=10)

    assert {each["currency"] for each in found} == {*EXPONENTS, None}


async def test_having_and_order_are_about_measures(ask: Ask) -> None:
    limit = 1500.0
    having = [{"measure": 1, "currency": "EUR", "gt": limit}, {"measure": 0, "gte": 2}]
    order = {"measure": 1, "direction": "DESC"}
    entity = of_orders([COUNT, SUM], "CUSTOMER_NAME", "CHANNEL", having=having, orderBy=order)

    found = await ask(QUERY, entity=entity, first=1000)

    expected = sorted(
        (
            sums
            for (*_, code), (count, sums) in oracle(
                [COUNT, SUM], ("CUSTOMER_NAME", "CHANNEL")
            ).items()
            if code == "EUR" and count >= 2 and sums > limit * 100
        ),
        reverse=True,
    )
    assert expected
    assert [Decimal(each["values"][1]["money"]["amount"]) * 100 for each in found] == expected


async def test_a_filter_narrows_what_is_measured(ask: Ask) -> None:
    narrowed = {"status": {"eq": "SHIPPED"}, "customer": {"name": {"eq": "Ana"}}}

    (found,) = await ask(QUERY, entity=of_orders([COUNT], filter=narrowed), first=1)

    expected = [e for e in ORDERS if e.get("status") == "SHIPPED" and e["customer"] == "Ana"]
    assert found["values"][0]["number"] == len(expected) > 0


async def test_groups_are_limited(ask: Ask) -> None:
    found = await ask(QUERY, entity=of_orders([COUNT], ("AT", "DAY")), first=3)

    assert len(found) == 3


async def test_an_interface_is_grouped_by_its_types(ask: Ask) -> None:
    entity = {"customer": {"measures": [COUNT], "groupBy": [{"field": "TYPE"}]}}

    found = await ask(QUERY, entity=entity, first=10)

    assert [(g["keys"][0]["value"], g["values"][0]["number"]) for g in found] == [("Person", 3)]


REFUSED: list[Any] = [
    of_orders([]),
    of_orders([COUNT] * 9),
    of_orders([COUNT], "STATUS", "CHANNEL", "AT", "CUSTOMER_NAME"),
    of_orders([COUNT], ("STATUS", "DAY")),
    of_orders([{"function": "SUM"}]),
    of_orders([{"function": "SUM", "field": "AT"}]),
    of_orders([{"function": "PERCENTILE", "field": "TOTAL"}]),
    of_orders([{"function": "PERCENTILE", "field": "TOTAL", "percent": 101}]),
    of_orders([COUNT], having=[{"measure": 1, "gt": 1}]),
    of_orders([COUNT], having=[{"measure": 0}]),
    of_orders([COUNT], having=[{"measure": 0, "gt": 1, "currency": "EUR"}]),
    of_orders([SUM], having=[{"measure": 0, "gt": 1}]),
    of_orders([COUNT], orderBy={"measure": -1}),
]


@pytest.mark.parametrize("entity", REFUSED)
async def test_a_question_that_makes_no_sense_is_refused(refused: Ask, entity: Any) -> None:
    ((code, _),) = await refused(QUERY, entity=entity, first=10)

    assert code == "INVALID_ARGUMENT"


@pytest.mark.parametrize("first", [0, -1, 1001])
async def test_too_many_groups_are_refused(refused: Ask, first: int) -> None:
    ((code, _),) = await refused(QUERY, entity=of_orders([COUNT]), first=first)

    assert code == "INVALID_ARGUMENT"


async def test_concurrent_questions_share_a_statement_and_answer_the_same(
    executor: Executor, ask: Ask
) -> None:
    def asked(percent: int) -> Any:
        measure = {"function": "PERCENTILE", "field": "TOTAL", "percent": percent}
        return of_orders([measure], having=[{"measure": 0, "gt": percent, "currency": "EUR"}])

    shares = range(0, 100, 5)
    alone = [await ask(QUERY, entity=asked(each), first=50) for each in shares]

    together = await asyncio.gather(
        *(
            executor.execute(QUERY, {"entity": asked(each), "first": 50}, None, STAFF)
            for each in shares
        )
    )

    assert [each["data"]["metrics"] for each in together] == alone
    assert any(size > 1 for size in executor.lanes.batches)
