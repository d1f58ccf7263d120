"""Each example's agreement on a small world of its own, end to end: what its README promises stands in the systems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.__main__ import WORLDS
from connectors.sandbox.world import Size, build
from connectors.sandbox.world.trades import TRADES
from syncd import shipped
from syncd.agreement import Agreement, load
from syncd.in_force import load_rulebook
from syncd.settings import Settings
from syncd.store import Store
from syncd.sync.cycle import cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.sync.conftest import TODAY, Place, placed, wired


@dataclass
class Example:
    """An example after two cycles on its world."""

    agreement: Agreement
    cycles: tuple[Summary, Summary]
    standings: Mapping[str, int]
    place: Place

    def opportunities(self, segment: str) -> list[dict[str, Any]]:
        return [row for row in self.place.ours() if row["Syncd_Segment__c"] == segment]

    def reps(self) -> set[str]:
        """Who was given a task."""
        users = {row["Id"]: row["Email"] for row in self.place.rows("User")}
        return {users[row["OwnerId"]] for row in self.place.rows("Task") if row.get("Syncd_Key__c")}


@contextmanager
def run(name: str, folder: Path) -> Iterator[Example]:
    own = shipped.example(name)
    with placed(folder / "syncd.db", own, build(1, TODAY, Size.EXAMPLE, TRADES[name])) as place:
        place.settings = place.settings.model_copy(update={"registers": ()})
        with closing(Store(place.settings.database_url)) as store:
            store.migrate()
            wiring = wired(place, store)
            cycles = cycle(wiring, Run()), cycle(wiring, Run())
            with store.reading() as unit:
                standings = unit.judgements.count_standings()
            yield Example(load(None, own), cycles, standings, place)


@pytest.fixture(scope="module")
def manufacturers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    with run("manufacturers", tmp_path_factory.mktemp("manufacturers")) as example:
        yield example


@pytest.fixture(scope="module")
def supplier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    with run("supplier", tmp_path_factory.mktemp("supplier")) as example:
        yield example


def test_there_is_a_world_for_each_example_and_an_example_for_each_world() -> None:
    assert {"banks", *shipped.examples()} == set(TRADES) == set(WORLDS)


@pytest.fixture(params=["manufacturers", "supplier"])
def example(request: pytest.FixtureRequest) -> Example:
    chosen: Example = request.getfixturevalue(request.param)
    return chosen


def test_the_second_cycle_writes_nothing(example: Example) -> None:
    first, second = example.cycles
    assert (first.failures, second.failures) == ({}, {})
    assert first.written > 100
    assert second.written == 0


def test_some_are_in_some_out_and_some_unknown(example: Example) -> None:
    assert all(example.standings[standing] > 10 for standing in ("in", "out", "unknown"))


def test_each_opportunity_is_weighted_as_agreed_and_says_why(example: Example) -> None:
    probability, ours = example.agreement.forecast.probability, example.place.ours()
    assert len(ours) >= 3
    for row in ours:
        assert probability.min <= row["Probability"] <= probability.max
        assert row["StageName"] == example.agreement.forecast.stage
        assert row["Amount"] > 0
        assert row["Syncd_Reason__c"].startswith(f"in the served market: {row['Syncd_Segment__c']}")


def test_more_than_one_segment_is_sold_to(example: Example) -> None:
    assert len({row["Syncd_Segment__c"] for row in example.place.ours()}) > 1


def test_tasks_are_given_to_several_reps_that_the_agreement_or_the_accounts_name(example: Example) -> None:
    assert len(example.reps()) >= 4
    assert all(rep.endswith(TRADES_DOMAINS[example.agreement.name]) for rep in example.reps())


TRADES_DOMAINS = {load(None, shipped.example(name)).name: TRADES[name].domain for name in shipped.examples()}


# ---- manufacturers -----------------------------------------------------------------------------------------------


def test_amounts_are_in_the_agreed_currency_whatever_the_creators_own_is(manufacturers: Example) -> None:
    users = {row["Email"]: row.get("DefaultCurrencyIsoCode") for row in manufacturers.place.rows("User")}
    assert users["integration@plantline.example"] == "USD"
    assert {row["CurrencyIsoCode"] for row in manufacturers.place.ours()} == {"EUR"}


def test_dollars_are_counted_at_the_rate_of_their_day(manufacturers: Example) -> None:
    by_revenue = [row["Syncd_Reason__c"] for row in manufacturers.place.ours() if "Production" in row["Name"]]
    assert by_revenue
    assert all("USD at 0.88 EUR (2026-07-01, treasury's planning rate)" in reason for reason in by_revenue)


def test_a_segments_own_cycle_and_bar_hold_there_and_the_general_ones_elsewhere(manufacturers: Example) -> None:
    german, american = map(manufacturers.opportunities, ("German Mittelstand", "US mid-size manufacturers"))
    assert {row["CloseDate"] for row in german} == {ahead(210)}
    assert {row["CloseDate"] for row in american} == {ahead(150)}
    assert all("people who stand for it: " in row["Syncd_Reason__c"] for row in german)
    assert not any("people who stand for it: " in row["Syncd_Reason__c"] for row in american)


def test_maintenance_is_sold_to_americans_alone(manufacturers: Example) -> None:
    sold = {(row["Syncd_Segment__c"], row["Syncd_Offer__c"]) for row in manufacturers.place.ours()}
    assert ("US mid-size manufacturers", "maintenance") in sold
    assert ("German Mittelstand", "maintenance") not in sold


def test_nobody_is_written_to_without_a_legal_basis(manufacturers: Example) -> None:
    reasons = [record["properties"].get("syncd_reason") or "" for record in manufacturers.place.portal("contacts")]
    assert any("no legal basis for mail is on record" in reason for reason in reasons)


# ---- supplier ----------------------------------------------------------------------------------------------------


def test_a_mills_amount_and_cycle_are_those_of_its_segment(supplier: Example) -> None:
    mills = supplier.opportunities("paper and steel mills")
    assert mills
    assert {row["CloseDate"] for row in mills} == {ahead(90)}
    for row in mills:
        if row["Syncd_Offer__c"] == "lubrication-contract":
            assert row["Amount"] == 140_000


def test_an_opportunity_is_named_as_the_agreement_says(supplier: Example) -> None:
    assert all(" for " in row["Name"] for row in supplier.place.ours())


@pytest.mark.parametrize(
    ("title", "function", "level"),
    [
        ("General Foreman", "maintenance", "manager"),
        ("Plant Superintendent", "operations", "director"),
        ("Tool Crib Attendant", "procurement", "individual contributor"),
        ("Storeroom Supervisor", "procurement", "manager"),
        ("Maint. Planner", "maintenance", "individual contributor"),
        ("Chief Financial Officer", "finance", "C-level"),
    ],
)
def test_titles_are_read_by_the_suppliers_own_words_and_by_all_others_as_shipped(
    title: str, function: str, level: str
) -> None:
    own = shipped.example("supplier")
    reading, _ = load_rulebook(settings(own)).read(title)
    assert (function in reading.functions, reading.level) == (True, level)


def test_without_the_suppliers_own_words_its_people_are_not_known() -> None:
    own = shipped.example("supplier")
    plain = load_rulebook(settings(None), agreement=load(own / "agreement.yaml")).read("Tool Crib Attendant")[0]
    assert "procurement" not in plain.functions


def settings(folder: Path | None) -> Settings:
    return Settings(mappings=folder, registers=())


def ahead(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()
