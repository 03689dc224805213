"""Which path a request asks for, wherever the application is mounted."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any
from urllib.parse import quote


def own_path(scope: Mapping[str, Any]) -> str:
    """The path below `root_path`, as routers see it. A server may leave `root_path` out of the path, or put it in."""
    path: str = scope["path"]
    if not (root := scope.get("root_path", "").rstrip("/")):
        return path
    if path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/"):
        return path[len(root) :]
    return path


def asks_for(scope: Mapping[str, Any], paths: Container[str]) -> bool:
    """Whether the request names one of these paths letter by letter: `/%6Detrics` passes a rule on `/metrics`."""
    own = own_path(scope)
    if own not in paths:
        return False
    raw: bytes | None = scope.get("raw_path")
    if not raw:
        return True
    path: str = scope["path"]
    return raw.partition(b"?")[0].decode("latin-1") in (own, path, quote(path))
