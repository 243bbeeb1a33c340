"""The files of the database: what is in them after an erasure, and after the compaction."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from api.connections import graph_at
from graph.engines import EngineConfig, open_engines
from graph.migrations import migrate
from graph.privacy import erase, erasure_plan
from graph.statements import Kind, Statement
from graph.write.copying import copy
from tests.privacy.worlds import CANARY, full_world

pytestmark = pytest.mark.anyio

CONTENT = Statement(
    "test.content", Kind.READ, "MATCH (n) WHERE NOT n:Migration RETURN labels(n), properties(n)"
)
LINKED = Statement("test.linked", Kind.READ, "MATCH ()-[x]->() RETURN type(x), properties(x)")


def holding(folder: Path, word: str) -> Counter[str]:
    """Names of files that hold a word in any encoding that the database uses, with how often."""
    found: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            count = content.count(word.encode()) + content.count(word.encode("utf-16-le"))
            found.update({path.name: count} if count else {})
    return found


def plain(rows: list[list[Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@pytest.mark.full
async def test_no_file_of_the_compacted_database_holds_a_word_of_the_erased(
    tmp_path: Path, cache_dir: Path
):
    old, new = tmp_path / "old", tmp_path / "new"

    with open_engines(EngineConfig(old, cache_dir, neo4j_page_cache="64m")) as engines:
        async with graph_at(engines.endpoints) as graph:
            await migrate(graph)
            person = await full_world(graph)
            plan = await erasure_plan(graph, person)
            await erase(graph, person, plan.plan_hash, "officer")
            with open_engines(EngineConfig(new, cache_dir, neo4j_page_cache="64m")) as others:
                async with graph_at(others.endpoints) as target:
                    await copy(graph, target)
                    same = [plain(await each.run(CONTENT)) for each in (graph, target)]
                    ties = [plain(await each.run(LINKED)) for each in (graph, target)]

    assert same[0] == same[1]
    assert ties[0] == ties[1]
    assert holding(old / "neo4j", CANARY), "the files of the database need no compaction any more"
    assert holding(new, CANARY) == Counter()
