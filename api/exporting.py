"""Exports of this installation: where their files lie, and what runs their jobs."""

from collections.abc import Mapping
from pathlib import Path

from api.graphql import Executor
from api.worker.runners import RUNNERS
from graph.exports import Folder
from graph.exports.jobs import KIND
from graph.jobs import Runner
from loaders.exporting import exporter

NAME = "exports"


def folder_in(data_dir: Path) -> Folder:
    """The folder of exports in a data directory; servers and workers must share it."""
    return Folder(data_dir / NAME)


def runners(executor: Executor, folder: Folder) -> Mapping[str, Runner]:
    """Everything that a worker runs, exports included."""
    return {**RUNNERS, KIND: exporter(executor, folder)}
