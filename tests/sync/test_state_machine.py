"""Anything may happen in any order; after quiet, Salesforce shows what the rules say of the world, once.

The yardstick is a second syncd with an empty store that pulls, matches and judges the same world: what it would want
to stand must stand already, whatever the first syncd went through.
"""

import itertools
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from connectors.sandbox.world import Size
from syncd.errors import Unavailable
from syncd.store import Store
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.push import push
from syncd.sync.run import Run
from tests.ledger import pending, retry_wishes, unmatch
from tests.sync.conftest import TODAY, UNLIMITED, judge, placed, wired
from tests.sync.people import PICK, TITLES
from tests.sync.shadow import Shadow
from tests.sync.troubles import Troubles

SIZE = Size(4, 20, 80)


class Crash(BaseException):
    """The process dies here."""


class Life(Troubles):
    """People work in both systems while syncd runs, crashes and runs again."""

    mappings: Path
    new_database: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()

    @initialize(seed=st.integers(1, 6), late=st.sampled_from([0.0, 0.0, 60.0]))
    def start(self, seed: int, late: float) -> None:
        """late: seconds, more than a story takes, until what was written may show in HubSpot's search, in disorder."""
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.folder = folder
        options = replace(UNLIMITED, search_delay=late, search_disorder=late)
        place = placed(folder / "unused.db", self.mappings, options=options, seed=seed, size=SIZE)
        self.place = self.stack.enter_context(place)
        self.database_url = self.new_database()
        self.store = Store(self.database_url)
        self.stack.callback(self.store.close)
        self.wiring: Wiring = wired(self.place, self.store)
        self.shadow = Shadow(self.store)

    # ---- what syncd does, and what befalls it ----

    def run(self) -> Run:
        """A run that the shadow hears of."""
        return Run(progress=self.shadow.look)

    @rule()
    def pull_everything(self) -> None:
        for system, source in self.wiring.sources.items():
            pull(source, self.wiring.mappings[system], self.store, Run())

    @rule()
    def match_it(self) -> None:
        match(self.store, self.wiring.readers, self.run())

    @rule()
    def judge_it(self) -> None:
        judge(self.store, self.wiring.book, TODAY, self.run())

    @rule()
    def run_a_cycle(self) -> None:
        cycle(self.wiring, self.run())

    @rule(full=st.booleans())
    def run_while_systems_fail(self, full: bool) -> None:
        shaky = [
            {"kind": "limited", "probability": 0.15},
            {"kind": "unavailable", "probability": 0.1},
            {"kind": "truncated", "method": "GET", "probability": 0.05},
            {"kind": "cut_after", "probability": 0.05},
            {"kind": "cut_before", "probability": 0.05},
        ]
        self.place.fault(*shaky)
        cycle(self.wiring, self.run(), mode="full" if full else "news")
        self.place.fault()

    @rule(steps=st.integers(1, 40))
    def crash_in_mid_cycle(self, steps: int) -> None:
        left = itertools.count(steps, -1)

        def die(what: str, number: int) -> None:
            self.shadow.look(what, number)
            if next(left) <= 0:
                raise Crash

        try:
            cycle(self.wiring, Run(progress=die))
        except Crash:
            self.wiring = wired(self.place, self.store)

    @rule(pick=PICK, title=st.sampled_from(TITLES), full=st.booleans())
    def run_while_people_edit(self, pick: int, title: str, full: bool) -> None:
        steps = itertools.count()

        def edit(what: str, number: int) -> None:
            self.shadow.look(what, number)
            if next(steps) == pick % 40:
                self.edit(pick, title)
                rows = self.place.rows("Contact")
                self.place.edit("Contact", rows[pick % len(rows)]["Id"], Title=title)

        cycle(self.wiring, Run(progress=edit), mode="full" if full else "news")

    @rule(system=st.sampled_from(["hubspot", "salesforce"]), calls=st.integers(0, 30), full=st.booleans())
    def spend_the_day_s_allowance(self, system: str, calls: int, full: bool) -> None:
        self.place.fault({"kind": "exhausted", "system": system, "skip": calls})
        cycle(self.wiring, self.run(), mode="full" if full else "news")
        self.place.fault()

    @rule(object_=st.sampled_from(["Contact", "Opportunity", "Task"]))
    def run_while_rows_are_refused(self, object_: str) -> None:
        def never(name: str, _: dict[str, Any], __: dict[str, Any] | None) -> str | None:
            return "Not before Monday" if name == object_ else None

        settings_ = self.place.sandbox.salesforce.org.settings
        settings_.validation_rules = [never]
        cycle(self.wiring, self.run())
        settings_.validation_rules = []

    @rule()
    def match_and_judge_twice_at_once(self) -> None:
        """A second syncd that should not be: on SQLite one waits for the other, on PostgreSQL each claims its own."""
        other = Store(self.database_url)

        def work(wiring: Wiring) -> None:
            with suppress(Unavailable):  # a deadlock: what it claimed is left for the next run
                match(wiring.store, wiring.readers, self.run())
                judge(wiring.store, wiring.book, TODAY, self.run())

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, [self.wiring, wired(self.place, other)]))
        other.close()

    @rule()
    def sign_the_agreement_anew(self) -> None:
        self.wiring = replace(self.wiring, agreement_digest=f"{self.wiring.agreement_digest}+")

    @rule()
    def map_anew(self) -> None:
        for system in self.wiring.mappings:
            unmatch(self.store, system)

    # ---- after quiet ----

    def teardown(self) -> None:
        if hasattr(self, "wiring"):
            self.settle_down()
            self.nothing_is_doubled()
            self.hands_are_off()
            self.what_the_rules_say_stands()
            self.shadow.holds()
        self.stack.close()

    def settle_down(self) -> None:
        self.place.fault()
        self.reps_are_back()
        retry_wishes(self.store)
        cycle(self.wiring, self.run(), mode="full", force=True)
        retry_wishes(self.store)
        summary = cycle(self.wiring, self.run(), force=True)
        assert summary.outcome == "done", summary.failures
        assert cycle(self.wiring, self.run()).written == 0

    def reps_are_back(self) -> None:
        """Where a territory has no rep, what falls to it waits: its end is another one."""
        reps = {line.rep for line in self.wiring.agreement.handover.territories}
        for user in self.place.rows("User"):
            if user.get("Email") in reps and not user["IsActive"]:
                self.place.edit("User", user["Id"], IsActive=True)

    def nothing_is_doubled(self) -> None:
        for object_ in ("Account", "Contact", "Opportunity", "OpportunityContactRole", "Task"):
            keys = Counter(row["Syncd_Key__c"] for row in self.place.rows(object_) if row.get("Syncd_Key__c"))
            assert max(keys.values(), default=0) <= 1, object_
        opened = Counter((row["AccountId"], row["Syncd_Offer__c"]) for row in self.place.ours())
        assert max(opened.values(), default=0) <= 1

    def hands_are_off(self) -> None:
        for row in self.place.ours():
            if row["Id"] in self.theirs:
                assert (row["Amount"], row["StageName"]) == (7.0, "Needs Analysis"), row["Id"]

    def what_the_rules_say_stands(self) -> None:
        fresh = Store(f"sqlite:///{self.folder / 'fresh.db'}")
        fresh.migrate()
        yardstick = wired(self.place, fresh)
        for system, source in yardstick.sources.items():
            assert not pull(source, yardstick.mappings[system], fresh, Run()).failures
        match(fresh, yardstick.readers, Run())
        judge(fresh, yardstick.book, TODAY, Run())
        rows = {row["Id"]: row for object_ in ("Contact", "Opportunity") for row in self.place.rows(object_)}
        for wish in pending(fresh, "salesforce"):
            if wish.object not in ("contact", "opportunity"):
                continue
            if wish.object == "opportunity" and wish.remote_id is None and wish.key in self.deleted_by_people():
                continue  # syncd never makes it again
            assert wish.remote_id, f"{wish.object} {wish.key} is wanted and does not stand"
            row = rows[wish.remote_id]
            rule_ = yardstick.mappings["salesforce"].writes[wish.object]
            for name in ("mql", "role", "qualified", "offer"):
                if name in wish.wanted:
                    assert row.get(rule_.fields[name]) == wish.wanted[name], (wish.object, wish.key, name)
        fresh.close()


def test_whatever_happens_the_remote_comes_to_say_what_the_rules_say(
    mappings: Path, request: pytest.FixtureRequest, database_factory: Callable[[], str]
) -> None:
    kind = type("Life", (Life,), {"mappings": mappings, "new_database": staticmethod(database_factory)})
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=int(os.environ.get("SYNCD_TEST_STORIES", "6")),
            stateful_step_count=10,
            deadline=None,
            derandomize=not request.config.getoption("--explore"),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )


def test_push_without_anything_pending_makes_no_call(wiring: Wiring) -> None:
    done = push(wiring.targets["salesforce"], wiring.mappings["salesforce"], wiring.store, wiring.readers, Run())
    assert done.run.counts.writes.total() == 0
    assert wiring.sources["salesforce"].budget.calls == 0
