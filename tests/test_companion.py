"""Threads beside the work outlive whatever breaks in them, and tell it once."""

from __future__ import annotations

import threading

from structlog.testing import capture_logs

from syncd.companion import Companion
from syncd.store import Store
from syncd.store.notes import text_note
from syncd.store.unit import UnitOfWork
from syncd.web.entry.aside import Aside


def test_what_breaks_in_a_round_is_told_once_and_the_next_comes() -> None:
    ends = iter([ValueError(), ValueError(), None, ValueError(), None])
    rounds, all_gone = [], threading.Event()

    def go_round() -> None:
        if len(rounds) == 5:
            return
        rounds.append(next(ends))
        if len(rounds) == 5:
            all_gone.set()
        companion.poke()
        if rounds[-1]:
            raise rounds[-1]

    companion = Companion("a companion", go_round, lambda: 60.0)
    with capture_logs() as lines:
        companion.start()
        assert all_gone.wait(30)
        companion.end(30)
    assert [(line["event"], line["job"]) for line in lines] == [("broken", "a companion")] * 2


def test_one_that_was_ended_goes_no_other_round() -> None:
    rounds: list[int] = []
    companion = Companion("a companion", lambda: rounds.append(1), lambda: 60.0, patient=True)
    companion.start()
    companion.end(30)
    companion.poke()
    assert (rounds, companion.is_over) == ([], True)


def test_a_note_that_breaks_keeps_no_later_one_from_the_store(sqlite_store: Store) -> None:
    def break_(_: UnitOfWork) -> None:
        raise ValueError("a surprise")

    aside = Aside(sqlite_store)
    aside.write(break_)
    aside.settle()
    aside.write(lambda unit: unit.notes.keep(text_note("after it"), "stands"))
    aside.settle()
    with sqlite_store.reading() as unit:
        assert unit.notes.read(text_note("after it")) == "stands"
