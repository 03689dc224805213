"""The files that hold the values of a process, in the client library's own format: it may have made some of them.

A file begins with the number of bytes that are in use, as an integer of four bytes and four of padding. Then come
the entries: the length of the key in four bytes, the key, padding up to a multiple of eight, and two doubles: the
value, and the time it was set.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_HEAD = 8
#: The value and its time.
_ENTRY_VALUES = 16
_INTEGER = struct.Struct("i")
_SMALLEST = 1 << 16


class ValueFile:
    """One that this process writes. Not for several threads at once."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b")
        self._places: dict[str, int] = {}
        self._used = _HEAD
        self._resize(_SMALLEST)
        self._data[:4] = _INTEGER.pack(_HEAD)

    def place(self, key: str) -> int:
        """Which of the cells has the value of this key; the next one has its time. A key that is new has 0."""
        known = self._places.get(key)
        if known is not None:
            return known
        raw = key.encode()
        entry = _INTEGER.pack(len(raw)) + raw + b" " * (8 - (len(raw) + 4) % 8) + bytes(_ENTRY_VALUES)
        while self._used + len(entry) > len(self._data):
            self._resize(2 * len(self._data))
        end = self._used + len(entry)
        self._data[self._used : end] = entry
        # Last: who reads meanwhile sees it whole or not at all.
        self._data[:4] = _INTEGER.pack(end)
        self._used = end
        self._places[key] = cell = (end - _ENTRY_VALUES) // 8
        return cell

    def _resize(self, size: int) -> None:
        self._file.truncate(size)
        self._data = mmap.mmap(self._file.fileno(), size)
        #: The file as doubles, each of which is written as a whole: entries are as long as several of them.
        self.cells = memoryview(self._data).cast("d")


@dataclass(frozen=True)
class _Layout:
    """Where the entries of a file are. The processes of a server mostly make the same series in the same order, and
    reading all of a known layout at once is many times faster than entry by entry."""

    keys: tuple[str, ...]
    raw_keys: tuple[bytes, ...]
    fields: struct.Struct


_layouts: dict[int, _Layout] = {}
_MOST_LAYOUTS = 64


def read_values(file: Path) -> tuple[tuple[str, ...], Sequence[float], Sequence[float]]:
    """Keys, values and times. Raises ValueError where the file is none of the client library's, or torn."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD)
        used = _INTEGER.unpack_from(head)[0] if len(head) == _HEAD else 0
        data = opened.read(max(0, used - _HEAD))
    if len(data) < used - _HEAD:
        raise ValueError(f"{file.name} has {len(data)} of {used} bytes")
    if not data:
        return (), (), ()
    layout = _layouts.get(used)
    fields = layout.fields.unpack(data) if layout else ()
    if layout is None or fields[::3] != layout.raw_keys:
        layout = _layout_of(data, file.name)
        if len(_layouts) >= _MOST_LAYOUTS:
            _layouts.clear()
        _layouts[used] = layout
        fields = layout.fields.unpack(data)
    return layout.keys, fields[1::3], fields[2::3]


def _layout_of(data: bytes, name: str) -> _Layout:
    keys: list[str] = []
    formats = ["="]
    position = 0
    while position < len(data):
        length = _INTEGER.unpack_from(data, position)[0]
        width = 4 + length + 8 - (length + 4) % 8
        if length <= 0 or position + width + 16 > len(data):
            raise ValueError(f"{name} is torn at byte {_HEAD + position}")
        keys.append(_text(data[position + 4 : position + 4 + length]))
        formats.append(f"{width}sdd")
        position += width + 16
    fields = struct.Struct("".join(formats))
    return _Layout(tuple(keys), fields.unpack(data)[::3], fields)


@lru_cache(1 << 16)
def _text(raw: bytes) -> str:
    """The same text for the same key: dictionaries know it without comparing."""
    return raw.decode()
