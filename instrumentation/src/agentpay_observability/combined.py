"""How the values of several processes become one.

Floating-point numbers have another sum in another order, if by the last digit alone. To Prometheus a counter that falls
by so much has begun anew, and all of it is counted once more. So the contributions are kept as they are, and what is
shown is their exact sum, rounded once: it can't fall where none of them does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

#: What each process contributes. Of a gauge whose latest value counts, with its time before it.
Contributions = list[Any]
#: By the kind of file, and the key that the client library gives a series.
Values = dict[str, dict[str, Contributions]]


@dataclass(frozen=True)
class _Combination:
    result: Callable[[Contributions], float]
    #: Fewer contributions with the same result, whatever comes to them.
    fewer: Callable[[Contributions], Contributions]


def exact(values: Iterable[float]) -> list[float]:
    """The fewest numbers that have exactly the same sum."""
    values = list(values)
    parts: list[float] = []
    while rest := math.fsum([*values, *(-part for part in parts)]):
        parts.append(rest)
    return parts


_SUM = _Combination(math.fsum, exact)
_OTHERS = {
    "min": _Combination(min, lambda values: [min(values)]),
    "max": _Combination(max, lambda values: [max(values)]),
    "mostrecent": _Combination(lambda values: float(max(values)[1]), lambda values: [max(values)]),
}


def result_of(kind: str, contributions: Contributions) -> float:
    """The one value, by what the client library calls the kind of metric."""
    return _combination(kind).result(contributions)


def add(values: Values, kind: str, keys: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Notes the contributions of processes that have the same keys: of each process, one for each key."""
    known = values.setdefault(kind, {})
    # By key, not by process: those of a server mostly have the same, and this does the most of it outside of Python.
    for key, contributions in zip(keys, zip(*rows, strict=True), strict=True):
        known.setdefault(key, []).extend(contributions)


def merge(values: Values, more: Values) -> None:
    """Notes several contributions for each key."""
    for kind, found in more.items():
        known = values.setdefault(kind, {})
        for key, contributions in found.items():
            known.setdefault(key, []).extend(contributions)


def fewer(values: Values) -> Values:
    """The same, with as few contributions as it takes."""
    return {
        kind: {key: _combination(kind).fewer(contributions) for key, contributions in found.items()}
        for kind, found in values.items()
    }


def _combination(kind: str) -> _Combination:
    return _OTHERS.get(kind.removeprefix("gauge_").removeprefix("live"), _SUM)
