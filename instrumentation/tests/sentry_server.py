"""The application that the Sentry tests put under a real server: it handles secrets, and breaks on them."""

import logging

import httpx
import sentry_sdk
from fastapi import FastAPI, Request, WebSocket

from agentpay_observability import MetricsMiddleware, bind_conversation, llm_call
from agentpay_observability.sentry import init_sentry

init_sentry(release="agentpay@1.2.3")
app = FastAPI()
app.add_middleware(MetricsMiddleware)


class Overloaded(Exception):
    status_code = 529


@app.post("/chat/{conversation_id}")
async def chat(conversation_id: str, request: Request) -> None:
    said = (await request.json())["message"]
    bind_conversation(conversation_id, "o-1", stage="discovery")
    messages = [{"role": "user", "content": said}]
    sentry_sdk.add_breadcrumb(message="asked", data={"messages": messages, "email": "sentinel@example.com"})
    logging.getLogger("app").warning("calling with key sk-ant-sentinel-000000")
    async with httpx.AsyncClient() as client:
        await client.get(str(request.url_for("health")), params={"api_key": "sentinel-query"})
    with llm_call("anthropic", "claude-haiku-4-5") as call:
        call.first_token()
        call.usage({"input_tokens": 20, "output_tokens": 5, "cache_read_input_tokens": 100})
        call.stop_reason = "end_turn"
    sentry_sdk.set_extra("prompt", said)
    sentry_sdk.logger.error("sentinel@example.com asked {what}", what="password=sentinel", attributes={"prompt": said})
    sentry_sdk.metrics.count("asked", 1, attributes={"email": "sentinel@example.com", "stage": "discovery"})
    sentry_sdk.get_isolation_scope().add_attachment(said.encode(), filename="said.txt", add_to_transactions=True)
    sentry_sdk.set_user({"email": "sentinel@example.com", "ip_address": "192.0.2.7"})
    sentry_sdk.get_isolation_scope().start_session(session_mode="application")
    sentry_sdk.get_isolation_scope().end_session()
    with llm_call("anthropic", "claude-haiku-4-5"):
        raise Overloaded("overloaded, asked by sentinel@example.com")


@app.post("/checkouts")
async def checkout(request: Request) -> None:
    card = (await request.json())["card"]
    with sentry_sdk.start_span(op="pay", name=f"pay with {card}") as span:
        span.set_data("card_number", card)
        span.set_data("to", f"sentinel@example.com pays with {card}")


@app.websocket("/talk/{how}")
async def talk(websocket: WebSocket, how: str) -> None:
    await websocket.accept()
    await websocket.send_text("hello")
    # Lets the client's leaving out.
    await websocket.receive_text()


@app.post("/uploads")
async def upload(request: Request) -> None:
    # So it does here.
    await request.body()


@app.get("/healthz")
async def health() -> str:
    return "ok"
