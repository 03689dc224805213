"""Values of the labels that the contract leaves open, such as a tool's name: few, even where they come from outside."""

from __future__ import annotations

from .faults import fault

#: Of each label: many times what an application has. A model that invents names of tools gets no further.
MOST_VALUES = 100
OTHER = "other"

_known: dict[str, set[str]] = {}


def few(label: str, value: str) -> str:
    """The value itself, or `other` where this process has had a hundred different ones of this label before."""
    known = _known.setdefault(label, set())
    if value not in known:
        if len(known) >= MOST_VALUES:
            fault("value", "more than %s values of the label %s: the others are counted as one", MOST_VALUES, label)
            return OTHER
        known.add(value)
    return value


def forget_labels() -> None:
    """For tests, which begin anew with the metrics."""
    _known.clear()
