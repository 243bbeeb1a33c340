"""Nothing changes the graph but the write path and the migrations."""

import ast

from tests.house.tree import python_files, shown

FILES = python_files("api", "resolvers", "loaders", "graph")
WRITERS = ("graph/write/", "graph/migrations.py")


def kinds_named(source: str) -> set[str]:
    """Kinds of statement that a module names: `WRITE` of `Kind.WRITE`."""
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Kind"
    }


def test_only_the_write_path_has_statements_that_write():
    """A statement that only reads cannot write: the database refuses it in read mode."""
    others = [path for path in FILES if not shown(path).startswith(WRITERS)]
    found = {shown(path): kinds_named(path.read_text("utf-8")) for path in others}
    assert {path: kinds for path, kinds in found.items() if kinds & {"WRITE", "SCHEMA"}} == {}
    assert any("READ" in kinds for kinds in found.values())


def test_the_write_path_does_write():
    inside = [path for path in FILES if shown(path).startswith("graph/write/")]
    assert any("WRITE" in kinds_named(path.read_text("utf-8")) for path in inside)
