"""What every vendor's transport needs: retries by cause, a rate limit kept without asking, pages read ahead.

A vendor's module turns one failed call into a `Fault` (it passes: try again) or another ConnectorError (it does not),
and runs the call through `Retries`. `Throttle.acquire()` comes before each call, `Meter` keeps the budget that several
threads share, `ahead` fetches the next page while the last one is being stored.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from queue import Empty, Queue
from time import monotonic
from typing import Any, TypeVar

import orjson
from pyrate_limiter import InMemoryBucket, Rate, RateItem
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential, wait_random

from connectors.base import Budget, ConnectorError
from connectors.callers import Sleep

T = TypeVar("T")

Clock = Callable[[], datetime]
BeforeWrite = Callable[[], object]  # asked before each attempt at a call that writes; what forbids it raises

WORTH_A_THREAD = 0.02  # seconds that a page takes to come


def now() -> datetime:
    """Return the time of day, aware UTC."""
    return datetime.now(UTC)


def unset(clock: Clock) -> Clock:
    """Return a clock to measure waiting by: of the wall's, which people set, one that only goes on."""
    return (lambda: datetime.fromtimestamp(monotonic(), UTC)) if clock is now else clock


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut `items` into lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def parsed(content: bytes) -> Any:
    """Read JSON; half of a surrogate pair, as a text that was cut within an emoji ends in, becomes U+FFFD.

    JSON may carry it as an escape, UTF-8 cannot (RFC 8259, section 8.2), and one text must not cost its whole page.
    Raises ValueError.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        try:
            text = json.dumps(json.loads(content), ensure_ascii=False)
        except RecursionError:
            raise ValueError("the JSON is nested too deep") from None
        return orjson.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


class Fault(ConnectorError):
    """A call failed in a way that passes.

    cause: one word for the budget's report. error: what the caller gets once patience is over. wait: the least number
    of seconds to wait, as the vendor asked.
    """

    def __init__(self, cause: str, error: ConnectorError, wait: float = 0.0) -> None:
        super().__init__(str(error))
        self.cause = cause
        self.error = error
        self.wait = wait


class Meter:
    """Keeps one system's Budget, which several threads share."""

    def __init__(self, budget: Budget, clock: Clock = now) -> None:
        self.budget = budget
        self.clock = clock
        self._lock = threading.Lock()
        self._on_their_way: dict[object, datetime] = {}

    @contextmanager
    def on_its_way(self) -> Iterator[None]:
        """Know of a call, with all its repeats, until it has an answer or is given up."""
        call = object()
        with self._lock:
            self._on_their_way[call] = self.clock()
            self.budget.waiting_since = min(self._on_their_way.values())
        try:
            yield
        finally:
            with self._lock:
                del self._on_their_way[call]
                self.budget.waiting_since = min(self._on_their_way.values(), default=None)

    def called(self) -> None:
        """Count one call."""
        with self._lock:
            self.budget.called()

    def waited(self, seconds: float) -> None:
        """Count seconds spent waiting for the vendor."""
        with self._lock:
            self.budget.waited_for(seconds)

    def retried(self, cause: str) -> None:
        """Count one repeated call by its cause."""
        with self._lock:
            self.budget.retried(cause)

    def said(self, **figures: int) -> None:
        """Keep what the response headers said: limit, remaining, daily_limit, daily_remaining."""
        with self._lock:
            for name, figure in figures.items():
                setattr(self.budget, name, figure)
            self.budget.seen_at = self.clock()


def at_once() -> None:
    """Nothing is asked before a write: where nobody else can be about to write."""


class Retries:
    """Repeats a call while it raises Fault: at most `attempts` times, waiting at most `patience` seconds in all.

    Waits grow from half a second to 30 s with jitter, and are never shorter than the fault's own wait. When patience
    is over the fault's `error` is raised, with a `retry_at`.
    """

    def __init__(
        self, meter: Meter, *, sleep: Sleep, attempts: int = 8, patience: float = 120.0, first: float = 0.5
    ) -> None:
        self._meter = meter
        self._attempts = attempts
        self._patience = patience
        self._backoff = wait_exponential(multiplier=first, max=30) + wait_random(0, first)
        self._retrying = Retrying(
            sleep=sleep,  # type: ignore[arg-type]  # what a sleep returns is nobody's business
            retry=retry_if_exception_type(Fault),
            wait=self._wait,
            stop=self._stop,
            before_sleep=self._count,
            retry_error_callback=self._give_up,
        )

    def __call__(self, call: Callable[[], T]) -> T:
        """Return the call's answer, or raise what its last fault carries."""
        with self._meter.on_its_way():
            return self._answer(call)

    def _answer(self, call: Callable[[], T]) -> T:
        try:
            return call()  # tenacity would keep the last answer, a whole page, alive in each thread
        except Fault as fault:
            first = [fault]

        def attempt() -> T:
            if first:
                raise first.pop()
            return call()

        return self._retrying(attempt)

    def _wait(self, state: RetryCallState) -> float:
        return max(_fault(state).wait, self._backoff(state))

    def _stop(self, state: RetryCallState) -> bool:
        return state.attempt_number >= self._attempts or state.idle_for + state.upcoming_sleep > self._patience

    def _count(self, state: RetryCallState) -> None:
        self._meter.retried(_fault(state).cause)
        self._meter.waited(state.upcoming_sleep)

    def _give_up(self, state: RetryCallState) -> Any:
        fault = _fault(state)
        fault.error.retry_at = self._meter.clock() + timedelta(seconds=max(fault.wait, 60.0))
        raise fault.error from fault.__cause__


