"""What is measured rather than counted: database pools and queues, looked at every few seconds.

Of several worker processes the client library only keeps values that were set, so nothing can be measured as
Prometheus asks: a thread of each process does it instead.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from . import metrics
from .faults import is_amount

_log = logging.getLogger(__name__)
SECONDS = 5.0


class Collector:
    """Measures every few seconds until it is stopped."""

    def __init__(self, measure: Callable[[], None], seconds: float) -> None:
        self._measure = measure
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="agentpay-collector", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Returns once it measures no more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        failed = False
        while True:
            try:
                self._measure()
                failed = False
            except Exception:
                # Once: a database that is away is not news every few seconds.
                if not failed:
                    _log.exception("a measurement failed: its metric keeps the last value")
                failed = True
            if self._stopped.wait(self._seconds):
                return


def watch_pool(engine: Any, seconds: float = SECONDS) -> Collector:
    """Measures the pool of a SQLAlchemy engine, also of an asynchronous one. In each process, after it was forked."""
    pool = engine.pool
    # SQLAlchemy has no public name for it. -1: without limit.
    overflow = max(0, getattr(pool, "_max_overflow", 0))

    def measure() -> None:
        metrics.db_pool_connections.labels("checked_out").set(pool.checkedout())
        metrics.db_pool_connections.labels("checked_in").set(pool.checkedin())
        metrics.db_pool_limit.set(pool.size() + overflow)

    return Collector(measure, seconds)


def watch_queue(
    queue: str, depth: Callable[[], float], oldest_job_age: Callable[[], float], seconds: float = SECONDS
) -> Collector:
    """Measures a queue of the worker.

    `depth`: how many jobs wait. `oldest_job_age`: for how long the oldest has waited, in seconds; 0 where none does.
    """
    for status in ("succeeded", "failed"):
        metrics.worker_jobs.labels(queue, status)

    def measure() -> None:
        for gauge, look in ((metrics.worker_queue_depth, depth), (metrics.worker_oldest_job_age, oldest_job_age)):
            value = look()
            if is_amount(value, of=f"a measurement of the queue {queue}"):
                gauge.labels(queue).set(value)

    return Collector(measure, seconds)
