"""The processes that share PROMETHEUS_MULTIPROC_DIR: who they are, and which of them live.

Each holds a lock on a file of its own for as long as it lives, and the kernel lets go of it when the process is gone,
however it went and whichever server had started it. A process id would not do: it is given again, and containers that
share a volume each have the same ones.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import ProcessCollector

#: A scrape reads for milliseconds: who waits longer is better off without an answer.
_MOST_LOCK_SECONDS = 10.0
#: Of a worker's file, which is written anew in place.
_WIDTH = 256


@dataclass
class Worker:
    """One process, as its file tells of it."""

    name: str
    pid: int
    #: Process ids mean something within it alone.
    namespace: str
    #: What started it: the processes of one server have the same.
    server: str
    #: When it was last looked at.
    cpu_seconds: float = 0.0
    alive: bool = True

    @property
    def is_visible(self) -> bool:
        """Whether this process sees it under its process id."""
        return self.alive and self.namespace == _namespace()


@dataclass
class _Own:
    name: str
    pid: int
    descriptor: int


_own: _Own | None = None


def shared_folder() -> Path | None:
    """The folder of PROMETHEUS_MULTIPROC_DIR; None where this process counts for itself alone."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(folder) if folder else None


def identify() -> str:
    """The name of this process in its files. A forked one gets its own."""
    global _own
    if _own is None or _own.pid != os.getpid():
        folder = shared_folder()
        if folder is None:
            raise RuntimeError("PROMETHEUS_MULTIPROC_DIR is no longer set")
        _own = _begin(folder)
    return _own.name


def _begin(folder: Path) -> _Own:
    pid = os.getpid()
    while True:
        name = f"{pid}-{secrets.token_hex(6)}"
        file = _lock_file(folder, name)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # Who looked at it before it was locked took it for a dead one's, and removed it.
        if file.exists():
            _write(descriptor, Worker(name, pid, _namespace(), _server()))
            return _Own(name, pid, descriptor)
        os.close(descriptor)


def _after_fork() -> None:
    global _own
    if _own is not None:
        # The lock is the parent's: it would outlive it with a copy.
        os.close(_own.descriptor)
        _own = None


os.register_at_fork(after_in_child=_after_fork)


def workers(folder: Path) -> Iterator[Worker]:
    """All that have a file, living and dead. The CPU time of the living is noted in it. Within `locked` alone."""
    for file in folder.glob("worker_*.lock"):
        with suppress(FileNotFoundError):
            yield _look_at(file)


def _look_at(file: Path) -> Worker:
    name = file.stem.removeprefix("worker_")
    descriptor = os.open(file, os.O_RDWR)
    try:
        worker = _read(descriptor, name)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            worker.alive = False
        except BlockingIOError:
            if worker.is_visible:
                seconds = process_metrics(worker.pid).get("process_cpu_seconds_total", 0.0)
                worker.cpu_seconds = max(worker.cpu_seconds, seconds)
                _write(descriptor, worker)
        return worker
    finally:
        os.close(descriptor)


def forget(folder: Path, name: str) -> None:
    """Removes the file of a dead one."""
    _lock_file(folder, name).unlink(missing_ok=True)


def process_metrics(pid: int) -> dict[str, float]:
    """What the client library knows of a process, by name; empty where it is gone or there is no /proc."""
    families = ProcessCollector(pid=lambda: pid, registry=None).collect()
    return {sample.name: sample.value for family in families for sample in family.samples}


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Alone with the folder's files, but for the living, who write into theirs at any time. Raises TimeoutError."""
    deadline = time.monotonic() + _MOST_LOCK_SECONDS
    descriptor = os.open(folder / "folder.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{folder} is locked by another process") from None
                time.sleep(0.002)
        yield
    finally:
        os.close(descriptor)


def _lock_file(folder: Path, name: str) -> Path:
    return folder / f"worker_{name}.lock"


def _read(descriptor: int, name: str) -> Worker:
    try:
        return Worker(name, **json.loads(os.pread(descriptor, _WIDTH, 0)))
    except (ValueError, TypeError):
        # It has just begun.
        return Worker(name, 0, "", "")


def _write(descriptor: int, worker: Worker) -> None:
    known = {name: value for name, value in vars(worker).items() if name not in ("name", "alive")}
    os.pwrite(descriptor, json.dumps(known).ljust(_WIDTH).encode(), 0)


def _server() -> str:
    parent = os.getppid()
    return f"{parent} since {process_metrics(parent).get('process_start_time_seconds')}"


def _namespace() -> str:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""
