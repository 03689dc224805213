"""What the AgentPay server installs to expose what its monitoring expects."""

from .archive import collect
from .asgi import MetricsEndpoint, MetricsMiddleware
from .business import (
    checkout_completed,
    checkout_failed,
    conversation_ended,
    conversation_started,
    initialise_tools,
    job,
    rag_query,
    tool_call,
)
from .collectors import watch_pool, watch_queue
from .context import bind_conversation
from .cost import cost_usd
from .exposition import serve_metrics
from .faults import harmless
from .llm import initialise_models, llm_call, llm_fallback, llm_rate_limits
from .workers import shared_folder

__all__ = [
    "MetricsEndpoint",
    "MetricsMiddleware",
    "bind_conversation",
    "checkout_completed",
    "checkout_failed",
    "conversation_ended",
    "conversation_started",
    "cost_usd",
    "initialise_models",
    "initialise_tools",
    "job",
    "llm_call",
    "llm_fallback",
    "llm_rate_limits",
    "rag_query",
    "serve_metrics",
    "tool_call",
    "watch_pool",
    "watch_queue",
]

if folder := shared_folder():
    # Whoever begins archives who has died: no scrape finds many of them.
    with harmless("those who have died were not archived"):
        collect(folder)
