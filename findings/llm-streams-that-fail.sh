#!/usr/bin/env bash
# Two SDKs, three ways for a streamed answer to fail after it began with HTTP 200. Local server, no account.
#
# Seen with anthropic 2.14.0 and openai 3.57.0 (PyPI), Python 3.10 and newer:
# 1. An error inside the stream. Anthropic's SDK raises its APIStatusError with status_code 200; openai's chat raises
#    APIError, which has no status_code; openai's Responses raise nothing: "error" and "response.failed" are ordinary events.
#    So `except APIError` sees two of the three, and a switch on the status sees none.
# 2. A stream that ends in order before its last event (a proxy's time-out closes it so). Neither SDK raises: the loop just
#    ends, as after a whole answer. Only the missing stop reason tells.
# 3. A peer that resets the connection. openai wraps it in its APIConnectionError. Anthropic's SDK lets the transport's own
#    error out: no AnthropicError, and of the package httpx2, so that `except httpx.HTTPError` does not see it either.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check anthropic==2.14.0 openai==3.57.0
cat >"$folder/seen.py" <<'PYTHON'
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import openai

message = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None}
message |= {"stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}
chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
chunk |= {"choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": None}]}
created = {"type": "response.output_text.delta", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "hi"}
begins = {"/v1/messages": {"type": "message_start", "message": message}, "/chat/completions": chunk, "/responses": created}
fails = {
    "/v1/messages": {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}},
    "/chat/completions": {"error": {"type": "server_error", "code": "server_error", "message": "busy"}},
    "/responses": {"type": "error", "code": "server_error", "message": "busy", "param": None, "sequence_number": 2},
}
way = "error"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in [begins[self.path]] + ([fails[self.path]] if way == "error" else []):
            named = f"event: {event['type']}\n" if "type" in event else ""
            data = f"{named}data: {json.dumps(event)}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        if way == "reset":
            self.connection.shutdown(2)
        else:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
a = anthropic.Anthropic(base_url=url, api_key="none", max_retries=0)
o = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
asked = [{"role": "user", "content": "hello"}]
streams = {
    "anthropic": lambda: a.messages.create(model="m", max_tokens=1, messages=asked, stream=True),
    "openai chat": lambda: o.chat.completions.create(model="m", messages=asked, stream=True),
    "openai responses": lambda: o.responses.create(model="m", input="hello", stream=True),
}


def outcome(stream):
    try:
        for _ in stream():
            pass
    except Exception as error:
        return f"{type(error).__module__.split('.')[0]}.{type(error).__name__} {getattr(error, 'status_code', '-')}"
    return "no error"


expected = {
    ("error", "anthropic"): "anthropic.APIStatusError 200",
    ("error", "openai chat"): "openai.APIError -",
    ("error", "openai responses"): "no error",
    ("cut", "anthropic"): "no error",
    ("cut", "openai chat"): "no error",
    ("cut", "openai responses"): "no error",
    ("reset", "anthropic"): "httpx2.RemoteProtocolError -",
    ("reset", "openai chat"): "openai.APIConnectionError -",
    ("reset", "openai responses"): "openai.APIConnectionError -",
}
seen = {}
for way in ("error", "cut", "reset"):
    for name, stream in streams.items():
        seen[way, name] = outcome(stream)
        print(f"{way:6} {name:17} {seen[way, name]}")
server.shutdown()
raise SystemExit(0 if seen == expected else f"this has changed: expected {expected}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"
