"""HubSpot calls, and a hand-raise reaches the rep's list within seconds: through the daemon, on either database."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from syncd.store import Store
from syncd.sync import at_once
from tests.sync.conftest import Place, wired
from tests.sync.webhooks import eventually, known, listening, tasks

AT_ONCE = 30.0  # seconds, on a machine that does much besides; see docs/how-to/hand-raises-at-once.md for a calm one


def test_a_hand_raise_is_a_task_within_seconds_of_hubspot_s_call_and_waits_for_a_pause_and_a_cycle(
    place: Place, store: Store
) -> None:
    contact, other = known(place), known(place, "ada.lovel@calder-asks.example")
    with listening(place, wired(place, store)) as here:
        here.subscribe()
        here.raise_hand()
        assert eventually(lambda: bool(tasks(place, contact))) < AT_ONCE
        eventually(lambda: bool(here.follows()))
        (run,) = here.follows()
        assert (run["outcome"], run["actor"], run["scope"].keys()) == ("done", "hubspot webhook", {"account"})
        (delivery,) = here.deliveries()
        assert (delivery["status"], delivery["attempt"]) == (204, 0)
        assert delivery["seconds"] < 5

        at_once.pause(store, "test", paused=True)
        here.raise_hand("ada.lovel@calder-asks.example")
        here.arrive(2)
        threading.Event().wait(3)  # one look at what was announced, at least
        assert (tasks(place, other), len(here.follows())) == ([], 1)
        at_once.pause(store, "test", paused=False)
        eventually(lambda: bool(tasks(place, other)))


def test_a_call_in_the_middle_of_a_cycle_is_answered_at_once_and_followed_behind_it(
    place: Place, sqlite_store: Store
) -> None:
    contact = known(place)
    wiring = wired(place, sqlite_store)
    with listening(place, wiring) as here:
        place.fault({"kind": "latency", "system": "hubspot", "seconds": 0.3, "path": "/crm/*/search"})
        assert here.daemon is not None
        here.daemon._scheduler.modify_job("cycle", next_run_time=_now())
        eventually(lambda: _at_work(sqlite_store))
        here.subscribe()
        here.raise_hand()
        here.arrive(1)
        (delivery,) = here.deliveries()
        assert (delivery["status"], delivery["seconds"] < 5) == (204, True)
        eventually(lambda: bool(here.follows()))
        place.fault()
        eventually(lambda: bool(tasks(place, contact)))
        (run,) = here.follows()
        with sqlite_store.reading() as unit:
            (cycle,) = unit.runs.last(1, verb="cycle")
        assert cycle["finished_at"] <= run["started_at"], "one run at a time"


def _now() -> datetime:
    return datetime.now(UTC)


def _at_work(store: Store) -> bool:
    with store.reading() as unit:
        return unit.runs.is_open()
