"""Random changes of what somebody may not see, straight in the graph."""

from itertools import count
from random import Random
from typing import Any

from graph.database import Graph
from graph.model import MODEL
from graph.statements import Kind, Statement
from tests.access.viewers import OUTSIDE
from tests.access.world import World, value_of

ALTER = Statement(
    "test.access.alter",
    Kind.WRITE,
    "UNWIND $rows AS row MATCH (n {id: row.id}) SET n += row.values",
)
LOSE = Statement(
    "test.access.lose",
    Kind.WRITE,
    "UNWIND $ids AS id MATCH (n {id: id}) DETACH DELETE n",
)
ADD = Statement(
    "test.access.add",
    Kind.WRITE,
    "UNWIND $nodes AS one CREATE (n:$(one.labels)) SET n = one.values",
)
TIE = Statement(
    "test.access.tie_more",
    Kind.WRITE,
    "UNWIND $ties AS one MATCH (a {id: one.start}) MATCH (b {id: one.end}) "
    "CREATE (a)-[r:$(one.type)]->(b) SET r = one.values",
)
MADE = ("Company", "Person", "Order", "Case", "Note", "Opportunity", "Email", "Product")


NUMBERS = count(1)
KEPT = (
    "kind", "issuer", "subject", "active", "status", "audience", "state",
    "source", "externalId", "sku", "number",
)  # fmt: skip
"""What decides who sees it, or has to be unique."""


class Hidden:
    """What somebody may not see, and what happens to it."""

    def __init__(self, graph: Graph, world: World, name: str, seed: int) -> None:
        """Begin with the whole of the world that is not his."""
        self._graph, self._world, self._name = graph, world, name
        self._random = Random(seed)
        self._ids = [id_ for id_, own in world.owners.items() if own not in OUTSIDE[name]]
        self._labels = dict(world.labels)

    async def change(self, times: int) -> None:
        """Let so many changes happen."""
        altered: list[dict[str, Any]] = []
        for _ in range(times):
            match self._random.randrange(10):
                case 0:
                    await self._lose()
                case 1 | 2:
                    await self._add()
                case 3 if self._name in {"kestrel", "heron"}:
                    altered.append({"id": "open-half", "values": self._masked()})
                    said = self._random.choice(["hidden even", "hidden odd"])
                    altered.append(
                        {"id": "hidden-Orderhalf", "values": {"customerReference": said}}
                    )
                case _:
                    altered.append(self._alter())
        await self._graph.run(ALTER, {"rows": altered})

    def _masked(self) -> dict[str, Any]:
        """What is not told of a party of which only the profile is."""
        number = self._random.randrange(1_000)
        return {"email": f"hidden{number}@example.org", "phone": f"+33{number:09d}",
                "street": f"hidden {number}", "vatId": f"hidden {number}"}  # fmt: skip

    def _alter(self) -> dict[str, Any]:
        id_ = self._random.choice(self._ids)
        node = MODEL.by_label[self._labels[id_]]
        names = [each for each in node.properties.values() if not each.internal]
        chosen = self._random.sample(names, min(3, len(names)))
        key = str(self._random.randrange(10**6))
        values = {each.name: value_of(each, "hidden", key) for each in chosen}
        for kept in KEPT:
            values.pop(kept, None)
        return {"id": id_, "values": values}

    async def _lose(self) -> None:
        few = [each for each in self._ids if each.startswith("made-")]
        if len(few) > 5:
            id_ = self._random.choice(few)
            self._ids.remove(id_)
            await self._graph.run(LOSE, {"ids": [id_]})

    async def _add(self) -> None:
        """A new node that is nobody's, perhaps tied to what he sees in a way that shows nothing."""
        label = self._random.choice(MADE)
        if label == "Product":
            label = "Segment"
        id_, node = f"made-{next(NUMBERS)}", MODEL.by_label[label]
        values = {n: value_of(e, "hidden", id_) for n, e in node.properties.items()}
        values |= {"id": id_, "version": 1, "changedAt": "2026-01-01T00:00:00.000Z"}
        known = {key: each for key, each in values.items() if each is not None}
        if "source" in known:
            known |= {"source": "made", "externalId": id_}
        await self._graph.run(ADD, {"nodes": [{"labels": list(node.labels), "values": known}]})
        self._ids.append(id_)
        self._labels[id_] = label
        await self._tie(id_, label)

    async def _tie(self, id_: str, label: str) -> None:
        mine = [
            (each, self._world.labels[each])
            for each, own in self._world.owners.items()
            if own in OUTSIDE[self._name] and own != "open"
        ]
        people = [each for each, of in mine if of == "Person"]
        firms = [each for each, of in mine if of == "Company"]
        ties = {
            "Note": ("PARTICIPATED_IN", people, {"role": "SUBJECT"}),
            "Email": ("PARTICIPATED_IN", people, {"role": "MENTIONED"}),
            "Opportunity": ("FOR", firms, {}),
            "Segment": ("MEMBER_OF", people, {}),
        }
        if label not in ties:
            return
        type_, ends, values = ties[label]
        if not ends:
            return
        end = self._random.choice(ends)
        start, end = (id_, end) if type_ == "FOR" else (end, id_)
        kept = {**values, "recordedFrom": "2026-01-01T00:00:00.000Z", "recordedTo": "9999"}
        row = {"start": start, "end": end, "type": type_, "values": kept}
        await self._graph.run(TIE, {"ties": [row]})
