"""Conversations: which e-mails belong together, whatever the order in which they arrive."""

from collections.abc import Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from graph.engagement.touches import Touch


def thread_of(root: str) -> str:
    """The id of the conversation that a message began: the same for everyone who computes it."""
    return str(uuid5(NAMESPACE_URL, "mid:" + root))


def conversations(touches: Sequence[Touch], known: Mapping[str, str]) -> dict[str, str]:
    """The conversation of each e-mail, by its Message-ID.

    An e-mail belongs to the conversation of what it answers or refers to, of these and of those
    that are known; else to the one that its oldest reference began, or it begins one.

    Args:
        touches: E-mails, in any order.
        known: Conversations of e-mails in the graph, by Message-ID.
    """
    above: dict[str, str] = {}

    def top(message: str) -> str:
        while (parent := above.get(message)) is not None:
            message = parent
        return message

    for touch in touches:
        if touch.message_id is None:
            continue
        chain = [*touch.references, *([touch.parent] if touch.parent else []), touch.message_id]
        first = top(chain[0])
        for each in chain[1:]:
            root = top(each)
            if root != first:
                above[root] = first
    groups: dict[str, list[str]] = {}
    for message in {*above, *above.values(), *known, *_own(touches)}:
        groups.setdefault(top(message), []).append(message)
    found: dict[str, str] = {}
    for root, members in groups.items():
        threads = sorted(known[each] for each in members if each in known)
        thread = threads[0] if threads else thread_of(root)
        found.update(dict.fromkeys(members, thread))
    return {message: found[message] for message in _own(touches)}


def _own(touches: Sequence[Touch]) -> set[str]:
    return {each.message_id for each in touches if each.message_id is not None}
