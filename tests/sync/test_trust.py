"""Killed at any moment, cut off, fed nonsense: nothing is lost, nothing doubled."""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from syncd.store import Store
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring
from syncd.sync.summary import Summary
from tests.ledger import begin_at, quarantined
from tests.sync.conftest import AFTER_A_CYCLE, Place, placed
from tests.sync.forked import commanded, rehearse
from tests.sync.remote import tell

KILLS = 8


def environment(place: Place, database: Path) -> dict[str, str]:
    settings = place.settings
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("SYNCD_")},
        "SYNCD_DATABASE_URL": f"sqlite:///{database}",
        "SYNCD_HUBSPOT_URL": settings.hubspot_url,
        "SYNCD_HUBSPOT_TOKEN": "sandbox-token",
        "SYNCD_HUBSPOT_SETTLE_SECONDS": "0",
        "SYNCD_SALESFORCE_LOGIN_URL": str(settings.salesforce_login_url),
        "SYNCD_SALESFORCE_CLIENT_ID": "sandbox-client",
        "SYNCD_SALESFORCE_CLIENT_SECRET": "sandbox-secret",
        "SYNCD_CA_FILE": str(settings.ca_file),
        "SYNCD_MAPPINGS": str(settings.mappings),
    }


def finish(place: Place, database: Path) -> float:
    rehearse()
    started = time.monotonic()
    with commanded(environment(place, database), "cycle", "--json") as process:
        process.join(120)
        assert process.exitcode == 0
    return time.monotonic() - started


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_random_moments_it_ends_where_an_undisturbed_run_ends(
    place: Place, mappings: Path, tmp_path: Path, seed: int
) -> None:
    with placed(tmp_path / "undisturbed.db", mappings) as calm:
        begin_at(f"sqlite:///{tmp_path / 'undisturbed.db'}")
        begin_at(f"sqlite:///{tmp_path / 'killed.db'}")
        whole = finish(calm, tmp_path / "undisturbed.db")
        wanted = tell(calm)
    dice = random.Random(seed)
    killed = 0
    for _ in range(KILLS):
        with commanded(environment(place, tmp_path / "killed.db"), "cycle", "--json") as process:
            process.join(whole * dice.uniform(0.1, 1.0))
            killed += process.exitcode is None
    finish(place, tmp_path / "killed.db")
    assert killed > 0
    assert tell(place) == wanted


@pytest.mark.parametrize("number", range(5))
def test_a_lost_receipt_makes_no_double(place: Place, run: Callable[..., Summary], number: int) -> None:
    """The number-th write takes effect, then the connection is cut before its answer."""
    lost = {"kind": "cut_after", "system": "salesforce", "method": "PATCH", "path": "*/composite/sobjects*"}
    place.fault({**lost, "skip": number, "count": 1})
    run()  # what it did not hear of it looks up, and counts it as what it became
    assert [rule.struck for rule in place.sandbox.faults.rules] == [1]
    place.fault()
    run(retry=True)
    for object_ in ("Account", "Contact", "Opportunity", "OpportunityContactRole", "Task"):
        keys = [row["Syncd_Key__c"] for row in place.rows(object_) if row.get("Syncd_Key__c")]
        assert len(keys) == len(set(keys))
    assert len(place.ours()) == 3


