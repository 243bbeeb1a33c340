"""The layout of docs/adr/0001: small files, short functions, names that say something."""

import ast
from pathlib import Path

import pytest

from tests.house.tree import LAYERS, ROOMS, ROOT, python_files, shown

FILE_CEILING = 400
FUNCTION_CEILING = 40
# A name that fits everything ends up holding everything.
BANNED_NAMES = {"utils", "util", "common", "helpers", "helper", "services", "misc"}

FILES = python_files(*ROOMS)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
IMPORTS = (ast.Import, ast.ImportFrom)


def functions_of(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_bytes())
    return [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]


def packages_of(layer: str) -> set[Path]:
    return {path.parent for path in python_files(layer)}


def test_the_four_layers_hold_code_to_check():
    assert {shown(path).split("/")[0] for path in FILES} >= set(LAYERS)


def test_no_file_is_longer_than_the_ceiling():
    lengths = {shown(path): len(path.read_bytes().splitlines()) for path in FILES}

    assert {name: lines for name, lines in lengths.items() if lines > FILE_CEILING} == {}


def test_no_function_is_longer_than_the_ceiling():
    lengths = {
        f"{shown(path)}:{function.lineno} {function.name}": function.end_lineno
        - function.lineno
        + 1
        for path in FILES
        for function in functions_of(path)
    }

    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_CEILING} == {}


def test_no_module_or_package_has_a_name_that_fits_everything():
    names = {shown(path): {path.stem, *path.relative_to(ROOT).parts[:-1]} for path in FILES}

    assert {name for name, parts in names.items() if parts & BANNED_NAMES} == set()


def test_imports_stand_at_the_top_of_the_file():
    hidden = {
        f"{shown(path)}:{node.lineno}"
        for path in FILES
        for function in functions_of(path)
        for node in ast.walk(function)
        if isinstance(node, IMPORTS)
    }

    assert hidden == set()


def test_imports_name_the_whole_path():
    relative = {
        f"{shown(path)}:{node.lineno}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ImportFrom) and node.level
    }

    assert relative == set()


@pytest.mark.parametrize("layer", LAYERS)
def test_every_package_of_a_layer_says_what_it_is_for(layer: str):
    silent = set()
    for folder in packages_of(layer):
        door = folder / "__init__.py"
        if not door.exists() or not ast.get_docstring(ast.parse(door.read_bytes())):
            silent.add(shown(folder))

    assert silent == set()
