"""Documents are measured before they are validated, in time that follows their length."""

import time

import pytest
from graphql import GraphQLError, get_introspection_query

from loaders.errors import BadRequest
from loaders.limits.documents import Documents
from loaders.limits.lexing import count_tokens
from loaders.limits.limits import MAX_BRACKETS, MAX_TOKENS, Limits

LIMITS = Limits()
DOUBLING = "{...f0} " + " ".join(
    f"fragment f{i} on Query{{x ...f{i + 1} ...f{i + 1}}}" for i in range(40)
)


def refused(text: str, limits: Limits = LIMITS) -> str:
    """The code by which a document is refused."""
    with pytest.raises(GraphQLError) as caught:
        Documents().get(text).check(limits)
    assert caught.value.message.endswith(".") or "Syntax Error" in caught.value.message
    return str((caught.value.extensions or {})["code"])


def fits(text: str, limits: Limits = LIMITS) -> None:
    Documents().get(text).check(limits)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{" + "a " * 2_000 + "}", "TOO_MANY_TOKENS"),
        ("#\n" * 2_001 + "{a}", "TOO_MANY_TOKENS"),
        ("{a" * 61 + "}" * 61, "TOO_DEEP"),
        ("{a(b:" + "[" * 900 + "]" * 900 + ")}", "TOO_DEEP"),
        ("{a" * 13 + "}" * 13, "TOO_DEEP"),
        ("{" + " ".join(f"a{i}:x" for i in range(31)) + "}", "TOO_MANY_ALIASES"),
        ("{a " + "@skip(if:true) " * 51 + "}", "TOO_MANY_DIRECTIVES"),
        (" ".join(f"query q{i}{{a}}" for i in range(51)), "TOO_MANY_DEFINITIONS"),
        ("query(" + " ".join(f"$v{i}:Int" for i in range(51)) + "){a}", "TOO_MANY_VARIABLES"),
        ("{" + " ".join(f"a{i}" for i in range(1_001)) + "}", "TOO_MANY_FIELDS"),
        ("{" + "a " * 21 + "}", "TOO_REPETITIVE"),
        ("{" + "...{a} " * 21 + "}", "TOO_REPETITIVE"),
        ("{" + "a{b b b b b} " * 5 + "}", "TOO_REPETITIVE"),
        ("{a(b: " + "9" * 5_000 + ")}", "INVALID_DOCUMENT"),
        ("{...f} fragment f on Query{a ...g} fragment g on Query{...f}", "INVALID_DOCUMENT"),
        ("{", "INVALID_DOCUMENT"),
        (DOUBLING + " fragment f40 on Query{x}", "TOO_MANY_FIELDS"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_document_beyond_a_limit_is_refused_by_its_name(text: str, code: str):
    assert refused(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "{" + "a " * 20 + "}",
        "{a" * 12 + "}" * 12,
        "{" + " ".join(f"a{i}:x" for i in range(30)) + "}",
        '{a(b: "{[(' + "{" * 500 + '")}',
        '{a(b: """' + '"" \\""" {{{{' * 100 + '""")}',
        "#" + "{" * 500 + "\n{a}",
        get_introspection_query(input_value_deprecation=True, specified_by_url=True),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_document_at_a_limit_passes(text: str):
    fits(text)


def test_fields_are_counted_as_often_as_their_fragment_is_spread():
    text = "{a{...f} b{...f}} fragment f on X{c d e}"

    found = Documents().get(text).measures

    assert (found.fields, found.depth, found.roots) == (8, 2, 2)


def test_the_schema_and_the_type_name_are_no_root_fields_of_ours():
    found = Documents().get("{__typename __schema{types{name}} a}").measures

    assert (found.roots, found.introspects, found.introspection_depth) == (1, True, 3)


def test_fragments_that_double_each_other_cost_no_more_than_their_text():
    doubling = DOUBLING + " fragment f40 on Query{x}"

    started = time.perf_counter()
    measured = Documents().get(doubling).measures

    assert measured.fields == 2**41 - 1
    assert time.perf_counter() - started < 0.5


def test_a_chain_of_fragments_beyond_the_interpreters_depth_is_too_deep():
    chain = "{...f0} " + " ".join(
        f"fragment f{i} on Q{{" + "...{" * 50 + f"...f{i + 1}" + "}" * 51 for i in range(10)
    )

    assert refused(chain + " fragment f10 on Q{a}") == "TOO_DEEP"


def test_no_refusal_of_a_large_document_takes_long():
    slowest = 0.0
    for text in (
        "{" + "customers{totalCount} " * 399 + "}",
        "{" + " ".join(f"...f{i}" for i in range(120)) + "} "
        + " ".join(f"fragment f{i} on Query{{{'a ' * 8}}}" for i in range(120)),
        "{x " + "@x " * 950 + "}",
        "{" + "...on Query{a} " * 320 + "}",
        '{a(b:"' + "x" * 95_000 + '"}',
        "{" + "," * 95_000,
    ):  # fmt: skip
        started = time.perf_counter()
        with pytest.raises(GraphQLError):
            Documents().get(text).check(LIMITS)
        slowest = max(slowest, time.perf_counter() - started)

    # The promise is 0.1 s on an idle core; a crowded machine gets five times as much.
    assert slowest < 0.5


def test_counting_stops_at_the_limit():
    text = "{" + "a " * 500_000

    started = time.perf_counter()
    with pytest.raises(BadRequest):
        count_tokens(text, MAX_TOKENS, MAX_BRACKETS)

    assert time.perf_counter() - started < 0.1


def test_a_known_text_is_not_read_again():
    documents, text = Documents(), "{" + " ".join(f"a{i}" for i in range(900)) + "}"
    documents.get(text).check(LIMITS)

    started = time.perf_counter()
    for _ in range(1_000):
        documents.get(text).check(LIMITS)
    each = (time.perf_counter() - started) / 1_000

    assert each < 60e-6


def test_what_is_remembered_stays_below_its_bound():
    documents = Documents()
    for n in range(200):
        documents.get("{a" + str(n) + " #" + "x" * 90_000 + "\n}")

    assert documents._chars <= 8_000_000
    assert len(documents._known) < 100
