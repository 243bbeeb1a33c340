"""Exports of this installation: where their files lie, and what runs their jobs."""

from collections.abc import Mapping
from pathlib import Path

from api.graphql import Executor
from api.settings import Settings, SettingsError
from api.worker.messages import Carrier, messenger
from api.worker.runners import RUNNERS
from graph.exports import Folder
from graph.exports.jobs import KIND
from graph.jobs import Runner
from graph.selfservice import copies, messages
from loaders.exporting import exporter

NAME = "exports"


def folder_in(data_dir: Path) -> Folder:
    """The folder of exports in a data directory; servers and workers must share it."""
    return Folder(data_dir / NAME)


def carrier_of(settings: Settings) -> Carrier | None:
    """Who sends messages to people outside; None when nobody was named.

    Raises:
        SettingsError: there is an address without a secret to sign for it.
    """
    if settings.messages_url is None:
        return None
    if settings.messages_secret is None:
        raise SettingsError(["C360_MESSAGES_SECRET must be set where C360_MESSAGES_URL is."])
    secret = settings.messages_secret.get_secret_value()
    return Carrier(settings.messages_url, secret, settings.webhook_targets == "any")


def runners(
    executor: Executor, folder: Folder, carrier: Carrier | None = None
) -> Mapping[str, Runner]:
    """Everything that a worker runs, exports, copies of personal data and messages included."""
    return {
        **RUNNERS,
        KIND: exporter(executor, folder),
        copies.KIND: copies.copier(folder),
        messages.KIND: messenger(carrier),
    }
