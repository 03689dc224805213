"""Takes secrets and personal data out of what leaves the process for people to read."""

import json
import math
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any

REDACTED = "[redacted]"
_TOO_MUCH = "[too much]"
_MAX_DEPTH = 12
#: Names and short texts are few, and come again and again: so many are remembered, none longer than this.
_NAMES = 4096
_MAX_NAME = 128

#: Shared with the secret scan of the monitoring's repository: catalog/secret-shapes.ts.
_SHARED = json.loads((files(__package__) / "secret_shapes.json").read_text())
_SECRET_WORDS = (
    _SHARED["names"] + r"|authorization|cookie"
    r"|(?:access|auth|refresh|id|session|csrf|api|bot)[_-]?token|card[_-]?number|cvv|cvc|ssn|e?mail|\bpwd\b"
)
#: `token` alone and at the end of a name, so that numbers about LLM tokens are kept (`input_tokens`,
#: `time_to_first_token`). `pass` and its like are other words within a longer one.
_SECRET_KEY = re.compile(rf"(?i)(?:{_SECRET_WORDS})|(?:^|(?<!first)[_-])token$|(?:^|[._-])(?:pass|pwd|auth|otp)$")
#: What people and models write to each other. A single `message` is an event's own text, and is kept.
_CONTENT_KEY = re.compile(
    r"(?i)(?:^|[._-])(?:prompts?|completions?|contents?|messages|transcript|utterance|system_instructions"
    r"|(?:user|assistant|chat)[_-]?message|(?:request|response)[._-](?:text|body)|call\.(?:arguments|result))$"
)
#: Of traces and events. Some consist of digits alone, and look like the numbers of cards.
_ID_KEYS = frozenset({"event_id", "trace_id", "span_id", "parent_span_id"})
_SMALLEST_CARD = 10**12
_LARGEST_CARD = 10**19
#: Where a mapping is a name and its value, as of headers and of attributes.
_NAMING = ("name", "key")
_ID = re.compile(r"[0-9a-f]{16,32}")
_WORD = r"\b"
_PATTERNS = [shape["pattern"] for shape in _SHARED["shapes"]]
#: Most begin with a word: said once, before their first letters, it is a third of the time.
_WORDS = "|".join(pattern.removeprefix(_WORD) for pattern in _PATTERNS if pattern.startswith(_WORD))
_LISTED = re.compile(
    "|".join([rf"{_WORD}(?:{_WORDS})", *(pattern for pattern in _PATTERNS if not pattern.startswith(_WORD))]), re.ASCII
)
#: What the shapes of the list have in common: a run of characters that people's words rarely are.
_RUN = re.compile(r"[A-Za-z0-9+/_=-]{16}")
#: What begins as a key does, whatever its length, and what may be the number of a card: a false alarm costs less here
#: than in the scan. Each begins where no other can begin inside it, so that a text is read once, however it was made.
_SHAPE = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    # OpenAI, Anthropic, Stripe; Groq; Hugging Face; GitHub; GitLab; Slack; Sentry; Pulumi; Grafana; Datadog; npm.
    r"(?:sk|pk|rk|whsec|gsk|hf|gh[pousr]|github_pat|glpat|xox[a-z]|xapp|sntr[a-z]{1,2}|pul|gl(?:sa|c)|dd[ap]|npm)"
    r"[-_][A-Za-z0-9_.=+/-]{8,}"
    # AWS, Google.
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|AIza[A-Za-z0-9_-]{30,}"
    r")"
    r"|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+"
    r"|(?<![\w.])[2-6]\d{3}(?:[ -]?\d){9,15}(?!\w|\.\d)"
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)"
)
_LOGIN = re.compile(r"(?<=://)[^\s/@]+(?=@)")
_WEBHOOK = re.compile(r"(hooks\.slack\.com/)[\w/-]+")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+(?:@|%40)(?:[\w-]{1,63}\.){1,8}[A-Za-z][\w-]{1,62}")
_SCHEME = re.compile(r"(?i)\b(bearer|basic)\s{1,8}[A-Za-z0-9._~+/=-]{8,}")
#: To its closing quote, whether or not the text in which it stands was quoted itself; cut short, to the end.
_QUOTED = r"(?P<{0}>\\{{0,4}}[\"'])(?:(?!(?P={0}))(?:\\.|[^\\]))*(?:(?P={0})|\\?\Z)"
#: `password=...` in a query, `'api_key': '...'` in the text of a mapping. What follows `:` in a header may have spaces.
_ASSIGNMENT = re.compile(
    rf"(?i)((?P<header>\b(?:proxy-)?authorization|\b(?:set-)?cookie)|{_SECRET_WORDS}|\btoken)"
    rf"(\w{{0,40}}\\{{0,4}}['\"]?\s{{0,8}}[:=]\s{{0,8}})"
    rf"(?:{_QUOTED.format('quote')}|(?(header)[^\r\n'\"\\]+|[^\s&,;'\"}})]+))",
    re.DOTALL,
)
#: Longer texts and larger collections than any that people read are cut: the time that they take is bounded.
_MAX_TEXT = 32_768
_MAX_ITEMS = 2_000
#: Characters of long texts and items of collections of one value together: many times what Sentry or a log line takes.
_MAX_TOTAL = 500_000


