"""A migrated, empty graph for each test."""

from tests.identity.conftest import graph, shared

__all__ = ["graph", "shared"]
