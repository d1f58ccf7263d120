"""Anything may happen in any order; after quiet, Salesforce shows what the rules say of the world, once.

The yardstick is a second syncd with an empty store that pulls, matches and judges the same world: what it would want
to stand must stand already, whatever the first syncd went through.
"""

import itertools
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from connectors.sandbox.world import Size, build
from syncd.store import Store
from syncd.sync import Wiring, cycle, judge, match, pull, push
from tests.sync.conftest import NOON, TODAY, Place, placed, wired

TITLES = ["Chief Financial Officer", "Chief Executive Officer", "Chief Information Officer", "Janitor", "Retired", ""]
FORMS = ("fraud", "lending", "treasury")
SIZE = Size(4, 20, 80)
PICK = st.integers(0, 1_000)


class Crash(BaseException):
    """The process dies here."""


class Life(RuleBasedStateMachine):
    """People work in both systems while syncd runs, crashes and runs again."""

    mappings: Path
    new_database: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.numbers = itertools.count(1)

    @initialize(seed=st.integers(1, 6))
    def start(self, seed: int) -> None:
        world = build(seed, TODAY, SIZE)
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.folder = folder
        self.place: Place = self.stack.enter_context(placed(folder / "unused.db", self.mappings, world))
        self.store = Store(self.new_database())
        self.stack.callback(self.store.close)
        self.wiring: Wiring = wired(self.place, self.store)

    # ---- what people do in HubSpot ----

    def live(self, kind: str) -> list[dict[str, Any]]:
        return [record for record in self.place.portal(kind) if not record["archived"]]

    def hubspot(self, method: str, path: str, content: Any = None) -> requests.Response:
        url = f"{self.place.sandbox.hubspot_url}{path}"
        headers = {"Authorization": "Bearer sandbox-token"}
        answer = requests.request(method, url, json=content, headers=headers, timeout=10)
        assert answer.status_code < 500 and answer.status_code not in (400, 401, 403), answer.text
        return answer

    @rule(pick=PICK, title=st.sampled_from(TITLES))
    def edit(self, pick: int, title: str) -> None:
        contacts = self.live("contacts")
        self.place.portal_edit("contacts", contacts[pick % len(contacts)]["id"], jobtitle=title)

    @rule(pick=PICK, about=st.sampled_from(FORMS))
    def submit_a_form(self, pick: int, about: str) -> None:
        contacts = [one for one in self.live("contacts") if one["properties"].get("email")]
        forms = [form for form in self.place.portal("forms") if about in form["name"].lower()]
        if not contacts or not forms:
            return
        contact, form = contacts[pick % len(contacts)], forms[pick % len(forms)]
        values = [{"name": "email", "value": contact["properties"]["email"], "objectTypeId": "0-1"}]
        at = int(datetime(2026, 11, 1, 12, tzinfo=NOON.tzinfo).timestamp() * 1000) + next(self.numbers)
        row = {"formId": form["id"], "conversionId": f"c{next(self.numbers)}", "submittedAt": at, "values": values}
        row |= {"pageUrl": "https://www.syncd-demo.example/", "pageTitle": form["name"]}
        url = f"{self.place.sandbox.hubspot_url}/_sandbox/records/form_submissions"
        assert requests.post(url, json=row, timeout=10).ok

    @rule(pick=PICK)
    def archive(self, pick: int) -> None:
        contacts = self.live("contacts")
        if len(contacts) > 5:
            self.hubspot("DELETE", f"/crm/v3/objects/contacts/{contacts[pick % len(contacts)]['id']}")

    @rule(pick=PICK)
    def merge_in_hubspot(self, pick: int) -> None:
        contacts = self.live("contacts")
        if len(contacts) > 5:
            first, second = contacts[pick % len(contacts)], contacts[(pick + 1) % len(contacts)]
            content = {"primaryObjectId": first["id"], "objectIdToMerge": second["id"]}
            self.hubspot("POST", "/crm/v3/objects/contacts/merge", content)

    # ---- what people do in Salesforce ----

    def admin(self, verb: str, content: dict[str, Any]) -> None:
        url = f"{self.place.sandbox.salesforce_http_url}/_sandbox/{verb}"
        answer = requests.post(url, json=content, timeout=10)
        assert answer.ok, answer.text

    @rule(pick=PICK)
    def merge_in_salesforce(self, pick: int) -> None:
        contacts = self.place.rows("Contact")
        if len(contacts) > 3:
            master, victim = contacts[pick % len(contacts)], contacts[(pick + 1) % len(contacts)]
            if master["AccountId"] == victim["AccountId"]:
                self.admin("merge", {"object": "Contact", "master": master["Id"], "victims": [victim["Id"]]})

    @rule(pick=PICK)
    def convert_a_lead(self, pick: int) -> None:
        leads = [lead for lead in self.place.rows("Lead") if not lead["IsConverted"]]
        if leads:
            self.admin("convert", {"lead": leads[pick % len(leads)]["Id"], "opportunity": False})

    @rule(pick=PICK, other=PICK)
    def move_to_another_account(self, pick: int, other: int) -> None:
        contacts, accounts = self.place.rows("Contact"), self.place.rows("Account")
        if contacts and accounts:
            self.place.edit(
                "Contact", contacts[pick % len(contacts)]["Id"], AccountId=accounts[other % len(accounts)]["Id"]
            )

    @rule(pick=PICK)
    def delete_a_contact(self, pick: int) -> None:
        contacts = self.place.rows("Contact")
        if len(contacts) > 3:
            self.place.delete("Contact", contacts[pick % len(contacts)]["Id"])

    @rule(pick=PICK)
    def work_on_an_opportunity(self, pick: int) -> None:
        ours = self.place.ours()
        if ours:
            self.place.edit("Opportunity", ours[pick % len(ours)]["Id"], Amount=7.0, StageName="Needs Analysis")

    # ---- what syncd does, and what befalls it ----

    @rule()
    def pull_everything(self) -> None:
        for system, source in self.wiring.sources.items():
            pull(source, self.wiring.mappings[system], self.store)

    @rule()
    def match_it(self) -> None:
        match(self.store, self.wiring.readers)

    @rule()
    def judge_it(self) -> None:
        judge(self.store, self.wiring.agreement, TODAY)

    @rule()
    def run_a_cycle(self) -> None:
        cycle(self.wiring)

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
        cycle(self.wiring, mode="full" if full else "news")
        self.place.fault()

    @rule(steps=st.integers(1, 40))
    def crash_in_mid_cycle(self, steps: int) -> None:
        left = itertools.count(steps, -1)

        def die(_: str, __: int) -> None:
            if next(left) <= 0:
                raise Crash

        try:
            cycle(self.wiring, progress=die)
        except Crash:
            self.wiring = wired(self.place, self.store)

    @rule()
    def map_anew(self) -> None:
        for system in self.wiring.mappings:
            self.store.unmatch(system)

    # ---- after quiet ----

    def teardown(self) -> None:
        if hasattr(self, "wiring"):
            self.settle_down()
            self.nothing_is_doubled()
            self.what_the_rules_say_stands()
        self.stack.close()

    def settle_down(self) -> None:
        self.place.fault()
        self.store.retry_wishes()
        cycle(self.wiring, mode="full", force=True)
        self.store.retry_wishes()
        summary = cycle(self.wiring, force=True)
        assert summary.outcome == "done", summary.failures
        assert cycle(self.wiring).written == 0

    def nothing_is_doubled(self) -> None:
        for object_ in ("Account", "Contact", "Opportunity", "OpportunityContactRole", "Task"):
            keys = Counter(row["Syncd_Key__c"] for row in self.place.rows(object_) if row.get("Syncd_Key__c"))
            assert max(keys.values(), default=0) <= 1, object_
        opened = Counter((row["AccountId"], row["Syncd_Offer__c"]) for row in self.place.ours())
        assert max(opened.values(), default=0) <= 1

    def what_the_rules_say_stands(self) -> None:
        fresh = Store(f"sqlite:///{self.folder / 'fresh.db'}")
        fresh.migrate()
        yardstick = wired(self.place, fresh)
        for system, source in yardstick.sources.items():
            assert not pull(source, yardstick.mappings[system], fresh).failures
        match(fresh, yardstick.readers)
        judge(fresh, yardstick.agreement, TODAY)
        rows = {row["Id"]: row for object_ in ("Contact", "Opportunity") for row in self.place.rows(object_)}
        for wish in fresh.pending("salesforce", None, None):
            if wish.object not in ("contact", "opportunity"):
                continue
            assert wish.remote_id, f"{wish.object} {wish.key} is wanted and does not stand"
            row = rows[wish.remote_id]
            rule_ = yardstick.mappings["salesforce"].writes[wish.object]
            for name in ("mql", "role", "qualified", "offer"):
                if name in wish.wanted:
                    assert row[rule_.fields[name]] == wish.wanted[name], (wish.object, wish.key, name)
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
    done = push(wiring.targets["salesforce"], wiring.mappings["salesforce"], wiring.store, wiring.readers)
    assert done.counts.under("") == 0
    assert wiring.sources["salesforce"].budget.calls == 0
