"""What the AgentPay server installs to expose what its monitoring expects."""

from .asgi import MetricsEndpoint, MetricsMiddleware
from .context import bind_conversation
from .cost import cost_usd
from .llm import llm_call

__all__ = ["MetricsEndpoint", "MetricsMiddleware", "bind_conversation", "cost_usd", "llm_call"]
