"""One WebSocket that speaks graphql-transport-ws, and nothing else.

Close code   why
1001         the server stops; connect again and go on from the last cursor
1009         a message is longer than 64 kB
4400         a message is not of the protocol
4401         a subscription before `connection_ack`
4403         no token, or one that is not accepted, or not any more
4406         the client does not offer graphql-transport-ws
4408         no `connection_init` within 5 seconds
4409         the id of a subscription is in use
4429         a second `connection_init`
"""

import asyncio
import contextlib
from typing import Any, cast

import orjson
from starlette.types import Receive, Scope, Send

from api.backend import Backend
from api.endpoint import authenticate
from api.guard.asking import GraphQLRequest, parse_members
from api.refusals import Refusal
from api.subscriptions.answering import Answer, answers, refusal
from api.tokens import Principal

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 5.0
MAX_MESSAGE = 65_536
MAX_SUBSCRIPTIONS = 20
MAX_ID = 128


class _Close(Exception):
    """Ends the connection with a code of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Socket:
    """One connection, from its first message to its last."""

    def __init__(self, backend: Backend, scope: Scope, receive: Receive, send: Send) -> None:
        self._backend = backend
        self._scope = scope
        self._receive = receive
        self._send = send
        self._principal: Principal | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._closed = False

    async def run(self) -> None:
        """Speak until somebody closes."""
        await self._receive()
        offered = PROTOCOL in self._scope.get("subprotocols", ())
        accept: dict[str, Any] = {"type": "websocket.accept"}
        await self._send(accept | ({"subprotocol": PROTOCOL} if offered else {}))
        try:
            if not offered:
                raise _Close(4406, "Subprotocol not acceptable")  # noqa: TRY301 - one way to close
            await self._initialised()
            await self._converse()
        except _Close as ending:
            await self.close(ending.code, str(ending))
        finally:
            for task in [*self._running.values()]:
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def close(self, code: int, reason: str) -> None:
        """Close the connection, once."""
        if not self._closed:
            self._closed = True
            # The client may have gone at the same moment.
            with contextlib.suppress(OSError, RuntimeError):
                await self._send({"type": "websocket.close", "code": code, "reason": reason})

    async def _initialised(self) -> None:
        """Wait for `connection_init` and see who it is."""
        try:
            async with asyncio.timeout(INIT_SECONDS):
                message = await self._next()
                while message is not None and message["type"] != "connection_init":
                    await self._before_init(message)
                    message = await self._next()
        except TimeoutError:
            raise _Close(4408, "Connection initialisation timeout") from None
        if message is None:
            return
        self._principal = await self._authenticated(message.get("payload"))
        await self._tell({"type": "connection_ack"})

    async def _before_init(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            raise _Close(4401, "Unauthorized")
        await self._keep_alive(message)

    async def _authenticated(self, payload: Any) -> Principal:
        """The principal by the header of the handshake, or by the payload's `authorization`."""
        sent = [
            value.decode("latin-1")
            for name, value in self._scope["headers"]
            if name == b"authorization"
        ]
        if isinstance(payload, dict):
            members = cast("dict[str, Any]", payload)
            given = members.get("authorization", members.get("Authorization"))
            sent += [given] if isinstance(given, str) else []
        try:
            return await authenticate(sent[:1], self._backend.principals)
        except Refusal:
            raise _Close(4403, "Forbidden") from None

    async def _converse(self) -> None:
        """Answer messages until the client leaves or its token ends."""
        principal = self._principal
        if principal is None:
            return
        ended = asyncio.create_task(self._backend.principals.ended(principal))
        try:
            async with asyncio.timeout(None) as scope:
                ended.add_done_callback(
                    lambda each: None if each.cancelled() else scope.reschedule(0)
                )
                while (message := await self._next()) is not None:
                    await self._answer(message, principal)
        except TimeoutError:
            raise _Close(4403, ended.result()) from None
        finally:
            ended.cancel()

    async def _answer(self, message: dict[str, Any], principal: Principal) -> None:
        match message["type"]:
            case "subscribe":
                await self._subscribe(message, principal)
            case "complete":
                task = self._running.pop(_id(message), None)
                if task is not None:
                    task.cancel()
            case "connection_init":
                raise _Close(4429, "Too many initialisation requests")
            case _:
                await self._keep_alive(message)

    async def _keep_alive(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "ping":
                payload = {"payload": message["payload"]} if "payload" in message else {}
                await self._tell({"type": "pong", **payload})
            case "pong":
                pass
            case _:
                raise _Close(4400, "Invalid message")

    async def _subscribe(self, message: dict[str, Any], principal: Principal) -> None:
        id_ = _id(message)
        if id_ in self._running:
            raise _Close(4409, "This id of a subscription is in use")
        if len(self._running) >= MAX_SUBSCRIPTIONS:
            text = f"At most {MAX_SUBSCRIPTIONS} subscriptions share a connection: open another."
            await self._refuse(id_, refusal("TOO_MANY_SUBSCRIPTIONS", text))
            return
        payload = message.get("payload")
        if not isinstance(payload, dict):
            raise _Close(4400, "Invalid message: a payload is missing")
        try:
            asked = parse_members(payload)
        except Refusal as refused:
            await self._refuse(id_, refusal(refused.code, str(refused)))
            return
        self._running[id_] = asyncio.create_task(self._relay(id_, asked, principal))

    async def _relay(self, id_: str, asked: GraphQLRequest, principal: Principal) -> None:
        """Send everything that one subscription yields."""
        found = answers(self._backend, asked, principal)
        try:
            async for answer in found:
                if isinstance(answer, dict) and "data" not in answer:
                    await self._refuse(id_, answer)
                    return
                await self._tell({"id": id_, "type": "next", "payload": answer})
            await self._tell({"id": id_, "type": "complete"})
        finally:
            if self._running.get(id_) is asyncio.current_task():
                del self._running[id_]
            await found.aclose()

    async def _refuse(self, id_: str, answer: Answer) -> None:
        await self._tell({"id": id_, "type": "error", "payload": answer["errors"]})

    async def _tell(self, message: dict[str, Any]) -> None:
        if not self._closed:
            text = orjson.dumps(message).decode()
            # Waits while the client does not read: that subscription falls behind, nobody else.
            with contextlib.suppress(OSError, RuntimeError):
                await self._send({"type": "websocket.send", "text": text})

    async def _next(self) -> dict[str, Any] | None:
        """The next message; None when the client has gone."""
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            self._closed = True
            return None
        text = event.get("text")
        if not isinstance(text, str):
            raise _Close(4400, "Invalid message: send text")
        if len(text) > MAX_MESSAGE:
            raise _Close(1009, "A message may have 64 kB")
        try:
            message: Any = orjson.loads(text)
        except orjson.JSONDecodeError:
            message = None
        if not isinstance(message, dict) or not isinstance(
            cast("dict[str, Any]", message).get("type"), str
        ):
            raise _Close(4400, "Invalid message")
        return cast("dict[str, Any]", message)


def _id(message: dict[str, Any]) -> str:
    found = message.get("id")
    if not isinstance(found, str) or not 0 < len(found) <= MAX_ID:
        raise _Close(4400, "Invalid message: an id is missing")
    return found
