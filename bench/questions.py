"""The questions, in the words of each kind of server.

The words differ as the schemas do; what is asked is the same, and `bench.answers` holds the
answers to it before anything is timed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from api.settings import ROOT
from bench import worlds
from loaders.ids import encode_id

Dialect = Literal["customer360", "neo4j-graphql", "dataloaders"]
SPREAD = 128  # different customers asked in turn


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        name: How it is called on the command line and in the table.
        about: What it asks.
        texts: The document, by dialect; a server whose dialect is missing is not asked.
        customers: Numbers of the customers it is asked about, in turn.
        writes: Whether it changes the graph: then answers are only held to be without errors, and
            what was written is taken away at the end.
    """

    name: str
    about: str
    texts: dict[Dialect, str]
    customers: tuple[int, ...] = (0,)
    writes: bool = False

    def bodies(self, dialect: Dialect, people: int) -> list[bytes]:
        """Bodies of requests, to be sent in turn."""
        variables = _VARIABLES[dialect]
        return [
            orjson.dumps({"query": self.texts[dialect], "variables": variables(number % people)})
            for number in self.customers
        ]


_VARIABLES: dict[Dialect, Callable[[int], dict[str, Any]]] = {
    "customer360": lambda number: {"id": encode_id("Person", worlds.person(number))},
    "neo4j-graphql": lambda number: {"id": worlds.person(number)},
    "dataloaders": lambda number: {"id": worlds.person(number)},
}
_MANY = tuple(range(2, 2 + SPREAD))
_SKU = worlds.sku(7)

_OURS_FILTERED = (
    "query Filter { companies(first: 20, filter: { people: { some: { node: { "
    "orders: { some: { node: { lines: { some: { node: { "
    f'sku: {{ eq: "{_SKU}" }} }} }} }} }} }} }} }} }} }} }}) '
    "{ edges { node { id name industry } } } }"
)
# Asked of this server as soon as its schema knows filters.
_FILTER: dict[Dialect, str] = (
    {"customer360": _OURS_FILTERED}
    if "filter: CompanyFilter" in (ROOT / "schema.graphql").read_text("utf-8")
    else {}
)

_FEW_FIELDS = "id name lifecycle email city"
_ROW = "id name lifecycle email phone city country language"

_360_OURS = """
query Customer360($id: ID!) {
  customer(id: $id) {
    id name lifecycle email city country
    ... on Company { people(first: 5) { edges { title node { id name } } } }
    ... on Person { companies(first: 5) { edges { title node { id name } } } }
    partners(first: 3) { edges { node { id name } } }
    interactions(first: 10) { edges { node { id at channel subject } } }
    orders(first: 10) { edges { node {
      id number at total { amount currency }
      lines(first: 20) { edges {
        line quantity unitPrice { amount currency } node { id sku name }
      } }
    } } }
  }
}
"""
_360_NEO4J = """
query Customer360($id: ID!) {
  people(where: { id: { eq: $id } }) {
    id name lifecycle email city country
    companiesConnection(first: 5, sort: [{ edge: { from: DESC } }]) {
      edges { properties { title } node { id name } }
    }
    partners(limit: 3, sort: [{ name: ASC }]) { id name }
    interactions(limit: 10, sort: [{ at: DESC }]) { id at channel subject }
    orders(limit: 10, sort: [{ at: DESC }]) {
      id number at total currency
      linesConnection(first: 20, sort: [{ edge: { line: ASC } }]) {
        edges { properties { line quantity unitPrice currency } node { id sku name } }
      }
    }
  }
}
"""
_360_LOADERS = """
query Customer360($id: ID!) {
  customer(id: $id) {
    id name lifecycle email city country
    companies(first: 5) { title node { id name } }
    partners(first: 3) { id name }
    interactions(first: 10) { id at channel subject }
    orders(first: 10) {
      id number at total { amount currency }
      lines(first: 20) { line quantity unitPrice { amount currency } node { id sku name } }
    }
  }
}
"""
_360: dict[Dialect, str] = {
    "customer360": _360_OURS,
    "neo4j-graphql": _360_NEO4J,
    "dataloaders": _360_LOADERS,
}

QUESTIONS = (
    Question(
        "small",
        "5 scalars of one customer by id",
        {
            "customer360": f"query Small($id: ID!) {{ customer(id: $id) {{ {_FEW_FIELDS} }} }}",
            "neo4j-graphql": "query Small($id: ID!) { people(where: { id: { eq: $id } }) "
            f"{{ {_FEW_FIELDS} }} }}",
            "dataloaders": f"query Small($id: ID!) {{ customer(id: $id) {{ {_FEW_FIELDS} }} }}",
        },
        _MANY,
    ),
    Question(
        "profile",
        "a customer with its companies and partners",
        {
            "customer360": """
query Profile($id: ID!) {
  customer(id: $id) {
    id name lifecycle email phone city country language
    ... on Person { companies(first: 5) { edges { title node { id name industry } } } }
    partners(first: 3) { edges { node { id name } } }
  }
}
""",
            "neo4j-graphql": """
query Profile($id: ID!) {
  people(where: { id: { eq: $id } }) {
    id name lifecycle email phone city country language
    companiesConnection(first: 5, sort: [{ edge: { from: DESC } }]) {
      edges { properties { title } node { id name industry } }
    }
    partners(limit: 3, sort: [{ name: ASC }]) { id name }
  }
}
""",
            "dataloaders": """
query Profile($id: ID!) {
  customer(id: $id) {
    id name lifecycle email phone city country language
    companies(first: 5) { title node { id name industry } }
    partners(first: 3) { id name }
  }
}
""",
        },
        _MANY,
    ),
    Question("360", "everything about a customer with 11 orders", _360, _MANY),
    Question("360-many", "everything about the customer with 1,000 orders", _360, (1,)),
    Question(
        "list",
        "the first 100 people by name, 8 fields each",
        {
            "customer360": "query List { people(first: 100) { edges { node { " + _ROW + " } } } }",
            "neo4j-graphql": "query List { people(limit: 100, sort: [{ name: ASC }]) { "
            + _ROW
            + " } }",
            "dataloaders": f"query List {{ people(first: 100) {{ {_ROW} }} }}",
        },
    ),
    Question(
        "filter",
        "companies with people who ordered a product: 3 hops",
        {
            **_FILTER,
            "neo4j-graphql": "query Filter { companies(limit: 20, sort: [{ name: ASC }], where: { "
            "people: { some: { orders: { some: { lines: { some: { "
            f'sku: {{ eq: "{_SKU}" }} }} }} }} }} }} }} }}) {{ id name industry }} }}',
            "dataloaders": "query Filter { companies(first: 20, "
            f'ordered: "{_SKU}") {{ id name industry }} }}',
        },
    ),
    Question(
        "log",
        "a call of one customer, written",
        {
            "customer360": "mutation Log($id: ID!) { interactionLog(input: { kind: CALL, "
            f'direction: INBOUND, subject: "{worlds.LOGGED}", '
            "participants: [{ participantId: $id, role: FROM }] }) "
            "{ interaction { id } userErrors { code } } }",
            "neo4j-graphql": "mutation Log($id: ID!) { createCalls(input: [{ "
            'at: "2026-11-22T10:00:00.000Z", channel: "PHONE", direction: "INBOUND", '
            f'subject: "{worlds.LOGGED}", people: {{ connect: [{{ '
            'where: { node: { id: { eq: $id } } }, edge: { role: "FROM" } }] } }]) '
            "{ calls { id } } }",
        },
        _MANY,
        writes=True,
    ),
)
