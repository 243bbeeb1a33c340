"""Statements of filtered and ordered lists: few texts, and an index at the anchor of each."""

from random import Random
from typing import Any

import neo4j
import pytest

from graph.statements import Statement
from loaders.ids import encode_id
from loaders.operations import Operation, Operations
from loaders.reference import by_response_key
from loaders.schema import object_type, source_of
from loaders.sources import Many
from resolvers.schema import SCHEMA
from tests.resolvers.conftest import RecordingGraph, Sent
from tests.resolvers.oracle import WHOLE
from tests.resolvers.plans import operators
from tests.resolvers.questions import Question, Word, literal, plain
from tests.resolvers.test_every_field import BY_INDEX, SCANS

OPERATIONS = Operations(by_response_key(SCHEMA._schema))
ROOT_LISTS = sorted(
    name
    for name, definition in WHOLE.query_type.fields.items()
    if isinstance(source_of(definition), Many)
)


def statements(query: str, variables: dict[str, Any]) -> list[tuple[Statement, dict[str, Any]]]:
    """The statements of a query with their parameters; none may be refused."""
    operation = OPERATIONS.get(query, None)
    assert isinstance(operation, Operation), (query, operation)
    values = operation.variables.coerce(variables)
    assert not isinstance(values, list), (query, values)
    found: list[tuple[Statement, dict[str, Any]]] = []
    for each in operation.plan(values).fields:
        assert each.root is not None, (query, each.refused)
        assert each.root.statement is not None
        found.append((each.root.statement, each.root.bindings.values(values)))
    return found


def texts(query: str, variables: dict[str, Any]) -> list[str]:
    """The texts of a query's statements."""
    return [statement.text for statement, _ in statements(query, variables)]


def changed(value: Any, random: Random) -> Any:
    """The same structure with other values."""
    if isinstance(value, dict):
        if "from" in value:
            return value
        return {name: changed(each, random) for name, each in value.items()}
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            return [changed(each, random) for each in value]
        return [each for each in value for _ in range(random.randint(1, 3))]
    if isinstance(value, bool | Word):
        return value
    if isinstance(value, int):
        return random.randint(-1000, 1000)
    if isinstance(value, float):
        return random.uniform(-9, 9)
    return value


@pytest.mark.parametrize("seed", range(60))
def test_a_text_depends_on_the_structure_of_a_filter_and_not_on_its_values(seed: int) -> None:
    question = Question(Random(seed))
    filter_ = question.filter_of("Customer", 2)
    by_variable = "query Q($f: CustomerFilter) { customers(filter: $f) { totalCount } }"

    found = {
        texts(by_variable, {"f": plain(changed(filter_, Random(number)))})[0] for number in range(5)
    }
    written = texts(f"{{ customers(filter: {literal(filter_)}) {{ totalCount }} }}", {})

    assert found == set(written)


def test_strings_of_any_kind_never_reach_a_text() -> None:
    query = "query Q($f: PersonFilter) { people(filter: $f) { totalCount } }"
    nasty = ["'", '"', "\\", "$p0", "}", "`", "NODE", "THIS", "*/", "\n", "RETURN 1 //", "é", ""]

    found = {
        texts(query, {"f": {"name": {"eq": each}, "or": [{"email": {"in": nasty}}]}})[0]
        for each in nasty
    }

    assert len(found) == 1


def test_a_variable_anywhere_in_a_filter_has_the_text_and_value_of_a_literal() -> None:
    money = "{{total: {{currency: {}, between: {{from: 1, to: {}}}}}}}"
    lines = '{lines: {some: {quantity: {gt: 1}, node: {name: {eq: "x"}}}}}'
    amount = money.format('"EUR"', '"2.50"')
    wanted = _listed(
        f'{{or: [{{number: {{in: ["a", "b"]}}}}, {amount}, {lines}]}}',
        "[{field: TOTAL, direction: DESC}]",
    )
    given = "query Q($a: String!, $c: String, $t: Decimal!, $l: OrderFilter!, $o: [OrderOrderBy!])"
    given += _listed(
        f'{{or: [{{number: {{in: [$a, "b"]}}}}, {money.format("$c", "$t")}, $l]}}', "$o"
    )
    variables = {
        "a": "a",
        "c": "EUR",
        "t": "2.50",
        "l": {"lines": {"some": {"quantity": {"gt": 1}, "node": {"name": {"eq": "x"}}}}},
        "o": [{"field": "TOTAL", "direction": "DESC"}],
    }

    (literally,), (by_variable,) = statements(wanted, {}), statements(given, variables)

    assert by_variable[0].text == literally[0].text
    assert by_variable[1] == literally[1]


