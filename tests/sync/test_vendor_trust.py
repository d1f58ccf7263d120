"""Trust and the scheduler: what users of other integrations report, on whole cycles. The numbers are their issues."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from prometheus_client import CollectorRegistry

from syncd import agreement as agreements
from syncd.daemon import Daemon
from syncd.rules import judge, rulebook_of
from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.web.metrics import Figures
from tests.ledger import account_of, find, group_of, judgement, last_runs, outcomes, reset_cursor, stray
from tests.sync.conftest import NOON, Place
from tests.sync.test_vendor_doubles import hire

NEW_YORK = ZoneInfo("America/New_York")
EVENING = datetime(2026, 11, 2, 22, 30, tzinfo=NEW_YORK)  # the next day already in UTC


def judged(store: Store, remote_id: str) -> dict[str, Any]:
    """What the last judgement says of a contact."""
    (golden_id,) = find(store, "contact", remote_id)
    body = orjson.loads(judgement(store, str(account_of(store, golden_id))) or "{}")
    return next(one for one in body["contacts"] if one["contact_id"] == golden_id)


# ---- what is said adds up ----------------------------------------------------------------------------------------


def test_the_points_that_are_shown_add_up_to_the_score(place: Place, wiring: Wiring, tmp_path: Path) -> None:
    """mautic#5369: a score of 127 of which the log explains 47."""
    text = files("mappings").joinpath("agreement.yaml").read_text(encoding="utf-8")
    file = tmp_path / "agreement.yaml"
    file.write_text(text.replace("mode: stacked_deck", "mode: scored"), encoding="utf-8")
    words, tables = agreements.title_words(), agreements.load_industries()
    book = rulebook_of(agreements.load(file), words, tables, wiring.book.destinations)
    scored = replace(wiring, book=book, agreement_digest="scored", agreement_text=text)
    cycle(scored, Run())
    terms = scored.agreement.mql.scored
    assert terms is not None
    with_points = 0
    for account in place.rows("Account", Syncd_Standing__c="in"):
        (golden_id,) = find(scored.store, "account", account["Id"])
        group = group_of(scored.store, golden_id)
        assert group is not None
        for contact in judge(group, scored.book, scored.today()).contacts:
            gate = next(gate for gate in contact.gates if gate.name == "points")
            fit, behaviour = _parts(gate.reason)
            assert int(gate.value) == fit + behaviour
            kinds = {
                kind: terms.behaviour.points[kind] * n
                for kind, n in contact.interest.kinds.items()
                if kind in terms.behaviour.points
            }
            assert behaviour == min(sum(kinds.values()), terms.behaviour.cap or 10**9)
            with_points += int(gate.value) > 0
    assert with_points > 5


def _parts(reason: str) -> tuple[int, int]:
    fit, _, rest = reason.partition(" for fit and ")
    return int(fit), int(rest.partition(" for behaviour")[0])


