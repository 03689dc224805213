"""The template of the route that answered a request: never a value out of its path, so that their number is bounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

UNMATCHED = "<unmatched>"
#: More middlewares than anybody puts around an application.
_MOST_LAYERS = 50


def endpoint_of(scope: Mapping[str, Any], root_path: str, app: Any) -> str:
    """The template below `root_path`, which is that of the scope as it came in; `<unmatched>` where no route answered.

    `app` is the application that routes, or one around it.
    """
    route = scope.get("route")
    if route is not None and scope.get("root_path", "") == root_path and not hasattr(route, "routes"):
        # FastAPI's included routers keep the template with their prefix here; the route has its own part alone.
        fastapi = scope.get("fastapi")
        context = fastapi and fastapi.get("effective_route_context")
        template = getattr(context, "path_format", None) or getattr(route, "path_format", None)
        if template is not None:
            return str(template)
    # Mounts, and routes that no framework has noted: as the router did it, once more.
    routes = routes_of(app)
    if routes is None:
        return UNMATCHED
    start = {**scope, "root_path": getattr(app, "root_path", "") or root_path, "path_params": {}}
    found = _template_of(routes, start)
    return UNMATCHED if found is None else found


def routes_of(app: Any) -> Iterable[Any] | None:
    """The routes of an application, looked for below its middlewares; None where it is of no known framework."""
    for _ in range(_MOST_LAYERS):
        routes: Iterable[Any] | None = getattr(app, "routes", None)
        if routes is not None or app is None:
            return routes
        app = getattr(app, "app", None) or getattr(app, "_app", None)
    return None


def _template_of(routes: Iterable[Any], scope: dict[str, Any]) -> str | None:
    """None: no route answers."""
    partial: str | None = None
    for route in _each(routes):
        match, child = route.matches(scope)
        # Starlette's Match by its names: the package needs no framework.
        if match.name == "FULL":
            return _within(route, {**scope, **child})
        if match.name == "PARTIAL" and partial is None:
            partial = _within(route, {**scope, **child})
    return partial


def _within(route: Any, scope: dict[str, Any]) -> str | None:
    template = getattr(route, "path_format", None)
    if not hasattr(route, "routes"):
        return template
    # A mount, or a host: it has a path of its own, or none.
    routes = routes_of(getattr(route, "app", None))
    if not routes:
        # What is mounted does not tell its routes: files, or another framework.
        return template or "/{path}"
    inner = _template_of(routes, {**scope, "root_path": getattr(route.app, "root_path", "") or scope["root_path"]})
    return None if inner is None else f"{_prefix_of(template)}{inner}"


def _prefix_of(template: str | None) -> str:
    return (template or "").removesuffix("/{path}")


def _each(routes: Iterable[Any]) -> Iterator[Any]:
    """Routes with those of routers that FastAPI includes as a whole."""
    for route in routes:
        contexts = getattr(route, "effective_route_contexts", None)
        if contexts is None:
            yield route
        else:
            for context in contexts():
                yield getattr(context, "starlette_route", None) or context
