"""Says in the contract's words why an LLM call failed, from what the SDKs of Anthropic and OpenAI raise or tell."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

#: By the words that providers give in an error's `type`, `code` or `error_code`.
_BY_WORD = {
    # An account that can't pay: waiting does not help, a person has to act.
    "billing_error": "billing",
    "insufficient_quota": "billing",
    "billing_hard_limit_reached": "billing",
    "billing_not_active": "billing",
    "contract_spend_limit_reached": "billing",
    "enforced_spend_limit_reached": "billing",
    "linked_organization_spend_limit_reached": "billing",
    "linked_organization_billing_unavailable": "billing",
    "user_profile_not_billable": "billing",
    "rate_limit_error": "rate_limit",
    "rate_limit_exceeded": "rate_limit",
    "ramp_limit_exceeded": "rate_limit",
    "overloaded_error": "overloaded",
    "server_overloaded": "overloaded",
    "service_unavailable": "overloaded",
    "service_unavailable_error": "overloaded",
    "slow_down": "overloaded",
    "timeout_error": "timeout",
    "vector_store_timeout": "timeout",
    "api_error": "server_error",
    "server_error": "server_error",
    "internal_server_error": "server_error",
    "authentication_error": "authentication",
    "invalid_api_key": "authentication",
    "permission_error": "permission",
    "not_found_error": "not_found",
    "model_not_found": "not_found",
    "invalid_request_error": "invalid_request",
    "context_length_exceeded": "invalid_request",
    "conflict_error": "invalid_request",
    "invalid_prompt": "invalid_request",
}
_BY_STATUS = {401: "authentication", 402: "billing", 403: "permission", 404: "not_found", 408: "timeout"}
_BY_STATUS |= {429: "rate_limit", 504: "timeout", 529: "overloaded"}
#: Anthropic refuses an empty account as an invalid request: the text alone says why.
_BILLING_TEXT = "credit balance is too low"
#: Classes of httpx, httpx2, aiohttp, urllib3 and the SDKs, none of which is an OSError.
_TRANSPORT = frozenset({"TransportError", "APIConnectionError", "ClientConnectionError", "ProtocolError", "OSError"})
_MOST_CAUSES = 10


def error_type_of(error: BaseException) -> str:
    """The contract's word for a failure; `other` where neither it nor what caused it is known."""
    return next((kind for link in _causes(error) if (kind := _kind_of(link)) != "other"), "other")


def error_type_of_words(*words: object) -> str:
    """The contract's word for an error that a provider told in an answer: by its code, then by its type."""
    known = [_BY_WORD.get(str(word)) or _kind_of_status(word) for word in words]
    return "billing" if "billing" in known else next((kind for kind in known if kind != "other"), "other")


def _kind_of_status(status: object) -> str:
    """By the status of an answer. Servers of OpenAI's API that are not OpenAI's tell it as an error's code."""
    number = int(str(status)) if re.fullmatch(r"[45]\d\d", str(status)) else 0
    return _BY_STATUS.get(number) or ("server_error" if number >= 500 else "invalid_request" if number else "other")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, those of its group, and what each was raised from."""
    waiting, seen = [error], 0
    while waiting and seen < _MOST_CAUSES:
        link = waiting.pop(0)
        seen += 1
        yield link
        waiting.extend(getattr(link, "exceptions", ()))
        cause = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
        if cause is not None:
            waiting.append(cause)


def _kind_of(error: BaseException) -> str:
    body = _mapping(getattr(error, "body", None))
    told = _mapping(body.get("error")) or body
    code = (
        getattr(error, "error_code", None),
        _mapping(told.get("details")).get("error_code"),
        getattr(error, "code", None),
        told.get("code"),
    )
    category = (getattr(error, "type", None), told.get("type"))
    if error_type_of_words(*code, *category) == "billing" or _BILLING_TEXT in str(told.get("message", "")).lower():
        return "billing"
    if (kind := error_type_of_words(*code)) != "other":
        return kind
    # An error inside a stream has the status of the answer that it broke off: 200.
    if (kind := _kind_of_status(getattr(error, "status_code", None))) != "other":
        return kind
    return kind if (kind := error_type_of_words(*category)) != "other" else _kind_of_class(error)


def _kind_of_class(error: BaseException) -> str:
    names = {ancestor.__name__ for ancestor in type(error).__mro__}
    if any("Timeout" in name for name in names):
        return "timeout"
    return "connection" if names & _TRANSPORT else "other"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
