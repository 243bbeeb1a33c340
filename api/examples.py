"""The query a newcomer sees first: everything about one customer, in one request."""

import shlex
from typing import Any

import orjson

from api.graphql import Executor
from loaders.ids import encode_id
from loaders.viewer import Viewer

CUSTOMER_360 = """\
query Customer360($id: ID!) {
  customer(id: $id) {
    __typename
    id
    name
    email
    city
    country
    ... on Person {
      companies(first: 3) { edges { title node { id name } } }
    }
    ... on Company {
      people(first: 5) { edges { title node { id name } } }
    }
    partners(first: 3) { edges { node { id name } } }
    interactions(first: 10) { edges { node { __typename id at channel subject } } }
    orders(first: 10) {
      edges {
        node {
          id
          number
          at
          total { amount currency }
          lines(first: 10) { edges { quantity node { id name } } }
        }
      }
    }
  }
}
"""
SOME_CUSTOMERS = """\
query SomeCustomers {
  customers(first: 50) {
    edges {
      node {
        id
        interactions(first: 1) { edges { node { id } } }
        orders(first: 1) { edges { node { id } } }
        partners(first: 1) { edges { node { id } } }
      }
    }
  }
}
"""
NOBODY = "00000000-0000-0000-0000-000000000000"


def variables_of_nobody() -> list[dict[str, Any]]:
    """Return variables of the 360 query for customers that are not there, one of each type."""
    return [{"id": encode_id(type_, NOBODY)} for type_ in ("Person", "Company")]


async def some_customer(executor: Executor, viewer: Viewer) -> str | None:
    """Return the global id of a customer with as much to show as possible; None without any."""
    result = await executor.execute(SOME_CUSTOMERS, None, None, viewer)
    data: dict[str, Any] = result.get("data") or {}
    customers: dict[str, Any] = data.get("customers") or {}
    edges: list[dict[str, Any]] = customers.get("edges", [])
    return max((edge["node"] for edge in edges), key=_richness)["id"] if edges else None


def _richness(customer: dict[str, Any]) -> int:
    """Count the kinds of things a customer has."""
    return sum(bool(customer[kind]["edges"]) for kind in ("interactions", "orders", "partners"))


def curl(address: str, token: str, customer: str) -> str:
    """Return a command that asks for everything about a customer."""
    body = {"query": " ".join(CUSTOMER_360.split()), "variables": {"id": customer}}
    parts = [
        f"curl -s {address}/graphql",
        f"-H 'authorization: Bearer {token}'",
        "-H 'content-type: application/json'",
        f"-d {shlex.quote(orjson.dumps(body).decode())}",
    ]
    return " \\\n  ".join(parts)
