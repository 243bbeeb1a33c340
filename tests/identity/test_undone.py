"""For any sequence: a merge does what its preview says, and one that is undone left nothing."""

import random
from dataclasses import dataclass, field

import pytest

from graph.database import Graph
from graph.identity.merging import Unmerge
from graph.identity.previewing import Look, merge_preview
from graph.statements import Kind, Statement
from graph.write import Batch, Writer, write
from tests.identity.telling import Told, What, batch_of, begin, party, tell, whole

pytestmark = pytest.mark.anyio
PEOPLE = 4
STEPS = 14

RECORDS = Statement(
    "test.records",
    Kind.READ,
    "MATCH (s:SourceRecord)-[x:RESOLVES_TO]->(p) RETURN s.id, coalesce(x.endOf, p.id)",
)
SAYING: tuple[What, ...] = ("say", "edit", "work", "order", "refer", "attach", "drop")


@dataclass
class History:
    """What was done, and which of it was undone.

    Attributes:
        parents: Into whom a party was merged, and in which step.
        done: What happened by step; merges that were undone are taken out.
    """

    parents: dict[int, tuple[int, int]] = field(default_factory=dict)
    done: dict[int, Told] = field(default_factory=dict)

    def root(self, who: int) -> int:
        """Who answers for a party."""
        while who in self.parents:
            who = self.parents[who][0]
        return who

    def below(self, who: int) -> set[int]:
        """A party and all that was merged into it."""
        found = {who}
        while more := {each for each, (into, _) in self.parents.items() if into in found} - found:
            found |= more
        return found


def draw(chance: random.Random) -> Told:
    what = chance.choice([*SAYING, "merge", "merge", "merge", "unmerge", "unmerge", "distinct"])
    who, whom = chance.sample(range(PEOPLE), 2)
    return Told(what, who, whom, chance.choice("abcd" if what in ("order", "say") else "ab"))


async def unmerge(graph: Graph, history: History, chance: random.Random, step: int) -> None:
    """Undo one of the merges."""
    if not history.parents:
        return
    one = chance.choice(sorted(history.parents))
    leaving = {party(each) for each in history.below(one)}
    records = [record for record, of in await graph.run(RECORDS) if of in leaving]
    done = Unmerge(party(history.root(one)), records)
    assert await tell(graph, Batch([], steps=[done]), step)
    assert done.parties == [party(one)]
    del history.done[history.parents.pop(one)[1]]


async def merge(graph: Graph, history: History, one: Told, step: int) -> None:
    """Merge two of them, which does what its preview says."""
    preview = await merge_preview(graph, [party(one.who), party(one.whom)], "tester")
    if not await tell(graph, batch_of(one, step), step):
        assert preview.refusal == "NOT_ALLOWED"
        return
    look = Look(party(one.who))
    await write(graph, Batch([], steps=[look]), Writer("tester"), dry_run=True)
    assert preview.after == look.state
    history.done[step] = one
    history.parents[one.whom] = (one.who, step)


async def live(graph: Graph, chance: random.Random) -> History:
    """Let things happen, and undo some of them."""
    history = History()
    await begin(graph, PEOPLE)
    for step in range(1, STEPS):
        one = draw(chance)
        if one.what == "unmerge":
            await unmerge(graph, history, chance, step)
            continue
        who, whom = history.root(one.who), history.root(one.whom)
        if who == whom and one.what in ("merge", "distinct"):
            continue
        if one.what == "merge":
            await merge(graph, history, Told("merge", who, whom, ""), step)
        elif await tell(graph, batch_of(one, step), step):
            history.done[step] = one
    return history


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(8), id="some"),
        pytest.param(range(8, 308), id="many", marks=pytest.mark.full),
    ],
)
async def test_what_was_undone_never_happened(graph: Graph, seeds: range) -> None:
    for seed in seeds:
        history = await live(graph, random.Random(seed))
        found = await whole(graph)

        await begin(graph, PEOPLE)
        for step, one in history.done.items():
            assert await tell(graph, batch_of(one, step), step), (seed, step, one)

        assert found == await whole(graph), (seed, history.done)
