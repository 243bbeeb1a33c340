"""Which parties the viewer may see, asked before an ordinary resolver tells of them."""

from collections.abc import Sequence

from graph.model.kinds import Pii
from graph.model.parties import PERSON
from graph.write.validation import writable
from loaders.ids import decode_id
from resolvers.context import Info, for_staff

_PARTIES = ("Person", "Company", "Household")
SEEN = "query Seen($ids: [ID!]!) { nodes(ids: $ids) { id } }"
_PERSONAL = " ".join(name for name, each in writable(PERSON).items() if each.pii is not Pii.NONE)
TOLD = {
    field: f"query {field}($ids: [ID!]!) {{ nodes(ids: $ids) {{ id "
    f"... on Person {{ {_PERSONAL} }} }} }}"
    for field in ("identity", "mergePreview", "unmergePreview")
}
"""Asked where personal data is told: it is recorded who was told, as for every other answer."""


async def seen_parties(info: Info, query: str, ids: Sequence[str]) -> list[str | None]:
    """Global ids of those who answer for some parties and whom the viewer may see.

    Args:
        info: Of the field that tells of them.
        query: `SEEN`, or one of `TOLD`.
        ids: Global ids of the parties.

    Raises:
        BadRequest: others than staff ask.
        GraphError: the graph is away.
    """
    rows = (await for_staff(info).answers(query, {"ids": [*ids]}, info.context.viewer))["nodes"]
    if isinstance(rows, Exception):
        raise rows
    return [row["id"] if row and decode_id(row["id"]).type in _PARTIES else None for row in rows]
