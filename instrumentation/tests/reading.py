"""What monitoring reads from a server: metrics as Prometheus does, log files as the CloudWatch agent does."""

import json
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

AGENT = (Path(__file__).parents[2] / "components/aws/cloudwatch-agent.ts").read_text()
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(url: str) -> Samples:
    return samples_of(httpx.get(f"{url}/metrics", timeout=30).raise_for_status().text)


def samples_of(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, frozenset(labels.items())), 0.0)


def until(url: str, name: str, expected: float, **labels: str) -> None:
    deadline = time.monotonic() + 10
    while (found := value(scrape(url), name, **labels)) != expected:
        assert time.monotonic() < deadline, f"{name} {labels} is {found}, not {expected}"
        time.sleep(0.1)


def agent_events(file: Path) -> list[dict[str, Any]]:
    """The events that the agent finds in a log file, each of which must be a line of its own, with the line's time."""
    event_start = re.search(r'EVENT_START = (".*");', AGENT)
    timestamp_format = re.search(r'timestamp_format: "(.*)"', AGENT)
    assert event_start and timestamp_format
    lines = file.read_text().split("\n")
    assert lines.pop() == ""
    for line in lines:
        assert re.match(json.loads(event_start[1]), line)
        # The first text of the line that looks like a time, as the agent finds it.
        found = re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", line)
        assert found and datetime.strptime(found[0], timestamp_format[1]).year >= 2024
        assert json.loads(line)["timestamp"] == f"{found[0]}Z"
    return [json.loads(line) for line in lines]