def test_a_refused_row_is_told_waits_and_blocks_nobody_else(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    def big_ones_need_a_director(object_: str, row: dict[str, Any], _: dict[str, Any] | None) -> str | None:
        return "Ask a director first" if object_ == "Opportunity" and (row.get("Amount") or 0) >= 300_000 else None

    settings = place.sandbox.salesforce.org.settings
    settings.validation_rules = [big_ones_need_a_director]
    summary = run()
    assert (
        summary.counts.of(WriteOutcome.REFUSED, "opportunity"),
        summary.counts.of(WriteOutcome.CREATED, "opportunity"),
    ) == (1, 2)
    (refused,) = [one for one in quarantined(wiring.store) if one["stream"] == "wish:opportunity"]
    assert refused["reason"].startswith("FIELD_CUSTOM_VALIDATION_EXCEPTION: Ask a director first")
    assert run().counts.of(WriteOutcome.REFUSED, "opportunity") == 0, "it rests before it is tried again"
    settings.validation_rules = []
    run(retry=True)
    assert len(place.ours()) == 3
    assert quarantined(wiring.store) == []


@AFTER_A_CYCLE
def test_a_locked_row_is_tried_again(place: Place, run: Callable[..., Summary], wiring: Wiring) -> None:
    opportunity = place.ours()[0]
    place.sandbox.salesforce.org.locked[opportunity["Id"]] = 99
    for contact in place.rows("Contact", AccountId=opportunity["AccountId"]):
        place.edit("Contact", contact["Id"], Title="Retired")
    assert run().counts.of(WriteOutcome.RETRY, "opportunity") == 1
    place.sandbox.salesforce.org.locked.clear()
    run(retry=True)
    (now,) = place.rows("Opportunity", Id=opportunity["Id"])
    assert now["Syncd_Qualified__c"] is False


@pytest.mark.parametrize(
    ("properties", "reason", "step"),
    [
        ({"jobtitle": "x" * 40_000}, "40,000 characters", "field"),  # a title is optional: it costs nobody
        ({"hs_email_optout": "perhaps"}, "neither true nor false", "match"),
        (dict.fromkeys(("email", "lastname", "phone", "mobilephone")), "none of emails, last_name, phone", "match"),
    ],
)
def test_one_bad_contact_is_quarantined_and_everything_else_flows(
    place: Place, run: Callable[..., Summary], wiring: Wiring, properties: dict[str, str], reason: str, step: str
) -> None:
    bad = next(one for one in place.portal("contacts") if not one["archived"])
    place.portal_edit("contacts", bad["id"], **properties)
    summary = run()
    assert summary.outcome == "done"
    assert place.ours()
    reasons = {(one["stream"], one["remote_id"]): one["reason"] for one in quarantined(wiring.store)}
    assert reason in reasons["contacts", bad["id"]]
    assert summary.quarantined == {step: 1}


def test_an_unparsable_date_is_quarantined_until_it_is_mended(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    call = place.portal("calls")[0]
    place.portal_edit("calls", call["id"], hs_timestamp="2026-13-45T99:00:00Z")
    run()
    (fault,) = quarantined(wiring.store)
    assert (fault["stream"], fault["remote_id"], fault["step"]) == (
        "calls",
        call["id"],
        "match",
    )
    assert "is no date and time" in fault["reason"]
    place.portal_edit("calls", call["id"], hs_timestamp="2026-10-01T12:00:00Z")
    run()
    assert quarantined(wiring.store) == []


def test_while_an_opportunity_stream_cannot_be_read_nothing_is_pushed(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    place.fault({"kind": "html", "system": "salesforce", "path": "*/query*", "probability": 1.0, "status": 503})
    summary = run()
    assert summary.outcome == "incomplete"
    assert summary.written == 0
    assert place.ours() == []
    place.fault()
    assert run().outcome == "done"
    assert place.ours()


@AFTER_A_CYCLE
def test_nothing_is_pushed_without_fresh_sight_of_what_sales_did(place: Place, run: Callable[..., Summary]) -> None:
    """Though everything was read once: what sales opened since would be doubled."""
    opportunity = place.ours()[0]
    for contact in place.portal("contacts"):
        if not contact["archived"]:
            place.portal_edit("contacts", contact["id"], jobtitle="Retired")
    place.fault({"kind": "html", "system": "salesforce", "path": "*/composite", "status": 503})
    summary = run()
    assert summary.written == 0
    assert any("nothing is pushed: salesforce.Opportunity could not be read" in note for note in summary.notes)
    assert place.rows("Opportunity", Id=opportunity["Id"]) == [opportunity]
    place.fault()
    assert run().written > 0
