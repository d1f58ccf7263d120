"""A mapping file of one's own that says only what differs, laid over the shipped one."""

from __future__ import annotations

from typing import Any

_RULE = 4  # a rule of a field stands at streams.STREAM.fields.FIELD: it is replaced as a whole


def laid_over(beneath: Any, own: Any, depth: int = 0) -> Any:
    """The content of the one with what the other says in its place; what that one leaves blank is taken away."""
    if not isinstance(beneath, dict) or not isinstance(own, dict) or depth == _RULE:
        return own
    names = [name for name in {**beneath, **own} if name not in own or own[name] is not None]
    return {
        name: laid_over(beneath.get(name), own[name], depth + 1) if name in own else beneath[name] for name in names
    }
