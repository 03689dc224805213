"""What all processes of a server have counted together, the dead included.

The counts of a process that has died are added to the archive, and its files are removed: reading takes as long as the
living are many. The archive is replaced as a whole, and says whose counts it has. Whatever is interrupted, nothing is
counted twice and nothing is lost.
"""

from __future__ import annotations

import json
import math
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .combined import Values, add, exact, fewer, merge
from .faults import fault
from .value_files import read_values
from .workers import Worker, forget, locked, process_metrics, workers

#: Gauges that keep what the dead measured. Of each process alone (`all`) that would be a series for ever.
_LASTING = ("gauge_sum_", "gauge_min_", "gauge_max_", "gauge_mostrecent_")


@dataclass
class Archive:
    """The counts of the dead."""

    values: Values = field(default_factory=dict)
    #: The same of gauges, by server: with a server's last process ends what they measured.
    gauges: dict[str, Values] = field(default_factory=dict)
    cpu_seconds: list[float] = field(default_factory=list)
    #: Whose files may still be there, though their counts are in it.
    absorbed: list[str] = field(default_factory=list)

    @staticmethod
    def load(folder: Path) -> Archive:
        try:
            return Archive(**json.loads(_archive_file(folder).read_bytes()))
        except FileNotFoundError:
            return Archive()
        except (ValueError, TypeError) as error:
            fault("file", "the archive can't be read: it is set aside, and what is in it is missing", error=error)
            _archive_file(folder).replace(folder / "archive.broken")
            return Archive()

    def save(self, folder: Path) -> None:
        self.values = fewer(self.values)
        self.gauges = {server: fewer(gauges) for server, gauges in self.gauges.items()}
        self.cpu_seconds = exact(self.cpu_seconds)
        new = folder / "archive.new"
        with new.open("w") as file:
            # In one piece: written as it comes, it is made by Python instead of C, and takes many times as long.
            file.write(json.dumps(vars(self)))
            file.flush()
            os.fsync(file.fileno())
        new.replace(_archive_file(folder))


@dataclass
class Together:
    """All counts at one moment."""

    values: Values
    living: list[Worker]
    #: Of the living and the dead: like every counter it never falls.
    cpu_seconds: float


def collect(folder: Path) -> Together:
    """Reads what all have counted, and archives the dead."""
    with locked(folder):
        archive = Archive.load(folder)
        files = _files_by_name(folder)
        everyone = {worker.name: worker for worker in workers(folder)}
        dead = [name for name in {*files, *everyone} if not _lives(name, everyone.get(name), files[name])]
        if dead:
            _absorb(folder, archive, dead, files, everyone)
        living = [worker for worker in everyone.values() if worker.alive]
        values = archive.values
        for gauges in archive.gauges.values():
            merge(values, gauges)
        for name, its_files in files.items():
            if name not in dead:
                _read(values, its_files)
        cpu_seconds = math.fsum([*archive.cpu_seconds, *(worker.cpu_seconds for worker in living)])
        return Together(values, living, cpu_seconds)


def clear(folder: Path) -> None:
    """Begins anew: removes what earlier runs have left, except for files of who still lives."""
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        everyone = {worker.name: worker for worker in workers(folder)}
        for name, files in _files_by_name(folder).items():
            if name not in everyone or not everyone[name].alive:
                _remove(folder, name, files)
        _archive_file(folder).unlink(missing_ok=True)


def _absorb(
    folder: Path, archive: Archive, dead: list[str], files: dict[str, list[Path]], everyone: dict[str, Worker]
) -> None:
    new = [name for name in dead if name not in archive.absorbed]
    _read(archive.values, [file for name in new for file in files[name] if not file.name.startswith("gauge_")])
    for worker in (everyone[name] for name in new if name in everyone):
        archive.cpu_seconds.append(worker.cpu_seconds)
        # What the dead measured is no longer so, unless the metric says otherwise.
        lasting = [file for file in files[worker.name] if file.name.startswith(_LASTING)]
        _read(archive.gauges.setdefault(worker.server, {}), lasting)
    living = {worker.server for worker in everyone.values() if worker.alive}
    archive.gauges = {server: gauges for server, gauges in archive.gauges.items() if server in living}
    if new:
        archive.absorbed = dead
        archive.save(folder)
    for name in dead:
        _remove(folder, name, files[name])
    archive.absorbed = []
    archive.save(folder)


def _remove(folder: Path, name: str, files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
    # Last: without it nobody would know whose the files are.
    forget(folder, name)


def _lives(name: str, worker: Worker | None, files: list[Path]) -> bool:
    if worker is not None:
        return worker.alive
    # Of a metric that was made before the package was imported: all that is known is a process id.
    if not name.isdigit():
        return False
    started = process_metrics(int(name)).get("process_start_time_seconds")
    with suppress(FileNotFoundError):
        return started is not None and all(started <= file.stat().st_mtime for file in files)
    return False


def _files_by_name(folder: Path) -> dict[str, list[Path]]:
    files: dict[str, list[Path]] = defaultdict(list)
    for file in folder.glob("*_*.db"):
        files[file.stem.rpartition("_")[2]].append(file)
    return files


def _read(values: Values, files: Iterable[Path]) -> None:
    rows: dict[tuple[str, tuple[str, ...]], list[Sequence[Any]]] = defaultdict(list)
    for file in files:
        kind, _, name = file.stem.rpartition("_")
        try:
            keys, found, times = read_values(file)
        except FileNotFoundError:
            continue
        except Exception as error:
            fault("file", "%s can't be read: its counts are missing", file.name, error=error)
            continue
        if kind.endswith("mostrecent"):
            # One that was never set has no time.
            set_values = [(key, [time, value]) for key, value, time in zip(keys, found, times, strict=True) if time]
            rows[kind, tuple(key for key, _ in set_values)].append([value for _, value in set_values])
        elif kind.endswith("all"):
            rows[kind, tuple(_with_pid(key, name.partition("-")[0]) for key in keys)].append(found)
        else:
            rows[kind, keys].append(found)
    for (kind, keys), each in rows.items():
        add(values, kind, keys, each)


def _with_pid(key: str, pid: str) -> str:
    metric, sample, labels, help_text = json.loads(key)
    return json.dumps([metric, sample, {**labels, "pid": pid}, help_text])


def _archive_file(folder: Path) -> Path:
    return folder / "archive.json"
