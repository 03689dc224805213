"""Metrics as Prometheus reads them from a server."""

import time

import httpx
from prometheus_client.parser import text_string_to_metric_families

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(url: str) -> Samples:
    families = text_string_to_metric_families(httpx.get(f"{url}/metrics").text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, frozenset(labels.items())), 0.0)


def until(url: str, name: str, expected: float, **labels: str) -> None:
    deadline = time.monotonic() + 10
    while (found := value(scrape(url), name, **labels)) != expected:
        assert time.monotonic() < deadline, f"{name} {labels} is {found}, not {expected}"
        time.sleep(0.1)
