"""What becomes of what HubSpot calls with: one account, once, at the right moment, and else by the next cycle."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.announcing import Announcement
from syncd.store import Store
from syncd.store.announcements import FOLLOWED, LEFT, ROOM
from syncd.store.notes import VALVE, Shut
from syncd.sync import at_once
from syncd.sync.counts import WriteOutcome
from syncd.sync.follow import MOST_RUNS, OLDEST, next_following
from syncd.wiring import wire
from tests.cli.conftest import Syncd
from tests.cli.test_run import eventually as lives
from tests.cli.test_run import free_port
from tests.ledger import carried_out, find, keep_note
from tests.sync.webhooks import ERASED, OTHERS, SECRET, Listening, known, listening, tasks


@contextmanager
def opened(syncd: Syncd) -> Iterator[Listening]:
    """The door of an installation; what is noted is followed when a test says so."""
    store = Store(syncd.place.settings.database_url)
    with listening(syncd.place, wire(syncd.place.settings, store, sleep=lambda _: None), following=False) as here:
        yield here
    store.close()


@pytest.fixture
def here(synced: Syncd) -> Iterator[Listening]:
    """The door of an installation behind its first cycle."""
    with opened(synced) as here:
        yield here


def announced(here: Listening, number: int, remote_id: str, heard: timedelta = timedelta()) -> None:
    """Have something be announced of a contact, so long ago."""
    at = datetime.now(UTC) - heard
    with here.store.writing() as unit:
        unit.announcements.note("hubspot", [Announcement(f"a{number}", "contacts", remote_id, "changed", at)], at)


# ---- one account -----------------------------------------------------------------------------------------------------


def test_a_hand_raise_is_followed_for_its_account_alone_and_at_a_bounded_price(here: Listening) -> None:
    contact = known(here.place)
    carried_out(here.wiring)
    here.subscribe()
    here.raise_hand()
    here.arrive(1)
    (ended,) = here.follow()
    (task,) = tasks(here.place, contact)
    assert task["Syncd_Key__c"]
    assert ended.summary.counts.of(WriteOutcome.CREATED, "task") == 1
    assert len(ended.summary.counts.plain()["judged"]["standings"]) == 1
    assert ended.summary.calls["hubspot"] <= 20
    assert ended.summary.calls["salesforce"] <= 40
    (run,) = here.follows()
    assert (run["actor"], run["scope"].keys()) == ("hubspot webhook", {"account"})
    with here.store.reading() as unit:
        assert [line for line in unit.audit.lines(50) if line.actor == "hubspot webhook"] == []
    assert carried_out(here.wiring).summary.counts.of(WriteOutcome.CREATED) == 0, "the cycle has nothing to add"


def test_a_hundred_events_of_one_account_are_one_run_and_those_of_two_are_two(here: Listening) -> None:
    homes = {one["id"]: _account(here, one["id"]) for one in here.place.portal("contacts")}
    first = next(id_ for id_, home in homes.items() if home)
    second = next(id_ for id_, home in homes.items() if home and home != homes[first])
    for number in range(100):
        announced(here, number, first)
    announced(here, 100, second)
    assert len(here.follow()) == 2
    assert {outcome for _, outcome in here.announcements()} == {FOLLOWED}


def test_what_is_delivered_twice_in_disorder_and_with_lost_answers_makes_one_task(here: Listening) -> None:
    contact = known(here.place)
    carried_out(here.wiring)
    here.subscribe(spoils={"twice": True, "disorder": True, "lost": 2}, pace=100)
    here.raise_hand()
    here.arrive(6)
    here.follow()
    assert len(tasks(here.place, contact)) == 1
    assert len(here.announcements()) == 1
    assert here.heard("again") == 5
    attempts = [one["attempt"] for one in here.deliveries()]
    assert attempts == [0, 1, 2], "as HubSpot does, until it is answered"
    assert len(here.follows()) == 1


def test_a_new_person_of_a_company_that_nobody_has_read_yet_is_followed(here: Listening) -> None:
    """The association comes with HubSpot's own, by the domain of the address."""
    account = here.place.rows("Account", Name="Endeavor Bank")[0]
    person = {"firstname": "Ada", "lastname": "Newcome", "jobtitle": "Chief Financial Officer"}
    email = f"ada.newcome@{account['Website'].removeprefix('https://www.').strip('/')}"
    company = here.place.portal_add("companies", name="Endeavor Bank", domain=email.partition("@")[2])
    id_ = here.place.portal_add("contacts", email=email, phone="+1 555 010 0000", **person)
    here.place.hubspot("PUT", f"/crm/v4/objects/contacts/{id_}/associations/default/companies/{company}")
    here.subscribe()
    here.raise_hand(email)
    here.arrive(1)
    (ended,) = here.follow()
    assert find(here.store, "contact", email)
    assert ended.summary.counts.of(WriteOutcome.CREATED, "task") == 1


