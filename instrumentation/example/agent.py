"""One turn of the sales agent: retrieval, a call of the model with its fallback, now and then a tool."""

import asyncio
import random
from collections.abc import AsyncIterator

import httpx
from anthropic import AnthropicError, AsyncAnthropic

from agentpay_observability import (
    initialise_models,
    initialise_tools,
    llm_call,
    llm_fallback,
    rag_query,
    tool_call,
)

from .faults import Faults
from .settings import EMBEDDING_MODEL, FALLBACK_MODEL, MODEL, UNPRICED_MODEL, Settings

TOOLS = ("search_products", "get_order_status")


def initialise_metrics() -> None:
    """What the agent may call, at 0."""
    initialise_models("anthropic", MODEL, FALLBACK_MODEL, UNPRICED_MODEL, fallbacks=[(MODEL, FALLBACK_MODEL)])
    initialise_models("openai", EMBEDDING_MODEL)
    initialise_tools(*TOOLS)


class Agent:
    def __init__(self, settings: Settings, faults: Faults) -> None:
        self._faults = faults
        self._http = httpx.AsyncClient(base_url=settings.provider)
        self._client = AsyncAnthropic(base_url=settings.provider, api_key="sample", max_retries=0)

    async def reply(self, said: str) -> AsyncIterator[str]:
        """The answer, in pieces. Raises where the models fail."""
        documents = await self._retrieve(said)
        if random.random() < 0.5:
            self._use_tool(random.choice(TOOLS))
        model = UNPRICED_MODEL if self._faults.happens("model-unpriced") else MODEL
        try:
            async for piece in self.ask(model, said, documents):
                yield piece
        except AnthropicError:
            try:
                async for piece in self.ask(FALLBACK_MODEL, said, documents):
                    yield piece
            except AnthropicError:
                llm_fallback(model, FALLBACK_MODEL, succeeded=False)
                raise
            llm_fallback(model, FALLBACK_MODEL, succeeded=True)

    async def ask(self, model: str, said: str, documents: list[str]) -> AsyncIterator[str]:
        with llm_call("anthropic", model) as call:
            content = "\n".join([*documents, said])
            async with self._client.messages.stream(
                model=model, max_tokens=500, messages=[{"role": "user", "content": content}]
            ) as stream:
                async for event in call.watch(stream):
                    if event.type == "text":
                        yield event.text

    async def _retrieve(self, said: str) -> list[str]:
        """What the merchant's documents say of it; nothing where the retrieval fails."""
        try:
            with rag_query() as query:
                with query.stage("embed"):
                    await self._embed(said)
                with query.stage("search"):
                    if self._faults.happens("rag-slow"):
                        await asyncio.sleep(2)
                    if self._faults.happens("rag-errors"):
                        raise ConnectionError("the search was told to fail")
                found = [] if self._faults.happens("rag-empty") else ["Shoes, size 42, in stock"]
                query.found = len(found)
                return found
        except ConnectionError:
            return []

    async def _embed(self, said: str) -> None:
        with llm_call("openai", EMBEDDING_MODEL, "embeddings") as call:
            answer = await self._http.post("/v1/embeddings", json={"model": EMBEDDING_MODEL, "input": said})
            answer.raise_for_status()
            call.answer(answer.json())

    def _use_tool(self, tool: str) -> None:
        """A failure of a tool is an answer to the model: the turn goes on."""
        try:
            with tool_call(tool):
                if self._faults.happens("tool-errors"):
                    raise LookupError(f"{tool} was told to fail")
        except LookupError:
            pass