def redact_text(text: str) -> str:
    """The text without keys, tokens, passwords, email addresses and card numbers."""
    return _known_text(text) if len(text) <= _MAX_NAME else _redact_long(text)


def _redact_long(text: str) -> str:
    if len(text) > _MAX_TEXT:
        return f"{_redact(text[:_MAX_TEXT])} [{len(text) - _MAX_TEXT} more characters]"
    return _redact(text)


def _redact(text: str) -> str:
    text = _SHAPE.sub(_shape, text)
    # Most texts have none of the signs of the others, and a sign is found faster than its absence is proven.
    if "://" in text:
        text = _LOGIN.sub(REDACTED, text)
    if "hooks.slack.com" in text:
        text = _WEBHOOK.sub(rf"\1{REDACTED}", text)
    if "-----BEGIN" in text:
        text = _PRIVATE_KEY.sub(REDACTED, text)
    if " " in text or "\t" in text:
        text = _SCHEME.sub(rf"\1 {REDACTED}", text)
    if "@" in text or "%40" in text:
        text = _EMAIL.sub(REDACTED, text)
    if "=" in text or ":" in text:
        text = _ASSIGNMENT.sub(rf"\1\3{REDACTED}", text)
    # Azure's secrets have dots and tildes.
    if _RUN.search(text) or "://" in text or "Q~" in text:
        text = _LISTED.sub(REDACTED, text)
    return text


def _shape(match: re.Match[str]) -> str:
    return match[0] if match[0][0] in "23456" and not _is_card(match[0]) else REDACTED


#: Names of events, endpoints and models come again and again.
_known_text = lru_cache(_NAMES)(_redact)


class _Work:
    """How much may be read yet. Collections hold one another, and may be the same ones again and again."""

    left = _MAX_TOTAL


def redact(value: object) -> object:
    """The value as JSON can hold it, without secrets: by the names of its keys, and by what its texts look like."""
    return _redacted(value, 0, _Work())


def redact_entries(entries: Mapping[Any, object]) -> dict[str, object]:
    """As `redact`, of a mapping. What is below a key such as `password` or `messages` goes altogether."""
    return _redacted_entries(entries, 0, _Work())


def _redacted(value: object, depth: int, work: _Work) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        return REDACTED if _SMALLEST_CARD < abs(value) < _LARGEST_CARD and _is_card_number(value) else value
    if work.left < 0:
        return _TOO_MUCH
    if isinstance(value, str):
        work.left -= len(value)
        return redact_text(value)
    if depth == _MAX_DEPTH:
        return "[too deep]"
    if isinstance(value, Mapping):
        return _redacted_entries(value, depth, work)
    if isinstance(value, list | tuple | AbstractSet):
        work.left -= len(value)
        if isinstance(value, list | tuple) and len(value) == 2 and _names_a_secret(value[0]):
            # A header or a field, as servers and clients have them.
            return [_redacted(value[0], depth + 1, work), REDACTED]
        kept = [_redacted(item, depth + 1, work) for item in islice(value, _MAX_ITEMS)]
        return [*kept, f"[{len(value) - _MAX_ITEMS} more]"] if len(value) > _MAX_ITEMS else kept
    text = _text_of(value)
    work.left -= len(text)
    return redact_text(text)


def _redacted_entries(entries: Mapping[Any, object], depth: int, work: _Work) -> dict[str, object]:
    kept: dict[str, object] = {}
    work.left -= len(entries)
    for key, value in islice(entries.items(), _MAX_ITEMS):
        name = key if isinstance(key, str) else str(key)
        if len(name) > _MAX_NAME:
            name = f"{name[:_MAX_NAME]} [{len(name) - _MAX_NAME} more characters]"
        shown, hides = _name(name)
        if hides and value is not None:
            kept[shown] = REDACTED
        elif isinstance(value, str) and len(value) <= _MAX_NAME:
            # Most values of a log line: two calls of functions would double what they cost.
            kept[shown] = value if name in _ID_KEYS and _ID.fullmatch(value) else _known_text(value)
        else:
            kept[shown] = _redacted(value, depth + 1, work)
    if "value" in kept and any(_names_a_secret(entries.get(name)) for name in _NAMING):
        kept["value"] = REDACTED
    if len(entries) > _MAX_ITEMS:
        kept["[more]"] = len(entries) - _MAX_ITEMS
    return kept


def _names_a_secret(value: object) -> bool:
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return isinstance(text, str) and len(text) <= _MAX_NAME and _name(text)[1]


@lru_cache(_NAMES)
def _name(name: str) -> tuple[str, bool]:
    """The name as it is shown, and whether what has it is not to be seen, whatever it looks like."""
    return _redact(name), bool(_SECRET_KEY.search(name) or _CONTENT_KEY.search(name))


def _text_of(value: object) -> str:
    try:
        return value.decode() if isinstance(value, bytes) else str(value)
    except Exception:
        return f"<{type(value).__name__}>"


def _is_card_number(value: float) -> bool:
    text = str(abs(int(value)))
    return value == int(value) and bool(_SHAPE.fullmatch(text)) and _is_card(text)


def _is_card(text: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1), so that most other long numbers are kept."""
    digits = [int(character) for character in reversed(text) if character.isdigit()]
    return sum(digits[::2]) % 10 == sum(-sum(divmod(2 * digit, 10)) for digit in digits[1::2]) % 10
