"""Logs as the CloudWatch agent collects them: one JSON object per line. Needs structlog: the extra `logs`.

What belongs to all lines of a request comes from context variables:
`structlog.contextvars.bind_contextvars(trace_id=..., conversation_id=..., organisation_id=...)`.
"""

import logging
import os
import sys
from itertools import islice
from logging.handlers import WatchedFileHandler
from pathlib import Path

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from .context import trace_id
from .environment import LOG_DIRECTORY
from .redaction import redact_entries

#: With microseconds even where they are 0, which ISO 8601 of the standard library leaves out.
_TIMESTAMP = structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%S.%fZ", utc=True)
#: Bytes of an event of the CloudWatch agent, its own overhead taken off.
_MOST_LINE = 250_000
#: What is left of a longer one: fields that queries look for are short.
_SHORT = 200
_MOST_FIELDS = 50
#: Loggers that uvicorn gives handlers of their own before it imports the application.
_UVICORN_LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")


def configure_logs(service: str, level: int = logging.INFO) -> None:
    """Sends the logs of structlog, the standard library and uvicorn to `<LOG_DIRECTORY>/<service>.log`.

    Call it once, where the application is made. Without LOG_DIRECTORY the lines go to standard error. A file that is
    renamed by rotation is opened anew. Raises ValueError where the file cannot be written.
    """
    handler = _handler(service)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.stdlib.add_log_level,
        _TIMESTAMP,
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _name_error,
                # Values of local variables are what people wrote and what they pay with.
                structlog.processors.ExceptionRenderer(
                    structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
                ),
                _redact_and_order,
                _render,
            ],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, structlog.stdlib.ProcessorFormatter):
            root.removeHandler(old)
            old.close()
    root.addHandler(handler)
    root.setLevel(level)
    for name in _UVICORN_LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


_json = structlog.processors.JSONRenderer()


def _render(logger: WrappedLogger, method: str, event: EventDict) -> str | bytes:
    """One line, of no more than what the agent takes: it cuts a longer one, so that no query could read its fields."""
    line = _json(logger, method, event)
    if len(line) <= _MOST_LINE:
        return line
    short = ((name, value) for name, value in event.items() if len(str(value)) <= _SHORT or name == "event")
    return _json(logger, method, {**dict(islice(short, _MOST_FIELDS)), "cut_from_characters": len(line)})


def _handler(service: str) -> logging.Handler:
    directory = os.environ.get(LOG_DIRECTORY)
    if not directory:
        return logging.StreamHandler()
    path = Path(directory) / f"{service}.log"
    try:
        return WatchedFileHandler(path, encoding="utf-8")
    except OSError as error:
        advice = "create the folder, writable for the service, or unset LOG_DIRECTORY to log to standard error"
        raise ValueError(f"LOG_DIRECTORY: {path} cannot be written ({error.strerror}): {advice}") from error


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Sentry's trace, where the application has not bound one of its own."""
    if "trace_id" not in event and (current := trace_id()):
        event["trace_id"] = current
    return event


def _name_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Adds the class of the exception, by which failures are counted."""
    if exc_info := event.pop("exc_info", None):
        current = exc_info if isinstance(exc_info, (BaseException, tuple)) else sys.exc_info()
        error = current if isinstance(current, BaseException) else current[1]
        # Where there is none, structlog 24.1 breaks on rendering it, and the line is lost.
        if error is not None:
            event["exc_info"] = error
            event.setdefault("error_type", type(error).__name__)
    return event


def _redact_and_order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The timestamp comes first: the agent takes the first text of a line that looks like one."""
    event.pop("color_message", None)
    first = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    return {**first, **redact_entries({"event": first.get("event"), **event})}
