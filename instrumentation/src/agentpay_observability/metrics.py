"""Every metric of the contract that the API and the worker expose."""

from itertools import product

from prometheus_client.metrics import MetricWrapperBase

from .contract import DEFINITIONS, Definition, counter, gauge, histogram

requests = counter("agentpay_requests_total")
request_latency = histogram("agentpay_request_latency_seconds")
websocket_connections = gauge("agentpay_websocket_connections")
websocket_connects = counter("agentpay_websocket_connects_total")
websocket_disconnects = counter("agentpay_websocket_disconnects_total")

active_conversations = gauge("agentpay_active_conversations", "sum")
conversations_started = counter("agentpay_conversations_started_total")
conversations = counter("agentpay_conversations_total")
checkouts = counter("agentpay_checkouts_total")
checkout_revenue = counter("agentpay_checkout_revenue_usd_total")

llm_requests = counter("agentpay_llm_requests_total")
llm_request_duration = histogram("agentpay_llm_request_duration_seconds")
llm_time_to_first_token = histogram("agentpay_llm_time_to_first_token_seconds")
llm_tokens = counter("agentpay_llm_tokens_total")
llm_cost = counter("agentpay_llm_cost_usd_total")
llm_unpriced_requests = counter("agentpay_llm_unpriced_requests_total")
llm_fallbacks = counter("agentpay_llm_fallbacks_total")
llm_responses = counter("agentpay_llm_responses_total")
llm_ratelimit_remaining = gauge("agentpay_llm_ratelimit_remaining", "livemostrecent")
llm_ratelimit_limit = gauge("agentpay_llm_ratelimit_limit", "livemostrecent")
llm_ledger_dropped = counter("agentpay_llm_ledger_dropped_total")
tool_calls = counter("agentpay_tool_calls_total")
rag_query_duration = histogram("agentpay_rag_query_duration_seconds")
rag_queries = counter("agentpay_rag_queries_total")

worker_queue_depth = gauge("agentpay_worker_queue_depth", "livemostrecent")
worker_oldest_job_age = gauge("agentpay_worker_oldest_job_age_seconds", "livemostrecent")
worker_jobs = counter("agentpay_worker_jobs_total")
db_pool_connections = gauge("agentpay_db_pool_connections")
db_pool_limit = gauge("agentpay_db_pool_limit")

instrumentation_faults = counter("agentpay_instrumentation_faults_total")


def initialise() -> None:
    """Makes every label set known whose labels are all closed: ratios misbehave before a first event otherwise."""
    for metric in list(globals().values()):
        if isinstance(metric, MetricWrapperBase):
            definition = definition_of(metric)
            values = list(definition.labels.values())
            if values and all(value is not None for value in values):
                for labels in product(*(value or () for value in values)):
                    metric.labels(*labels)


def definition_of(metric: MetricWrapperBase) -> Definition:
    """The contract's entry of a metric. The client library keeps a counter's name without its `_total`."""
    name: str = metric._name
    return DEFINITIONS.get(name) or DEFINITIONS[f"{name}_total"]


initialise()