def _fault(state: RetryCallState) -> Fault:
    assert state.outcome is not None
    fault = state.outcome.exception()
    assert isinstance(fault, Fault)
    return fault


class Throttle:
    """Lets at most `limit` calls of all threads through in any `interval` seconds (a rolling window).

    Far from the limit nothing waits. Each caller books its place and then sleeps until it comes, so places are handed
    out in order and nobody wakes in vain. `observe` feeds in what the vendor's headers say.
    """

    # The vendor counts arrivals, we count departures: a call that overtakes an older one would come too early.
    MARGIN = 0.02

    def __init__(self, limit: int, interval: float, *, clock: Clock = now, sleep: Sleep, meter: Meter) -> None:
        self._clock = unset(clock)
        self._sleep = sleep
        self._meter = meter
        self._lock = threading.Lock()
        self._last = 0
        self._now, self._set_back = 0, 0  # milliseconds
        self._bucket = _bucket(limit, interval * (1 + self.MARGIN))
        self._rate = (limit, interval)

    def acquire(self, *besides: Throttle) -> None:
        """Wait until one more call is within the limit, and within those of `besides`, all at one moment.

        Who waited for one limit after the other would come later than the first was told, beside the calls that were
        let through meanwhile.
        """
        start = place = self._place(0)
        throttles = (self, *besides)
        booked = dict.fromkeys(throttles, -1)
        while any(booked[throttle] != place for throttle in throttles):
            for throttle in throttles:
                if booked[throttle] != place:
                    place = booked[throttle] = throttle._place(place, book=True)
        if place > start:
            self._meter.waited((place - start) / 1000)
            self._sleep((place - start) / 1000)

    def pause(self, seconds: float) -> None:
        """Let nobody through for that long: the vendor said that the limit was reached."""
        with self._lock:
            self._last = max(self._last, self._milliseconds() + int(seconds * 1000))

    def observe(self, limit: int | None = None, remaining: int | None = None, interval: float | None = None) -> None:
        """Take over the vendor's figures; calls that others made with the same allowance are booked as ours."""
        with self._lock:
            rate = (limit or self._rate[0], interval or self._rate[1])
            if rate != self._rate:
                self._rate = rate
                self._bucket.rates = [Rate(rate[0], int(rate[1] * (1 + self.MARGIN) * 1000))]
            if remaining is not None:
                at = self._milliseconds()
                self._bucket.leak(at)
                theirs = self._rate[0] - self._bucket.count() - remaining
                if theirs > 0:
                    self._bucket.put(RateItem("theirs", max(at, self._last), theirs))

    def _place(self, earliest: int, book: bool = False) -> int:
        """Return the present, or the place that is booked from `earliest` on, in milliseconds."""
        with self._lock:
            present = self._milliseconds()
            return self._book(max(present, earliest)) if book else present

    def _book(self, start: int) -> int:
        self._bucket.leak(start)
        place = max(start, self._last)
        while not self._bucket.put(item := RateItem("ours", place)):
            wait = self._bucket.waiting(item)
            assert isinstance(wait, int)
            place += max(wait, 1)
        self._last = place
        return place

    def _milliseconds(self) -> int:
        """The time by a clock that never goes back: one that is set back would have us wait until it has caught up."""
        milliseconds = int(self._clock().timestamp() * 1000)
        self._set_back += max(0, self._now - self._set_back - milliseconds)
        self._now = milliseconds + self._set_back
        return self._now


def _bucket(limit: int, interval: float) -> InMemoryBucket:
    return InMemoryBucket([Rate(limit, int(interval * 1000))])


def ahead(*sources: Iterator[T]) -> Iterator[T]:
    """Yield what the sources yield, each fetched in a thread of its own while the caller works on the last one.

    Every source keeps its order, and is at most two items ahead. Closing the iterator (or leaving the loop) ends the
    threads behind the call that they are in; they are daemons, so that a process may end at any moment.
    """
    box: Queue[tuple[Sequence[T], BaseException | None]] = Queue(maxsize=len(sources))
    stopped = threading.Event()
    for source in sources:
        fetch = partial(copy_context().run, _fetch, source, box, stopped)  # its log is that of who asks
        threading.Thread(target=fetch, name="pages ahead", daemon=True).start()
    try:
        running = len(sources)
        while running:
            item, error = box.get()
            if error is not None:
                raise error
            running -= not item
            yield from item
    finally:
        stopped.set()
        with suppress(Empty):
            while True:
                box.get_nowait()  # the threads may be waiting for room


def ahead_where_slow(source: Iterator[T]) -> Iterator[T]:
    """Yield what the source yields, fetched ahead from the first item on that was worth it.

    Handing a page from thread to thread costs more than waiting for one that comes at once. The first item decides
    nothing: its call also opens the connection.
    """
    began = monotonic()
    for number, item in enumerate(source):
        slow = number > 0 and monotonic() - began > WORTH_A_THREAD
        yield item
        if slow:
            yield from ahead(source)
            return
        began = monotonic()


def _fetch(source: Iterator[T], box: Queue[tuple[Sequence[T], BaseException | None]], stopped: threading.Event) -> None:
    try:
        for item in source:
            box.put(((item,), None))
            if stopped.is_set():
                return
        box.put(((), None))
    except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
        box.put(((), error))
