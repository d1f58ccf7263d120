"""`syncd calendar`: planned sends from a CSV or from the systems' campaigns, on a store of its own."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from connectors.base import Page, Record
from syncd.model.milestones import Milestone, Stage
from syncd.store import Store
from syncd.tables.core import account, campaign, campaign_member, contact, link, user
from tests.cli.conftest import Answer, ask

NOW = datetime.now(UTC)
TODAY = NOW.date()
MONDAY = TODAY + timedelta(days=7 - TODAY.weekday())
BY_HAND = ("--response", "10", "--conversion", "50", "--lag", "3")
Asking = Callable[..., Answer]


def fill(store: Store) -> None:
    """Two reps, sixty members of a campaign of last month of whom thirty became MQLs, and one that is to come."""
    with store.writing() as unit:
        unit.milestones.kept_since(NOW - timedelta(days=60))
        run = unit.connection.execute
        for number, name in enumerate(("rae", "cen")):
            run(user.insert().values(id=name, name=name.capitalize(), email=f"{name}@syncd-demo.example", sources="{}"))
            where = {"system": "salesforce", "stream": "User", "remote_id": f"005{number}"}
            unit.records.save("salesforce", "User", Page([Record(f"005{number}", NOW, False, {})], ""))
            run(link.insert().values(**where, kind="user", golden_id=name, evidence="itself"))
            run(account.insert().values(id=f"bank-{name}", owner=name, sources="{}"))
        later = MONDAY + timedelta(days=30)
        for name, starts in (("past", TODAY - timedelta(days=40)), ("next", MONDAY), ("empty", later)):
            run(campaign.insert().values(id=name, name=f"Fraud week {name}", kind="Seminar", starts=starts))
        for number in range(60):
            home = "bank-rae" if number % 4 else "bank-cen"
            run(contact.insert().values(id=f"c{number}", account_id=home, sources="{}"))
            for name in ("past", "next"):
                run(campaign_member.insert().values(id=f"{name}{number}", campaign_id=name, contact_id=f"c{number}"))
        became = datetime.combine(TODAY - timedelta(days=33), time(17), UTC)  # one day on both sides of the ocean
        mqls = [Milestone(Stage.MQL, became, "bank-rae", f"c{n}", campaign_id="past", rep="rae") for n in range(30)]
        unit.milestones.add(mqls)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("calendar") / "syncd.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    fill(store)
    store.close()
    yield path


@pytest.fixture
def asking(database: Path) -> Asking:
    return lambda *arguments: ask({"SYNCD_DATABASE_URL": f"sqlite:///{database}"}, *arguments)


def a_file(folder: Path, *lines: str) -> str:
    file = folder / "sends.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


def test_the_systems_campaigns_bring_what_earlier_ones_brought_to_the_owners(asking: Asking) -> None:
    answer = asking("calendar", "--json").json
    (send,) = answer["sends"]
    assert (send["campaign"], send["people"], send["reps"]) == ("Fraud week next", 60, {"Cen": 0.25, "Rae": 0.75})
    assert "30 of 60 within 91 days" in send["response"]
    expected = {(week["rep"], week["week"]): week["expected"] for week in answer["weeks"] if week["expected"]}
    week_after = str(MONDAY + timedelta(days=7))
    assert expected == {("Cen", week_after): pytest.approx(7.5), ("Rae", week_after): pytest.approx(22.5)}


def test_a_campaign_without_members_is_named_and_counts_nothing(asking: Asking) -> None:
    assert asking("calendar", "--json").json["without_members"] == ["Fraud week empty"]
    assert "campaigns ahead without members, which count nothing: Fraud week empty" in asking("calendar").out


def test_weeks_above_capacity_are_marked_with_the_waves_that_level_them(asking: Asking, tmp_path: Path) -> None:
    file = a_file(tmp_path, "campaign,day,people,rep", f"Fraud week,{MONDAY},400,rae@syncd-demo.example")
    out = asking("calendar", file, *BY_HAND).out
    assert "above by 12.0" in out
    waves = [f"{size} on {MONDAY + timedelta(days=7 * n)}" for n, size in enumerate((160, 160, 80))]
    assert ", ".join(waves) in out
    rows = list(csv.DictReader(io.StringIO(asking("calendar", file, *BY_HAND, "--csv").out)))
    assert [row["expected or people"] for row in rows if row["what"] == "wave"] == ["160", "160", "80"]
    assert [row["above capacity"] for row in rows if row["week or day"] == str(MONDAY)] == ["12.0", ""]


def test_a_row_says_itself_how_many_respond(asking: Asking, tmp_path: Path) -> None:
    file = a_file(tmp_path, "campaign,day,people,response,conversion,days", f"Paper,{MONDAY},100,10,50,3")
    (send,) = asking("calendar", file, "--json").json["sends"]
    assert (send["response"], send["reps"]) == ("given by hand", {"Rae": 1.0})


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("name,day", "x,y"), "no heading campaign"),
        (("campaign,day,people", "a,soon,5"), ":2: day 'soon'"),
        (("campaign,day,people", "a,2027-01-04,-5"), "people '-5'"),
        (("campaign,day,people,rep", "a,2027-01-04,5,nobody"), "no user is called 'nobody'"),
        (("campaign,day,people,response", "a,2027-01-04,5,10"), "go together"),
        (("",), "the file is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(
    asking: Asking, tmp_path: Path, lines: tuple[str, ...], words: str
) -> None:
    answer = asking("calendar", a_file(tmp_path, *lines))
    assert answer.code != 0 and words in answer.err


def test_everything_that_is_wrong_in_a_file_is_said_at_once(asking: Asking, tmp_path: Path) -> None:
    rows = ["a,soon,-5,nobody", f"b,{MONDAY},10,rae@syncd-demo.example", *[f"c,{MONDAY},many,Rae"] * 30]
    answer = asking("calendar", a_file(tmp_path, "campaign,day,people,rep", *rows))
    lines = answer.err.splitlines()
    assert (answer.code, len(lines)) == (2, 22)
    assert [word in lines[at] for at, word in enumerate((":2: day 'soon'", ":2: people '-5'", ":2: no user"))] == [
        True
    ] * 3
    assert lines[-2:] == ["and 13 more", "nothing was counted"]


def test_a_row_may_name_its_kind_of_campaign(asking: Asking, tmp_path: Path) -> None:
    rows = (f"a,{MONDAY},100,Seminar", f"b,{MONDAY},100,Fair")
    first, second = asking("calendar", a_file(tmp_path, "campaign,day,people,kind", *rows), "--json").json["sends"]
    assert first["response"].startswith("Seminar: 30 of 60")
    assert second["response"] == "all kinds: 30 of 60 within 91 days, in this store's history; of Fair: none began yet"


def test_a_file_that_is_not_there_and_half_of_the_options_are_refused(asking: Asking) -> None:
    assert "name a CSV file" in asking("calendar", "nowhere.csv").err
    assert "go together" in asking("calendar", "--response", "5").err
