"""Work in other threads that belongs to the run in hand: what it logs bears the run's number."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def of_this_run(function: Callable[P, T]) -> Callable[P, T]:
    """The same function, for a pool's threads: each call works in the context of who made it."""
    context = copy_context()

    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return context.copy().run(function, *args, **kwargs)

    return call
