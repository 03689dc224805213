"""Starts the sample: the provider's stand-in, the API with its worker processes, the worker and visitors."""

import argparse
import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

import httpx
from sqlalchemy.ext.asyncio import create_async_engine

from . import store
from .faults import Faults
from .settings import Settings
from .traffic import Visitors

START_SECONDS = 60
#: Longer than a chat that is told to end takes to do so.
STOP_SECONDS = 10


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("example", description=__doc__)
    parser.add_argument("--api-port", type=int, default=8000)
    parser.add_argument("--worker-port", type=int, default=10000, help="where the worker serves its metrics")
    parser.add_argument(
        "--folder", type=Path, required=True, help="for faults, counts of metrics, and SQLite's database"
    )
    parser.add_argument("--processes", type=int, default=2, help="worker processes of the API (default: 2)")
    parser.add_argument("--visitors", type=int, default=4, help="at a time; 0: none (default: 4)")
    parser.add_argument(
        "--pause", type=float, default=1.5, help="seconds of a visitor's pause, on average (default: 1.5)"
    )
    parser.epilog = "DATABASE_URL: SQLAlchemy's address of the database. Default: SQLite in the folder."
    return parser.parse_args()


async def main() -> int:
    given = arguments()
    given.folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "EXAMPLE_FOLDER": str(given.folder),
        "EXAMPLE_API_PORT": str(given.api_port),
        "EXAMPLE_WORKER_PORT": str(given.worker_port),
        "EXAMPLE_PROVIDER_PORT": str(_free_port()),
    }
    settings = Settings.load()
    Faults(settings.folder).stop()
    engine = create_async_engine(settings.database_url)
    await store.prepare(engine)
    await engine.dispose()
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    started = [await _start(*command, **environment) for command, environment in _programs(settings, given.processes)]
    ends = [asyncio.create_task(process.wait()) for process in started]
    try:
        await asyncio.wait_for(_until_it_answers(settings, ends), START_SECONDS)
        visitors = asyncio.create_task(_visitors(settings, given.visitors, given.pause))
        asked = asyncio.create_task(stopping.wait())
        await asyncio.wait([asked, visitors, *ends], return_when=asyncio.FIRST_COMPLETED)
        visitors.cancel()
        return 0 if stopping.is_set() else 1
    finally:
        # The API first: what its last requests ask of others is still there.
        for process, end in reversed([*zip(started, ends, strict=True)]):
            with suppress(ProcessLookupError):
                process.terminate()
            await asyncio.wait([end], timeout=STOP_SECONDS)


def _programs(settings: Settings, processes: int) -> list[tuple[list[str], dict[str, str]]]:
    uvicorn = ["uvicorn", "--no-access-log", "--log-level", "warning", "--port"]
    python = [sys.executable, "-m"]
    api = [*python, *uvicorn, str(settings.api_port), "--workers", str(processes), "example.app:app"]
    return [
        ([*python, *uvicorn, str(settings.provider_port), "example.provider:app"], {}),
        ([*python, "example.worker"], {}),
        (
            [*python, "agentpay_observability.multiprocess", *api],
            {"PROMETHEUS_MULTIPROC_DIR": str(settings.folder / "metrics")},
        ),
    ]


async def _start(*command: str, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(*command, env={**os.environ, **environment})


async def _until_it_answers(settings: Settings, ends: list[asyncio.Task[int]]) -> None:
    urls = [f"{settings.api}/healthz", f"http://127.0.0.1:{settings.worker_port}/metrics", settings.provider]
    async with httpx.AsyncClient() as client:
        while urls and not any(end.done() for end in ends):
            with suppress(httpx.TransportError):
                await client.get(urls[0])
                urls.pop(0)
                continue
            await asyncio.sleep(0.1)


async def _visitors(settings: Settings, number: int, pause: float) -> None:
    await Visitors(settings, pause).keep_coming(number)
    # Nobody comes: the server is there all the same.
    await asyncio.Event().wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
