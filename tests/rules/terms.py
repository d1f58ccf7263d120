"""The terms that an agreement has, or can have: found by walking its content and its types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from syncd.document import Path

# ---- those of an agreement's content -----------------------------------------------------------------------------


def leaves(content: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value that holds no other."""
    steps = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    below = [leaf for step, value in steps for leaf in leaves(value, (*path, step))]
    yield from below or [path]


def pattern_of(path: Path, patterns: Mapping[str, Any]) -> str | None:
    """The pattern that fits: of the same length, `*` for any one step."""
    for pattern in patterns:
        steps = pattern.split(".")
        if len(steps) == len(path) and all(a in ("*", b) for a, b in zip(steps, map(str, path), strict=True)):
            return pattern
    return None


def put(content: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        content = content[step]
    content[path[-1]] = value


def get(content: Any, path: Path) -> Any:
    for step in path:
        content = content[step]
    return content


# ---- those that its types allow ----------------------------------------------------------------------------------


def fields(model: type[BaseModel], path: Path = ()) -> Iterator[tuple[str, Any]]:
    """Pattern and field of every term that an agreement can have."""
    for name, field in model.model_fields.items():
        place = (*path, field.alias or name)
        models = [*_models(field.annotation)]
        yield ".".join(map(str, place)), field
        for inner, many in models:
            yield from fields(inner, (*place, "*") if many else place)


def _models(annotation: Any, many: bool = False) -> Iterator[tuple[type[BaseModel], bool]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, many
    origin = getattr(annotation, "__origin__", None)
    for argument in get_args(annotation):
        yield from _models(argument, many or origin is tuple or origin is Mapping)
