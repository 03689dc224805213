#!/usr/bin/env bash
# A rate limit's `Retry-After` outranks the time-out of Anthropic's SDK, and switches off the retries of openai's: of one
# header, two SDKs with the same defaults make the opposite. A customer's request hangs in the one, far beyond its `timeout`,
# for as long as the server says; the other tells of the error at once.
#
# Seen with anthropic 2.14.0 and openai 3.57.0 (PyPI), max_retries at its default of 2, timeout=1, and a local server that
# answers 429 with `Retry-After: 150` to each request. Time is not waited for: `time.sleep` notes what it is asked for.
# In the SDKs' sources, anthropic's limit is 49 days, what a platform's sleep can take, and openai's is two minutes.
#   anthropic: 3 requests, sleeps [150.0, 150.0], RateLimitError
#   openai:    1 request, sleeps [], RateLimitError
# At 90 seconds, still far over the time-out, both sleep:
#   anthropic: 3 requests, sleeps [90.0, 90.0]
#   openai:    3 requests, sleeps [90.0, 90.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check anthropic==2.14.0 openai==3.57.0
cat >"$folder/seen.py" <<'PYTHON'
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import openai

after = 0
requests = 0


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        global requests
        requests += 1
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(429)
        self.send_header("retry-after", str(after))
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
a = anthropic.Anthropic(base_url=url, api_key="none", timeout=1)
o = openai.OpenAI(base_url=url, api_key="none", timeout=1)
asked = [{"role": "user", "content": "hello"}]
calls = {
    "anthropic": lambda: a.messages.create(model="m", max_tokens=1, messages=asked),
    "openai": lambda: o.chat.completions.create(model="m", messages=asked),
}
slept = []
main = threading.current_thread()
real = time.sleep
time.sleep = lambda seconds: slept.append(seconds) if threading.current_thread() is main else real(seconds)
seen = {}
for after in (150, 90):
    for name, call in calls.items():
        requests = 0
        slept.clear()
        try:
            call()
            error = "no error"
        except Exception as raised:
            error = type(raised).__name__
        seen[after, name] = (requests, list(slept), error)
        print(f"{after:3} s  {name:9} {seen[after, name]}")
server.shutdown()
expected = {
    (150, "anthropic"): (3, [150.0, 150.0], "RateLimitError"),
    (150, "openai"): (1, [], "RateLimitError"),
    (90, "anthropic"): (3, [90.0, 90.0], "RateLimitError"),
    (90, "openai"): (3, [90.0, 90.0], "RateLimitError"),
}
raise SystemExit(0 if seen == expected else f"this has changed: expected {expected}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"
