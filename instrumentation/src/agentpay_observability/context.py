"""Who a request is about: on every line of its logs, and on what Sentry gets of it."""

import sys


def bind_conversation(conversation_id: str, organisation_id: str, **more: str | int) -> None:
    """Binds it for the rest of this request, WebSocket or job. `more` is context for Sentry, such as `stage`.

    Ids only: no name, address or text of a person. Does what there is to do where structlog and Sentry are in use.
    """
    ids = {"conversation_id": conversation_id, "organisation_id": organisation_id}
    if structlog := sys.modules.get("structlog"):
        structlog.contextvars.bind_contextvars(**ids)
    if sentry_sdk := sys.modules.get("sentry_sdk"):
        scope = sentry_sdk.get_isolation_scope()
        scope.set_tags(ids)
        scope.set_context("conversation", ids | more)
        # Groups the calls of a conversation in Sentry's view of agents; older SDKs have no such view.
        if group := getattr(sentry_sdk.get_current_scope(), "set_conversation_id", None):
            group(conversation_id)


def trace_id() -> str | None:
    """The trace in Sentry that this is part of, sampled or not; None where Sentry is not in use."""
    sentry_sdk = sys.modules.get("sentry_sdk")
    if sentry_sdk is None or not sentry_sdk.is_initialized():
        return None
    traceparent: str | None = sentry_sdk.get_traceparent()
    return traceparent.split("-")[0] if traceparent else None
