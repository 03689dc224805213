from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from prometheus_client import Counter, Gauge
from prometheus_client.metrics import MetricWrapperBase

from agentpay_observability import exchange, labels, llm, metrics

if TYPE_CHECKING:
    # Only the tests of calls need them, and they are slow to load.
    from anthropic import Anthropic
    from openai import OpenAI
    from provider_server import Provider


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
    labels.forget_labels()
    metrics.initialise()
    yield
    llm.observers.clear()


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    """Where the SDKs below send their calls."""
    from provider_server import provider

    with provider() as started:
        yield started


@pytest.fixture(scope="module")
def anthropic(server: Provider) -> Anthropic:
    from anthropic import Anthropic

    return Anthropic(base_url=server.url, api_key="sample", max_retries=0)


@pytest.fixture(scope="module")
def openai(server: Provider) -> OpenAI:
    from openai import OpenAI

    return OpenAI(base_url=server.url, api_key="sample", max_retries=0)
