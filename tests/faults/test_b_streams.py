"""Streams that are not ours: declared once, or told once where the system itself does not know them, then quiet."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.base import Page, Stopped
from syncd.errors import ConfigError
from syncd.in_force import load_mappings
from syncd.settings import Settings
from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.sync.conftest import UNLIMITED, Place, placed, wired

REFUSED = [
    {"kind": "status", "status": 403, "system": "hubspot", "path": path}
    for path in ("/crm/objects/2026-09/campaigns*", "/marketing/campaigns/2026-09*", "/email/public/v1/*")
]


def test_a_stream_that_the_portal_s_edition_does_not_grant_is_declared_once_as_not_ours_and_then_quiet(
    place: Place, sqlite_store: Store
) -> None:
    """403 on campaigns and mail events made every cycle incomplete, for ever."""
    place.fault(*REFUSED)
    refused = cycle(wired(place, sqlite_store), Run())
    assert refused.outcome == "incomplete"
    (advice,) = [note for note in refused.notes if "SYNCD_WITHOUT" in note]
    names = tuple(advice.rpartition("SYNCD_WITHOUT=")[2].split(","))
    assert set(names) == set(refused.failures) and "hubspot.email_events" in names
    declared = replace(place, settings=place.settings.model_copy(update={"without": names}))
    quiet = cycle(wired(declared, sqlite_store), Run())
    assert (quiet.outcome, quiet.failures) == ("done", {})
    assert not [note for note in quiet.notes if "SYNCD_WITHOUT" in note]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ("hubspot.campaign", r"no stream 'hubspot.campaign'; hubspot.campaigns\?"),
        ("salesforce.Contact", "cannot be left out"),
        ("hubspot.companies,hubspot.contacts", "hubspot.contacts cannot be left out"),
    ],
)
def test_what_cannot_be_left_out_is_refused_by_its_name(names: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        load_mappings(Settings(without=tuple(names.split(","))))


def test_an_object_that_the_org_does_not_have_is_told_once_and_costs_no_cycle(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    """CampaignMember is there only with the marketing feature: its describe and its queries answer INVALID_TYPE."""
    objects = place.sandbox.salesforce.org.schema.lower
    lacking = objects.pop("campaignmember")
    first, second = run(), run()
    assert (first.outcome, first.failures) == ("done", {})
    assert [note for note in first.notes if note.startswith("salesforce.CampaignMember is not ours")]
    assert (second.outcome, [note for note in second.notes if "CampaignMember" in note]) == ("done", [])
    objects["campaignmember"] = lacking
    wiring.sources["salesforce"].shapes.forget()  # type: ignore[attr-defined]  # an hour passes
    third = run()
    assert "salesforce.CampaignMember is there by now, and read" in third.notes
    assert third.counts.pulled["salesforce", "CampaignMember"] > 0


def test_a_stream_that_is_not_ours_is_not_taken_for_read_where_a_stop_broke_it_off(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    place.sandbox.salesforce.org.schema.lower.pop("campaignmember")
    run()
    stop = threading.Event()
    source: Any = wiring.sources["salesforce"]

    def pull(stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        if stream == "CampaignMember":
            stop.set()
            raise Stopped("asked to stop")
        yield from source.pull(stream, fields, cursor)

    halting = SimpleNamespace(**{name: getattr(source, name) for name in ("system", "budget", "tenant")}, pull=pull)
    stopped = cycle(replace(wiring, sources={"salesforce": halting}), Run(stop))
    assert stopped.outcome == "stopped"
    assert [note for note in stopped.notes if "CampaignMember" in note] == []
    assert [note for note in run().notes if "CampaignMember" in note] == [], "what was told once is not told again"


def test_an_object_that_every_push_needs_is_never_passed_over(place: Place, run: Callable[..., Summary]) -> None:
    place.sandbox.salesforce.org.schema.lower.pop("opportunitycontactrole")
    summary = run()
    assert summary.outcome == "incomplete"
    assert "salesforce.OpportunityContactRole" in summary.failures
    assert place.ours() == []


def test_properties_that_no_address_can_hold_are_asked_for_in_a_body_page_by_page(
    mappings: Path, tmp_path: Path, sqlite_store: Store
) -> None:
    """A list names its properties in the address: HubSpot answers 414 where these are too many."""
    short = replace(UNLIMITED, url_limit=320)
    with placed(tmp_path / "unused.db", mappings, options=short) as place:
        wiring = wired(place, sqlite_store)
        assert len(",".join(wiring.mappings["hubspot"].asked("contacts"))) > short.url_limit
        summary = cycle(wiring, Run())
        assert (summary.outcome, summary.failures, summary.quarantined) == ("done", {}, {})
        live = sum(not contact["archived"] for contact in place.portal("contacts"))
        assert summary.counts.pulled["hubspot", "contacts"] >= live > 50
        assert len(place.ours()) == 3


def test_an_answer_of_a_form_that_nobody_foresaw_costs_its_stream_and_not_the_cycle(
    wiring: Wiring, run: Callable[..., Summary], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any error but a connector's ended every cycle at the same page; its words may hold somebody's data."""
    source, real = wiring.sources["hubspot"], wiring.sources["hubspot"].pull

    def pull(stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        if stream == "email_events":
            raise KeyError("ann@private.example")
        return real(stream, fields, cursor)

    monkeypatch.setattr(source, "pull", pull)
    summary = run()
    assert summary.outcome == "incomplete"
    reason = summary.failures["hubspot.email_events"]
    assert "KeyError at syncd/sync/pull.py" in reason
    assert "private" not in reason
    assert set(summary.failures) == {"hubspot.email_events"}
    assert summary.counts.pulled["hubspot", "contacts"] > 50
    monkeypatch.undo()
    assert run().outcome == "done"
