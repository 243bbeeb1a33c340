"""What is remembered of columns is what each row alone would tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.imports import memo
from graph.imports.conditions import Row
from graph.imports.errors import Fault, Unfit
from graph.imports.memo import FAULT, Chunk, Memo

ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 3)))


def joined(row: Row) -> str:
    """Return two cells as one text; 'b' and 'z' do not go together."""
    if (row[0], row[1]) == ("b", "z"):
        raise Unfit(Fault(None, "NO", "They do not go together."))
    return f"{row[0]}{row[1]}"


def chunk_of(rows: list[tuple[str, str, int]]) -> Chunk:
    """Return rows as a chunk."""
    return Chunk(list(rows), list(zip(*rows, strict=True)))


@given(chunks=st.lists(ROWS.filter(bool), max_size=5))
def test_a_chunk_tells_what_its_rows_tell_and_names_the_rows_with_faults(
    chunks: list[list[tuple[str, str, int]]],
):
    remembered = Memo({0, 1}, joined)

    for rows in chunks:
        chunk = chunk_of(rows)
        found = remembered.many(chunk)

        for i, row in enumerate(rows):
            if row[:2] == ("b", "z"):
                assert found[i] is FAULT
                assert i in chunk.doubtful
            else:
                assert found[i] == joined(row) == remembered(row)
                assert i not in chunk.doubtful


def test_a_row_that_was_found_faulty_in_a_chunk_says_why_when_it_is_read_alone():
    remembered = Memo({0, 1}, joined)
    remembered.many(chunk_of([("b", "z", 0)]))

    with pytest.raises(Unfit) as refused:
        remembered(("b", "z", 1))

    assert [fault.code for fault in refused.value.faults] == ["NO"]


def test_what_hardly_ever_repeats_is_not_kept_in_memory():
    asked: list[int] = []
    remembered = Memo({2}, lambda row: asked.append(int(str(row[2]))))
    rows = [("a", "x", number) for number in range(3 * memo.TRIAL)]
    for start in range(0, len(rows), 500):
        remembered.many(chunk_of(rows[start : start + 500]))

    remembered(rows[0])

    assert sorted(asked) == [0, *range(3 * memo.TRIAL)]
