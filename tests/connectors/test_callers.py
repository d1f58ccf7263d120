"""What a connector shares is everybody's; waits, figures and broken-off calls are each caller's own."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import urllib3

from connectors.base import Budget, Stopped
from connectors.callers import Caller, held, waiting, who_calls
from connectors.lines import Lines


def stopping(_: float) -> None:
    raise Stopped


def patient(_: float) -> None:
    return None


class Slow(BaseHTTPRequestHandler):
    """Answers `/slow` once it may, and everything else at once."""

    protocol_version = "HTTP/1.1"
    may = threading.Event()
    asked = threading.Semaphore(0)

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/slow":
            self.asked.release()
            self.may.wait(30)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Any:
    Slow.may.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Slow.may.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_counted_is_counted_for_the_process_and_for_who_calls() -> None:
    budget = Budget()
    with Caller(patient) as ann:
        budget.called()
        budget.retried("429")
    with Caller(patient) as bob:
        budget.called()
        budget.called()
        budget.waited_for(1.5)
    budget.called()
    assert (budget.calls, budget.waited, budget.retries) == (4, 1.5, {"429": 1})
    assert (ann.spent(budget).calls, ann.spent(budget).retries) == (1, {"429": 1})
    assert (bob.spent(budget).calls, bob.spent(budget).waited) == (2, 1.5)
    assert who_calls() is None


def test_a_wait_is_that_of_who_calls() -> None:
    wait = waiting(patient)
    wait(0)
    with Caller(stopping), pytest.raises(Stopped):
        wait(0)
    with pytest.raises(Stopped):
        waiting(stopping)(0)


def test_who_is_told_to_end_waits_for_nobodys_lock() -> None:
    lock = threading.Lock()
    with held(lock), Caller(stopping), pytest.raises(Stopped), held(lock):
        pytest.fail("it is held")
    assert not lock.locked()


def test_a_caller_s_calls_are_broken_off_and_nobody_else_s(address: str) -> None:
    lines, pool = Lines(), urllib3.PoolManager(maxsize=4, retries=False)
    lines.watch(pool)
    for _ in range(2):  # connections are there, and were another's
        assert pool.request("GET", address).status == 200
    ends: dict[str, Any] = {}
    callers = {name: Caller(patient) for name in ("ann", "bob")}

    def call(name: str) -> None:
        with callers[name]:
            try:
                ends[name] = pool.request("GET", f"{address}/slow").status
            except urllib3.exceptions.HTTPError as error:
                ends[name] = error

    threads = {name: threading.Thread(target=call, args=[name]) for name in callers}
    for thread in threads.values():
        thread.start()
    for _ in callers:
        assert Slow.asked.acquire(timeout=30)
    lines.hang_up(callers["ann"])
    threads["ann"].join(30)
    assert isinstance(ends["ann"], urllib3.exceptions.HTTPError)
    assert "bob" not in ends
    Slow.may.set()
    threads["bob"].join(30)
    assert ends["bob"] == 200


def test_a_connection_that_was_broken_off_while_it_rested_is_opened_anew(address: str) -> None:
    lines, pool = Lines(), urllib3.PoolManager(retries=False)
    lines.watch(pool)
    with Caller(patient) as ann:
        pool.request("GET", address)
    lines.hang_up(ann)
    with Caller(patient):
        assert pool.request("GET", address).status == 200
