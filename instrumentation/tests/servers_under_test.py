"""The servers that the package is tested under."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

APP = "accounting_app:app"
#: A server that is told to end waits so long for requests.
GRACE_SECONDS = 1


@dataclass(frozen=True)
class Server:
    """How a server is started, and what it can do."""

    name: str
    command: tuple[str, ...]
    needs: str = "uvicorn"
    http2: bool = False
    #: Kills the processes that still work after the grace: what they worked on is counted nowhere.
    kills: bool = False
    #: Pings its clients, and ends the WebSockets of those who don't answer.
    pings: bool = False

    @property
    def is_installed(self) -> bool:
        return find_spec(self.needs) is not None

    def arguments(self, port: int) -> list[str]:
        return [argument.format(port=port, address=f"127.0.0.1:{port}") for argument in self.command]


def uvicorn(name: str, *more: str, **given: object) -> Server:
    grace = ("--timeout-graceful-shutdown", str(GRACE_SECONDS))
    return Server(name, ("-m", "uvicorn", APP, "--port", "{port}", *grace, *more), **given)  # type: ignore[arg-type]


PINGS = ("--ws-ping-interval", "0.3", "--ws-ping-timeout", "0.3")
GUNICORN = ("-m", "gunicorn", APP, "--bind", "{address}", "--graceful-timeout", str(GRACE_SECONDS), "-k")
GRANIAN = ("-m", "granian", APP, "--interface", "asgi", "--port", "{port}", "--workers-kill-timeout", "2")
HYPERCORN = ("-m", "hypercorn", APP, "--bind", "{address}", "--graceful-timeout", str(GRACE_SECONDS))

SERVERS = [
    uvicorn("uvicorn-h11-wsproto", "--http", "h11", "--ws", "wsproto", *PINGS, needs="wsproto", pings=True),
    uvicorn("uvicorn-httptools-sansio", "--http", "httptools", "--ws", "websockets-sansio", *PINGS, pings=True),
    uvicorn("uvicorn-websockets", "--ws", "websockets", *PINGS, pings=True),
    uvicorn("uvicorn-workers", "--workers", "2"),
    uvicorn("uvicorn-zttp", "--http", "zttp", "--http2", needs="zttp", http2=True),
    Server(
        "gunicorn-uvicorn", (*GUNICORN, "uvicorn_worker.UvicornWorker", "--workers", "2"), "uvicorn_worker", kills=True
    ),
    Server("gunicorn-asgi", (*GUNICORN, "asgi"), needs="gunicorn", kills=True),
    Server("hypercorn", HYPERCORN, needs="hypercorn", http2=True),
    Server("granian", GRANIAN, needs="granian", http2=True, kills=True),
]
