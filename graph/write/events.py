"""What a ChangeEvent holds: the values that were written, and the digest that the chain is made of.

The digest is over salt and patch: without its salt an erased patch cannot be guessed from it, and
the chain of digests verifies all the same.
"""

import secrets
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any

import orjson
import uuid_utils

from graph.model import MODEL
from graph.model.kinds import Pii


@dataclass(slots=True)
class Patch:
    """What one event changed of one node and of its relationships; ids are the nodes' own.

    Attributes:
        created: Whether the node was made.
        values: Properties by name, as the graph stores them; None was removed.
        links: Relationships made or changed: type, start, end and the properties that were set.
        unlinks: Relationships retracted before `links` were made: type, start, end; an end of None
            is all that there were, and `key` holds what else tells them apart.
        archived: True when the node was put away, False when it was taken out again.
    """

    created: bool = False
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    links: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    unlinks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    archived: bool | None = None

    def link(
        self, kind: str, start: str, end: str, values: dict[str, Any], *, at: str | None = None
    ) -> None:
        """Note a relationship that was made or changed; `at` if not when the event says."""
        made: dict[str, Any] = {"type": kind, "start": start, "end": end, "set": values}
        self.links.append({**made, "at": at} if at else made)

    def unlink(
        self,
        kind: str,
        start: str,
        end: str | None,
        key: dict[str, Any] | None = None,
        *,
        at: str | None = None,
        where: dict[str, Any] | None = None,
    ) -> None:
        """Note a relationship that was retracted; `at` if not when the event says.

        `where` is the condition that those had to meet: `cypher` over the relationship `x`, its end
        `e` and the request `r`, and the `values` of the request that it names.
        """
        gone: dict[str, Any] = {"type": kind, "start": start, "end": end}
        if key:
            gone["key"] = key
        if where:
            gone["where"] = where
        self.unlinks.append({**gone, "at": at} if at else gone)

    def fields(self) -> list[str]:
        """Names of the properties and relationship types that changed, sorted."""
        kinds = (each["type"] for each in (*self.links, *self.unlinks))
        return sorted({*self.values, *kinds})

    def without(self, names: frozenset[str]) -> "Patch":
        """The patch with only the names, not the values, of some properties to be told."""
        if names.isdisjoint(self.values):
            return self
        values = {name: value for name, value in self.values.items() if name not in names}
        return Patch(self.created, values, self.links, self.unlinks, self.archived)

    def text(self) -> str:
        """The patch as JSON with sorted keys; what is empty is left out."""
        content: dict[str, Any] = {}
        if self.created:
            content["created"] = True
        if self.values:
            content["set"] = self.values
        if self.links:
            content["links"] = self.links
        if self.unlinks:
            content["unlinks"] = self.unlinks
        if self.archived is not None:
            content["archived"] = self.archived
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()


@cache
def _credentials(label: str) -> frozenset[str]:
    """Properties that no event repeats: whoever reads the trail must not learn them."""
    properties = MODEL.by_label[label].properties.values()
    return frozenset(each.name for each in properties if each.pii is Pii.CREDENTIAL)


def digest_of(salt: str, patch: str) -> str:
    """Return the SHA-256 of salt and patch, in hexadecimal."""
    return sha256((salt + patch).encode()).hexdigest()


def event_of(
    patch: Patch,
    *,
    op: str,
    actor: str,
    entity: str,
    label: str,
    reason: str | None,
) -> dict[str, Any]:
    """Return the properties of an event that are known before the write.

    The write adds `at`, `version`, `prev` and, where they are not known yet, `parties`.
    """
    salt, text = secrets.token_hex(16), patch.without(_credentials(label)).text()
    return {
        "id": str(uuid_utils.uuid7()),
        "actor": actor,
        "op": op,
        "reason": reason,
        "entity": entity,
        "label": label,
        "fields": patch.fields(),
        "salt": salt,
        "patch": text,
        "digest": digest_of(salt, text),
    }
