"""The files of this repository, found without git: a clone and an archive hold the same."""

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("api", "resolvers", "loaders", "graph")
ROOMS = (*LAYERS, "tests", "bench")


def _ignored_names() -> list[str]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return [".git", *(line.strip().rstrip("/") for line in lines if line.strip())]


IGNORED = _ignored_names()


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if any(fnmatch(path.name, pattern) for pattern in IGNORED):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def files() -> list[Path]:
    """Every file that is, or could be, committed."""
    return list(_walk(ROOT))


def python_files(*rooms: str) -> list[Path]:
    """The Python files of the given top-level folders."""
    return [path for path in files() if path.suffix == ".py" and shown(path).split("/")[0] in rooms]


def shown(path: Path) -> str:
    """The path as a person names it: from the top of the repository, with slashes."""
    return path.relative_to(ROOT).as_posix()