def _listed(filter_: str, order: str) -> str:
    page = f"filter: {filter_}, orderBy: {order}, first: 5"
    return f"{{ orders({page}) {{ edges {{ node {{ id }} }} }} }}"


def _asked(name: str) -> str:
    """A root list with a filter on its node, an order by its own first field, and all it counts."""
    definition = WHOLE.query_type.fields[name]
    arguments = {key: each.type for key, each in definition.args.items()}
    order = arguments["orderBy"].of_type.of_type.fields["field"].type.of_type
    field = next(iter(order.values))
    facets: Any = object_type(definition).fields.get("facets")
    facet = next(iter(facets.args["field"].type.of_type.values)) if facets else None
    counted = f"facets(field: {facet}) {{ value count }}" if facet else ""
    return (
        f'{{ {name}(filter: {{not: {{id: {{eq: "{encode_id("Order", "x")}"}}}}}}, '
        f"orderBy: [{{field: {field}, direction: DESC}}], last: 3) "
        f"{{ totalCount {counted} edges {{ cursor node {{ __typename id }} }} }} }}"
    )


@pytest.mark.anyio
@pytest.mark.parametrize("name", ROOT_LISTS)
async def test_a_filtered_and_ordered_root_list_starts_from_an_index(
    graph: RecordingGraph, driver: neo4j.AsyncDriver, name: str
) -> None:
    for statement, parameters in statements(_asked(name), {}):
        rows = await graph.run(statement, parameters)

        found = await operators(driver, Sent(statement, parameters))

        assert rows
        assert "AllNodesScan" not in found
        assert found & BY_INDEX, found


PARTS = 12


def nested() -> list[str]:
    """A query for every list of some types: filtered, ordered by a walk or the edge, counted."""
    found: list[str] = []
    for owner in ("Company", "Person", "Order", "Product", "Opportunity", "Case", "Email"):
        for name, definition in WHOLE.type_map[owner].fields.items():
            if not isinstance(source_of(definition), Many) or "filter" not in definition.args:
                continue
            order = definition.args["orderBy"].type.of_type.of_type.fields["field"].type.of_type
            *_, field = order.values
            facets: Any = object_type(definition).fields.get("facets")
            *_, facet = facets.args["field"].type.of_type.values
            body = (
                f"{name}(filter: {{not: {{changedAt: {{isNull: true}}}}}}, first: 2, "
                f"orderBy: [{{field: {field}, direction: DESC}}]) {{ totalCount "
                f"facets(field: {facet}) {{ value count }} edges {{ cursor node {{ id }} }} }}"
            )
            id_ = encode_id(owner, f"{owner}-1")
            found.append(f'{{ node(id: "{id_}") {{ ... on {owner} {{ {body} }} }} }}')
    return found


async def explain(graph: RecordingGraph, driver: neo4j.AsyncDriver, part: int) -> None:
    """Ask a part of the nested lists; each must be anchored and find rows that fit its counts."""
    for query in nested()[part::PARTS]:
        for statement, parameters in statements(query, {}):
            rows = await graph.run(statement, parameters, timeout=60.0)
            found = await operators(driver, Sent(statement, parameters))
            assert rows, query
            assert not found & SCANS, (query, found)
            assert "NodeUniqueIndexSeek" in found, (query, found)


@pytest.mark.anyio
async def test_some_filtered_and_ordered_lists_of_a_node_start_from_its_index(
    graph: RecordingGraph, driver: neo4j.AsyncDriver
) -> None:
    await explain(graph, driver, 0)


@pytest.mark.full
@pytest.mark.anyio
@pytest.mark.parametrize("part", range(1, PARTS))
async def test_every_filtered_and_ordered_list_of_a_node_starts_from_its_index(
    graph: RecordingGraph, driver: neo4j.AsyncDriver, part: int
) -> None:
    await explain(graph, driver, part)
