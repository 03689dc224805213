"""What can be broken in the sample server. The names are those of the simulated AgentPay, as far as it has them."""

import json
import math
import random
import time
from pathlib import Path
from typing import Any

#: By name: what happens, and to which share of the work where nobody says otherwise.
FAULTS: dict[str, tuple[str, float]] = {
    "api-errors": ("The API fails a share of its requests", 0.2),
    "api-slow": ("A share of the requests takes 3 seconds longer", 0.5),
    "websocket-drops": ("A share of the chats breaks at a message", 0.5),
    "websocket-refused": ("WebSockets can't be opened", 0.5),
    "checkout-failures": ("Checkouts fail", 0.7),
    "llm-failures": ("The provider is overloaded, for every model", 0.8),
    "llm-fallback": ("The first model is overloaded, the other answers", 0.5),
    "llm-rate-limited": ("The provider's rate limit is used up", 0.5),
    "llm-model-rejected": ("The provider no longer knows the models", 1),
    "llm-slow": ("The provider takes 6 seconds longer", 1),
    "llm-truncated": ("Replies are cut off", 0.3),
    "model-unpriced": ("Calls go to a model without a price", 1),
    "rag-empty": ("Retrieval finds nothing", 0.9),
    "rag-errors": ("Retrieval fails", 0.5),
    "rag-slow": ("Retrieval takes 2 seconds longer", 1),
    "tool-errors": ("The agent's tools fail", 0.5),
    "job-failures": ("Jobs fail", 0.3),
    "worker-stalled": ("The worker lives, but works on nothing", 1),
}

_REREAD_SECONDS = 0.1


class Faults:
    """The faults at work, in a file that all processes of the sample read."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "faults.json"
        self._read_at = 0.0
        self._known: dict[str, dict[str, Any]] = {}

    def happens(self, name: str) -> bool:
        """Whether this piece of work is one that breaks."""
        if time.monotonic() - self._read_at > _REREAD_SECONDS:
            self._known, self._read_at = self.active(), time.monotonic()
        fault = self._known.get(name)
        return fault is not None and random.random() < fault["ratio"]

    def active(self) -> dict[str, dict[str, Any]]:
        """By name, those that have not ended."""
        try:
            known = json.loads(self._file.read_text())
        except FileNotFoundError:
            return {}
        return {name: fault for name, fault in known.items() if (fault["endsAt"] or math.inf) > time.time()}

    def start(self, name: str, ratio: float | None, seconds: float | None) -> dict[str, Any]:
        """One of that name that is at work already is replaced."""
        title, usual = FAULTS[name]
        started = {
            "name": name,
            "title": title,
            "ratio": usual if ratio is None else ratio,
            "endsAt": None if seconds is None else time.time() + seconds,
        }
        self._write(self.active() | {name: started})
        return started

    def stop(self, name: str | None = None) -> bool:
        """Returns whether there was one to stop. Default: all of them."""
        left = {} if name is None else {key: fault for key, fault in self.active().items() if key != name}
        found = len(left) < len(self.active())
        self._write(left)
        return found

    def _write(self, faults: dict[str, dict[str, Any]]) -> None:
        whole = self._file.with_suffix(".new")
        whole.write_text(json.dumps(faults))
        whole.replace(self._file)
