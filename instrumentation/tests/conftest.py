from collections.abc import Iterator

import pytest
from prometheus_client import Counter, Gauge
from prometheus_client.metrics import MetricWrapperBase

from agentpay_observability import exchange, llm, metrics


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Each test finds metrics as they are before the first event, and leaves nobody who watches calls."""
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase) and metric._labelnames:
            metric.clear()
        elif isinstance(metric, Counter):
            metric.reset()
        elif isinstance(metric, Gauge):
            metric.set(0)
    exchange.forget_series()
    metrics.initialise()
    yield
    llm.observers.clear()
