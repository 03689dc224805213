"""The metrics that AgentPay's monitoring expects, as generated from its catalogue (`npm run contract`)."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram


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

# The client library opens a file in it for the first metric, and makes no folder.
if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(folder).mkdir(parents=True, exist_ok=True)


def counter(name: str) -> Counter:
    """The contract's counter of this name. Raises KeyError where it has none."""
    definition = DEFINITIONS[name]
    return Counter(name, definition.help, tuple(definition.labels))


def gauge(name: str, multiprocess_mode: str = "livesum") -> Gauge:
    """The contract's gauge. `multiprocess_mode`: how the values of several worker processes become one."""
    definition = DEFINITIONS[name]
    mode = "livesum" if multiprocess_mode == "livesum" else "mostrecent"
    return Gauge(name, definition.help, tuple(definition.labels), multiprocess_mode=mode)  # type: ignore[arg-type]


def histogram(name: str) -> Histogram:
    """The contract's histogram."""
    definition = DEFINITIONS[name]
    return Histogram(name, definition.help, tuple(definition.labels), buckets=definition.buckets)
