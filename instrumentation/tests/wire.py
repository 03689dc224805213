"""What Anthropic's and OpenAI's APIs send, for the tests of calls."""

from typing import Any

from provider_server import Event

from agentpay_observability.llm import LLMCall

MODEL = "claude-opus-5"
ASKED: Any = {"model": MODEL, "max_tokens": 10, "messages": [{"role": "user", "content": "hello"}]}
CHAT: Any = {"model": "gpt-6-luna", "messages": [{"role": "user", "content": "hello"}]}


def messages(usage: Event, delta: Event, stop_reason: str = "end_turn") -> list[Event]:
    """A streamed message of Anthropic: all that it tells of tokens comes in two pieces."""
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "content": []}
    text = {"type": "text_delta", "text": "hi"}
    return [
        {"type": "message_start", "message": message | {"stop_reason": None, "stop_sequence": None, "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": text},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop_reason, "stop_sequence": None}, "usage": delta},
        {"type": "message_stop"},
    ]


USED = {
    "input_tokens": 1000,
    "output_tokens": 1,
    "cache_read_input_tokens": 0,
    "cache_creation_input_tokens": 1000,
    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 1000},
}


def chunk(delta: Event, finish_reason: str | None = None, **more: Any) -> Event:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish_reason}]
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, **more}


def response(status: str, **more: Any) -> Event:
    known = {"id": "r", "object": "response", "created_at": 1, "model": "m", "output": [], "status": status}
    return known | {"parallel_tool_calls": True, "tool_choice": "auto", "tools": [], **more}


def read(call: LLMCall, stream: Any) -> list[Any]:
    """All of a stream, and closes it: the garbage collector would, maybe while httpcore holds its lock."""
    with stream:
        return list(call.watch(stream))


def spent(call: LLMCall) -> tuple[str, str, str | None, dict[str, int | None]]:
    return call.status, call.error_type, call.stop_reason, dict(call.tokens)
