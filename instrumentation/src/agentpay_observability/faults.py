"""Faults of the instrumentation itself: logged and counted, and never the application's."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

from . import metrics

_log = logging.getLogger(__name__)
#: Between two lines of one kind: what fails with each request would fill the log.
_PAUSE_SECONDS = 60.0
#: A float counts on from here in steps of more than 1.
MOST = 2**53
_logged: dict[str, float] = {}

Kind = Literal["accounting", "value", "file"]


def fault(kind: Kind, message: str, *values: object, error: BaseException | None = None) -> None:
    """Counts a fault, and logs it unless one of its kind was logged within the last minute."""
    with suppress(Exception):
        metrics.instrumentation_faults.labels(kind).inc()
        now = time.monotonic()
        if now - _logged.get(kind, -math.inf) >= _PAUSE_SECONDS:
            _logged[kind] = now
            _log.error(message, *values, exc_info=error)


@contextmanager
def harmless(message: str, *values: object) -> Iterator[None]:
    """Around accounting: what it raises stays here."""
    try:
        yield
    except Exception as error:
        fault("accounting", message, *values, error=error)


def is_amount(value: Any, of: str, most: int = MOST) -> bool:
    """Whether it can be counted: a number from 0 to `most`. Others would spoil a sum for ever, and are faults."""
    # NaN is not comparable, or raises; what is no number raises as well.
    with suppress(Exception):
        if 0 <= value <= most:
            return True
    fault("value", "refused %s as %s", type(value).__name__ if isinstance(value, str) else repr(value)[:40], of)
    return False