def test_a_person_of_no_account_is_read_and_nobody_is_judged(here: Listening) -> None:
    email = "nobody.known@nowhere-else.example"
    here.subscribe()
    here.raise_hand(email)
    here.arrive(1)
    (ended,) = here.follow()
    assert find(here.store, "contact", email)
    assert not ended.summary.counts.judged
    assert any("belongs to no account" in note for note in ended.summary.notes)
    assert [outcome for _, outcome in here.announcements()] == [FOLLOWED]


# ---- gone, merged, forgotten -----------------------------------------------------------------------------------------


def test_who_is_archived_is_followed_as_gone(here: Listening) -> None:
    id_, email = _portal_only(here)
    here.subscribe(*OTHERS)
    here.place.hubspot("DELETE", f"/crm/v3/objects/contacts/{id_}")
    here.arrive(1)
    here.follow()
    assert _raw(here, id_)["deleted"]
    assert find(here.store, "contact", email) == []


def test_who_is_deleted_for_privacy_is_let_go_of_at_once(here: Listening) -> None:
    id_, email = _portal_only(here)
    here.subscribe(ERASED)
    here.place.hubspot("POST", "/crm/v3/objects/contacts/gdpr-delete", {"objectId": id_})
    here.arrive(1)
    here.follow()
    assert _raw(here, id_) is None
    assert find(here.store, "contact", email) == []


def test_an_event_that_says_gone_of_somebody_who_is_there_takes_nobody_away(here: Listening) -> None:
    id_, email = _portal_only(here)
    at = datetime.now(UTC)
    with here.store.writing() as unit:
        unit.announcements.note("hubspot", [Announcement("g", "contacts", id_, "gone", at)], at)
    here.follow()
    assert not _raw(here, id_)["deleted"]
    assert find(here.store, "contact", email)


def test_who_is_merged_is_followed_under_the_new_id(here: Listening) -> None:
    loser, email = _portal_only(here)
    ids = [contact["id"] for contact in here.place.portal("contacts")]
    winner = next(id_ for id_ in ids if id_ != loser and _account(here, id_))
    here.subscribe(*OTHERS)
    here.place.hubspot("POST", "/crm/v3/objects/contacts/merge", {"primaryObjectId": winner, "objectIdToMerge": loser})
    here.arrive(1)
    here.follow()
    (by_mail,) = find(here.store, "contact", email)
    assert [by_mail] == find(here.store, "contact", f"hubspot.contacts/{winner}")


# ---- at the wrong moment ---------------------------------------------------------------------------------------------


def test_while_the_store_never_pushed_all_is_done_but_the_push(syncd: Syncd) -> None:
    contact = known(syncd.place)
    assert syncd("cycle").code == 4
    before = syncd.place.written()
    with opened(syncd) as here:
        here.subscribe()
        here.raise_hand()
        here.arrive(1)
        (ended,) = here.follow()
        assert ended.ending.exit_code == 4
        assert len(ended.summary.counts.plain()["judged"]["standings"]) == 1
        assert (here.place.written(), tasks(here.place, contact)) == (before, [])


