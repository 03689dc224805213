"""Puts together what one LLM call used, from the pieces in which the APIs of Anthropic and OpenAI tell it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .faults import is_amount

#: How a call was served, where that is the ordinary way: it changes no price.
_ORDINARY = {
    "speed": {"standard"},
    "service_tier": {"standard", "default", "auto"},
    "inference_geo": {"global", "not_available"},
    # A tool of the provider's, which is paid for beside the tokens.
    "paid_tool": set(),
}
#: Counts in an answer's details that have prices of their own.
_OTHER_PRICES = ("audio_tokens", "image_tokens", "ttl_12h_tokens")
#: Work of the provider's own between the turns that the other counts leave out. Of other kinds, another model does it.
_OWN_ITERATIONS = ("compaction",)
_ITERATIONS = ("message", *_OWN_ITERATIONS)
#: How the names of counts end, in both APIs.
_COUNTS = ("tokens", "requests")
#: Of one call: what the ledger's columns hold.
MOST_TOKENS = 2**31 - 1


class Usage:
    """What a call used, merged: a later piece replaces what it knows, and what it leaves out stays."""

    def __init__(self) -> None:
        self._fields: dict[str, Any] = {}
        self._refused: set[str] = set()

    def add(self, piece: object) -> None:
        """Takes the `usage` of an answer, an event or a chunk: of an SDK, or a mapping of the same shape."""
        _merge(self._fields, piece, self._refused)

    @property
    def known(self) -> bool:
        """Whether any piece told of tokens: a call that used none differs from one of which nobody knows."""
        return any(name in self._fields for name in ("input_tokens", "prompt_tokens", "output_tokens"))

    @property
    def is_whole(self) -> bool:
        """Whether every count that was told could be taken: a part of what was used has no price."""
        return not self._refused

    @property
    def tokens(self) -> dict[str, int]:
        """Tokens by kind of price, each counted once."""
        counts = Counter(_tokens(self._fields))
        for iteration in self._iterations:
            if iteration.get("type") in _OWN_ITERATIONS:
                counts.update(_tokens(iteration))
        return {kind: count for kind, count in counts.items() if count != 0}

    @property
    def served(self) -> tuple[str, ...]:
        """What was not ordinary about the way it was served, such as `speed:fast`: each may change the price."""
        ways = [
            f"{name}:{value}"
            for name, ordinary in _ORDINARY.items()
            if (value := self._fields.get(name)) is not None and value not in ordinary
        ]
        others = {str(iteration.get("type")) for iteration in self._iterations} - {*_ITERATIONS}
        return (*ways, *(f"iteration:{kind}" for kind in sorted(others)), *_counted(self._fields, _OTHER_PRICES))

    @property
    def _iterations(self) -> list[dict[str, Any]]:
        found = self._fields.get("iterations")
        return found if isinstance(found, list) else []

    @property
    def web_searches(self) -> int:
        """Searches by the provider's own tool, each paid for."""
        return _number(self._fields.get("server_tool_use"), "web_search_requests")


def _tokens(fields: Mapping[str, Any]) -> dict[str, int]:
    if "prompt_tokens" in fields:  # OpenAI: chat and embeddings
        return _of_all_input(fields, "prompt_tokens", "prompt_tokens_details", "completion_tokens")
    for details in ("input_tokens_details", "input_token_details"):
        if details in fields:  # OpenAI: Responses, Realtime
            return _of_all_input(fields, "input_tokens", details, "output_tokens")
    hour = _number(fields.get("cache_creation"), "ephemeral_1h_input_tokens")
    return {
        "input": _number(fields, "input_tokens"),
        "output": _number(fields, "output_tokens"),
        "cacheRead": _number(fields, "cache_read_input_tokens"),
        "cacheWrite5m": _number(fields, "cache_creation_input_tokens") - hour,
        "cacheWrite1h": hour,
    }


def _of_all_input(fields: Mapping[str, Any], prompt: str, details: str, output: str) -> dict[str, int]:
    """OpenAI's number of input tokens includes those of the cache."""
    read = _number(fields.get(details), "cached_tokens")
    written = _number(fields.get(details), "cache_write_tokens")
    return {
        "input": _number(fields, prompt) - read - written,
        "output": _number(fields, output),
        "cacheRead": read,
        "cacheWrite": written,
    }


def _counted(fields: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    """Which of these counts are above 0, at whatever depth."""
    for name, value in fields.items():
        if name in names and value > 0:
            yield name
        elif isinstance(value, dict):
            yield from _counted(value, names)


def _merge(known: dict[str, Any], piece: object, refused: set[str]) -> None:
    for name, value in _known_fields(piece).items():
        if name.endswith(_COUNTS):
            if is_amount(value, of=name, most=MOST_TOKENS):
                known[name] = value
                refused.discard(name)
            else:
                refused.add(name)
        elif isinstance(value, (list, tuple)):
            known[name] = [inner for item in value if (inner := _merged(item, refused))]
        elif _is_holder(value):
            before = known.get(name)
            known[name] = inner = before if isinstance(before, dict) else {}
            _merge(inner, value, refused)
        else:
            known[name] = value


def _merged(piece: object, refused: set[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    _merge(fields, piece, refused)
    return fields


def _known_fields(holder: object) -> dict[str, Any]:
    given = holder if isinstance(holder, Mapping) else getattr(holder, "__dict__", {})
    # Fields that an SDK's model does not know yet are kept apart by pydantic.
    extra = getattr(holder, "model_extra", None) or {}
    return {str(name): value for name, value in {**given, **extra}.items() if value is not None}


def _is_holder(value: object) -> bool:
    return isinstance(value, Mapping) or hasattr(value, "__dict__")


def _number(holder: object, name: str) -> int:
    value = holder.get(name) if isinstance(holder, Mapping) else None
    return int(value or 0)
