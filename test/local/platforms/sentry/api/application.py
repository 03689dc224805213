"""An application under Sentry's own SDK: it does what its standard input says, a line at a time, and answers `done`."""

import sys
import time

import sentry_sdk
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient

sentry_sdk.init(dsn=sys.argv[1], environment=sys.argv[2], traces_sample_rate=1.0)
app = FastAPI()


class Broken(Exception):
    pass


@app.get("/ok")
def ok() -> str:
    return "ok"


@app.get("/broken")
def broken() -> str:
    raise Broken("it is broken")


@app.get("/status/{code}")
def status(code: int) -> Response:
    return Response(status_code=code)


@app.get("/slow")
def slow() -> str:
    time.sleep(2.1)
    return "at last"


@app.get("/queries")
def queries() -> str:
    for _ in range(6):
        with sentry_sdk.start_span(op="db", name="SELECT * FROM orders WHERE id = %s"):
            time.sleep(0.01)
    return "ok"


def fail_at_llm() -> None:
    with sentry_sdk.new_scope() as scope:
        scope.set_tag("component", "llm")
        try:
            raise TimeoutError("the model does not answer")
        except TimeoutError as error:
            sentry_sdk.capture_exception(error)


client = TestClient(app, raise_server_exceptions=False)
for line in sys.stdin:
    path, count = line.split()
    for turn in range(int(count)):
        # The SDK's queue holds 100, and drops the rest.
        if turn % 25 == 24:
            sentry_sdk.flush(timeout=60)
        if path == "llm":
            fail_at_llm()
        else:
            client.get(path)
    sentry_sdk.flush(timeout=60)
    print("done", flush=True)
