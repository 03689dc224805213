"""Less common answers of the real SDKs: refusals, work in the background, tools and models of the provider's own."""

from decimal import Decimal
from typing import Any

import pytest
from anthropic import Anthropic
from openai import OpenAI, OpenAIError
from provider_server import DONE, Answer, Event, Provider
from wire import ASKED, CHAT, MODEL, USED, chunk, messages, read, response, spent

from agentpay_observability.llm import llm_call

CHAT_USAGE = {"prompt_tokens": 10, "completion_tokens": 7, "total_tokens": 17}
RESPONSES_USAGE = {
    "input_tokens": 10,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 7,
    "output_tokens_details": {"reasoning_tokens": 2},
    "total_tokens": 17,
}
TOKENS = {"input": 10, "output": 7}
#: The list of prices has no chat model of OpenAI, and does not look at whose a model is.
PRICED = MODEL


def completion(message: Event, **more: Any) -> Event:
    choices = [{"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop", "logprobs": None}]
    known = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": choices}
    return known | {"usage": CHAT_USAGE, **more}


def test_a_chat_that_refuses_ends_as_any_other_does_but_is_a_refusal(server: Provider, openai: OpenAI) -> None:
    server.answers["/chat/completions"] = Answer(completion({"content": None, "refusal": "no"}))
    with llm_call("openai", "m") as call:
        call.answer(openai.chat.completions.create(**CHAT))
    assert spent(call) == ("success", "none", "refusal", TOKENS)
    events = [chunk({"refusal": "n"}), chunk({"refusal": "o"}), chunk({}, "stop"), DONE]
    server.answers["/chat/completions"] = Answer(events=events)
    with llm_call("openai", "m") as call:
        read(call, openai.chat.completions.create(**CHAT, stream=True))
    assert spent(call)[:3] == ("success", "none", "refusal") and call.seconds_to_first_token is not None


def test_a_refusal_that_the_caller_does_not_wait_for_is_no_success(server: Provider, openai: OpenAI) -> None:
    server.answers["/chat/completions"] = Answer(events=[chunk({"refusal": "n"}), chunk({}, "stop"), DONE])
    with llm_call("openai", "m") as call, openai.chat.completions.create(**CHAT, stream=True) as stream:
        next(call.watch(stream))
    assert spent(call)[:3] == ("cancelled", "none", None)


def test_a_response_that_refuses(server: Provider, openai: OpenAI) -> None:
    content = [{"type": "refusal", "refusal": "no"}]
    message = {"type": "message", "id": "i", "role": "assistant", "status": "completed", "content": content}
    server.answers["/responses"] = Answer(response("completed", output=[message], usage=RESPONSES_USAGE))
    with llm_call("openai", "m") as call:
        call.answer(openai.responses.create(model="m", input="hello"))
    assert spent(call) == ("success", "none", "refusal", TOKENS)


@pytest.mark.parametrize("kind", ["custom_tool_call", "computer_call", "local_shell_call", "mcp_approval_request"])
def test_whatever_waits_for_the_application_is_the_use_of_a_tool(server: Provider, openai: OpenAI, kind: str) -> None:
    server.answers["/responses"] = Answer(response("completed", output=[{"type": kind, "id": "f", "call_id": "f"}]))
    with llm_call("openai", "m") as call:
        call.answer(openai.responses.create(model="m", input="hello"))
    assert call.stop_reason == "tool_use"


def test_a_response_in_the_background_is_told_of_until_it_has_ended(server: Provider, openai: OpenAI) -> None:
    server.answers["/responses"] = Answer(response("queued"))
    with llm_call("openai", "m") as call:
        call.answer(openai.responses.create(model="m", input="hello"))
        server.answers["/responses"] = Answer(response("completed", usage=RESPONSES_USAGE))
        call.answer(openai.responses.create(model="m", input="hello"))
    assert spent(call) == ("success", "none", "end_turn", TOKENS)
    server.answers["/responses"] = Answer(response("cancelled"))
    with llm_call("openai", "m") as call:
        call.answer(openai.responses.create(model="m", input="hello"))
    assert spent(call)[:3] == ("cancelled", "none", None)


@pytest.mark.parametrize("kind", ["web_search_call", "file_search_call", "code_interpreter_call"])
def test_what_a_tool_of_openai_cost_is_unknown(server: Provider, openai: OpenAI, kind: str) -> None:
    output: list[Event] = []
    answers = []
    for _ in range(2):
        server.answers["/responses"] = Answer(response("completed", output=output, usage=RESPONSES_USAGE))
        with llm_call("openai", PRICED) as call:
            call.answer(openai.responses.create(model=PRICED, input="hello"))
        answers.append(call)
        output.append({"type": kind, "id": "t", "status": "completed"})
    assert [call.cost_usd is None for call in answers] == [False, True]
    assert answers[0].tokens == answers[1].tokens == TOKENS


