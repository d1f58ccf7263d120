"""Finds the path-table entry of a call: by whole path where it was seen before, else part by part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from connectors.sandbox.hubspot.paths import Path


class Route(NamedTuple):
    """The endpoint that a call reached, and the values of its path's named parts."""

    path: Path
    params: Mapping[str, str]


class Routes:
    """A tree over the path table."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._tree: dict[str, Any] = {}
        self._seen: dict[tuple[str, str], Route | None] = {}
        for path in paths:
            node = self._tree
            for part in path.template.strip("/").split("/"):
                node = node.setdefault("*" if part.startswith("{") else part, {})
            node[f" {path.method}"] = path

    def find(self, method: str, path: str) -> Route | None:
        """Return the endpoint of a call, or None where there is none."""
        key = (method, path)
        if key not in self._seen:
            if len(self._seen) > 4096:
                self._seen.clear()
            self._seen[key] = self._walk(method, path)
        return self._seen[key]

    def allows(self, path: str) -> bool:
        """Say whether the path exists at all, with whatever method."""
        return any(self.find(method, path) for method in ("GET", "POST", "PATCH", "PUT", "DELETE"))

    def _walk(self, method: str, path: str) -> Route | None:
        parts = path.strip("/").split("/")
        route = _descend(self._tree, parts, f" {method}")
        if route is None:
            return None
        names = route.template.strip("/").split("/")
        params = {name[1:-1]: part for name, part in zip(names, parts, strict=True) if name.startswith("{")}
        return Route(route, params)


def _descend(node: Mapping[str, Any], parts: list[str], leaf: str) -> Path | None:
    if not parts:
        path: Path | None = node.get(leaf)
        return path
    for name in (parts[0], "*"):  # the named part wins over the open one
        if (below := node.get(name)) is not None and (route := _descend(below, parts[1:], leaf)) is not None:
            return route
    return None
