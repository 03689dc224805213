#!/usr/bin/env bash
# Under gunicorn's own ASGI worker a client seems to have left that still waits, and for good: Starlette's
# `request.is_disconnected()` says False, and from some call on True. An application that stops its work for that gives up
# on somebody who is there, and whoever counts such requests as 499 counts answers that were given.
#
# Seen with gunicorn 27.0.0 (`-k asgi`) and starlette 1.10.0 (PyPI): `is_disconnected()` asks for a message and cancels the
# question at once, if there is none. Once the request's body has been read, gunicorn waits for the connection's end in
# `BodyReceiver._wait_for_disconnect`, whose `finally` notes that it has ended, whatever ended the waiting: the next question
# is answered `http.disconnect`. uvicorn 0.54.0 says False each time.
#   gunicorn: [false,false,true]
#   uvicorn:  [false,false,false]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gunicorn==27.0.0 starlette==1.10.0 uvicorn==0.54.0
cat >"$folder/served.py" <<'PYTHON'
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route


async def asks(request):
    return JSONResponse([await request.is_disconnected() for _ in range(3)])


app = Starlette(routes=[Route("/", asks, methods=["POST"])])
PYTHON
cat >"$folder/seen.py" <<'PYTHON'
import json
import socket
import subprocess
import sys
import time
import urllib.request


def answer(*command):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", *(part.format(port=port) for part in command)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", b"sent", timeout=10) as response:
                    return json.load(response)
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{command[0]} does not answer")
    finally:
        server.terminate()
        server.wait(30)


gunicorn = answer("gunicorn", "served:app", "-k", "asgi", "--bind", "127.0.0.1:{port}")
uvicorn = answer("uvicorn", "served:app", "--port", "{port}")
print(f"gunicorn: {gunicorn}\nuvicorn:  {uvicorn}")
sys.exit(0 if gunicorn[0] is False and gunicorn[-1] is True and uvicorn == [False] * 3 else 1)
PYTHON
cd "$folder"
"$folder/venv/bin/python" seen.py
