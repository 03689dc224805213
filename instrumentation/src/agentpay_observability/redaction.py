"""Takes secrets and personal data out of what leaves the process for people to read."""

import math
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"
_MAX_DEPTH = 12
#: Names are few and come again and again.
_NAMES = 4096

_SECRET_WORDS = (
    r"pass(?:word|wd|phrase)|secret|api[_-]?key|access[_-]?key|private[_-]?key|authorization|cookie|credential"
    r"|(?:access|auth|refresh|id|session|csrf|api|bot)[_-]?token|card[_-]?number|cvv|cvc|ssn|e?mail|dsn"
)
#: `token` alone and at the end of a name, so that numbers about LLM tokens are kept (`input_tokens`,
#: `time_to_first_token`).
_SECRET_KEY = re.compile(rf"(?i)(?:{_SECRET_WORDS})|(?:^|(?<!first)[_-])token$")
#: What people and models write to each other. A single `message` is an event's own text, and is kept.
_CONTENT_KEY = re.compile(
    r"(?i)(?:^|[._-])(?:prompts?|completions?|contents?|messages|transcript|utterance|system_instructions"
    r"|(?:user|assistant|chat)[_-]?message|(?:request|response)[._-](?:text|body)|call\.(?:arguments|result))$"
)
#: Of traces and events. Some consist of digits alone, and look like the numbers of cards.
_ID_KEYS = frozenset({"event_id", "trace_id", "span_id", "parent_span_id"})
_ID = re.compile(r"[0-9a-f]{16,32}")
_PATTERNS = (
    # Keys of providers: OpenAI, Anthropic, Stripe; GitHub; Slack; AWS; Google.
    re.compile(r"\b(?:sk|pk|rk|whsec)[-_][A-Za-z0-9_-]{8,}"),
    re.compile(r"\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{16,}"),
    re.compile(r"\bxox[a-z]-[A-Za-z0-9-]{8,}"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\bAIza[A-Za-z0-9_-]{30,}"),
    # JSON Web Tokens.
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"),
    re.compile(r"(?<=://)[^\s/@]+(?=@)"),
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[A-Za-z][\w-]{1,62}")
_SCHEME = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
#: `password=...` in a query, `'api_key': '...'` in the text of a mapping.
_ASSIGNMENT = re.compile(rf"(?i)((?:{_SECRET_WORDS}|\btoken)\w*['\"]?\s*[:=]\s*)(\"[^\"]*\"|'[^']*'|[^\s&,;'\"}})]+)")
_CARD = re.compile(r"(?<![\w.])[2-6]\d{3}(?:[ -]?\d){9,15}(?!\w|\.\d)")


def redact_text(text: str) -> str:
    """The text without keys, tokens, passwords, email addresses and card numbers."""
    for pattern in _PATTERNS:
        text = pattern.sub(REDACTED, text)
    text = _SCHEME.sub(rf"\1 {REDACTED}", text)
    # The two that are slow to find nothing: most texts have none of their signs.
    if "@" in text:
        text = _EMAIL.sub(REDACTED, text)
    if "=" in text or ":" in text:
        text = _ASSIGNMENT.sub(rf"\1{REDACTED}", text)
    return _CARD.sub(lambda match: REDACTED if _is_card(match[0]) else match[0], text)


def redact(value: object, depth: int = 0) -> object:
    """The value as JSON can hold it, without secrets: by the names of its keys, and by what its texts look like."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return REDACTED if _CARD.fullmatch(str(value)) and _is_card(str(value)) else value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return redact_text(value)
    if depth == _MAX_DEPTH:
        return "[too deep]"
    if isinstance(value, Mapping):
        return redact_entries(value, depth)
    if isinstance(value, list | tuple | AbstractSet):
        return [redact(item, depth + 1) for item in value]
    return redact_text(_text_of(value))


def redact_entries(entries: Mapping[Any, object], depth: int = 0) -> dict[str, object]:
    """As `redact`, of a mapping. What is below a key such as `password` or `messages` goes altogether."""
    return {_redact_name(name := str(key)): _entry(name, value, depth) for key, value in entries.items()}


@lru_cache(_NAMES)
def _redact_name(name: str) -> str:
    return redact_text(name)


@lru_cache(_NAMES)
def _hides(name: str) -> bool:
    """Whether what has this name is not to be seen, whatever it looks like."""
    return bool(_SECRET_KEY.search(name) or _CONTENT_KEY.search(name))


def _entry(name: str, value: object, depth: int) -> object:
    if name in _ID_KEYS and isinstance(value, str) and _ID.fullmatch(value):
        return value
    return REDACTED if value is not None and _hides(name) else redact(value, depth + 1)


def _text_of(value: object) -> str:
    try:
        return value.decode() if isinstance(value, bytes) else str(value)
    except Exception:
        return f"<{type(value).__name__}>"


def _is_card(text: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1), so that most other long numbers are kept."""
    digits = [int(character) for character in reversed(text) if character.isdigit()]
    return sum(digits[::2]) % 10 == sum(-sum(divmod(2 * digit, 10)) for digit in digits[1::2]) % 10
