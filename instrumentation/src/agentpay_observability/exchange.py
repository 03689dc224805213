"""One HTTP request and its answer, counted as the client saw it."""

from __future__ import annotations

import asyncio
import logging
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Coroutine, Sequence
from types import BuiltinMethodType
from typing import Any

from . import metrics
from .asgi_types import ASGIApp, Message, Receive, Scope, Send
from .contract import DEFINITIONS
from .faults import fault, harmless
from .routes import endpoint_of
from .servers import is_still_there

#: As nginx logs it: the client left before it had the whole answer. No error of ours.
CLIENT_CLOSED_REQUEST = 499
SERVER_ERROR = 500
#: Has a line for each request, in the fields that saved queries look for.
REQUESTS_LOGGER = "agentpay_observability.requests"
_requests = logging.getLogger(REQUESTS_LOGGER)
METHODS = frozenset(DEFINITIONS["agentpay_requests_total"].labels["method"] or ())
#: A client has hardly left before it: looking whether it has costs more than all else here.
LOOK_AFTER_SECONDS = 0.05
_OTHER_THREAD_SECONDS = 0.001
#: Between the beginning of an answer and its end, where it is sent as a whole.
_AT_ONCE_SECONDS = 0.001
#: Messages: the (rest of the) body, and that the client has left. More is for the application to ask for.
_MOST_AHEAD = 2
#: The messages that can end an answer, and what they say where they do not. A file by its path is always the last part.
_ENDINGS: dict[str, str | None] = {
    "http.response.body": "more_body",
    "http.response.zerocopysend": "more_body",
    "http.response.pathsend": None,
}
#: The same of an answer that has announced trailers.
_ENDINGS_OF_TRAILERS: dict[str, str | None] = {"http.response.trailers": "more_trailers"}


