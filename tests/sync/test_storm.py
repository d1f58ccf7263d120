"""A storm: three calls in ten fail, in mixed ways, for many runs. Everything arrives, once, within the allowance."""

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from connectors import transport
from connectors.hubspot import HubSpot
from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Faults
from connectors.sandbox.hubspot import HubSpotSimulator, Options
from connectors.sandbox.server import Sandbox
from connectors.sandbox.world import Size, build
from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import carried_out, counted_cycle, last_runs, retry_wishes
from tests.sync.conftest import TODAY, Place, placed, wired
from tests.sync.remote import tell

STORM = (
    {"kind": "limited", "probability": 0.03, "burst": 3},
    {"kind": "unavailable", "probability": 0.03, "burst": 2},
    {"kind": "status", "status": 502, "probability": 0.02},
    {"kind": "html", "probability": 0.04},
    {"kind": "empty", "probability": 0.03},
    {"kind": "truncated", "probability": 0.03},
    {"kind": "cut_before", "probability": 0.03},
    {"kind": "cut_after", "probability": 0.03},
    {"kind": "cut_during", "probability": 0.02},
    {"kind": "drip", "probability": 0.02, "seconds": 0.05},
    {"kind": "expired", "system": "salesforce", "probability": 0.02},
)
RUNS = 12


@pytest.fixture(scope="module")
def calm(mappings: Path, tmp_path_factory: pytest.TempPathFactory) -> Counter[tuple[object, ...]]:
    """What stands in Salesforce after a run in fair weather."""
    database = tmp_path_factory.mktemp("calm") / "calm.db"
    with placed(database, mappings) as place:
        store = Store(f"sqlite:///{database}")
        store.migrate()
        assert cycle(wired(place, store), Run()).outcome == "done"
        store.close()
        return tell(place)


@pytest.mark.parametrize("seed", [1, 2])
def test_in_a_storm_everything_arrives_nothing_doubles_and_the_summary_says_why_it_took_so_long(
    place: Place, wiring: Wiring, calm: Counter[tuple[object, ...]], seed: int
) -> None:
    place.sandbox.faults.load({"rules": list(STORM), "seed": seed})
    runs: list[Summary] = []
    while len(runs) < RUNS:
        retry_wishes(wiring.store)
        runs.append(carried_out(wiring, "reconcile" if len(runs) == 2 else "cycle").summary)
        if runs[-1].outcome == "done" and len(runs) > 3:
            break
    rules = place.sandbox.faults.rules
    assert len({rule.kind for rule in rules if rule.struck}) >= 9, "every kind of trouble but one or two"
    calls = sum(sum(one.calls.values()) for one in runs)
    struck = sum(rule.struck * rule.burst for rule in rules)
    assert struck > 0.2 * calls, "this is no storm"
    assert runs[-1].outcome == "done", [one.failures for one in runs]
    place.fault()
    retry_wishes(wiring.store)
    assert cycle(wiring, Run()).outcome == "done"
    assert tell(place) == calm
    for object_ in ("Account", "Contact", "Opportunity", "OpportunityContactRole", "Task"):
        keys = Counter(row["Syncd_Key__c"] for row in place.rows(object_) if row.get("Syncd_Key__c"))
        assert max(keys.values(), default=0) <= 1, object_
    causes = Counter(cause for one in runs for again in one.retries.values() for cause in again)
    assert {"TEN_SECONDLY_ROLLING", "503", "not JSON"} <= set(causes), causes
    kept = [run["counts"] for run in last_runs(wiring.store, 50)]
    assert all(
        any(run["retries"].get(system) for run in kept if "retries" in run) for system in ("hubspot", "salesforce")
    )


def test_in_a_storm_the_portal_s_limits_are_kept(
    mappings: Path, tmp_path: Path, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a clock that whoever waits moves: the portal itself never has to say 429, by burst or by day.

    One thread reads, also where the machine is slow: while a call is on its way another's wait would move its time.
    """
    monkeypatch.setattr(transport, "WORTH_A_THREAD", math.inf)
    monkeypatch.setattr("syncd.sync.pull.STREAMS_AT_ONCE", 1)
    clock = Clock(frozen=True)
    clock.set(clock(), frozen=True)
    options = Options(tier="free", daily_limit=3_000)
    world = build(1, TODAY, Size.TINY)
    faults = Faults(seed=3)
    app = HubSpotSimulator(
        world.hubspot, clock=clock, faults=faults, options=options, timer=lambda: clock().timestamp()
    )
    with placed(tmp_path / "limits.db", mappings, world) as place, Sandbox(hubspot=app, clock=clock) as sandbox:
        source = HubSpot("sandbox-token", host=sandbox.hubspot_url, clock=clock, sleep=clock.advance)
        calm = wired(place, sqlite_store)
        wiring = replace(calm, sources={**calm.sources, "hubspot": source}, targets={})
        # in fair weather calls follow fastest
        summaries = [counted_cycle(wiring, wait=clock.advance, mode=mode) for mode in ("news", "full")]
        rules = [{**one, "burst": 1} for one in STORM if one.get("system") != "salesforce"]
        faults.load({"rules": rules, "seed": 5})
        summaries += [counted_cycle(wiring, wait=clock.advance, mode=mode) for mode in ("full", "news")]
    causes = Counter[str]()
    for summary in summaries:
        causes.update(summary.retries.get("hubspot", {}))
    ours = {rule.kind: rule.struck for rule in faults.rules}["limited"]
    assert sum(summary.waited.get("hubspot", 0) for summary in summaries) > 0
    assert causes["TEN_SECONDLY_ROLLING"] <= ours, "only the storm's own refusals"
    assert causes["SECONDLY"] == 0
    assert app.portal.limits.today <= 3_000