@pytest.mark.parametrize("tier", ["flex", "priority", "scale", "tier_of_tomorrow"])
@pytest.mark.parametrize("streams", [False, True])
def test_a_tier_without_a_factor_makes_the_price_unknown(
    server: Provider, openai: OpenAI, tier: str, streams: bool
) -> None:
    events = [chunk({"content": "hi"}), chunk({}, "stop", service_tier=tier), chunk({}, usage=CHAT_USAGE), DONE]
    server.answers["/chat/completions"] = (
        Answer(events=events) if streams else Answer(completion({"content": "hi"}, service_tier=tier))
    )
    with llm_call("openai", PRICED) as call:
        if streams:
            read(call, openai.chat.completions.create(**CHAT, stream=True))
        else:
            call.answer(openai.chat.completions.create(**CHAT))
    assert spent(call) == ("success", "none", "end_turn", TOKENS) and call.cost_usd is None


def test_audio_has_a_price_of_its_own(server: Provider, openai: OpenAI) -> None:
    details = {"prompt_tokens_details": {"audio_tokens": 5, "cached_tokens": 0}}
    server.answers["/chat/completions"] = Answer(completion({"content": "hi"}, usage=CHAT_USAGE | details))
    with llm_call("openai", PRICED) as call:
        call.answer(openai.chat.completions.create(**CHAT))
    assert call.tokens == TOKENS and call.cost_usd is None


def test_the_older_completions(server: Provider, openai: OpenAI) -> None:
    choices = [{"index": 0, "text": "hi", "finish_reason": "length", "logprobs": None}]
    body = {"id": "c", "object": "text_completion", "created": 1, "model": "m", "choices": choices}
    server.answers["/completions"] = Answer(events=[body | {"usage": CHAT_USAGE}, DONE])
    with llm_call("openai", "m") as call:
        read(call, openai.completions.create(model="m", prompt="hello", stream=True))
    assert spent(call) == ("success", "none", "max_tokens", TOKENS) and call.seconds_to_first_token is not None


def test_a_whole_answer_has_no_first_token(server: Provider, openai: OpenAI) -> None:
    server.answers["/chat/completions"] = Answer(completion({"content": "hi"}))
    with llm_call("openai", "m") as call:
        call.answer(openai.chat.completions.create(**CHAT))
    assert call.seconds_to_first_token is None


@pytest.mark.parametrize(("code", "expected"), [(429, "rate_limit"), ("502", "server_error"), (402, "billing")])
def test_a_server_of_openais_api_that_is_not_openais_tells_a_status(
    server: Provider, openai: OpenAI, code: object, expected: str
) -> None:
    server.answers["/chat/completions"] = Answer(events=[chunk({"content": "hi"}), {"error": {"code": code}}])
    with pytest.raises(OpenAIError), llm_call("openai", "m") as call:
        read(call, openai.chat.completions.create(**CHAT, stream=True))
    assert spent(call)[:2] == ("error", expected)


def test_the_text_alone_of_a_helper(server: Provider, anthropic: Anthropic) -> None:
    server.answers["/v1/messages"] = Answer(events=messages(USED, {"output_tokens": 50}))
    with llm_call("anthropic", MODEL) as call, anthropic.messages.stream(**ASKED) as stream:
        assert list(call.watch(stream.text_stream)) == ["hi"]
        call.answer(stream.get_final_message())
    assert spent(call)[:3] == ("success", "none", "end_turn") and call.cost_usd == Decimal("0.01625")
    assert call.seconds_to_first_token is not None


def iteration(kind: str, **more: Any) -> Event:
    counts = {"input_tokens": 100, "output_tokens": 10, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0}
    return {"type": kind, **counts, **more}


@pytest.mark.parametrize(
    ("iterations", "tokens", "cost"),
    [
        ([iteration("message")], {"input": 1000, "output": 1}, Decimal("0.005025")),
        # Paid for, and not part of the other counts.
        ([iteration("compaction"), iteration("message")], {"input": 1100, "output": 11}, Decimal("0.005775")),
        # Another model's, at a price of its own.
        ([iteration("advisor_message", model="claude-haiku-5")], {"input": 1000, "output": 1}, None),
        ([iteration("fallback_message", model="claude-haiku-5")], {"input": 1000, "output": 1}, None),
        # No number of tokens.
        ([iteration("compaction") | {"input_tokens": -1}], {"input": 1000, "output": 11}, None),
    ],
)
def test_what_anthropic_did_beside_the_message(
    server: Provider, anthropic: Anthropic, iterations: list[Event], tokens: dict[str, int], cost: Decimal | None
) -> None:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "content": []}
    used = {"input_tokens": 1000, "output_tokens": 1, "iterations": iterations}
    server.answers["/v1/messages"] = Answer(message | {"stop_reason": "end_turn", "stop_sequence": None, "usage": used})
    with llm_call("anthropic", MODEL) as call:
        call.answer(anthropic.messages.create(**ASKED))
    assert spent(call) == ("success", "none", "end_turn", tokens) and call.cost_usd == cost