def test_a_run_that_had_rows_rejected_does_not_call_itself_done(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    """multiwoven#910: neither in the summary nor in the record of the run; and the rows are not skipped for ever."""

    def no_big_ones(object_: str, row: dict[str, Any], _: dict[str, Any] | None) -> str | None:
        return "Ask a director first" if object_ == "Opportunity" and (row.get("Amount") or 0) >= 300_000 else None

    settings = place.sandbox.salesforce.org.settings
    settings.validation_rules = [no_big_ones]
    summary = run()
    assert summary.outcome == "incomplete"
    assert any("1 opportunity not accepted by salesforce" in note for note in summary.notes)
    (record, *_) = last_runs(wiring.store, 1)
    assert record["outcome"] == "incomplete"
    resting = run()
    assert any("1 opportunity not accepted by salesforce" in note for note in resting.notes), (
        "still said while it rests"
    )
    settings.validation_rules = []
    assert run(retry=True).outcome == "done"
    assert run().notes == []


# ---- machines' clicks ---------------------------------------------------------------------------------------------


def click(place: Place, email: str, number: int, at: datetime, kind: str = "CLICK", agent: str | None = None) -> None:
    """Let HubSpot note one event of a campaign's e-mail about fraud."""
    event = next(one for one in place.portal("email_events") if "/fraud/" in str(one.get("url")))
    event |= {"id": f"{kind}-{number}-{email}", "type": kind, "created": int(at.timestamp() * 1000)}
    event |= {
        "recipient": email,
        "userAgent": agent or "Mozilla/5.0 (Macintosh)",
        "url": f"https://x.example/fraud/{number}",
    }
    place.log("email_events", **event)


SENT = NOON - timedelta(days=3)
SCANNERS = {  # seconds after delivery, and the agent
    "seconds after delivery": ([2.0], None),
    "all links at once": ([3600 + 0.3 * number for number in range(5)], None),
    "a known agent": ([7200.0], "Barracuda Sentinel"),
}


@pytest.mark.parametrize("scanner", SCANNERS)
def test_what_a_mail_scanner_clicks_makes_no_lead_and_a_person_s_click_does(
    place: Place, run: Callable[..., Summary], sqlite_store: Store, scanner: str
) -> None:
    email = "wren.calder@calder-scanned.example"
    contact = hire(
        place, place.rows("Account", Name="Endeavor Bank")[0], FirstName="Wren", LastName="Calder", Email=email
    )
    click(place, email, 0, SENT, kind="DELIVERED")
    offsets, agent = SCANNERS[scanner]
    for number, offset in enumerate(offsets, start=1):
        click(place, email, number, SENT + timedelta(seconds=offset), agent=agent)
    run()
    scanned = judged(sqlite_store, contact)
    assert (scanned["mql"], scanned["interest"]["responded"]) == ("no", False)
    assert scanned["interest"]["bots"] >= 1, "it is shown as such"
    assert [row for row in place.rows("Task") if row.get("WhoId") == contact] == []
    click(place, email, 9, NOON - timedelta(minutes=1))
    reset_cursor(sqlite_store, "hubspot", "email_events")  # the log is behind the wall clock, not behind this world's
    run()
    assert judged(sqlite_store, contact)["mql"] == "yes"


# ---- days ---------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's own time zone, far east and far west."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_no_day_is_shifted_by_any_time_zone(
    place: Place, wiring: Wiring, sqlite_store: Store, machine_zone: None
) -> None:
    """dataloader#280: late in the evening in New York, on machines at either end of the world."""
    late = replace(wiring, clock=lambda: EVENING.astimezone(UTC))
    cycle(late, Run())
    ours = place.ours()
    assert {row["CloseDate"] for row in ours} == {(date(2026, 11, 2) + timedelta(days=120)).isoformat()}
    tasks = [row for row in place.rows("Task") if row.get("Syncd_Key__c")]
    assert {row["ActivityDate"] for row in tasks} == {"2026-11-04"}
    place.edit("Opportunity", ours[0]["Id"], CloseDate="2027-01-01")
    cycle(late, Run())
    (golden_id,) = find(sqlite_store, "account", ours[0]["AccountId"])
    group = group_of(sqlite_store, golden_id)
    assert group is not None
    assert date(2027, 1, 1) in {opportunity.close_date for opportunity in group.opportunities}
    assert cycle(late, Run()).written == 0


def test_a_day_without_a_time_stays_that_day_where_the_agreement_is(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    """dataloader#280: FirstRespondedDate is a date, and midnight UTC is the evening before in New York."""
    contact = hire(place, place.rows("Account")[0], FirstName="Una", LastName="Pell", Email="una.pell@pell-day.example")
    campaign = next(row for row in place.rows("Campaign") if row["Type"] == "Webinar")
    fields = {"CampaignId": campaign["Id"], "ContactId": contact, "Status": "Responded"}
    member = place.add("CampaignMember", **fields)
    table = place.sandbox.salesforce.org.tables["CampaignMember"]
    table.put({**table.rows[member], "HasResponded": True, "FirstRespondedDate": "2026-11-01"})
    run()
    (golden_id,) = find(sqlite_store, "contact", contact)
    account_id = account_of(sqlite_store, golden_id)
    group = group_of(sqlite_store, account_id) if account_id else stray(sqlite_store, golden_id)
    assert group is not None
    days = {one.at.astimezone(NEW_YORK).date() for one in group.activities if one.contact_id == golden_id}
    assert days == {date(2026, 11, 1)}


# ---- the clock ----------------------------------------------------------------------------------------------------


def test_a_run_that_keeps_others_waiting_is_counted_and_no_late_run_is_dropped(wiring: Wiring, place: Place) -> None:
    """multiwoven#840, and APScheduler's default that drops jobs later than a second: the nightly run waits 1.2 s."""
    held, go_on, stop = threading.Event(), threading.Event(), threading.Event()

    def slow_clock() -> datetime:
        if threading.current_thread().name.startswith("ThreadPoolExecutor"):  # a run's; others look at the clock, too
            held.set()
            go_on.wait(30)
        return NOON

    daemon = Daemon(
        replace(wiring, clock=slow_clock), interval_minutes=0.005, reconcile_at=clock_time(2, 30), stop=stop
    )
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        assert held.wait(30)
        daemon._scheduler.modify_job("reconcile", next_run_time=datetime.now(UTC))
        stop.wait(1.3)
        assert daemon.pulse.missed > 0
        figures = CollectorRegistry()
        figures.register(Figures(wiring.store, daemon.pulse, dict, ()))
        assert (figures.get_sample_value("syncd_missed_runs_total") or 0) > 0
        assert figures.get_sample_value("syncd_last_success_timestamp_seconds") == 0
        go_on.set()
        until = time.monotonic() + 40
        while time.monotonic() < until and "reconcile" not in {run["verb"] for run in last_runs(wiring.store, 50)}:
            stop.wait(0.05)
        assert "reconcile" in {run["verb"] for run in last_runs(wiring.store, 50)}
    finally:
        go_on.set()
        stop.set()
        thread.join(60)
    assert not thread.is_alive()
    assert "done" in outcomes(wiring.store)