def test_while_the_valve_is_shut_nothing_is_pushed_piece_by_piece(here: Listening) -> None:
    contact = known(here.place)
    carried_out(here.wiring)
    keep_note(here.store, VALVE, Shut("key", datetime.now(UTC), "the plan creates too much"))
    here.subscribe()
    here.raise_hand()
    here.arrive(1)
    before = here.place.written()
    (ended,) = here.follow()
    assert (here.place.written(), tasks(here.place, contact)) == (before, [])
    assert any("valve is shut" in note for note in ended.summary.notes)


def test_what_waited_too_long_or_is_too_much_is_left_to_the_next_cycle(here: Listening) -> None:
    announced(here, 1, "1", OLDEST + timedelta(seconds=1))
    assert next_following(here.store, datetime.now(UTC)) is None
    assert here.announcements() == [("1", LEFT)]
    for _ in range(MOST_RUNS):
        with here.store.writing() as unit:
            unit.runs.start("follow", "hubspot webhook")
    announced(here, 2, "2")
    assert next_following(here.store, datetime.now(UTC)) is None
    assert sorted(here.announcements()) == [("1", LEFT), ("2", LEFT)]
    carried_out(here.wiring)
    announced(here, 3, "3")
    assert next_following(here.store, datetime.now(UTC)) is not None, "another cycle, another hundred"


def test_a_storm_of_thousands_has_room_for_a_thousand(here: Listening) -> None:
    at = datetime.now(UTC)
    storm = [Announcement(f"s{number}", "contacts", str(number), "changed", at) for number in range(3_000)]
    with here.store.writing() as unit:
        noted = unit.announcements.note("hubspot", storm, at)
    assert (noted.new, noted.left) == (ROOM, 2_000)


def test_another_agreement_is_the_cycle_s(here: Listening) -> None:
    id_, _ = _portal_only(here)
    announced(here, 1, id_)
    here.wiring = replace(here.wiring, agreement_digest="another")
    (ended,) = here.follow()
    assert any("the agreement changed" in note for note in ended.summary.notes)
    assert here.announcements() == [(id_, LEFT)]


def test_the_last_fifth_of_a_day_s_calls_is_kept_for_cycles(here: Listening) -> None:
    id_, _ = _portal_only(here)
    announced(here, 1, id_)
    budget = here.wiring.sources["salesforce"].budget
    budget.daily_limit, budget.daily_remaining = 15_000, 2_999
    (ended,) = here.follow()
    assert any("which cycles need" in note for note in ended.summary.notes)


def test_where_a_vendor_is_away_it_is_put_off_and_followed_again_three_times(here: Listening) -> None:
    id_, _ = _portal_only(here)
    announced(here, 1, id_)
    here.place.fault({"kind": "unavailable", "system": "hubspot"})
    (ended,) = here.follow()
    assert (ended.ending.exit_code, here.announcements()) == (3, [(id_, None)])
    later = datetime.now(UTC)
    for _ in range(2):
        later += timedelta(seconds=11)
        assert next_following(here.store, later) is not None
        with here.store.writing() as unit:
            unit.announcements.begin([one.id for one in unit.announcements.waiting(later)])
    assert next_following(here.store, later) is None
    assert here.announcements() == [(id_, LEFT)]


def test_a_submission_that_its_form_does_not_show_yet_is_looked_for_again(here: Listening) -> None:
    contact = known(here.place)
    carried_out(here.wiring)
    here.subscribe()
    id_ = here.raise_hand()
    rows = here.place.sandbox.hubspot.portal.rows["form_submissions"]
    row = rows.pop()
    here.arrive(1)
    here.follow()
    assert (tasks(here.place, contact), here.announcements()) == ([], [(id_, None)])
    rows.append(row)
    with here.store.writing() as unit:
        unit.announcements.put_off([one.id for one in unit.announcements.waiting(_soon())], datetime.now(UTC))
    here.follow()
    assert (len(tasks(here.place, contact)), here.announcements()) == (1, [(id_, FOLLOWED)])


# ---- a process of its own --------------------------------------------------------------------------------------------


