"""The rules of commerce, computed without a graph."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.commerce.lines import Line, totals
from graph.commerce.modules import Relation, completed, excluded
from graph.commerce.money import major, percent, portion, priced, quantity
from graph.commerce.pricing import Asked, Basis, Offer, Verdict, effective
from graph.commerce.refusing import Refused
from graph.commerce.returning import left_to_return, left_to_ship, returned
from graph.commerce.stages import CONTRACT, INVOICE, ORDER, QUOTE, Stages
from graph.model import orders
from graph.money import LARGEST

CODE = "OUT_OF_RANGE"


@given(
    st.integers(0, 10**15),
    st.decimals(min_value=Decimal("0.000001"), max_value=10**3, places=6),
    st.decimals(min_value=0, max_value=100, places=4),
)
def test_a_line_costs_the_exact_product_rounded_half_to_even(
    unit: int, units: Decimal, off: Decimal
):
    exact = Fraction(unit) * Fraction(units) * (100 - Fraction(off)) / 100

    assert priced(unit, units, off) == round(exact)


@pytest.mark.parametrize(("cents", "half"), [(1, 0), (3, 2), (5, 2), (7, 4)])
def test_half_a_cent_goes_to_the_even_one(cents: int, half: int):
    assert priced(cents, Decimal("0.5")) == half


def test_an_amount_beyond_64_bits_is_refused():
    assert priced(LARGEST, Decimal(1)) == LARGEST
    with pytest.raises(Refused, match="64 bits") as refused:
        priced(LARGEST, Decimal("1.000001"))
    assert refused.value.code == "OVERFLOW"
    with pytest.raises(Refused):
        totals([LARGEST, 1], Decimal(0))


@pytest.mark.parametrize("units", [0, -1, float("nan"), float("inf"), 1e13, 0.0000001])
def test_a_quantity_that_makes_no_sense_is_refused(units: float):
    with pytest.raises(Refused) as refused:
        quantity(units)
    assert refused.value.code == CODE


@pytest.mark.parametrize("value", [-0.1, 100.1, 1e-5])
def test_a_percentage_that_makes_no_sense_is_refused(value: float):
    with pytest.raises(Refused) as refused:
        percent(value)
    assert refused.value.code == CODE


def test_a_currency_has_its_own_decimal_places():
    shown = [str(major(1_234, each)) for each in ("EUR", "JPY", "KWD")]
    assert shown == ["12.34", "1234", "1.234"]


def offer(price: int, **more: object) -> Offer:
    return Offer(Basis.STATED, price, "EUR", **more)  # pyright: ignore[reportArgumentType]


ASKED = Asked(frozenset({"GOLD"}), "EUR", Decimal(10), "2026-06-01")


def test_of_equal_prices_the_one_that_fits_more_closely_wins():
    plain, gold = offer(5, list_name="a"), offer(5, list_name="b", tier="GOLD")
    found = effective([plain, gold, offer(4, tier="SILVER")], ASKED)
    assert found is not None
    assert found.offer is gold
    verdicts = [each.verdict for each in found.judged]
    assert verdicts == [Verdict.WON, Verdict.OTHER_TIER, Verdict.LESS_SPECIFIC]


@given(st.permutations([offer(5, list_id=str(i), min_quantity=i) for i in range(1, 6)]))
def test_the_winner_does_not_depend_on_the_order_of_the_offers(offers: list[Offer]):
    found = effective(offers, ASKED)
    assert found is not None
    assert found.offer.min_quantity == 5


def test_the_first_and_the_last_day_of_a_list_count():
    for day, holds in (("2026-05-31", 0), ("2026-06-01", 1), ("2026-06-30", 1), ("2026-07-01", 0)):
        asked = Asked(frozenset(), "EUR", Decimal(1), day)
        listed = offer(1, valid_from="2026-06-01", valid_to="2026-06-30")
        assert (effective([listed], asked) is not None) == bool(holds)


def requires(*pairs: str) -> list[Relation]:
    return [Relation(start, "REQUIRES", end) for start, end in pairs]


def test_requirements_are_followed_through_circles_in_the_largest_quantity():
    relations = requires("ab", "bc", "ca", "dc")
    added = completed({"a": Decimal(2), "d": Decimal(7)}, relations)
    assert {each.product: each.units for each in added} == {"b": Decimal(2), "c": Decimal(7)}


def test_what_is_in_use_is_not_required_again():
    assert completed({"a": Decimal(1)}, requires("ab", "bc"), owned=["b"]) == []


def test_an_exclusion_counts_in_both_directions():
    relations = [Relation("z", "EXCLUDES", "b")]
    assert excluded(["b", "z"], relations) == ("b", "z")
    assert excluded(["b", "y"], relations) is None


@pytest.mark.parametrize(
    ("stages", "node"),
    [
        (QUOTE, orders.QUOTE),
        (ORDER, orders.ORDER),
        (INVOICE, orders.INVOICE),
        (CONTRACT, orders.CONTRACT),
    ],
)
def test_every_state_of_the_table_is_one_of_the_model(stages: Stages, node: object):
    known = set(node.properties["status"].values)  # pyright: ignore[reportAttributeAccessIssue]
    named = {stages.first, *stages.moves}
    named |= {state for moves in stages.moves.values() for state in moves.values()}
    assert named <= known


def test_a_state_says_what_it_allows():
    assert QUOTE.after("SENT", "quoteAccept") == "ACCEPTED"
    with pytest.raises(Refused, match="quoteAccept, quoteDecline, quoteRevise") as refused:
        QUOTE.after("SENT", "quoteSend")
    assert refused.value.code == "NOT_ALLOWED"


@given(
    st.integers(1, 10**6),
    st.integers(1, 20),
    st.decimals(min_value=0, max_value=99, places=2),
    st.decimals(min_value=0, max_value=25, places=1),
    st.data(),
)
def test_credits_for_parts_add_up_to_the_order(
    unit: int, units: int, off: Decimal, tax: Decimal, data: st.DataObject
):
    line = Line("p", Decimal(units), unit, off).stored(1, "EUR") | {"shipped": float(units)}
    line |= {"returned": None}
    whole = totals([line["amount"]], tax)
    about = {**whole.stored(), "currency": "EUR", "lines": [("p", line)]}
    given_back = [0, 0]
    left = units
    while left:
        now = data.draw(st.integers(1, left))
        parts, all_back = left_to_return(about["lines"], [(1, now)])
        credit = returned(about, parts)
        given_back[0] += credit.totals.net
        given_back[1] += credit.totals.tax
        left -= now
        line["returned"] = float(units - left)
        assert all_back == (left == 0)
    assert given_back == [whole.net, whole.tax]


def test_more_than_is_left_is_not_shipped():
    line = {"line": 1, "quantity": 3.0, "shipped": 2.0}
    parts, whole = left_to_ship([("p", line)], None)
    assert (parts[0].units, whole) == (Decimal(1), True)
    with pytest.raises(Refused, match="Only 1 of") as refused:
        left_to_ship([("p", line)], [(1, 2)])
    assert refused.value.place == ("lines", 0, "quantity")


def test_portions_of_nothing_are_nothing():
    assert portion(10, 5, 0) == 0
