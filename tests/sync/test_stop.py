"""Told to stop, every verb finishes the batch in hand and no more; the next run does the rest."""

import threading
from collections.abc import Callable

import pytest

from syncd.sync.cycle import Wiring, cycle
from syncd.sync.judge import judge
from syncd.sync.match import match
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.sync.verbs import act_of
from tests.sync.conftest import Place


@pytest.mark.parametrize("verb", ["pull", "match", "judge", "push"])
def test_a_cycle_that_is_stopped_in_a_verb_goes_on_in_the_next(
    place: Place, wiring: Wiring, run: Callable[..., Summary], verb: str
) -> None:
    stop, batches = threading.Event(), list[str]()

    def progress(what: str, _: int) -> None:
        batches.append(what)
        if what.startswith(verb):
            stop.set()

    stopped = cycle(wiring, Run(stop, progress))
    assert stopped.outcome == "stopped"
    first = next(place for place, what in enumerate(batches) if what.startswith(verb))
    assert {what.split()[0].rstrip(":") for what in batches[first:]} == {verb}
    assert len([what for what in batches[first:] if verb != "pull"]) <= 1
    assert run().outcome == "done"
    assert len(place.ours()) == 3


def test_a_verb_that_is_told_to_stop_behind_its_last_batch_has_left_nothing(wiring: Wiring) -> None:
    """What it would begin next is looked for first."""
    act_of("pull")(wiring, {}, Run())
    halted = threading.Event()
    begun = Run(halted, lambda what, number: halted.set())
    match(wiring.store, wiring.readers, begun, batch=1)
    assert begun.broken_off, "others wait to be matched"
    match(wiring.store, wiring.readers, Run())
    stop = threading.Event()
    last = Run(stop, lambda what, number: stop.set())
    judge(wiring.store, wiring.book, wiring.today(), last)
    assert last.stopped
    assert not last.broken_off, "one batch was all of them"
