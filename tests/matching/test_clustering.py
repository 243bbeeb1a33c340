"""Who is one, by sure pairs and within limits."""

from hypothesis import given
from hypothesis import strategies as st

from graph.matching import clustering
from graph.matching.clustering import cluster, groups
from graph.matching.pairs import Pair

PAIRS = st.lists(
    st.builds(Pair, st.integers(0, 11), st.integers(0, 11), st.floats(-5, 30), st.just(1.0)),
    max_size=30,
)
APART = st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda e: e[0] != e[1]))


def pair(left: int, right: int, weight: float) -> Pair:
    return Pair(left, right, weight, 1.0)


@given(pairs=PAIRS, apart=APART)
def test_nobody_is_joined_who_was_told_apart_and_no_order_matters(
    pairs: list[Pair], apart: set[tuple[int, int]]
) -> None:
    found = cluster(range(12), pairs, apart)
    again = cluster(range(12), list(reversed(pairs)), apart)

    for members in groups(found):
        assert not any({one, other} <= set(members) for one, other in apart)
    assert groups(found) == groups(again)


def test_records_of_one_party_stay_together() -> None:
    found = cluster([0, 0, 1, 2], [pair(0, 2, 5), pair(1, 3, 4)], ())

    assert groups(found) == [[0, 1, 2]]
    assert [each[:2] for each in found.joined] == [(0, 1), (0, 2)]


def test_the_surer_pair_wins_where_two_contradict_each_other() -> None:
    found = cluster(range(3), [pair(0, 1, 5), pair(1, 2, 9)], {(0, 2)})

    assert groups(found) == [[1, 2]]
    assert found.apart == 1


def test_no_cluster_becomes_too_large() -> None:
    count = clustering.SIZE + 10
    found = cluster(range(count), [pair(0, each, 5) for each in range(1, count)], ())

    assert [len(each) for each in groups(found)] == [clustering.SIZE]
    assert found.large == 10
