"""Preferences: a person has one of each topic at most, so its id follows from both."""

from uuid import NAMESPACE_URL, uuid5


def preference_id(person: str, topic: str) -> str:
    """The id of a person's preference about a topic."""
    return str(uuid5(NAMESPACE_URL, f"{person}/preference/{topic}"))
