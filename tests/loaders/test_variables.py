"""Prepared coercion of variables is graphql-core's, in every case."""

from typing import Any

import pytest
from graphql import GraphQLError, OperationDefinitionNode, build_schema, parse
from graphql.execution.values import VariableValues, get_variable_values
from hypothesis import given
from hypothesis import strategies as st

from loaders.variables import Variables

SCHEMA = build_schema("""
  enum Colour { RED GREEN }
  input Key { source: String! externalId: String = "1" next: Key colours: [Colour!] }
  input One @oneOf { a: Int b: String }
  type Query {
    f(s: String, i: Int, n: Float, id: ID, ids: [ID!], b: Boolean, c: Colour, k: Key, o: One): Int
  }
""")
TYPES = [
    "String", "String!", "Int", "Int!", "Float", "ID!", "[ID!]", "[ID!]!", "Boolean", "Boolean!",
    "Colour", "Colour!", "Key", "Key!", "[Key]", "One", 'String = "x"', "Int! = 3",
]  # fmt: skip
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3),
    st.sampled_from(["RED", "GREEN"]),
)  # fmt: skip
NAMES = st.sampled_from(["source", "externalId", "next", "colours", "a", "b", "x"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def operation(types: list[str]) -> OperationDefinitionNode:
    declared = ", ".join(f"$v{i}: {each}" for i, each in enumerate(types))
    found = parse(f"query Q({declared}) {{ __typename }}").definitions[0]
    assert isinstance(found, OperationDefinitionNode)
    return found


def plain(found: VariableValues | list[GraphQLError]) -> Any:
    """A result that can be compared, NaN included."""
    if isinstance(found, list):
        return [each.message for each in found]
    sources = {name: repr(each.value) for name, each in found.sources.items()}
    return repr(found.coerced), sources


@given(
    st.lists(st.sampled_from(TYPES), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(["v0", "v1", "v2", "other"]), VALUES, max_size=4),
)
def test_coerced_variables_and_errors_are_graphql_cores(types: list[str], sent: dict[str, Any]):
    made = operation(types)

    found = Variables(SCHEMA, made).coerce(sent)

    wanted = get_variable_values(SCHEMA, made.variable_definitions or (), sent, max_errors=5)
    assert plain(found) == plain(wanted)


@pytest.mark.parametrize("depth", [3, 5_000])
def test_deeply_nested_values_are_answered_and_not_a_crash(depth: int):
    value: dict[str, Any] = {"source": "s"}
    for _ in range(depth):
        value = {"source": "s", "next": value}

    found = Variables(SCHEMA, operation(["Key!"])).coerce({"v0": value})

    assert isinstance(found, list) is (depth > 3)
