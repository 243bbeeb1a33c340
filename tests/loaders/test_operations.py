"""Operations that were planned are kept, but not without bounds."""

import time

from loaders.operations import Operation, Operations
from loaders.reference import by_response_key
from resolvers.schema import SCHEMA

SCHEMA_BY_KEY = by_response_key(SCHEMA._schema)


def text(number: int, chars: int = 40) -> str:
    return f"query Q{number} {{ __typename }}".ljust(chars, "#")


def test_the_same_text_is_prepared_once_and_the_one_not_asked_for_longest_goes_first():
    operations = Operations(SCHEMA_BY_KEY, size=2)
    first = operations.get(text(1), None)
    operations.get(text(2), None)

    again = operations.get(text(1), None)
    operations.get(text(3), None)

    assert isinstance(first, Operation)
    assert operations.get(text(1), None) is again is first
    assert len(operations) == 2


def test_long_texts_push_out_more_than_one_and_make_room_again():
    operations = Operations(SCHEMA_BY_KEY, chars=200)
    for number in range(5):
        operations.get(text(number), None)
    assert len(operations) == 5

    operations.get(text(6, 170), None)
    assert len(operations) == 1
    for number in range(5):
        operations.get(text(number), None)

    assert len(operations) == 5


def test_a_text_beyond_all_room_is_answered_and_not_kept():
    operations = Operations(SCHEMA_BY_KEY, chars=100)

    assert isinstance(operations.get(text(1, 101), None), Operation)
    assert len(operations) == 0


def test_a_text_that_is_refused_takes_no_room():
    operations = Operations(SCHEMA_BY_KEY, chars=100)

    assert not isinstance(operations.get("{ nope }", None), Operation)
    assert len(operations) == 0


def test_why_a_text_is_refused_is_found_once_and_pushes_out_nothing_that_runs():
    operations = Operations(SCHEMA_BY_KEY, size=2)
    good = operations.get(text(1), None)
    # Fields of one name are compared two by two, which is what takes long.
    wrong = "query Q { " + " ".join(["nothing"] * 400) + " }"

    def refused(query: str) -> tuple[list[tuple[str, object]], float]:
        began = time.perf_counter()
        found = operations.get(query, None)
        assert isinstance(found, list)
        told = [(each.message, each.locations) for each in found]
        return told, time.perf_counter() - began

    first, slow = refused(wrong)
    again, quick = refused(wrong)
    for number in range(300):
        refused(f"{{ nothing{number} }}")

    assert again == first
    assert first[0][1]
    assert quick < slow / 10
    assert operations.get(text(1), None) is good
    assert len(operations) == 1
