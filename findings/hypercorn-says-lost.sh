#!/usr/bin/env bash
# hypercorn tells the application 1006, "closed abnormally", of every WebSocket that its client has closed as it should. Who
# counts lost connections by that code counts each visitor who closes a chat; the code that the client sent is not to be had.
#
# Seen with hypercorn 0.18.0 and websockets 17.4 as the client (PyPI). RFC 6455 keeps 1006 for connections that end without
# a closing frame, and ASGI's `websocket.disconnect` has the code of that frame. uvicorn 0.54.0 passes it on:
#   hypercorn: [1000, 4001] -> [1006, 1006]
#   uvicorn:   [1000, 4001] -> [1000, 4001]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check hypercorn==0.18.0 uvicorn==0.54.0 websockets==17.4
cat >"$folder/served.py" <<'PYTHON'
import os


async def app(scope, receive, send):
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    message = await receive()
    with open(os.environ["TOLD"], "a") as file:
        file.write(f"{message['code']}\n")
PYTHON
cat >"$folder/seen.py" <<'PYTHON'
import os
import pathlib
import socket
import subprocess
import sys
import time

from websockets.sync.client import connect

SENT = [1000, 4001]


def told(*command):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = pathlib.Path(f"told-{command[0]}")
    server = subprocess.Popen(
        [sys.executable, "-m", *(part.format(port=port) for part in command)],
        env=os.environ | {"TOLD": str(file)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for code in SENT:
            before = len(codes(file))
            for _ in range(300):
                try:
                    with connect(f"ws://127.0.0.1:{port}/", proxy=None) as websocket:
                        websocket.close(code)
                    break
                except OSError:
                    time.sleep(0.1)
            else:
                raise SystemExit(f"{command[0]} does not answer")
            for _ in range(100):
                if len(codes(file)) > before:
                    break
                time.sleep(0.1)
        return codes(file)
    finally:
        server.terminate()
        server.wait(30)


def codes(file):
    return [int(line) for line in file.read_text().split()] if file.exists() else []


hypercorn = told("hypercorn", "served:app", "--bind", "127.0.0.1:{port}")
uvicorn = told("uvicorn", "served:app", "--port", "{port}", "--lifespan", "off")
print(f"hypercorn: {SENT} -> {hypercorn}\nuvicorn:   {SENT} -> {uvicorn}")
sys.exit(0 if hypercorn == [1006, 1006] and uvicorn == SENT else 1)
PYTHON
cd "$folder"
"$folder/venv/bin/python" seen.py
