"""Messages to people outside: handed to the installation's own carrier of mail and text messages.

A carrier is an HTTP service that turns a signed JSON message into a mail or a text message. It gets
what the text is filled with and nothing else; which words it says is the carrier's.
"""

from dataclasses import asdict, dataclass
from typing import Any

import httpcore
import orjson

from api.worker.guard import GuardedNetwork
from api.worker.webhooks import send
from graph.errors import GraphError, Unavailable
from graph.jobs import Run, Runner
from graph.selfservice.messages import message
from graph.webhooks import Webhook


class NoCarrier(GraphError):
    """Nobody was named who sends messages; set C360_MESSAGES_URL and C360_MESSAGES_SECRET."""

    code = "NO_CARRIER"


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who sends messages.

    Attributes:
        url: Where messages are posted.
        secret: What signs them (Standard Webhooks).
        private: Whether the address may be a private or local one.
    """

    url: str
    secret: str
    private: bool = False


def messenger(carrier: Carrier | None) -> Runner:
    """Return what sends messages; without a carrier each job fails with NO_CARRIER."""

    async def run(job: Run) -> dict[str, Any]:
        if carrier is None:
            raise NoCarrier("Nobody was named who sends messages; see docs/selfservice.md.")
        told = await message(job.graph, str(job.key))
        if told is None:
            return {"sent": 0}
        body = orjson.dumps({"type": "message", "data": asdict(told)})
        network = GuardedNetwork(private=carrier.private)
        target = Webhook(job.id, carrier.url, [], carrier.secret, None, None, None)
        async with httpcore.AsyncConnectionPool(network_backend=network, retries=0) as pool:
            sent = await send(pool, target, told.id, body)
        if sent.error is not None:
            raise Unavailable("The carrier of messages does not take them right now.")
        return {"sent": 1}

    return run
