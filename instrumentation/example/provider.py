"""A stand-in for the APIs of Anthropic and OpenAI: streamed messages and embeddings, in their formats."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse

from .faults import Faults
from .settings import FALLBACK_MODEL, Settings

faults = Faults(Settings.load().folder)
app = FastAPI()
LIMIT = 4000
_ERRORS = {
    "llm-failures": (529, "overloaded_error"),
    "llm-rate-limited": (429, "rate_limit_error"),
    "llm-model-rejected": (404, "not_found_error"),
}


@app.post("/v1/messages")
async def messages(request: Request) -> Any:
    asked = await request.json()
    model = str(asked["model"])
    for fault, (status, kind) in _ERRORS.items():
        if faults.happens(fault):
            return _refused(status, kind)
    if model != FALLBACK_MODEL and faults.happens("llm-fallback"):
        return _refused(529, "overloaded_error")
    if faults.happens("llm-slow"):
        await asyncio.sleep(6)
    prompt = sum(len(str(message["content"])) for message in asked["messages"]) // 4 + 20
    truncated = faults.happens("llm-truncated")
    return StreamingResponse(_reply(model, prompt, truncated), media_type="text/event-stream", headers=_limits())


@app.post("/v1/embeddings")
async def embeddings(request: Request) -> dict[str, Any]:
    asked = await request.json()
    tokens = len(asked["input"]) // 4 + 1
    vector = {"object": "embedding", "index": 0, "embedding": [0.1, 0.2, 0.3]}
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": [vector], "model": asked["model"], "usage": usage}


def _refused(status: int, kind: str) -> JSONResponse:
    error = {"type": "error", "error": {"type": kind, "message": "the sample's provider was told to fail"}}
    return JSONResponse(error, status, headers=_limits() | {"x-should-retry": "false"})


def _limits() -> dict[str, str]:
    remaining = 0 if faults.happens("llm-rate-limited") else random.randint(LIMIT // 2, LIMIT)
    kinds = ("requests", "input-tokens", "output-tokens")
    return {
        f"anthropic-ratelimit-{kind}-{name}": str(value)
        for kind in kinds
        for name, value in (("limit", LIMIT), ("remaining", remaining))
    }


async def _reply(model: str, prompt: int, truncated: bool) -> AsyncIterator[str]:
    """Server-sent events, as the API streams a message."""
    usage = {
        "input_tokens": prompt,
        "output_tokens": 1,
        "cache_read_input_tokens": 800,
        "cache_creation_input_tokens": 0,
    }
    message = {"id": "msg_sample", "type": "message", "role": "assistant", "model": model, "content": []}
    yield _event("message_start", message=message | {"stop_reason": None, "stop_sequence": None, "usage": usage})
    yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    words = ["Here", "is", "what", "I", "found", "for", "you", "in", "the", "shop", "today"]
    for word in words:
        await asyncio.sleep(0.01)
        yield _event("content_block_delta", index=0, delta={"type": "text_delta", "text": f"{word} "})
    yield _event("content_block_stop", index=0)
    delta = {"stop_reason": "max_tokens" if truncated else "end_turn", "stop_sequence": None}
    yield _event("message_delta", delta=delta, usage={"output_tokens": 2 * len(words)})
    yield _event("message_stop")


def _event(kind: str, **content: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **content})}\n\n"
