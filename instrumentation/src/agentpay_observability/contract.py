"""The metrics that AgentPay's monitoring expects, from its catalogue (`npm run ops -- generate contract`)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from prometheus_client import Counter, Gauge, Histogram, values

from .shared_values import SharedValue
from .workers import shared_folder


@dataclass(frozen=True)
class Definition:
    """One metric of the contract. A label without values is open: its values are few, but known to the app alone."""

    name: str
    type: str
    help: str
    jobs: Sequence[str]
    labels: dict[str, Sequence[str] | None]
    buckets: Sequence[float] = ()


def _read() -> dict[str, Definition]:
    entries = json.loads((files(__package__) / "contract.json").read_text())
    for entry in entries:
        entry.pop("unit", None)
    return {entry["name"]: Definition(**entry) for entry in entries}


DEFINITIONS = _read()

# The client library asks for the class whenever it makes a metric.
if folder := shared_folder():
    folder.mkdir(parents=True, exist_ok=True)
    values.ValueClass = SharedValue


def counter(name: str) -> Counter:
    """The contract's counter of this name. Raises KeyError where it has none."""
    definition = DEFINITIONS[name]
    return Counter(name, definition.help, tuple(definition.labels))


#: How the values of several processes become one. `sum`: a process may take away what another has added, and has died.
GaugeMode = Literal["livesum", "livemostrecent", "sum"]


def gauge(name: str, mode: GaugeMode = "livesum") -> Gauge:
    """The contract's gauge."""
    definition = DEFINITIONS[name]
    return Gauge(name, definition.help, tuple(definition.labels), multiprocess_mode=mode)


def histogram(name: str) -> Histogram:
    """The contract's histogram."""
    definition = DEFINITIONS[name]
    return Histogram(name, definition.help, tuple(definition.labels), buckets=definition.buckets)
