"""Callers: whose work a call of a vendor is, in whatever thread it is made.

A connector's limits, its connections and what it remembers are everybody's. How long somebody waits, what was asked for
him of the allowance, and which calls are broken off with him, are each caller's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from threading import Lock
from types import TracebackType
from typing import Final, Self

Sleep = Callable[[float], object]  # what ends it early raises Stopped: to try on without a pause would be no end

SLICE: Final = 0.2  # seconds between looks at whether who waits for a lock is to end


@dataclass(slots=True)
class Spent:
    """What was asked of a system's allowance: calls, seconds waited for its limit, repeated calls by cause."""

    calls: int = 0
    waited: float = 0.0
    retries: dict[str, int] = field(default_factory=dict)


class Caller:
    """Somebody for whom vendors are asked: `with Caller(wait): …`, and every call in it is his.

    A thread that works for him is handed the context. wait: waits so long for him, and raises Stopped where he is told
    to end.
    """

    def __init__(self, wait: Sleep) -> None:
        self.wait = wait
        self._spent: dict[object, Spent] = {}
        self._token: Token[Caller | None] | None = None

    def __enter__(self) -> Self:
        self._token = _CALLER.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            _CALLER.reset(self._token)

    def spent(self, budget: object) -> Spent:
        """What was asked of this budget for him, to be read and to be counted on."""
        return self._spent.setdefault(budget, Spent())


_CALLER: ContextVar[Caller | None] = ContextVar("caller", default=None)


def who_calls() -> Caller | None:
    """Who calls here; None for nobody in particular."""
    return _CALLER.get()


def waiting(otherwise: Sleep) -> Sleep:
    """The wait of whoever calls; otherwise: that of nobody in particular."""

    def wait(seconds: float) -> None:
        who = who_calls()
        (who.wait if who else otherwise)(seconds)

    return wait


@contextmanager
def held(lock: Lock) -> Iterator[None]:
    """Hold a lock within which a vendor is asked: who is told to end does not wait for another's call."""
    while not lock.acquire(timeout=SLICE):
        if who := who_calls():
            who.wait(0)
    try:
        yield
    finally:
        lock.release()