class Exchange:
    """Settled with the last part of the answer, whatever the application goes on to do: status, time and whether it
    was whole."""

    _status = SERVER_ERROR
    _headers: Sequence[tuple[bytes, bytes]] = ()
    _endings = _ENDINGS
    _began = 0.0
    _left = False
    _settled = False
    _receiving = 0
    #: What was received before the application asked for it.
    _ahead: deque[Message] | None = None
    _pending: asyncio.Future[Message] | None = None
    _timer: asyncio.TimerHandle | None = None

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self._start = time.perf_counter()
        self._app = scope.get("app") or app
        self._root_path = scope.get("root_path", "")
        self._scope = scope
        self._receive = receive
        self._send = send
        if isinstance(receive, BuiltinMethodType):
            with harmless("a server was not asked whether its client has left"):
                self._timer = asyncio.get_running_loop().call_later(LOOK_AFTER_SECONDS, self._ask_early)

    async def run(self, app: ASGIApp) -> None:
        """Has the application answer, and counts the answer."""
        try:
            await app(self._scope, self.receive, self.send)
        except asyncio.CancelledError:
            if not self._settled:
                # The process may end within the next turns of the loop: this takes none.
                self._left = self._left or self._says_at_once()
                self._settle_broken()
            raise
        except BaseException:
            if not self._settled:
                self._settle_broken()
            raise
        else:
            if not self._settled:
                await self._look()
                self._settle_broken()
        finally:
            if self._timer is not None:
                self._timer.cancel()
            if self._pending is not None:
                self._pending.cancel()

    async def receive(self) -> Message:
        """The server's, which may say that the client has left."""
        if self._ahead:
            return self._ahead.popleft()
        self._receiving += 1
        try:
            message = await (self._receive() if self._pending is None else self._awaited(self._pending))
        finally:
            self._receiving -= 1
        self._note(message)
        return message

    def _note(self, message: Message) -> None:
        if message["type"] == "http.disconnect" and not is_still_there(self._receive):
            self._left = True

    async def send(self, message: Message) -> None:
        """The server's, with a look at what passes."""
        if self._settled:
            await self._send(message)
            return
        # Each call in here is paid for by every request: what is short is not a function.
        ends = starts = False
        try:
            kind = message["type"]
            if kind == "http.response.start":
                starts = True
                message = self._begin(message)
            elif kind in self._endings:
                more = self._endings[kind]
                ends = more is None or not message.get(more)
        except Exception as error:
            fault("accounting", "a message of an answer was not understood", error=error)
        if starts or ends:
            now = time.perf_counter()
            if starts:
                self._began = now
            if now - self._start > LOOK_AFTER_SECONDS:
                await self._look()
        try:
            await self._send(message)
        except OSError as error:
            # The specification's word for a client that has left. One that names a file is about that file.
            self._left = self._left or error.filename is None
            raise
        if ends:
            self._settle(CLIENT_CLOSED_REQUEST if self._left else self._status)

    def _begin(self, message: Message) -> Message:
        self._status = int(message["status"])
        if message.get("trailers"):
            self._endings = _ENDINGS_OF_TRAILERS
        headers = message.get("headers", ())
        if not isinstance(headers, (list, tuple)):
            # They may be read only once.
            headers = [*headers]
            message = {**message, "headers": headers}
        self._headers = headers
        return message

    def _is_event_stream(self) -> bool:
        with harmless("the headers of an answer were not understood"):
            return any(name.lower() == b"content-type" and b"text/event-stream" in of for name, of in self._headers)
        return False

    def _settle_broken(self) -> None:
        """The application ended before its answer did: either the client left, or it is our error."""
        self._settle(CLIENT_CLOSED_REQUEST if self._left else SERVER_ERROR)

    async def _look(self) -> None:
        """Asks the server whether the client has left, since nothing else tells of it while the application works.

        What the server has to say besides is kept for the application.
        """
        with harmless("a server did not say whether its client has left"):
            # The request's (rest of the) body, and what follows it.
            for _ in range(2):
                if not self._may_ask():
                    return
                if self._pending is None:
                    asked = self._receive()
                    self._pending = asyncio.ensure_future(asked)
                    # A coroutine knows at once. What another thread has to answer, as under granian, takes a moment.
                    await asyncio.sleep(0 if isinstance(asked, Coroutine) else _OTHER_THREAD_SECONDS)
                if self._pending is None or not self._pending.done():
                    return
                self._keep(self._pending)

    def _may_ask(self) -> bool:
        """Not while the application waits for an answer itself, or where asking tells the client to go on sending."""
        return not (
            self._left or self._receiving or any(name == b"expect" for name, _ in self._scope.get("headers") or ())
        )

    def _ask_early(self) -> None:
        """Of a server that answers from another thread: asked when the answer is due, it would answer too late."""
        if self._pending is None and not self._settled and self._may_ask():
            self._pending = asyncio.ensure_future(self._receive())
            self._pending.add_done_callback(self._told_early)

    def _told_early(self, pending: asyncio.Future[Message]) -> None:
        with harmless("a server did not say whether its client has left"):
            if pending is self._pending and not pending.cancelled() and not self._receiving:
                self._keep(pending)
                if len(self._ahead or ()) < _MOST_AHEAD:
                    self._ask_early()

    def _keep(self, told: asyncio.Future[Message]) -> None:
        self._pending = None
        message = told.result()
        self._ahead = self._ahead or deque()
        self._ahead.append(message)
        self._note(message)

    def _says_at_once(self) -> bool:
        """Whether the server says that the client has left, asked for the last time: some cancel the work for that."""
        with harmless("a server did not say whether its client has left"):
            if self._pending is not None:
                done = self._pending.done() and not self._pending.cancelled()
                return done and self._pending.result()["type"] == "http.disconnect"
            asked = self._receive()
            if isinstance(asked, Coroutine):
                try:
                    asked.send(None)
                except StopIteration as said:
                    return bool(said.value["type"] == "http.disconnect")
                finally:
                    asked.close()
        return False

    async def _awaited(self, pending: asyncio.Future[Message]) -> Message:
        """What was asked for before. An application that no longer waits for it does not end it."""
        if not pending.done():
            await asyncio.wait([pending])
        self._pending = None
        return pending.result()

    def _settle(self, status: int) -> None:
        self._settled = True
        end = time.perf_counter()
        try:
            # How long people read an event stream says nothing of our speed: it is answered once it begins.
            if self._began and end - self._began > _AT_ONCE_SECONDS and self._is_event_stream():
                end = self._began
            seconds = end - self._start
            method = self._scope["method"]
            if method in METHODS:
                endpoint = endpoint_of(self._scope, self._root_path, self._app)
                _series[method, endpoint, status].count(seconds)
                _tell(method, endpoint, status, seconds)
        except Exception as error:
            fault("accounting", "a request was not counted", error=error)


class _Series:
    """The values that count a request. They are changed directly: finding them costs more than counting."""

    __slots__ = ("_bounds", "_buckets", "_number", "_sum")

    def __init__(self, method: str, endpoint: str, status: int) -> None:
        latency = metrics.request_latency.labels(method, endpoint)
        self._number = metrics.requests.labels(method, endpoint, str(status))._value
        self._sum = latency._sum
        self._buckets = latency._buckets
        self._bounds = latency._upper_bounds

    def count(self, seconds: float) -> None:
        self._number.inc(1)
        self._sum.inc(seconds)
        self._buckets[bisect_left(self._bounds, seconds)].inc(1)


class _AllSeries(dict[tuple[str, str, int], _Series]):
    def __missing__(self, key: tuple[str, str, int]) -> _Series:
        made = self[key] = _Series(*key)
        return made


_series = _AllSeries()


def forget_series() -> None:
    """For tests, which begin anew with the metrics."""
    _series.clear()


def _tell(method: str, endpoint: str, status: int, seconds: float) -> None:
    level = logging.ERROR if status >= SERVER_ERROR else logging.INFO
    if _requests.isEnabledFor(level):
        fields: dict[str, Any] = {"endpoint": endpoint, "status": status, "duration_ms": round(seconds * 1000, 3)}
        _requests.log(level, "request", extra={"method": method, **fields})
