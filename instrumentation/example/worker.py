"""The worker: `python -m example.worker`."""

import asyncio
import signal
from collections.abc import Callable
from typing import Any

import structlog

from agentpay_observability import checkout_completed, checkout_failed, job, serve_metrics, watch_pool, watch_queue
from agentpay_observability.ledger import LLMLedger
from agentpay_observability.logs import configure_logs
from agentpay_observability.sentry import init_sentry

from . import store
from .agent import Agent, initialise_metrics
from .faults import Faults
from .settings import MODEL, QUEUES, Settings

IDLE_SECONDS = 0.05
MEASURE_SECONDS = 1
log = structlog.get_logger()


class Worker:
    def __init__(self, settings: Settings) -> None:
        self.engine = store.engine_of(settings.database_url, pool_size=3, max_overflow=2)
        self._faults = Faults(settings.folder)
        self._agent = Agent(settings, self._faults)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            taken = None if self._faults.happens("worker-stalled") else await store.take(self.engine)
            if taken is None:
                await asyncio.sleep(IDLE_SECONDS)
                continue
            try:
                with job(taken.queue):
                    await self._perform(taken)
            except Exception:
                log.exception("job_failed", queue=taken.queue)

    async def _perform(self, taken: Any) -> None:
        failed = self._faults.happens("job-failures")
        if taken.kind == "payment" and failed:
            checkout_failed()
        if failed:
            raise RuntimeError(f"the job {taken.kind} was told to fail")
        if taken.kind == "payment":
            checkout_completed(taken.amount_usd)
        else:
            async for _ in self._agent.ask(MODEL, "Summarise the conversation", []):
                pass


async def main() -> None:
    configure_logs("worker")
    init_sentry(release="agentpay-sample@0.1.0")
    initialise_metrics()
    settings = Settings.load()
    worker = Worker(settings)
    loop = asyncio.get_running_loop()

    def measure(queue: str, what: int) -> Callable[[], float]:
        """As measuring threads ask: on the loop, which has the connections."""

        def ask() -> float:
            found = asyncio.run_coroutine_threadsafe(store.waiting(worker.engine), loop).result(5)
            return found.get(queue, (0, 0.0))[what]

        return ask

    stop_metrics = serve_metrics(settings.worker_port)
    watch_pool(worker.engine, MEASURE_SECONDS)
    for queue in QUEUES:
        watch_queue(queue, measure(queue, 0), measure(queue, 1), MEASURE_SECONDS)
    async with LLMLedger(worker.engine):
        running = asyncio.create_task(worker.run())
        loop.add_signal_handler(signal.SIGTERM, running.cancel)
        await asyncio.wait([running])
    stop_metrics()


if __name__ == "__main__":
    asyncio.run(main())
