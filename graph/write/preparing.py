"""Checking rows ahead of their write: while the database works, Python can."""

from collections.abc import Iterable

from graph.errors import InvalidInput
from graph.write import linking, nodes
from graph.write.batch import Links, Nodes


def prepare(parts: Iterable[Nodes | Links]) -> None:
    """Validate and normalise the rows of parts that are written later; safe in another thread.

    A part that breaks the model is left as it is: its write says what is wrong.
    """
    for part in parts:
        try:
            if isinstance(part, Links):
                part.ready = linking.checked(part)
            else:
                part.ready = nodes.checked(part)
        except InvalidInput:
            part.ready = None
