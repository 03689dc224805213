"""Faults of the instrumentation itself: logged and counted, and never the application's."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Literal

from . import metrics

_log = logging.getLogger(__name__)
#: Between two lines of one kind: what fails with each request would fill the log.
_PAUSE_SECONDS = 60.0
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


def is_amount(value: Decimal | float, of: str) -> bool:
    """Whether it can be counted: finite and not negative. Others would spoil a sum for ever, and are faults."""
    if math.isfinite(value) and value >= 0:
        return True
    fault("value", "refused %s as %s", value, of)
    return False
