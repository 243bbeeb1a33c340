"""People as vCards, for staff who may see them; who fetched whose is recorded."""

from graph.database import Graph
from graph.exports.cards import PERSON, written
from graph.model import MODEL
from graph.model.kinds import Pii
from loaders.execution import Executor
from loaders.ids import encode_id
from loaders.rereading import seen
from loaders.viewer import Audience, Viewer

OPERATION = "vcard"
CLASSES = tuple(
    sorted(
        {each.pii.value for each in MODEL.by_label["Person"].properties.values()} - {Pii.NONE.value}
    )
)


async def card(executor: Executor, viewer: Viewer, person: str) -> bytes | None:
    """A person as a vCard; None where there is no such person, or not for the viewer.

    Raises:
        GraphError: the database is away.
    """
    graph: Graph = executor.backing.graph
    if viewer.audience is not Audience.STAFF:
        return None
    rows = await graph.run(PERSON, {"id": person})
    if not rows:
        return None
    values, employer, company = rows[0]
    asked = [encode_id("Person", person)]
    asked += [encode_id("Company", employer)] if employer else []
    known = set(asked)
    if executor.narrowing.narrowed:
        known = await seen(executor.answers, asked, viewer)
    if asked[0] not in known:
        return None
    executor.backing.told(viewer, OPERATION, CLASSES, [person])
    return written(values, company if asked[-1] in known and employer else None)
