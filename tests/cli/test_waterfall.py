"""`syncd waterfall`: in words, as JSON and as CSV, and backwards from bookings; on milestones alone."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from syncd.model.milestones import Milestone, Stage
from syncd.store import Store
from syncd.tables import CampaignRow
from syncd.tables.core import table_of
from tests.cli.conftest import Answer, ask
from tests.rules.agreements import changed

NOW = datetime.now(UTC)
Asking = Callable[..., Answer]


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def story() -> list[Milestone]:
    """Thirty MQLs by one campaign; behind each stands an opportunity, won ten days later by every second."""
    milestones = []
    for number in range(30):
        who, name = f"c{number}", f"o{number}"
        common: dict[str, Any] = {"offer": "fraud-detection", "segment": "=banks", "rep": "u1"}
        milestones.append(Milestone(Stage.MQL, ago(40), "bank", who, campaign_id="campaign-1", **common))
        paid: dict[str, Any] = {"opportunity_id": name, "amount": Decimal(50_000), "currency": "USD", **common}
        milestones.append(Milestone(Stage.SQO, ago(30), "bank", evidence=(who,), **paid))
        milestones.append(Milestone(Stage.WON if number % 3 else Stage.LOST, ago(20), "bank", **paid))
    return milestones


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("waterfall") / "syncd.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    with store.writing() as unit:
        unit.milestones.kept_since(ago(50))
        unit.milestones.add(story())
        unit.connection.execute(table_of(CampaignRow).insert().values(id="campaign-1", name="Fraud week"))
    store.close()
    yield path


@pytest.fixture
def asking(database: Path) -> Asking:
    return lambda *arguments: ask({"SYNCD_DATABASE_URL": f"sqlite:///{database}"}, *arguments)


def stage(part: dict[str, Any], name: str) -> dict[str, Any]:
    return next(level for level in part["stages"] if level["stage"] == name)


def test_json_has_volume_conversion_velocity_and_value(asking: Asking) -> None:
    answer = asking("waterfall", "--per", "campaign", "--json").json
    won = stage(answer["whole"], "won")
    assert (won["reached"], won["entered"], won["came"]) == (20, 30, 20)
    assert won["worth"] == {"USD": 1_000_000}
    assert won["lag"]["days"] == {"0.5": 10, "0.8": 10} and won["lag"]["reached"] == pytest.approx(2 / 3)
    assert stage(answer["whole"], "accepted")["lag"]["refusal"]
    (part,) = answer["parts"]
    assert (part["id"], part["name"]) == ("campaign-1", "Fraud week")
    assert (answer["won_with_an_mql"], answer["closed_without_qualification"]) == (20, 0)


def test_words_name_every_stage_and_what_is_too_few(asking: Asking) -> None:
    out = asking("waterfall", "--per", "segment").out
    for words in ("MQL", "qualified opportunity", "20 of 30 (67%)", "10 days", "too few: 0 of 0", "1,000,000 USD"):
        assert words in out
    assert "an MQL stands behind 20 of 20 won opportunities" in out


def test_csv_is_safe_to_open_in_a_spreadsheet(asking: Asking) -> None:
    rows = list(csv.DictReader(io.StringIO(asking("waterfall", "--per", "segment", "--csv").out)))
    assert {row["part"] for row in rows} == {"all", "'=banks"}
    assert [row["worth"] for row in rows if row["stage"] == "won"] == ["1000000.00", "1000000.00"]


def test_the_golden_case_is_told_backwards(asking: Asking) -> None:
    goal = ("waterfall", "--backwards", "--bookings", "10M", "--by", "2027-12-31", "--since", "2027-01-01")
    terms = ("--amount", "50k", "--sourced", "50", "--lag", "90")
    answer = asking(*goal, *terms, "--json").json
    assert (answer["needed"], answer["in_time"], answer["short"], answer["short_worth"]) == (100, 75, 25, 1_250_000)
    out = asking(*goal, *terms).out
    assert "100 opportunities to be won" in out and "short by 25, 1,250,000 USD" in out


def test_backwards_goes_by_history_where_nothing_is_given(asking: Asking) -> None:
    answer = asking(
        "waterfall", "--backwards", "--bookings", "1M", "--by", str((NOW + timedelta(100)).date()), "--json"
    ).json
    assert (answer["amount"], answer["sourced"], answer["needed"]) == (50_000, 1, 20)
    mql = next(need for need in answer["stages"] if need["stage"] == "mql")
    assert mql["wanted"] == 30 and "in this store's history" in mql["source"]
    rows = list(
        csv.DictReader(
            io.StringIO(asking("waterfall", "--backwards", "--bookings", "1M", "--by", "2099-01-01", "--csv").out)
        )
    )
    assert [row["stage"] for row in rows] == ["inquiry", "MQL", "released", "accepted", "qualified opportunity"]


def test_lags_by_campaign_and_by_rep_bear_their_names(asking: Asking) -> None:
    rows = asking("lag", "--by", "campaign", "--step", "mql-won", "--json").json
    assert [(row["group"], row["name"]) for row in rows] == [("campaign-1", "Fraud week")]
    assert "Fraud week" in asking("lag", "--by", "campaign", "--step", "mql-won").out
    assert [row["name"] for row in asking("lag", "--by", "rep", "--step", "mql-won", "--json").json] == ["u1"]


@pytest.fixture
def aiming(database: Path, tmp_path: Path) -> Asking:
    """The same store, by an agreement that signs targets."""
    weekly = [{"stage": "mql", "per_week": 7}, {"stage": "won", "per_week": 3.5, "offer": "fraud-detection"}]
    year = {"amount": 10_000_000, "first": date(2027, 1, 1), "last": date(2027, 12, 31), "each": 50_000}
    file = tmp_path / "agreement.yaml"
    signed = {"weekly": weekly, "bookings": [year | {"sourced_percent": 50}]}
    file.write_text(changed(targets=signed), encoding="utf-8")
    surroundings = {"SYNCD_DATABASE_URL": f"sqlite:///{database}", "SYNCD_AGREEMENT": str(file)}
    return lambda *arguments: ask(surroundings, *arguments)


def test_what_was_signed_stands_beside_what_was_reached(aiming: Asking, asking: Asking) -> None:
    days = ("--since", str(ago(41).date()), "--until", str(ago(28).date()))
    whole = aiming("waterfall", *days, "--json").json["whole"]
    assert (stage(whole, "mql")["target"], stage(whole, "mql")["of_target"]) == (14, pytest.approx(30 / 14))
    assert (stage(whole, "won")["target"], stage(whole, "won")["of_target"]) == (7, 0)
    assert stage(whole, "sqo")["target"] is None
    assert "14.0 (214%)" in aiming("waterfall", *days, "--per", "offer").out
    rows = list(csv.DictReader(io.StringIO(aiming("waterfall", *days, "--csv").out)))
    assert {row["stage"]: row["target"] for row in rows if row["target"]} == {"MQL": "14.0", "won": "7.0"}
    assert "target" not in asking("waterfall", *days).out


def test_backwards_goes_by_the_bookings_that_are_signed_and_each_option_stands_in_for_its_term(aiming: Asking) -> None:
    answer = aiming("waterfall", "--backwards", "--lag", "90", "--json").json
    assert (answer["needed"], answer["in_time"], answer["short_worth"]) == (100, 75, 1_250_000)
    assert answer["target"].startswith("signed in agreement")
    assert aiming("waterfall", "--backwards", "--amount", "100k", "--json").json["needed"] == 50
    by_hand = aiming("waterfall", "--backwards", "--bookings", "1M", "--by", "2099-12-31", "--json").json
    assert (by_hand["target"], by_hand["bookings"]) == ("given by hand", 1_000_000)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--per", "colour"), "one of week, segment, campaign, rep, offer"),
        (("--since", "yesterday"), "a day as year-month-day"),
        (("--since", "2026-02-01", "--until", "2026-01-01"), "lies behind"),
        (("--bookings", "10M"), "say --backwards"),
        (("--backwards", "--bookings", "10M"), "needs --bookings and --by"),
        (("--backwards", "--bookings", "-3", "--by", "2027-12-31"), "an amount above nought"),
        (("--backwards", "--bookings", "10M", "--by", "1999-12-31"), "lies before"),
        (("--backwards", "--bookings", "10M", "--by", "2099-12-31", "--sourced", "150"), "at most 100"),
    ],
)
def test_what_nobody_can_act_on_is_refused(asking: Asking, arguments: tuple[str, ...], words: str) -> None:
    answer = asking("waterfall", *arguments)
    assert answer.code != 0 and words in answer.err
