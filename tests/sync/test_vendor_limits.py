"""Limits and speed: what users of other integrations report, on whole cycles. The numbers are their issues.

A quiet run that pulls nothing (tap-hubspot#34): test_cycle.test_a_second_cycle_writes_nothing_and_only_looks, and the
connectors' own tests of an idle pull.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.sandbox.world import Size, build
from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.sync.conftest import AFTER_A_CYCLE, TODAY, Place, placed, wired

WRITES = "*/composite/sobjects*"


@pytest.mark.parametrize(
    ("system", "rule", "where"),
    [
        ("hubspot", {"skip": 5}, "hubspot."),
        ("salesforce", {"skip": 6}, "salesforce."),
        ("salesforce", {"path": WRITES, "method": "PATCH", "skip": 1}, "salesforce push"),
    ],
    ids=["hubspot reading", "salesforce reading", "salesforce writing"],
)
def test_a_spent_daily_allowance_ends_the_run_early_says_so_and_the_next_one_goes_on_by_itself(
    place: Place, run: Callable[..., Summary], system: str, rule: dict[str, object], where: str
) -> None:
    """airbyte#8690"""
    place.fault({"kind": "exhausted", "system": system, **rule})
    ended = run()
    assert ended.outcome == "incomplete"
    named = [why for name, why in ended.failures.items() if name.startswith(where)]
    assert named and all("used up" in why or "allowance" in why or "limit" in why.lower() for why in named), named
    assert all("; again from 20" in why for why in named), named
    assert system not in ended.waited, "it must not wait for tomorrow"
    assert place.sandbox.faults.rules[0].struck <= 6, "each stream may notice it once, then nobody asks any more"
    spent = place.sandbox.faults.rules[0].struck
    again = run()
    assert again.outcome == "incomplete"
    assert place.sandbox.faults.rules[0].struck <= spent + 6
    place.fault()
    run(retry=True)
    assert run().outcome == "done"
    assert len(place.ours()) == 3


@AFTER_A_CYCLE
def test_streams_that_were_not_read_for_want_of_allowance_are_named_too(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    """Silence would look like no news: then pushing on would double what sales just made."""
    place.fault({"kind": "exhausted", "system": "salesforce"})
    failures = run().failures
    assert {f"salesforce.{stream}" for stream in wiring.mappings["salesforce"].streams} <= set(failures)


def test_a_scope_that_is_missing_for_one_stream_stops_no_other(
    place: Place, run: Callable[..., Summary], wiring: Wiring
) -> None:
    place.fault({"kind": "status", "status": 403, "system": "hubspot", "path": "/crm/objects/2026-09/companies"})
    place.fault(
        *[{"kind": "status", "status": 403, "system": "hubspot", "path": f"*{one}*"} for one in ("owners", "calls")]
    )
    summary = run()
    assert set(summary.failures) == {"hubspot.owners", "hubspot.calls"}
    assert all("scope" in why for why in summary.failures.values())
    read = {stream for stream in wiring.mappings["hubspot"].streams if ("hubspot", stream) in summary.counts.pulled}
    assert read == set(wiring.mappings["hubspot"].streams) - {"owners", "calls"}
    assert len(place.ours()) == 3


def test_a_first_load_larger_than_a_day_s_allowance_ends_after_a_few_days(
    mappings: Path, tmp_path: Path, sqlite_store: Store
) -> None:
    """airbyte#11448: each day goes on where the last one ended; no page is read twice."""
    world = build(1, TODAY, Size(20, 1_000, 50))
    with placed(tmp_path / "days.db", mappings, world) as place:
        wiring = wired(place, sqlite_store)
        days, read = 0, 0
        while days < 20:
            days += 1
            place.fault({"kind": "exhausted", "system": "hubspot", "path": "/crm/objects/2026-09/contacts", "skip": 3})
            failures = cycle(wiring, Run(), force=True).failures
            read += min(3, place.sandbox.faults.rules[0].seen)
            if not failures:
                break
        live = sum(not one["archived"] for one in place.portal("contacts"))
        pages = -(-live // 100) + 1  # and one for the archive
        assert 2 < days <= -(-pages // 3) + 1
        assert read == pages
