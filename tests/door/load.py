"""Requests at a steady rate to a server, whatever becomes of them, and a record of each."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

READ = """query Load($id: ID!, $first: Int!) {
  customer(id: $id) { name }
  customers(first: $first) { edges { node { id } } }
}"""
WRITE = (
    "mutation Log($input: InteractionLogInput!) "
    "{ interactionLog(input: $input) { interaction { id } userErrors { code } } }"
)
# Refusals that are worth another try.
TRANSIENT = {"UNAVAILABLE", "TIMEOUT", "OVERLOADED", "RATE_LIMITED"}
GIVE_UP_SECONDS = 10.0

Outcome = Literal["right", "coded", "bad"]


def crowd() -> float:
    """How many programs there are for each core, at least one: seconds are promised to one."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request.

    Attributes:
        step: What was going on when it was sent.
        outcome: Right; refused with a code of the list; or anything else, which is bad.
        said: The code, or what was wrong.
        seconds: How long it took.
    """

    step: str
    outcome: Outcome
    said: str
    seconds: float


@dataclass(slots=True)
class Load:
    """A steady load: every fifth request logs a call, the others read.

    Attributes:
        http: A client with the token.
        person: Opaque id of a person.
        name: That person's name.
        step: What is going on now.
        prefix: What the subjects of this load's calls begin with.
        answers: Everything that was answered.
        acknowledged: Subjects of calls that the server said it had logged.
        owed: Calls that are not acknowledged yet.
    """

    http: httpx.AsyncClient
    person: str
    name: str
    prefix: str
    step: str = "calm"
    answers: list[Answer] = field(default_factory=list[Answer])
    acknowledged: set[str] = field(default_factory=set[str])
    owed: set[str] = field(default_factory=set[str])
    _sent: int = 0
    _tasks: set["asyncio.Task[Any]"] = field(default_factory=set["asyncio.Task[Any]"])

    async def run(self, step: str, seconds: float, rate: float) -> None:
        """Send so many requests each second, for so long, without waiting for answers."""
        self.step = step
        started = time.monotonic()
        for number in range(round(seconds * rate)):
            await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
            self._sent += 1
            job = self.read() if self._sent % 5 else self._write(f"{self.prefix} {self._sent}")
            task = asyncio.create_task(job)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def warm(self) -> None:
        """Send both requests until they are known to the server, and forget how long that took."""
        for _ in range(50):
            if (await self.read()).outcome == "right":
                break
            await asyncio.sleep(0.1)
        # Requests that come together share statements, of which each size is planned once.
        for _ in range(3):
            await asyncio.gather(*(self.read() for _ in range(16)))
        await self._write(f"{self.prefix} first")
        await self.settled()
        self.answers.clear()

    async def recovered(self, most: float) -> float:
        """Seconds until ten reads in a row are right."""
        self.step, started, good = "recovery", time.monotonic(), 0
        while good < 10:
            good = good + 1 if (await self.read()).outcome == "right" else 0
            assert time.monotonic() - started < most, self.shown()
            await asyncio.sleep(0.02)
        return time.monotonic() - started

    async def settled(self) -> None:
        """Wait for what is on its way, and have everything that is owed acknowledged."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        self.step = "settling"
        for subject in sorted(self.owed):
            await self._write(subject)

    async def read(self) -> Answer:
        """Send one read."""
        variables = {"id": self.person, "first": 1 + self._sent % 50}
        answer, data = await self._sent_once(READ, variables)
        if answer.outcome == "right" and data["customer"] != {"name": self.name}:
            answer = Answer(answer.step, "bad", "another answer", answer.seconds)
        self.answers.append(answer)
        return answer

    async def _write(self, subject: str) -> None:
        """Log a call, three times with the same key while the refusal says to try again."""
        self.owed.add(subject)
        given = {
            "kind": "CALL",
            "subject": subject,
            "participants": [{"participantId": self.person, "role": "FROM"}],
            "clientMutationId": subject,
        }
        for pause in (0.3, 0.6, 1.2):
            answer, data = await self._sent_once(WRITE, {"input": given})
            if answer.outcome == "right" and data["interactionLog"]["userErrors"]:
                answer = Answer(answer.step, "bad", "user errors", answer.seconds)
            self.answers.append(answer)
            if answer.outcome == "right":
                self.acknowledged.add(subject)
                self.owed.discard(subject)
            if answer.said not in TRANSIENT:
                return
            await asyncio.sleep(pause)

    async def _sent_once(self, query: str, variables: dict[str, Any]) -> tuple[Answer, Any]:
        step, started = self.step, time.monotonic()
        body = {"query": query, "variables": variables}
        outcome, said, data = "bad", "", None
        try:
            answered = await self.http.post("/graphql", json=body, timeout=GIVE_UP_SECONDS)
            found = answered.json()
        except httpx.HTTPError as error:
            said = type(error).__name__
        except ValueError:
            said = "no JSON"
        else:
            outcome, said = _judged(answered.status_code, found)
            data = found.get("data")
        return Answer(step, outcome, said, time.monotonic() - started), data

    def slowest(self, *steps: str) -> float:
        """Seconds of the slowest answer, of some steps or all."""
        return max(each.seconds for each in self.answers if not steps or each.step in steps)

    def bad(self) -> list[Answer]:
        """The answers that are neither right nor refused with a code."""
        return [each for each in self.answers if each.outcome == "bad"]

    def shown(self) -> str:
        """A line for each step: for a person who looks why a test failed."""
        steps = dict.fromkeys(each.step for each in self.answers)
        return "\n".join(_line(step, self.of(step)) for step in steps)

    def of(self, step: str) -> list[Answer]:
        """The answers of a step."""
        return [each for each in self.answers if each.step == step]


def percentile(answers: Iterable[Answer], part: float) -> float:
    """Seconds within which this part of some answers came."""
    seconds = sorted(each.seconds for each in answers)
    return seconds[min(len(seconds) - 1, int(len(seconds) * part))]


def _judged(status: int, found: dict[str, Any]) -> tuple[Outcome, str]:
    errors = found.get("errors")
    if not errors:
        return ("right", "") if status == 200 else ("bad", f"status {status}")
    codes = {(each.get("extensions") or {}).get("code") for each in errors}
    if None in codes or "INTERNAL" in codes:
        return "bad", errors[0]["message"]
    return "coded", min(codes)


def _line(step: str, answers: list[Answer]) -> str:
    found = dict(Counter(each.said or "right" for each in answers))
    middle, late, most = (percentile(answers, part) * 1000 for part in (0.5, 0.99, 1.0))
    return f"{step:10} p50 {middle:.0f} p99 {late:.0f} max {most:.0f} ms {found}"
