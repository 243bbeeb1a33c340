"""What the demo world is made of, before any of it is written."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from graph.demo.calendar import ZONES
from graph.demo.duplicates import CHANGES, SHARE
from graph.demo.sheet import ROWS
from graph.demo.world import Plan
from graph.model.identity import IDENTIFIER
from graph.model.interactions import INTERACTION
from graph.model.kinds import Type
from graph.model.orders import CONTRACT, DOCUMENT, INVOICE, ORDER
from graph.model.parties import COMPANY, PARTY, PERSON
from graph.model.products import PRODUCT
from graph.write import Nodes, validate_many
from tests.demo.worlds import SMALL, fingerprint, made

MIDDLE = Plan(people=400, seed=7)


def test_the_same_arguments_make_the_same_world_to_the_last_value():
    assert fingerprint(SMALL) == fingerprint(SMALL)


@pytest.mark.parametrize(
    "other", [Plan(60, 8), Plan(61, 7), Plan(60, 7, today=SMALL.today.replace(day=2))]
)
def test_other_arguments_make_another_world(other: Plan):
    assert fingerprint(SMALL) != fingerprint(other)


def test_every_row_is_what_the_model_says_and_already_in_the_form_it_is_stored_in():
    for part in made(MIDDLE).parts():
        kind = part.node if isinstance(part, Nodes) else part.relationship
        said = [row.properties for row in part.rows]

        for row, checked in zip(said, validate_many(kind, said, creating=False), strict=True):
            assert checked == row, (kind.name, checked)


def test_a_relationship_joins_only_nodes_that_were_written_before_it():
    known: set[tuple[str, tuple[str, ...]]] = set()
    for part in made(MIDDLE).parts():
        if isinstance(part, Nodes):
            known |= {(part.node.name, row.key) for row in part.rows}
            continue
        for row in part.rows:
            assert (part.start.name, row.start) in known
            assert (part.end.name, row.end) in known


def test_a_batch_is_never_larger_than_its_bound():
    sizes = [sum(len(part.rows) for part in step.batch.parts) for step in made(MIDDLE).steps]

    assert max(sizes) <= ROWS


def test_the_total_of_every_document_is_the_sum_of_its_lines_and_the_tax():
    sums: Counter[tuple[str, ...]] = Counter()
    for _, _, row in made(MIDDLE).links("CONTAINS"):
        line = row.properties
        full = line["quantity"] * line["unitPrice"]
        assert line["amount"] == pytest.approx(full * (1 - line.get("discount", 0) / 100), abs=0.5)
        sums[row.start] += line["amount"]

    documents = made(MIDDLE).nodes(DOCUMENT)
    assert len(documents) > 1_000
    for key, row in documents.items():
        said = row.properties
        assert said["net"] == sums[key]
        assert said["total"] == said["net"] + said["tax"]
        assert 0.18 < said["tax"] / said["net"] < 0.22


def test_what_is_unpaid_is_the_whole_invoice_and_what_is_paid_nothing():
    for row in made(MIDDLE).nodes(INVOICE).values():
        said = row.properties
        assert said["balance"] == (0 if said["status"] == "PAID" else said["total"])


def test_every_order_that_left_has_an_invoice():
    billed = {row.start for start, end, row in made(MIDDLE).links("BECAME") if end == INVOICE}

    for key, row in made(MIDDLE).nodes(ORDER).items():
        assert (key in billed) == ("shippedAt" in row.properties), key


def test_nothing_has_happened_after_today_or_before_it_could():
    now = f"{SMALL.today}T00:00:00.000Z"
    plans = {"dueAt", "expiresAt"}
    for part in made(MIDDLE).parts():
        if not isinstance(part, Nodes):
            continue
        times = {
            name
            for name, each in part.node.properties.items()
            if each.type is Type.DATETIME and name not in plans
        }
        for row in part.rows:
            late = {name for name in times if row.properties.get(name, "") > now}
            assert not late, (part.node.name, row.key, late)
            assert row.observed_at is None or row.observed_at < now


def test_companies_order_in_office_hours_of_their_country():
    people = made(MIDDLE).nodes(PARTY)
    buyers = {r.start: r.end for s, e, r in made(MIDDLE).links("FOR") if (s, e) == (ORDER, COMPANY)}
    assert len(buyers) > 100
    for key, row in made(MIDDLE).nodes(ORDER).items():
        if key in buyers:
            zone = ZoneInfo(ZONES[people[buyers[key]].properties["country"]])
            at = datetime.fromisoformat(row.properties["at"]).astimezone(zone)
            assert 8 <= at.hour < 19, at
            assert at.weekday() < 5, at


def test_addresses_lead_nowhere_and_numbers_are_valid_but_nobodys():
    for row in made(MIDDLE).nodes(IDENTIFIER).values():
        kind, value = row.key
        if kind == "EMAIL":
            assert value.endswith((".example.org", ".example.com")), value
        if kind == "DOMAIN":
            assert value.endswith(".example.org"), value
        if kind == "PHONE":
            assert phonenumbers.is_valid_number(phonenumbers.parse(value)), value
            national = value.removeprefix("+33").removeprefix("+44")
            kept = ("19900", "26191", "35301", "46571", "53649", "2079460", "2920180", "2896496")
            assert national.startswith(kept) or national[3:6] in {"496", "498"}, value


def test_no_two_people_share_an_address_or_number_by_accident():
    people = [human for human, changes in made(MIDDLE).told if not changes]

    emails = Counter(human.email for human in people)
    phones = Counter(human.phone for human in people if human.phone)
    assert max(emails.values()) == max(phones.values()) == 1


def test_fifteen_in_a_hundred_people_have_a_second_record_that_differs():
    people = made(MIDDLE).nodes(PERSON)
    first = {human.number: human for human, changes in made(MIDDLE).told if not changes}
    second = [(human, changes) for human, changes in made(MIDDLE).told if changes]

    assert len(first) == MIDDLE.people
    assert len(second) == round(MIDDLE.people * SHARE)
    assert {change for _, changes in second for change in changes} == set(CHANGES)
    assert len({human.ref.key[0] for human, _ in second}) == 3
    for human, _ in second:
        original, copy = people[first[human.number].ref.key], people[human.ref.key]
        names = ("givenName", "familyName", "email", "phone", "street", "city", "birthDate")
        assert any(original.properties.get(n) != copy.properties.get(n) for n in names)
        assert any(original.properties.get(n) == copy.properties.get(n) for n in names[:4])


def test_a_few_people_are_in_many_interactions_and_most_in_few():
    talks = Counter(
        row.start
        for start, _, row in made(MIDDLE).links("PARTICIPATED_IN")
        if start == PERSON
    )  # fmt: skip
    busiest = sum(count for _, count in talks.most_common(len(talks) // 10))

    assert busiest > sum(talks.values()) * 0.3


def test_the_default_world_has_the_size_it_is_known_for():
    world = made(Plan(people=2000, seed=7))

    companies = world.nodes(COMPANY).values()
    assert sum("partnerKind" in row.properties for row in companies) == 62
    assert len(companies) == 506
    assert len(world.nodes(PRODUCT)) == 300
    assert len(world.nodes(PERSON)) == 2300
    assert 13_000 < len(world.nodes(INTERACTION)) < 19_000
    assert 3_500 < len(world.nodes(ORDER)) < 5_000
    assert len(world.nodes(CONTRACT)) > 200
    lines = Counter(row.start for s, _, row in world.links("CONTAINS") if s == ORDER)
    assert set(lines.values()) == set(range(1, 9))


def test_the_benchmark_customers_are_there_when_asked_for():
    orders = Counter(
        row.end[1]
        for start, end, row in made(Plan(60, 7, bench=True)).links("FOR")
        if start == ORDER and row.end[1].startswith("bench-")
    )

    assert orders == {
        "bench-1000-orders": 1_000, "bench-1000-orders-contact": 1_000,
        "bench-10-orders": 10, "bench-10-orders-contact": 10,
    }  # fmt: skip
    assert not any(key[1].startswith("bench-") for key in made().nodes(PARTY))
