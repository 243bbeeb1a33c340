"""Asking about identities as staff do, over the compiled API."""

from typing import Any

from loaders.execution import Executor
from loaders.viewer import Audience, Viewer

STAFF = Viewer(Audience.STAFF, "https://issuer.example", "ann")
MERGE = """mutation ($input: PartiesMergeInput!) {
  partiesMerge(input: $input) { party { id } userErrors { code field } } }"""
UNMERGE = """mutation ($input: PartiesUnmergeInput!) {
  partiesUnmerge(input: $input) { party { id } userErrors { code field } } }"""
MARK = """mutation ($input: MarkNotSameInput!) {
  markNotSame(input: $input) { party { id } userErrors { code field } } }"""


async def ask(executor: Executor, query: str, **given: object) -> Any:
    """The data of an answer without errors."""
    response = await executor.execute(query, given, None, STAFF)
    assert isinstance(response, dict)
    assert "errors" not in response, response["errors"]
    return response["data"]


async def do(executor: Executor, mutation: str, **given: object) -> Any:
    """The payload of one mutation with this input."""
    return next(iter((await ask(executor, mutation, input=given)).values()))