def test_killed_between_the_answer_and_the_work_nothing_is_lost(synced: Syncd) -> None:
    """SIGKILL right behind the answer to HubSpot's call: the next daemon follows what was answered."""
    place, port = synced.place, str(free_port())
    contact = known(place)
    synced.done("cycle")
    address = f"http://127.0.0.1:{port}/hooks/hubspot"
    settings = {"SYNCD_HTTP_PORT": port, "SYNCD_HUBSPOT_WEBHOOK_SECRET": SECRET, "SYNCD_HUBSPOT_WEBHOOK_URL": address}
    store, before = Store(place.settings.database_url), len(_ended(synced))
    app = Listening(place, wire(place.settings, store), address, None)  # type: ignore[arg-type]
    with synced.started("run", **settings) as daemon:
        lives(lambda: len(_ended(synced)) > before, daemon, 120)
        at_once.pause(store, "test", paused=True)  # nothing is followed: the kill comes before the work
        app.subscribe()
        id_ = app.raise_hand()
        lives(lambda: [delivery["status"] for delivery in app.deliveries()] == [204], daemon)
        assert _waiting(synced) == 1
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
    assert tasks(place, contact) == []
    at_once.pause(store, "test", paused=False)
    with synced.started("run", **settings) as daemon:
        lives(lambda: _waiting(synced) == 0, daemon, 120)
        lives(lambda: bool(tasks(place, contact)), daemon)
        assert app.announcements() == [(id_, FOLLOWED)]
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=30) == 0
    store.close()


def test_a_part_of_the_settings_is_refused_and_so_is_a_port_that_is_none(synced: Syncd) -> None:
    alone = synced("cycle", SYNCD_HUBSPOT_WEBHOOK_SECRET=SECRET)
    assert (alone.code, "SYNCD_HUBSPOT_WEBHOOK_URL is missing" in alone.err) == (2, True)
    without = synced("cycle", SYNCD_HUBSPOT_WEBHOOK_URL="https://syncd.example.com/hooks/hubspot")
    assert (without.code, "SYNCD_HUBSPOT_WEBHOOK_SECRET is missing" in without.err) == (2, True)
    bare = synced("cycle", SYNCD_HUBSPOT_WEBHOOK_SECRET=SECRET, SYNCD_HUBSPOT_WEBHOOK_URL="https://a.example/x?y=1")
    assert (bare.code, "SYNCD_HUBSPOT_WEBHOOK_URL" in bare.err) == (2, True)
    mute = synced("run", SYNCD_HUBSPOT_WEBHOOK_SECRET=SECRET, SYNCD_HTTP_URL="https://syncd.example.com")
    assert (mute.code, "SYNCD_HTTP_PORT is 0" in mute.err) == (2, True)


# ---- what the tests ask ----------------------------------------------------------------------------------------------


def _soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


def _account(here: Listening, id_: str) -> str | None:
    with here.store.reading() as unit:
        ids = unit.people.find("contact", f"hubspot.contacts/{id_}")
        return unit.people.account_of(ids[0]) if ids else None


def _portal_only(here: Listening) -> tuple[str, str]:
    """Id and address of somebody whom HubSpot alone has, read by a cycle."""
    email = "pat.portal@portal-only.example"
    id_ = here.place.portal_add("contacts", email=email, firstname="Pat", lastname="Portal", jobtitle="CFO")
    carried_out(here.wiring)
    assert find(here.store, "contact", email)
    return id_, email


def _raw(here: Listening, id_: str) -> Any:
    with here.store.reading() as unit:
        row = unit.connection.exec_driver_sql(
            f"SELECT * FROM source_record WHERE system = 'hubspot' AND stream = 'contacts' AND remote_id = '{id_}'"
        ).first()
    return row and dict(row._mapping)


def _ended(syncd: Syncd) -> list[str]:
    return _column(syncd, "SELECT verb FROM run WHERE outcome IS NOT NULL")


def _waiting(syncd: Syncd) -> int:
    return len(_column(syncd, "SELECT id FROM announcement WHERE ended_at IS NULL"))


def _column(syncd: Syncd, statement: str) -> list[str]:
    with closing(sqlite3.connect(syncd.database, timeout=30)) as database:
        return [row[0] for row in database.execute(statement)]
