"""Golden values: what holds of a party, given all that its sources say."""

from collections.abc import Iterable
from typing import Any

from graph.model.kinds import Node
from graph.write.validation import writable

Values = dict[str, Any]


def golden(node: Node, records: Iterable[Values]) -> Values:
    """Choose every property of a party from its source records.

    The record observed last wins, property by property; of two observed at once the greater
    (source, externalId). A record that is silent about a property takes nothing away from another
    that knows it. A property nobody knows is None.
    """
    ordered = sorted(
        records, key=lambda each: (each["observedAt"], each["source"], each["externalId"])
    )
    return {
        name: next(
            (record[name] for record in reversed(ordered) if record.get(name) is not None), None
        )
        for name in writable(node)
    }
