"""Reads answers, events and chunks of Anthropic's and OpenAI's SDKs: what each says of the call that it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .llm_errors import error_type_of_words

#: In Anthropic's words, which are the contract's.
_STOP_REASONS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "content_filter": "refusal",
    "max_output_tokens": "max_tokens",
}
#: Deltas of what a person sees or a tool gets. A model's thinking is not part of its answer.
_ANSWER_DELTAS = frozenset({"text_delta", "input_json_delta"})
_ANSWER_EVENTS = frozenset(
    f"response.{part}.delta"
    for part in (
        "output_text",
        "refusal",
        "audio",
        "function_call_arguments",
        "custom_tool_call_input",
        "mcp_call_arguments",
        "shell_call_command",
        "code_interpreter_call_code",
    )
)
_ANSWER_FIELDS = ("content", "refusal", "tool_calls", "function_call", "audio")
#: Items of a response that wait for the application to act.
_CALLS = frozenset(
    {
        "function_call",
        "custom_tool_call",
        "computer_call",
        "local_shell_call",
        "apply_patch_call",
        "mcp_approval_request",
    }
)
#: Those that OpenAI's own tools leave, which are paid for beside the tokens.
_PAID_TOOLS = frozenset({"web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call"})


@dataclass(frozen=True)
class Told:
    """What one piece told. All of it is None or False where the piece is of no known shape."""

    known: bool = False
    usage: object = None
    #: How it was served, where that stands beside the usage.
    service_tier: str | None = None
    stop_reason: str | None = None
    #: The contract's word for a failure that was told and not raised.
    error_type: str | None = None
    is_answer: bool = False
    #: The model would not answer, though it ended as if it had.
    refused: bool = False
    #: Somebody has ended it before it was done.
    cancelled: bool = False
    #: A tool of the provider's that worked on it, and costs something.
    paid_tool: str | None = None


def told_by(piece: object) -> Told:
    """What an answer, an event or a chunk says."""
    if isinstance(piece, str):  # of a helper that passes on the text alone
        return Told(is_answer=bool(piece))
    kind = str(_value(piece, "type") or _value(piece, "object") or "")
    if kind.startswith("response") and kind != "response":
        return _response_event(kind, piece)
    if kind == "chunk":  # of the helper `chat.completions.stream`
        return told_by(_value(piece, "chunk"))
    read = _READERS.get(kind)
    if read is not None:
        return read(piece)
    if not kind and _value(piece, "event"):  # OpenAI's SDK 1 leaves some events in their envelopes
        return told_by(_value(piece, "data"))
    usage = _value(piece, "usage")
    return Told(known=usage is not None, usage=usage)


def _message(message: object) -> Told:
    return Told(True, _value(message, "usage"), stop_reason=_value(message, "stop_reason"))


def _message_start(event: object) -> Told:
    return Told(True, _value(_value(event, "message"), "usage"))


def _message_delta(event: object) -> Told:
    return Told(True, _value(event, "usage"), stop_reason=_value(_value(event, "delta"), "stop_reason"))


def _content_block_delta(event: object) -> Told:
    return Told(True, is_answer=_value(_value(event, "delta"), "type") in _ANSWER_DELTAS)


def _error(event: object) -> Told:
    error = _value(event, "error") or event
    return Told(True, error_type=error_type_of_words(_value(error, "code"), _value(error, "type")))


def _completion(completion: object) -> Told:
    """A whole answer of OpenAI's chat or completions, or a chunk of it."""
    choices = _value(completion, "choices") or []
    reasons = [reason for choice in choices if (reason := _value(choice, "finish_reason"))]
    parts = [_value(choice, "delta") or _value(choice, "message") or choice for choice in choices]
    return Told(
        True,
        _value(completion, "usage"),
        service_tier=_value(completion, "service_tier"),
        stop_reason=stop_reason_of(reasons[0]) if reasons else None,
        is_answer=any(_value(part, name) for part in parts for name in (*_ANSWER_FIELDS, "text")),
        refused=any(_value(part, "refusal") for part in parts),
    )


def _response(response: object) -> Told:
    """A whole answer of OpenAI's Responses. One in the background may not have ended yet."""
    status, error = _value(response, "status"), _value(response, "error")
    used, tier = _value(response, "usage"), _value(response, "service_tier")
    items = _value(response, "output") or []
    kinds = {_value(item, "type") for item in items}
    tool = min(_PAID_TOOLS & kinds, default=None)
    if status == "failed" or error:
        failure = error_type_of_words(_value(error, "code"), _value(error, "type"))
        return Told(True, used, tier, error_type=failure, paid_tool=tool)
    reason = None
    if status == "incomplete":
        reason = stop_reason_of(_value(_value(response, "incomplete_details"), "reason") or "other")
    elif status == "completed":
        reason = "tool_use" if _CALLS & kinds else "end_turn"
    parts = [part for item in items if _value(item, "type") == "message" for part in _value(item, "content") or []]
    return Told(
        True,
        used,
        tier,
        reason,
        refused=any(_value(part, "type") == "refusal" for part in parts),
        cancelled=status == "cancelled",
        paid_tool=tool,
    )


def _response_event(kind: str, event: object) -> Told:
    response = _value(event, "response")
    if response is not None:
        return _response(response)
    return Told(True, is_answer=kind in _ANSWER_EVENTS, refused=kind == "response.refusal.delta")


_READERS = {
    "message": _message,
    "message_start": _message_start,
    "message_delta": _message_delta,
    "content_block_delta": _content_block_delta,
    "error": _error,
    "chat.completion": _completion,
    "chat.completion.chunk": _completion,
    "text_completion": _completion,
    "response": _response,
}


def stop_reason_of(reason: str) -> str:
    """The contract's word for why an answer ended, from OpenAI's; Anthropic's stay as they are."""
    return _STOP_REASONS.get(reason, reason)


def _value(holder: object, name: str) -> Any:
    return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)
