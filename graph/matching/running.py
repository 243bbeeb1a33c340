"""A batch of matching: read, find pairs, decide who is one, and write that down.

Every merge is one of `graph.identity`, with its score, and can be undone like any other. A run that
is interrupted is simply run again: what was merged is one by then, and stays.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from graph.database import Graph
from graph.errors import Conflict, InvalidInput, NotFound
from graph.identity.merging import Merge
from graph.matching import reading
from graph.matching.clustering import Clusters, cluster, groups
from graph.matching.pairs import Pair
from graph.matching.resolving.policy import Policy
from graph.matching.resolving.queue import Propose
from graph.matching.resolving.scoring import RULE
from graph.write import Batch, Writer, write
from graph.write.batch import slices
from graph.write.duplicates import RAN
from graph.write.formats import moment

Predict = Callable[[reading.Read, float], Sequence[Pair]]
"""Finds the pairs of records with at least a probability, one of each at least fresh."""

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much it is in all; 0 for unknown."""

READING, LINKING, MERGING, PROPOSING = "reading", "linking", "merging", "proposing"
MERGED = 20
"""Merges of one transaction."""
PROPOSED = 500
"""Pairs that one transaction proposes."""
LARGEST = 10
"""Clusters that a report names."""


@dataclass(slots=True)
class Report:
    """What a run found and did.

    Attributes:
        kind: Kind of party.
        model: Name and version of the model.
        accept: Least probability at which two are made one.
        review: Least probability at which two are proposed to a person.
        full: Whether all records were looked at, not only those that changed since the last run.
        records: Records read.
        fresh: Those among them that were looked at.
        pairs: Pairs of records from `review` on.
        clusters: Groups of parties that turned out to be one.
        largest: Size and oldest party of the largest clusters.
        merged: Parties that were merged into another, or would be in a dry run.
        proposed: Pairs of parties for a person to decide, those that were there included.
        apart: Pairs passed over since somebody told them apart.
        large: Pairs passed over since a cluster would have become too large.
        gone: Merges left out since a party changed meanwhile; the next run looks again.
        seconds: How long each stage took.
        dry_run: Whether nothing was changed.
    """

    kind: str
    model: str
    accept: float
    review: float
    full: bool
    records: int = 0
    fresh: int = 0
    pairs: int = 0
    clusters: int = 0
    largest: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    merged: int = 0
    proposed: int = 0
    apart: int = 0
    large: int = 0
    gone: int = 0
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    dry_run: bool = False

    def json(self) -> dict[str, Any]:
        """The report as JSON."""
        return asdict(self)


