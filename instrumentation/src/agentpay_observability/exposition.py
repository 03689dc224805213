"""What Prometheus reads."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Metric, generate_latest, start_http_server
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from .archive import Together, collect
from .combined import Contributions, result_of
from .contract import DEFINITIONS
from .workers import process_metrics, shared_folder

_GAUGES = frozenset(name for name, definition in DEFINITIONS.items() if definition.type == "gauge")
#: Decoding a key takes most of the time of reading a series, and each scrape reads the same.
_MOST_KEYS = 1 << 16


def registry() -> CollectorRegistry:
    """The metrics of this process, or of all processes of the server where PROMETHEUS_MULTIPROC_DIR is set."""
    exposed = CollectorRegistry()
    exposed.register(_Exposed())
    return exposed


def render() -> bytes:
    """The text of `/metrics`."""
    return generate_latest(registry())


class _Exposed(Collector):
    def collect(self) -> Iterator[Metric]:
        folder = shared_folder()
        for family in REGISTRY.collect() if folder is None else _of_all(folder):
            if family.name in _GAUGES:
                # No gauge of the contract can be below 0: what is taken away was added before a restart.
                family.samples = [sample._replace(value=max(0.0, sample.value)) for sample in family.samples]
            yield family


def _of_all(folder: Path) -> Iterator[Metric]:
    together = collect(folder)
    families: dict[str, Metric] = {}
    for kind, values in together.values.items():
        for family, samples in _by_family(values, kind, families).items():
            if kind == "histogram":
                _add_histogram(families[family], samples)
            else:
                for name, labels, value in samples:
                    families[family].add_sample(name, labels, value)
    yield from families.values()
    yield from _processes(together)


_Sample = tuple[str, dict[str, str], float]


def _by_family(values: dict[str, Contributions], kind: str, families: dict[str, Metric]) -> dict[str, list[_Sample]]:
    found: dict[str, list[_Sample]] = defaultdict(list)
    for key, contributions in values.items():
        family, name, labels, help_text = _decoded(key)
        if family not in families:
            families[family] = Metric(family, help_text, kind.partition("_")[0])
        found[family].append((name, labels, result_of(kind, contributions)))
    return found


@lru_cache(_MOST_KEYS)
def _decoded(key: str) -> tuple[str, str, dict[str, str], str]:
    family, name, labels, help_text = json.loads(key)
    return family, name, labels, help_text


def _add_histogram(family: Metric, samples: Iterable[_Sample]) -> None:
    """The files have each bucket's own count, Prometheus wants those of the buckets below it added."""
    sums: list[_Sample] = []
    buckets: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = defaultdict(list)
    for name, labels, value in samples:
        if "le" in labels:
            rest = tuple((label, text) for label, text in labels.items() if label != "le")
            buckets[rest].append((float(labels["le"]), value))
        else:
            sums.append((name, labels, value))
    for rest, counts in buckets.items():
        total = 0.0
        for bound, count in sorted(counts):
            total += count
            family.add_sample(f"{family.name}_bucket", {**dict(rest), "le": floatToGoString(bound)}, total)  # type: ignore[no-untyped-call]
        family.add_sample(f"{family.name}_count", dict(rest), total)
    for name, labels, value in sums:
        family.add_sample(name, labels, value)


def _processes(together: Together) -> Iterator[Metric]:
    """`process_*` of the server: what its processes have together, and the start of the oldest of them."""
    found = [process_metrics(worker.pid) for worker in together.living if worker.is_visible]
    values: dict[str, float] = {}
    for name in dict.fromkeys(name for metrics in found for name in metrics):
        each = [metrics[name] for metrics in found if name in metrics]
        values[name] = min(each) if name == "process_start_time_seconds" else sum(each)
    values["process_cpu_seconds_total"] = together.cpu_seconds
    for name, value in values.items():
        kind = "counter" if name.endswith("_total") else "gauge"
        family = Metric(name.removesuffix("_total"), f"{name} of all processes of the server.", kind)
        family.add_sample(name, {}, value)
        yield family


def serve_metrics(port: int, address: str = "127.0.0.1") -> Callable[[], None]:
    """Serves `/metrics` from a thread: for a worker, which has no server of its own. Returns what stops it."""
    server, thread = start_http_server(port, address, registry())

    def stop() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    return stop
