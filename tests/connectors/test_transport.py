from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Budget, ConnectorError, Misconfigured, TryLater
from connectors.transport import WORTH_A_THREAD, Fault, Meter, Retries, Throttle, ahead, ahead_where_slow, batches, now


class Time:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 2, tzinfo=UTC)
        self.waits: list[float] = []

    def clock(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def meter(time: Time) -> Meter:
    return Meter(Budget(), time.clock)


def test_now_is_aware() -> None:
    assert now().utcoffset() == timedelta(0)


@given(st.lists(st.integers()), st.integers(1, 7))
def test_batches_are_all_there_in_order_and_none_is_too_large(items: list[int], size: int) -> None:
    cut = list(batches(items, size))
    assert [item for batch in cut for item in batch] == items
    assert all(0 < len(batch) <= size for batch in cut)


class TestRetries:
    def attempt(self, time: Time, meter: Meter, faults: list[ConnectorError], **options: float) -> str:
        calls = iter(faults)

        def call() -> str:
            if (fault := next(calls, None)) is not None:
                raise fault
            return "answer"

        return Retries(meter, sleep=time.sleep, **options)(call)  # type: ignore[arg-type]

    def test_a_good_call_waits_for_nothing(self, time: Time, meter: Meter) -> None:
        assert self.attempt(time, meter, []) == "answer"
        assert time.waits == []

    def test_a_fault_is_repeated_with_growing_waits_and_counted_by_cause(self, time: Time, meter: Meter) -> None:
        faults: list[ConnectorError] = [Fault("503", TryLater()), Fault("cut", TryLater()), Fault("503", TryLater())]
        assert self.attempt(time, meter, faults) == "answer"
        assert meter.budget.retries == {"503": 2, "cut": 1}
        assert [int(wait * 2) / 2 for wait in time.waits] == [0.5, 1, 2]  # and up to half a second of jitter
        assert meter.budget.waited == pytest.approx(sum(time.waits))

    def test_the_vendor_s_own_wait_is_kept(self, time: Time, meter: Meter) -> None:
        assert self.attempt(time, meter, [Fault("429", TryLater(), wait=7)]) == "answer"
        assert time.waits == [7]

    def test_patience_ends_with_the_fault_s_error_and_a_time_to_come_back(self, time: Time, meter: Meter) -> None:
        with pytest.raises(TryLater, match="nobody home") as raised:
            self.attempt(time, meter, [Fault("503", TryLater("nobody home")) for _ in range(9)], attempts=4)
        assert len(time.waits) == 3
        assert raised.value.retry_at is not None
        assert raised.value.retry_at > time.at

    def test_a_wait_longer_than_patience_is_not_slept_through(self, time: Time, meter: Meter) -> None:
        with pytest.raises(TryLater) as raised:
            self.attempt(time, meter, [Fault("477", TryLater(), wait=3600)])
        assert time.waits == []
        assert raised.value.retry_at == time.at + timedelta(hours=1)

    def test_what_does_not_pass_is_not_repeated(self, time: Time, meter: Meter) -> None:
        with pytest.raises(Misconfigured):
            self.attempt(time, meter, [Fault("503", TryLater()), Misconfigured("no scope")])
        assert len(time.waits) == 1


class TestThrottle:
    def test_far_from_the_limit_nothing_waits(self, time: Time, meter: Meter) -> None:
        throttle = Throttle(100, 10, clock=time.clock, sleep=time.sleep, meter=meter)
        for _ in range(100):
            throttle.acquire()
        assert time.waits == []

    @given(st.integers(1, 20), st.lists(st.floats(0, 5), min_size=1, max_size=120))
    def test_no_rolling_window_ever_holds_more_than_the_limit(self, limit: int, pauses: list[float]) -> None:
        time = Time()
        throttle = Throttle(limit, 10, clock=time.clock, sleep=time.sleep, meter=Meter(Budget(), time.clock))
        calls = []
        for pause in pauses:
            time.at += timedelta(seconds=pause)
            throttle.acquire()
            calls.append(time.at)
        for first, last in zip(calls, calls[limit:], strict=False):
            assert last - first >= timedelta(seconds=10)

    def test_at_the_limit_it_takes_hardly_longer_than_it_must(self, time: Time, meter: Meter) -> None:
        throttle = Throttle(190, 10, clock=time.clock, sleep=time.sleep, meter=meter)
        start = time.at
        for _ in range(500):
            throttle.acquire()
        assert time.at - start <= timedelta(seconds=20 * 1.1)
        assert meter.budget.waited == pytest.approx((time.at - start).total_seconds(), abs=0.1)

    def test_the_headers_raise_and_lower_the_limit(self, time: Time, meter: Meter) -> None:
        throttle = Throttle(10, 10, clock=time.clock, sleep=time.sleep, meter=meter)
        throttle.observe(limit=50, interval=10)
        for _ in range(50):
            throttle.acquire()
        assert time.waits == []
        throttle.observe(limit=5)
        throttle.acquire()
        assert time.waits

    def test_the_headers_say_how_long_the_interval_is(self, time: Time, meter: Meter) -> None:
        throttle = Throttle(10, 10, clock=time.clock, sleep=time.sleep, meter=meter)
        throttle.observe(limit=5, interval=1)
        throttle.observe(remaining=5)  # says nothing of the rate: it stays
        for _ in range(6):
            throttle.acquire()
        assert time.waits == [pytest.approx(1.02, abs=0.01)]

    def test_what_others_used_of_the_allowance_is_not_there_for_us(self, time: Time, meter: Meter) -> None:
        throttle = Throttle(100, 10, clock=time.clock, sleep=time.sleep, meter=meter)
        throttle.acquire()
        throttle.observe(limit=100, remaining=3)
        for _ in range(3):
            throttle.acquire()
        assert time.waits == []
        throttle.acquire()
        assert sum(time.waits) >= 10

    def test_a_pause_holds_everybody_back(self, time: Time, meter: Meter) -> None:
        throttle = Throttle(100, 10, clock=time.clock, sleep=time.sleep, meter=meter)
        throttle.pause(2)
        throttle.acquire()
        assert time.waits == [pytest.approx(2, abs=0.01)]

    def test_threads_share_one_allowance(self, time: Time, meter: Meter) -> None:
        booked: list[float] = []
        throttle = Throttle(5, 10, clock=time.clock, sleep=booked.append, meter=meter)
        threads = [threading.Thread(target=throttle.acquire) for _ in range(15)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(round(wait) for wait in booked) == [10] * 5 + [20] * 5


class TestAhead:
    def test_items_come_in_order(self) -> None:
        assert list(ahead(iter(range(50)))) == list(range(50))

    def test_several_sources_each_keep_their_order(self) -> None:
        items = list(ahead(*(iter([(name, number) for number in range(20)]) for name in "abc")))
        assert len(items) == 60
        for name in "abc":
            assert [number for one, number in items if one == name] == list(range(20))

    def test_an_error_comes_behind_the_items_before_it(self) -> None:
        def source() -> Iterator[int]:
            yield 1
            yield 2
            raise TryLater("no third page")

        pages = ahead(source())
        assert [next(pages), next(pages)] == [1, 2]
        with pytest.raises(TryLater, match="no third page"):
            next(pages)

    def test_the_next_item_is_fetched_meanwhile_but_no_more_than_two(self) -> None:
        fetched: list[int] = []
        second = threading.Event()

        def source() -> Iterator[int]:
            for number in range(100):
                fetched.append(number)
                if number == 2:
                    second.set()
                yield number

        pages = ahead(source())
        assert next(pages) == 0
        assert second.wait(5)
        assert len(fetched) <= 4
        pages.close()  # type: ignore[attr-defined]

    def test_pages_that_come_at_once_are_fetched_by_the_caller(self) -> None:
        fetchers = []

        def source() -> Iterator[int]:
            for number in range(50):
                fetchers.append(threading.current_thread())
                yield number

        assert list(ahead_where_slow(source())) == list(range(50))
        assert set(fetchers[:2]) == {threading.current_thread()}

    def test_behind_a_page_that_took_long_the_next_one_is_fetched_meanwhile(self) -> None:
        third = threading.Event()

        def source() -> Iterator[int]:
            for number in range(4):
                if number == 1:
                    threading.Event().wait(5 * WORTH_A_THREAD)
                if number == 2:
                    third.set()
                yield number

        pages = ahead_where_slow(source())
        assert [next(pages), next(pages)] == [0, 1]
        assert not third.is_set()
        assert next(pages) == 2
        assert list(pages) == [3]

    def test_a_process_may_end_while_a_page_is_fetched(self) -> None:
        pages = ahead(iter(range(50)))
        before = set(threading.enumerate())
        assert next(pages) == 0
        assert [thread.daemon for thread in set(threading.enumerate()) - before] == [True]
        pages.close()  # type: ignore[attr-defined]

    def test_leaving_early_ends_the_thread(self) -> None:
        def source() -> Iterator[int]:
            yield from range(1_000_000)

        before = set(threading.enumerate())
        for item in ahead(source()):
            if item == 3:
                break
        for thread in set(threading.enumerate()) - before:
            thread.join(5)
            assert not thread.is_alive()
