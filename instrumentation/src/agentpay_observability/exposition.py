"""What Prometheus reads."""

import os
from collections.abc import Callable

from prometheus_client import REGISTRY, CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector


def registry() -> CollectorRegistry:
    """The metrics of this process, or of all worker processes where PROMETHEUS_MULTIPROC_DIR is set."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def serve_metrics(port: int, address: str = "127.0.0.1") -> Callable[[], None]:
    """Serves `/metrics` from a thread: for a worker, which has no server of its own. Returns what stops it."""
    server, thread = start_http_server(port, address, registry())

    def stop() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    return stop