@dataclass(slots=True)
class Matching:
    """One run over one kind of party.

    Attributes:
        graph: The graph.
        label: Kind of party.
        model: Name and version of the model.
        predict: What finds pairs.
        policy: From which probability on what is done; `review` joins nobody.
        progress: Told how far it is.
        dry_run: Find and count, and change nothing.
        rule: The rule that merges name; proposals name a score.
    """

    graph: Graph
    label: str
    model: str
    predict: Predict
    policy: Policy
    progress: Progress
    dry_run: bool = False
    rule: str = RULE

    async def run(self, *, full: bool) -> Report:
        """Match all records, or those that changed since the last run with this model.

        Raises:
            GraphError: the database is away; what was merged stays merged.
        """
        started = datetime.now(UTC)
        since = None if full else await reading.last_run(self.graph, self.label, self.model)
        report = Report(
            self.label, self.model, self.policy.accept, self.policy.review, since is None,
            dry_run=self.dry_run,
        )  # fmt: skip
        clock = _Clock(report.seconds)
        read = await self._read(since, report)
        apart = await reading.apart(self.graph, read.ids)
        clock.stage(READING)
        pairs, found = self._link(read, apart, report)
        clock.stage(LINKING)
        await self._merge(read, found, report)
        clock.stage(MERGING)
        await self._propose(read, found, pairs, apart, report)
        clock.stage(PROPOSING)
        if not self.dry_run:
            ran = {"kind": self.label, "model": self.model, "startedAt": moment(started)}
            await self.graph.run(RAN, {"p": ran | {"finishedAt": moment(datetime.now(UTC))}})
        return report

    async def _read(self, since: str | None, report: Report) -> reading.Read:
        read = reading.Read()
        async for done, total, so_far in reading.records(self.graph, self.label, since):
            self.progress(READING, done, total)
            read = so_far
        report.records, report.fresh = len(read.rows), sum(read.fresh)
        return read

    def _link(
        self, read: reading.Read, apart: set[tuple[int, int]], report: Report
    ) -> tuple[Sequence[Pair], Clusters]:
        """Find pairs, and who is one by those that are sure enough."""
        self.progress(LINKING, 0, 0)
        pairs = self.predict(read, self.policy.review) if report.fresh else list[Pair]()
        sure = self.policy.accept if self.policy.mode == "auto" else math.inf
        found = cluster(read.parties, (each for each in pairs if each.probability >= sure), apart)
        report.pairs, report.apart, report.large = len(pairs), found.apart, found.large
        self.progress(LINKING, 1, 1)
        return pairs, found

    def _writer(self) -> Writer:
        return Writer(f"match|{self.model}", op="match")

    async def _merge(self, read: reading.Read, found: Clusters, report: Report) -> None:
        """Make the parties of each cluster one, the oldest stays; each with its surest score."""
        clusters = groups(found)
        report.clusters = len(clusters)
        score: dict[int, float] = {}
        for one, other, pair in found.joined:
            score.setdefault(one, pair.probability)
            score.setdefault(other, pair.probability)
        merges: list[Merge] = []
        for members in clusters:
            survivor, *losers = sorted(members, key=lambda n: (read.ages[n], read.ids[n]))
            if len(report.largest) < LARGEST:
                report.largest.append((len(members), read.ids[survivor]))
            merges += (
                Merge(read.ids[survivor], [read.ids[each]], self.rule, score[each], read.ids[each])
                for each in losers
            )
        if self.dry_run:
            report.merged = len(merges)
            return
        for some in slices(merges, MERGED):
            report.merged += await self._merged(some, report)
            self.progress(MERGING, report.merged + report.gone, len(merges))

    async def _merged(self, merges: list[Merge], report: Report) -> int:
        """Do some merges at once, or one by one when one of them is refused; how many are done."""
        try:
            await write(self.graph, Batch([], steps=list(merges)), self._writer())
        except (Conflict, InvalidInput, NotFound):
            if len(merges) > 1:
                return sum([await self._merged([each], report) for each in merges])
            # Somebody merged, told apart or archived one of them since it was read.
            report.gone += 1
            return 0
        return len(merges)

    async def _propose(
        self, read: reading.Read, found: Clusters, pairs: Sequence[Pair],
        apart: set[tuple[int, int]], report: Report,
    ) -> None:  # fmt: skip
        """Note what is not sure enough, once for two parties, the likest pair of their records."""
        home = _homes(read, found)
        told = {frozenset((home(one), home(other))) for one, other in apart}
        best: dict[tuple[int, int], float] = {}
        for pair in pairs:
            left, right = sorted((home(read.parties[pair.left]), home(read.parties[pair.right])))
            if left != right and frozenset((left, right)) not in told:
                best[left, right] = max(best.get((left, right), 0.0), pair.probability)
        report.proposed = len(best)
        if self.dry_run:
            return
        waiting = [
            (read.ids[one], read.ids[other], score, RULE)
            for (one, other), score in sorted(best.items())
        ]
        for done, some in enumerate(slices(waiting, PROPOSED)):
            step = Propose(list(some), self.model)
            await write(self.graph, Batch([], steps=[step]), self._writer())
            self.progress(PROPOSING, min((done + 1) * PROPOSED, len(waiting)), len(waiting))


def _homes(read: reading.Read, found: Clusters) -> Callable[[int], int]:
    """Who answers for a party after the merges."""
    answers: Mapping[int, int] = {
        each: min(members, key=lambda n: (read.ages[n], read.ids[n]))
        for members in groups(found)
        for each in members
    }
    return lambda party: answers.get(party, party)


class _Clock:
    """Measures stages that follow each other."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds = seconds
        self._since = datetime.now(UTC)

    def stage(self, name: str) -> None:
        """What began when the last one ended, is over."""
        now = datetime.now(UTC)
        self._seconds[name] = round((now - self._since).total_seconds(), 1)
        self._since = now
