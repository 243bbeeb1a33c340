"""Mentions: people of ours who are named in a text as `@` and their id."""

import re
from base64 import urlsafe_b64decode

MOST = 50
"""How many people one text may name."""

_MENTION = re.compile(r"(?<![\w@.])@([A-Za-z0-9_-]{16,120})(?![\w-])")


def mentioned(text: str) -> list[str]:
    """The ids of users that a text names, as `@` and a global id; each once, in their order.

    A word after `@` that is no id of a user is a word.
    """
    found: dict[str, None] = {}
    for match in _MENTION.finditer(text):
        id_ = _user(match[1])
        if id_ is not None:
            found[id_] = None
    return list(found)


def _user(word: str) -> str | None:
    """The id behind a global id, which is URL-safe base64 of `User:` and the id."""
    try:
        known = urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode("ascii")
    except ValueError:
        return None
    type_, _, id_ = known.partition(":")
    return id_ if type_ == "User" and id_ and id_.isprintable() else None
