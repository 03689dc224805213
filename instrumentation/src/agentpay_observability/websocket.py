"""One WebSocket, counted as the client saw it."""

from __future__ import annotations

from asyncio import CancelledError
from typing import Literal

from . import metrics
from .asgi_types import ASGIApp, Message, Receive, Scope, Send
from .faults import fault, harmless
from .routes import UNMATCHED, endpoint_of, routes_of
from .servers import client_closed_properly, ping_timed_out

Reason = Literal["normal", "shutdown", "error", "timeout"]

#: Close codes that are not normal, by RFC 6455 and IANA's registry. 4408 is what GraphQL's servers close with.
_REASONS: dict[int, Reason] = {
    **dict.fromkeys((1002, 1003, 1006, 1007, 1009, 1010, 1011, 1013, 1014, 1015), "error"),
    1012: "shutdown",
    3008: "timeout",
    4408: "timeout",
}
_GOING_AWAY = 1001
_NO_CODE = 1005


class WebSocketExchange:
    """Settled once with its opening, and once with its closing, whoever closes and whatever the application goes on to
    do."""

    __slots__ = ("_accepted", "_answered", "_app", "_closed", "_receive", "_root_path", "_scope", "_send")

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self._app = scope.get("app") or app
        self._root_path = scope.get("root_path", "")
        self._scope = scope
        self._receive = receive
        self._send = send
        self._accepted = False
        #: The attempt to open it is counted.
        self._answered = False
        self._closed = False

    async def run(self, app: ASGIApp) -> None:
        """Has the application talk, and counts what comes of it."""
        try:
            await app(self._scope, self.receive, self.send)
        except CancelledError:
            self._end("shutdown")
            raise
        except BaseException:
            self._end("error")
            raise
        else:
            # The server breaks the connection of an application that ends without a word.
            self._end("error")

    async def receive(self) -> Message:
        """The server's, which may say that the WebSocket is closed."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            with harmless("a WebSocket's end was not counted"):
                self._end(self._reason_of(message))
        return message

    async def send(self, message: Message) -> None:
        """The server's, with a look at what passes."""
        try:
            await self._send(message)
        except OSError:
            self._end("error")
            raise
        try:
            kind = message["type"]
            if kind == "websocket.accept":
                self._open("ok")
            elif kind == "websocket.close":
                if self._accepted:
                    self._end(sent_reason(message.get("code", 1000)))
                else:
                    self._open("rejected")
            elif kind == "websocket.http.response.start":
                # The application answers as to a request: it refused, or it failed.
                self._open("error" if int(message["status"]) >= 500 else "rejected")
        except Exception as error:
            fault("accounting", "a WebSocket's message was not understood", error=error)

    def _reason_of(self, message: Message) -> Reason:
        code: int = message.get("code", _NO_CODE)
        if code in (_NO_CODE, 1006):
            if ping_timed_out(self._receive):
                return "timeout"
            # uvicorn calls a lost connection 1005 as well, but has a reason, if empty, of one that was closed.
            closed = code == _NO_CODE and "reason" in message
            return "normal" if closed or client_closed_properly(self._send) else "error"
        return reason_of(code, message.get("reason"))

    def _open(self, result: Literal["ok", "rejected", "error"]) -> None:
        if self._answered:
            return
        self._answered = True
        with harmless("a WebSocket's opening was not counted"):
            if result == "ok":
                self._accepted = True
                metrics.websocket_connections.inc()
            elif routes_of(self._app) and endpoint_of(self._scope, self._root_path, self._app) == UNMATCHED:
                # A path that is nobody's is no attempt to chat.
                return
            metrics.websocket_connects.labels(result).inc()

    def _end(self, reason: Reason) -> None:
        self._open("error")
        if self._accepted and not self._closed:
            self._closed = True
            with harmless("a WebSocket's end was not counted"):
                metrics.websocket_connections.dec()
                metrics.websocket_disconnects.labels(reason).inc()


def reason_of(code: int, text: str | None = None) -> Reason:
    """Why a WebSocket was closed, by the close code that the server tells of (RFC 6455)."""
    if text and "timeout" in text:
        return "timeout"
    return _REASONS.get(code, "normal")


def sent_reason(code: int) -> Reason:
    """The same of a code that the application sends: a server goes away when it is shut down, a browser at any time."""
    return "shutdown" if code == _GOING_AWAY else reason_of(code)
