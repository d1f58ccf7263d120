"""Who explores is asked about their problem, and neither votes nor is asked for business until they leave it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from syncd.cli.summaries import lines
from syncd.model import Activity, Ask, Ruling
from syncd.store import Store
from syncd.store.status import read_status
from syncd.sync.summary import Summary
from tests.faults.ann import DEMO, ON_OURS, judged, tasks
from tests.ledger import reset_cursor
from tests.rules.builders import TODAY, did, mobilized
from tests.sync.conftest import NOON as PLACE_NOON
from tests.sync.conftest import Place
from tests.sync.test_vendor_doubles import hire
from tests.sync.test_vendor_trust import click as logged
from tests.sync.test_vendor_trust import judged as kept_of


def test_a_demo_alone_is_no_response_and_makes_an_explore_call() -> None:
    judgement = judged(DEMO)
    (ann,) = judgement.contacts
    assert (ann.mql, ann.interest.responded, ann.ask) == (Ruling.NO, False, Ask.EXPLORE)
    assert list(tasks(judgement)) == ["explore/ann"]


def test_who_explores_is_asked_about_their_problem_and_never_for_business() -> None:
    judgement = judged(*mobilized("ann"), DEMO)
    text = str(tasks(judgement)["explore/ann"].fields["description"])
    assert "ask about their problem" in text
    assert "Which problem made them look at Fraud detection?" in text
    assert "ask for business" not in text


def test_who_was_an_mql_stays_one_and_neither_votes_nor_adds_weight_while_they_explore() -> None:
    judgement = judged(*mobilized("ann"), DEMO)
    (ann,) = judgement.contacts
    assert (ann.mql, judgement.tally.present, judgement.calls) == (Ruling.YES, 0, ())


def test_who_stands_on_an_open_opportunity_keeps_their_voice() -> None:
    assert judged(*mobilized("ann"), DEMO, opportunities=(ON_OURS,)).tally.present == 1


@pytest.mark.parametrize("last", [did("ann", "contact_sales", 1), did("ann", "demo_booked", 61)])
def test_a_hand_raise_or_the_agreed_time_ends_the_exploring(last: Activity) -> None:
    demo = [DEMO] if last.kind != "demo_booked" else []
    judgement = judged(*mobilized("ann"), *demo, last)
    (ann,) = judgement.contacts
    assert (ann.interest.explore, ann.ask, judgement.tally.present) == (False, Ask.ASK, 1)


def test_exploring_is_looked_at_again_on_the_day_on_which_it_ends() -> None:
    assert judged(DEMO).review_on == TODAY + timedelta(days=59)


def test_marketing_sees_the_named_rep_and_the_state_of_everybody_who_explores() -> None:
    judgement = judged(DEMO, role=None, contact={"remote_ids": {"hubspot.contacts": ("7",)}})
    (shown,) = [wish for wish in judgement.wishes if wish.object == "qualification"]
    assert (shown.fields["next_ask"], shown.fields["rep"]) == ("explore", "Rae Rep")


def test_who_explores_and_whom_marketing_leaves_alone_raises_an_alert_until_it_writes_to_them(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    email = "wren.calder@calder-explores.example"
    fields = {"FirstName": "Wren", "LastName": "Calder", "Email": email}
    contact = hire(place, place.rows("Account", Name="Endeavor Bank")[0], **fields)
    before = run().alerts
    place.submit(email, "request a demo")
    summary = run()
    assert (summary.alerts, summary.plain()["alerts"]) == (before + 1, before + 1)
    assert any(line.startswith(f"alert: {before + 1:,} contact") for line in lines(summary))
    assert read_status(sqlite_store, PLACE_NOON)["alerts"] == before + 1
    since = f"{PLACE_NOON - timedelta(days=1):%Y-%m-%d}"
    assert kept_of(sqlite_store, contact)["alerts"] == [
        f"explores since {since}, and marketing did not touch them since"
    ]
    logged(place, email, 1, PLACE_NOON - timedelta(hours=2), kind="DELIVERED")
    reset_cursor(sqlite_store, "hubspot", "email_events")  # the log is behind the wall clock, not behind this world's
    assert run().alerts == before
