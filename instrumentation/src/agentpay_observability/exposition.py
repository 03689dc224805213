"""What Prometheus reads."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Metric, ProcessCollector, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector


def registry() -> CollectorRegistry:
    """The metrics of this process, or of all worker processes where PROMETHEUS_MULTIPROC_DIR is set."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder is None:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    together.register(_Processes(Path(folder)))
    return together


class _Processes(Collector):
    """`process_*` of all worker processes together, which the client library leaves out: what they have in common is
    memory, processor time and open files of one server, and its start, which is that of the oldest of them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        pids = {int(file.stem.rpartition("_")[2]) for file in self._folder.glob("*.db")}
        together: dict[str, Metric] = {}
        for pid in pids:
            for metric in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
                first = together.setdefault(metric.name, metric)
                if first is not metric:
                    combine = min if metric.name == "process_start_time_seconds" else _sum
                    first.samples = [
                        a._replace(value=combine(a.value, b.value))
                        for a, b in zip(first.samples, metric.samples, strict=True)
                    ]
        yield from together.values()


def _sum(a: float, b: float) -> float:
    return a + b


def serve_metrics(port: int, address: str = "127.0.0.1") -> Callable[[], None]:
    """Serves `/metrics` from a thread: for a worker, which has no server of its own. Returns what stops it."""
    server, thread = start_http_server(port, address, registry())

    def stop() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    return stop
