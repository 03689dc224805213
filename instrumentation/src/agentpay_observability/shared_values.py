"""The values of this process's metrics where several processes count together: in files that each of them can read.

The client library has such values too. These cost a third, and are told apart by `identify` rather than by process id.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from threading import Lock
from typing import Any

from .value_files import ValueFile
from .workers import identify, shared_folder

#: No metric is written so often that one for all of them would be waited for.
_lock = Lock()


class _Files:
    """Those of this process, by the kind of metric."""

    def __init__(self) -> None:
        folder = shared_folder()
        if folder is None:
            raise RuntimeError("PROMETHEUS_MULTIPROC_DIR is no longer set")
        self._folder = folder
        self._name = identify()
        self._files: dict[str, ValueFile] = {}

    def of(self, kind: str) -> ValueFile:
        if kind not in self._files:
            self._files[kind] = ValueFile(self._folder / f"{kind}_{self._name}.db")
        return self._files[kind]


_files: _Files | None = None


def _after_fork() -> None:
    global _files, _lock
    _files = None
    # Another thread of the parent may have held it.
    _lock = Lock()


os.register_at_fork(after_in_child=_after_fork)


class SharedValue:
    """One value, as the client library makes and uses them (`prometheus_client.values`)."""

    __slots__ = ("_cell", "_file", "_files", "_key", "_kind")
    _multiprocess = True

    def __init__(
        self,
        typ: str,
        metric_name: str,
        name: str,
        labelnames: Sequence[str],
        labelvalues: Sequence[str],
        help_text: str,
        multiprocess_mode: str = "",
        **_: Any,
    ) -> None:
        self._kind = f"{typ}_{multiprocess_mode}" if typ == "gauge" else typ
        labels = dict(zip(labelnames, labelvalues, strict=True))
        self._key = json.dumps([metric_name, name, labels, help_text], sort_keys=True)
        with _lock:
            self._open()

    def _open(self) -> None:
        """In the files of this process. A forked one begins anew, with the first value that it changes."""
        global _files
        if _files is None:
            _files = _Files()
        self._files = _files
        self._file = _files.of(self._kind)
        self._cell = self._file.place(self._key)

    def inc(self, amount: float) -> None:
        with _lock:
            if self._files is not _files:
                self._open()
            self._file.cells[self._cell] += amount

    def set(self, value: float, timestamp: float | None = None) -> None:
        with _lock:
            if self._files is not _files:
                self._open()
            self._file.cells[self._cell] = value
            self._file.cells[self._cell + 1] = timestamp or 0.0

    def get(self) -> float:
        with _lock:
            if self._files is not _files:
                self._open()
            return self._file.cells[self._cell]

    def set_exemplar(self, exemplar: object) -> None:
        """There are none in the text format of several processes."""

    def get_exemplar(self) -> None:
        return None
