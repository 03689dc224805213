"""Calls by the real SDKs of Anthropic and OpenAI, to a local server that speaks their wire formats."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from anthropic import Anthropic, AnthropicError, AsyncAnthropic
from openai import AsyncOpenAI, OpenAI, OpenAIError
from provider_server import DONE, Answer, Event, Provider
from values import value
from wire import ASKED, CHAT, MODEL, USED, chunk, messages, read, response, spent

from agentpay_observability.llm import LLMCall, llm_call


@pytest.mark.parametrize("helper", [False, True])
def test_a_stream_of_anthropic_is_understood_with_and_without_its_helper(
    server: Provider, anthropic: Anthropic, helper: bool
) -> None:
    server.answers["/v1/messages"] = Answer(
        events=messages(USED, {"output_tokens": 50, "input_tokens": None, "cache_creation_input_tokens": 1000}),
        headers={"anthropic-ratelimit-requests-remaining": "77"},
    )
    with llm_call("anthropic", MODEL) as call:
        if helper:
            with anthropic.messages.stream(**ASKED) as stream:
                texts = [event.text for event in call.watch(stream) if event.type == "text"]
            assert texts == ["hi"]
        else:
            kinds = [event.type for event in call.watch(anthropic.messages.create(**ASKED, stream=True))]
            assert kinds[0] == "message_start" and kinds[-1] == "message_stop"
    # The hour's writes of the first piece are not lost to the second, which tells their sum alone.
    assert spent(call) == ("success", "none", "end_turn", {"input": 1000, "output": 50, "cacheWrite1h": 1000})
    assert call.cost_usd == Decimal("0.01625")
    assert call.seconds_to_first_token is not None
    assert value("agentpay_llm_ratelimit_remaining", provider="anthropic", kind="requests") == 77


def test_asynchronous_streams(server: Provider) -> None:
    server.answers["/v1/messages"] = Answer(events=messages(USED, {"output_tokens": 50}))
    server.answers["/chat/completions"] = Answer(events=[chunk({"content": "hi"}), chunk({}, "stop"), DONE])

    async def ask() -> tuple[LLMCall, LLMCall]:
        with llm_call("anthropic", MODEL) as first:
            async with AsyncAnthropic(base_url=server.url, api_key="sample").messages.stream(**ASKED) as stream:
                async for _ in first.watch(stream):
                    pass
        with llm_call("openai", "m") as second:
            client = AsyncOpenAI(base_url=server.url, api_key="sample")
            async for _ in second.watch(await client.chat.completions.create(**CHAT, stream=True)):
                pass
        return first, second

    first, second = asyncio.run(ask())
    assert spent(first) == ("success", "none", "end_turn", {"input": 1000, "output": 50, "cacheWrite1h": 1000})
    # Nobody asked for the usage: what it cost is unknown, not nothing.
    assert spent(second) == ("success", "none", "end_turn", {}) and second.cost_usd is None


def test_what_a_stream_used_before_the_caller_left_is_paid(server: Provider, anthropic: Anthropic) -> None:
    server.answers["/v1/messages"] = Answer(events=messages(USED, {"output_tokens": 50}))
    with llm_call("anthropic", MODEL) as call, anthropic.messages.create(**ASKED, stream=True) as stream:
        for event in call.watch(stream):
            if event.type == "content_block_delta":
                break
    assert spent(call) == ("cancelled", "none", None, {"input": 1000, "output": 1, "cacheWrite1h": 1000})
    assert call.cost_usd == Decimal("0.015025")


def test_a_stream_that_ends_without_saying_why_was_broken_off(server: Provider, anthropic: Anthropic) -> None:
    server.answers["/v1/messages"] = Answer(events=messages(USED, {"output_tokens": 50})[:3])
    with llm_call("anthropic", MODEL) as call:
        read(call, anthropic.messages.create(**ASKED, stream=True))
    assert spent(call)[:2] == ("error", "connection")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("overloaded_error", "overloaded"),
        ("rate_limit_error", "rate_limit"),
        ("api_error", "server_error"),
        ("timeout_error", "timeout"),
        ("billing_error", "billing"),
        ("authentication_error", "authentication"),
        ("permission_error", "permission"),
        ("not_found_error", "not_found"),
        ("invalid_request_error", "invalid_request"),
        ("error_of_tomorrow", "other"),
    ],
)
def test_an_error_inside_a_stream_of_anthropic_is_named_by_its_type(
    server: Provider, anthropic: Anthropic, kind: str, expected: str
) -> None:
    error = {"type": "error", "error": {"type": kind, "message": "no"}}
    server.answers["/v1/messages"] = Answer(events=[*messages(USED, {})[:3], error])
    with pytest.raises(AnthropicError), llm_call("anthropic", MODEL) as call:
        read(call, anthropic.messages.create(**ASKED, stream=True))
    assert spent(call)[:2] == ("error", expected)
    assert call.cost_usd == Decimal("0.015025")


@pytest.mark.parametrize(
    ("status", "kind", "message", "expected"),
    [
        (400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.", "billing"),
        (402, "billing_error", "pay", "billing"),
        (400, "invalid_request_error", "max_tokens: too large", "invalid_request"),
        (413, "request_too_large", "too large", "invalid_request"),
        (429, "rate_limit_error", "slower", "rate_limit"),
        (500, "api_error", "oh", "server_error"),
        (504, "timeout_error", "late", "timeout"),
        (529, "overloaded_error", "busy", "overloaded"),
    ],
)
def test_a_refusal_of_anthropic(
    server: Provider, anthropic: Anthropic, status: int, kind: str, message: str, expected: str
) -> None:
    body = {"type": "error", "error": {"type": kind, "message": message}}
    server.answers["/v1/messages"] = Answer(body, status=status)
    with pytest.raises(AnthropicError), llm_call("anthropic", MODEL) as call:
        anthropic.messages.create(**ASKED)
    assert spent(call) == ("error", expected, None, {})


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (429, {"type": "insufficient_quota", "code": "insufficient_quota"}, "billing"),
        (400, {"type": "invalid_request_error", "code": "billing_hard_limit_reached"}, "billing"),
        (429, {"type": "tokens", "code": "rate_limit_exceeded"}, "rate_limit"),
        (401, {"type": "invalid_request_error", "code": "invalid_api_key"}, "authentication"),
        (404, {"type": "invalid_request_error", "code": "model_not_found"}, "not_found"),
        (400, {"type": "invalid_request_error", "code": "context_length_exceeded"}, "invalid_request"),
        (500, {"type": "server_error", "code": None}, "server_error"),
    ],
)
def test_a_refusal_of_openai(server: Provider, openai: OpenAI, status: int, error: Event, expected: str) -> None:
    server.answers["/chat/completions"] = Answer({"error": error | {"message": "no"}}, status=status)
    with pytest.raises(OpenAIError), llm_call("openai", "m") as call:
        openai.chat.completions.create(**CHAT)
    assert spent(call)[:2] == ("error", expected)


def test_an_error_inside_a_stream_of_openai(server: Provider, openai: OpenAI) -> None:
    error = {"error": {"type": "server_error", "code": None, "message": "oh"}}
    server.answers["/chat/completions"] = Answer(events=[chunk({"content": "hi"}), error])
    with pytest.raises(OpenAIError), llm_call("openai", "m") as call:
        read(call, openai.chat.completions.create(**CHAT, stream=True))
    assert spent(call)[:2] == ("error", "server_error")


@pytest.mark.parametrize("client", ["anthropic", "openai"])
def test_a_peer_that_breaks_off_is_a_failure_of_the_connection(
    server: Provider, anthropic: Anthropic, openai: OpenAI, client: str
) -> None:
    server.answers["/v1/messages"] = Answer(events=messages(USED, {})[:3], breaks_off=True)
    server.answers["/chat/completions"] = Answer(events=[chunk({"content": "hi"})], breaks_off=True)
    with pytest.raises(Exception) as raised, llm_call(client, "m") as call:
        if client == "anthropic":
            read(call, anthropic.messages.create(**ASKED, stream=True))
        else:
            read(call, openai.chat.completions.create(**CHAT, stream=True))
    assert spent(call)[:2] == ("error", "connection"), raised.value


def test_a_chat_of_openai_streams_its_usage_last(server: Provider, openai: OpenAI) -> None:
    details = {"cached_tokens": 60, "cache_write_tokens": 30}
    used = {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107, "prompt_tokens_details": details}
    events = [chunk({"content": "hi"}), chunk({}, "length"), chunk({}, usage=used) | {"choices": []}, DONE]
    server.answers["/chat/completions"] = Answer(events=events)
    with llm_call("openai", "m") as call:
        read(call, openai.chat.completions.create(**CHAT, stream=True, stream_options={"include_usage": True}))
    assert spent(call) == (
        "success",
        "none",
        "max_tokens",
        {"input": 10, "output": 7, "cacheRead": 60, "cacheWrite": 30},
    )
    assert call.seconds_to_first_token is not None


RESPONSES_USAGE = {
    "input_tokens": 100,
    "input_tokens_details": {"cached_tokens": 80, "cache_write_tokens": 5},
    "output_tokens": 7,
    "output_tokens_details": {"reasoning_tokens": 2},
    "total_tokens": 107,
}
CALLED = [{"type": "function_call", "id": "f", "call_id": "f", "name": "pay", "arguments": "{}"}]


@pytest.mark.parametrize(
    ("kind", "answer", "status", "error_type", "stop_reason"),
    [
        ("completed", response("completed"), "success", "none", "end_turn"),
        ("completed", response("completed", output=CALLED), "success", "none", "tool_use"),
        (
            "incomplete",
            response("incomplete", incomplete_details={"reason": "max_output_tokens"}),
            "success",
            "none",
            "max_tokens",
        ),
        (
            "incomplete",
            response("incomplete", incomplete_details={"reason": "content_filter"}),
            "success",
            "none",
            "refusal",
        ),
        (
            "failed",
            response("failed", error={"code": "rate_limit_exceeded", "message": "no"}),
            "error",
            "rate_limit",
            None,
        ),
    ],
)
def test_a_response_of_openai_whole_and_streamed(
    server: Provider,
    openai: OpenAI,
    kind: str,
    answer: Event,
    status: str,
    error_type: str,
    stop_reason: str | None,
) -> None:
    answer = answer | {"usage": RESPONSES_USAGE}
    delta = {"type": "response.output_text.delta", "item_id": "i", "output_index": 0, "content_index": 0}
    delta |= {"delta": "hi", "sequence_number": 2, "logprobs": []}
    events = [
        {"type": "response.created", "response": response("in_progress"), "sequence_number": 1},
        delta,
        {"type": f"response.{kind}", "response": answer, "sequence_number": 3},
    ]
    expected = (status, error_type, stop_reason, {"input": 15, "output": 7, "cacheRead": 80, "cacheWrite": 5})
    server.answers["/responses"] = Answer(answer)
    with llm_call("openai", "m") as call:
        call.answer(openai.responses.create(model="m", input="hello"))
    assert spent(call) == expected
    server.answers["/responses"] = Answer(events=events)
    with llm_call("openai", "m") as call:
        read(call, openai.responses.create(model="m", input="hello", stream=True))
    assert spent(call) == expected
    assert call.seconds_to_first_token is not None


def test_an_error_event_of_responses_is_no_success(server: Provider, openai: OpenAI) -> None:
    told = {"type": "error", "code": "server_error", "message": "oh", "param": None, "sequence_number": 1}
    server.answers["/responses"] = Answer(events=[told])
    with llm_call("openai", "m") as call:
        read(call, openai.responses.create(model="m", input="hello", stream=True))
    assert spent(call)[:2] == ("error", "server_error")


def test_an_answer_that_was_cut_off_where_a_helper_parses_it(server: Provider, openai: OpenAI) -> None:
    from pydantic import BaseModel

    class Offer(BaseModel):
        price: int

    message = {"role": "assistant", "content": '{"price": 4', "refusal": None}
    choices = [{"index": 0, "message": message, "finish_reason": "length", "logprobs": None}]
    used = {"prompt_tokens": 10, "completion_tokens": 7, "total_tokens": 17}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": choices, "usage": used}
    server.answers["/chat/completions"] = Answer(body)
    with pytest.raises(OpenAIError), llm_call("openai", "m") as call:
        # The SDK's first versions had it in their beta alone.
        chat: Any = openai.chat if hasattr(openai.chat.completions, "parse") else openai.beta.chat
        chat.completions.parse(**CHAT, response_format=Offer)
    assert (call.stop_reason, call.tokens) == ("max_tokens", {"input": 10, "output": 7})


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "0.005025"),
        ({"speed": "fast"}, "0.01005"),
        ({"service_tier": "batch"}, "0.0025125"),
        ({"inference_geo": "us"}, "0.0055275"),
        ({"service_tier": "standard", "speed": "standard", "inference_geo": "not_available"}, "0.005025"),
        ({"server_tool_use": {"web_search_requests": 3, "web_fetch_requests": 1}}, "0.035025"),
        ({"service_tier": "priority"}, None),
        ({"inference_geo": "moon"}, None),
    ],
)
def test_how_a_call_was_served_is_in_its_price(
    server: Provider, anthropic: Anthropic, more: Event, expected: str | None
) -> None:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "content": []}
    used = {"input_tokens": 1000, "output_tokens": 1, **more}
    body = message | {"stop_reason": "pause_turn", "stop_sequence": None, "usage": used}
    server.answers["/v1/messages"] = Answer(body)
    with llm_call("anthropic", MODEL) as call:
        call.answer(anthropic.messages.create(**ASKED))
    assert call.cost_usd == (None if expected is None else Decimal(expected))
    assert spent(call)[:3] == ("success", "none", "pause_turn")
