"""A local server that answers as Anthropic's and OpenAI's APIs do: what a test puts into `answers`, by path."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Event = dict[str, Any]


class Answer:
    """One answer: a body, or a stream of events that may break off in the middle."""

    def __init__(
        self,
        body: Event | None = None,
        events: list[Event] | None = None,
        status: int = 200,
        breaks_off: bool = False,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.body, self.events, self.status, self.breaks_off = body, events, status, breaks_off
        self.headers = headers or {}


class Provider(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A client that leaves is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Provider

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        answer = self.server.answers[self.path]
        self.send_response(answer.status)
        for name, value in {"x-should-retry": "false", **answer.headers}.items():
            self.send_header(name, value)
        if answer.events is None:
            body = json.dumps(answer.body).encode()
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in answer.events:
            self._chunk(_text_of(event))
        if answer.breaks_off:
            self.connection.shutdown(2)
        else:
            self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Not to standard error."""


def _text_of(event: Event) -> str:
    """OpenAI's chat names no events and ends with a mark; the others name each."""
    if event == DONE:
        return "data: [DONE]\n\n"
    named = f"event: {event['type']}\n" if "type" in event else ""
    return f"{named}data: {json.dumps(event)}\n\n"


DONE: Event = {"done": True}


@contextmanager
def provider() -> Iterator[Provider]:
    with Provider() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
