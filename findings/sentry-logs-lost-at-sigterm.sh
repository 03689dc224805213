#!/usr/bin/env bash
# What Sentry's SDK still holds when a signal ends uvicorn is lost: logs and metrics of the last seconds, though the server
# said that it had shut down in order. Events (errors) are handed over at once, and arrive.
#
# Seen with sentry-sdk 2.75.0 and uvicorn 0.54.0 (PyPI): the SDK collects logs for up to 5 seconds and empties its batches
# from `atexit`. uvicorn, once it has shut down, raises the signal again with the handler that was there before it: the
# process ends by the signal, and Python runs no `atexit`. A deployment ends every server so. A `sentry_sdk.flush()` at the
# end of the application's lifespan sends them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sentry-sdk==2.75.0 uvicorn==0.54.0
cat >"$folder/served.py" <<'PYTHON'
import os

import sentry_sdk
from sentry_sdk.transport import Transport


class ToFile(Transport):
    def capture_envelope(self, envelope):
        with open(os.environ["SENT"], "a") as file:
            file.writelines(f"{item.type}\n" for item in envelope.items)


sentry_sdk.init(dsn="http://key@127.0.0.1:1/1", transport=ToFile, enable_logs=True)


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if os.environ.get("FLUSH"):
            sentry_sdk.flush()
        await send({"type": "lifespan.shutdown.complete"})
        return
    sentry_sdk.logger.error("a log")
    sentry_sdk.capture_message("an event")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})
PYTHON
cat >"$folder/seen.py" <<'PYTHON'
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request


def sent(flush):
    path = f"sent-{flush}"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "served:app", "--port", str(port), "--log-level", "warning"],
        env=os.environ | {"SENT": path, "FLUSH": flush},
    )
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
            break
        except OSError:
            time.sleep(0.1)
    server.send_signal(signal.SIGTERM)
    code = server.wait(60)
    return code, sorted(open(path).read().split())


seen = {"as it is": sent(""), "flushed": sent("1")}
for name, (code, kinds) in seen.items():
    print(f"{name:9} exit {code:4}  sent {kinds}")
expected = {"as it is": (-signal.SIGTERM, ["event"]), "flushed": (-signal.SIGTERM, ["event", "log"])}
raise SystemExit(0 if seen == expected else f"this has changed: expected {expected}")
PYTHON
cd "$folder"
venv/bin/python seen.py
