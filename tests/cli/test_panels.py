"""What both teams see of a hundred banks: the demo's panels, the queue's week, and what a rep's word changes.

The tests that say a word in Salesforce stand last: what comes before them looks at the first cycle.
"""

import csv
import gzip
import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson
import pytest

from connectors.sandbox.salesforce.api.admin import person
from connectors.sandbox.world import Size, World, build
from syncd.cli.panels import WIDTH, Panel, panels, printed
from syncd.in_force import load_rulebook
from syncd.model import How, Release
from syncd.store import Store
from syncd.sync.cycle import cycle
from syncd.sync.run import Run
from syncd.wiring import wire
from tests.cli.conftest import Syncd, environment
from tests.ledger import begin_at
from tests.sync.conftest import Place, placed

VERDICTS = ("rejected", "accepted", "not yet")
REASON = "no budget"
WORLD = Size(100, 1_100, 2_000)  # the smallest with committees and a history


@dataclass(frozen=True)
class Hundred:
    """A store after one cycle, the commands that look at it, and its panels."""

    syncd: Syncd
    store: Store
    panels: dict[str, Panel]

    @property
    def place(self) -> Place:
        """Both systems, as their people see them."""
        return self.syncd.place

    def releases(self) -> dict[str, Release]:
        """Who was handed over lately, by key."""
        with self.store.reading() as unit:
            handed = unit.queue.releases(datetime.now(UTC).date() - timedelta(days=21))
        return {release.key: release for release in handed}

    def tasks(self) -> dict[str, dict[str, Any]]:
        """Our tasks in Salesforce, by key."""
        rows = self.place.rows("Task")
        return {row["Syncd_Key__c"]: row for row in rows if row.get("Syncd_Key__c")}


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hundred]:
    folder = tmp_path_factory.mktemp("hundred")
    world, database = build(1, datetime.now(UTC).date(), WORLD), folder / "syncd.db"
    mappings = _mappings(folder, world)
    with placed(database, mappings, world) as place:
        syncd = Syncd({**environment(place.sandbox, database), "SYNCD_MAPPINGS": str(mappings)}, place, database)
        begin_at(syncd.environment["SYNCD_DATABASE_URL"])
        syncd.done("cycle")
        store = Store(place.settings.database_url)
        with store.reading() as unit:
            every = {panel.name: panel for panel in panels(unit, load_rulebook(place.settings), datetime.now(UTC))}
        yield Hundred(syncd, store, every)
        store.close()


def _mappings(folder: Path, world: World) -> Path:
    """A mapping folder whose register lists the banks of this world alone."""
    names = {record["properties"]["name"] for record in world.hubspot["companies"]}
    with gzip.open(str(files("mappings").joinpath("registers/fdic.csv.gz")), "rt", encoding="utf-8") as whole:
        rows = [row for row in csv.DictReader(whole) if row["NAME"] in names]
    (folder / "registers").mkdir()
    with gzip.open(folder / "registers" / "fdic.csv.gz", "wt", encoding="utf-8", newline="") as part:
        writer = csv.DictWriter(part, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return folder


def _plain(content: Any) -> Any:
    return orjson.loads(orjson.dumps(content, default=str))


def test_there_is_one_of_each_and_it_fits_the_screen(hundred: Hundred) -> None:
    every = hundred.panels
    assert list(every) == ["queue", "caucus", "picture", "audit", "lag"]
    for panel in every.values():
        lines = list(printed(panel))
        assert len(lines) <= 24
        assert max(map(len, lines)) <= WIDTH
        assert lines[0].startswith(panel.name.ljust(9))
        assert lines[-1].strip() == f"more: {panel.more}"


@pytest.mark.parametrize("name", ["queue", "caucus", "picture"])
def test_it_says_what_its_command_says(hundred: Hundred, name: str) -> None:
    syncd, every = hundred.syncd, hundred.panels
    _, *words = shlex.split(every[name].more)
    assert _plain(every[name].content) == syncd.done(*words, "--json").json


def test_the_audit_and_the_lags_say_what_their_commands_say(hundred: Hundred) -> None:
    syncd, every = hundred.syncd, hundred.panels
    counted = syncd.done("audit", "--json").json
    assert every["audit"].content == {name: counted[name] for name in every["audit"].content}
    assert _plain(every["lag"].content["steps"]) == syncd.done("lag", "--json").json
    options = ("--step", "sqo-won", "--horizon", "90", "--days", "1", "--json")
    assert _plain([every["lag"].content["outlook"]]) == syncd.done("lag", "backtest", *options).json


def test_the_caucus_that_is_shown_has_a_realignment(hundred: Hundred) -> None:
    every = hundred.panels
    tally = every["caucus"].content["tally"]
    assert tally["present"] >= 7
    assert tally["threshold"] == 2
    (moved,) = [move for move in tally["moves"] if move["round"] == 2]
    assert len(tally["first"][moved["start"]]) == 1
    assert moved["contact_id"] in tally["final"][moved["to"]]
    assert any(line.startswith("Round 2: ") for line in every["caucus"].lines)


def test_each_gap_of_sales_opportunity_has_its_next_action(hundred: Hundred) -> None:
    every = hundred.panels
    picture = every["picture"].content["picture"]
    assert every["picture"].content["key"] is None
    text = "\n".join(every["picture"].lines)
    assert {action["closes"] for action in picture["next"]} >= set(picture["gaps"])
    assert all(action["closes"] in text and action["reach"] in text for action in picture["next"])


# ---- the week of the queue ---------------------------------------------------------------------------------------


def test_nobody_who_waits_has_a_task(hundred: Hundred) -> None:
    waiting = {row["key"] for row in hundred.syncd.done("queue", "--json").json["waiting"]}
    tasks = set(hundred.tasks())
    assert waiting and tasks
    assert not waiting & tasks
    assert tasks == set(hundred.releases())


def test_releases_follow_the_rule_of_the_week(hundred: Hundred) -> None:
    weeks = hundred.syncd.done("queue", "--json").json["reps"]
    assert any(week["others"] for week in weeks)
    for week in weeks:
        assert week["others"] <= max(0, week["places"] - week["at_once"] - week["owed"]), week


def test_an_opportunity_is_opened_with_its_first_release(hundred: Hundred) -> None:
    handed = {(release.account_id, release.contact_id) for release in hundred.releases().values()}
    opened = hundred.place.ours()
    assert opened
    for row in opened:
        roles = hundred.place.rows("OpportunityContactRole", OpportunityId=row["Id"])
        account_id, _ = row["Syncd_Key__c"].rsplit("/", 1)
        delegates = {role["Syncd_Key__c"].removeprefix(f"{row['Syncd_Key__c']}/") for role in roles}
        assert {(account_id, delegate) for delegate in delegates} & handed, row["Name"]


def test_every_open_opportunity_of_sales_carries_the_picture_of_explain(hundred: Hundred) -> None:
    theirs = [row for row in hundred.place.rows("Opportunity") if not (row["IsClosed"] or row.get("Syncd_Key__c"))]
    assert theirs
    for row in theirs:
        picture = hundred.syncd.done("explain", row["Id"], "--json").json["picture"]
        standing = json.loads(row["Syncd_Picture_JSON__c"])
        assert picture.keys() == standing.keys()
        for field, value in picture.items():
            assert standing[field] == value, (row["Name"], field)


def test_the_second_cycle_writes_nothing(hundred: Hundred) -> None:
    before = hundred.place.written()
    hundred.syncd.done("cycle")
    assert hundred.place.written() == before


# ---- what a rep says ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judged(hundred: Hundred) -> dict[str, Release]:
    """Of three people at three banks one is rejected, one accepted, one put off; and one cycle after it."""
    hundred.place.org("assign", permission_set="Syncd_Sales", user=person(hundred.place.sandbox.salesforce.org))
    mqls = [one for one in hundred.releases().values() if one.kind == "mql" and "hubspot.contacts/" in one.contact_id]
    handed = {release.account_id: release for release in sorted(mqls, key=lambda one: one.key)}
    of = dict(zip(VERDICTS, handed.values(), strict=False))
    assert len(of) == len(VERDICTS)
    for verdict, release in of.items():
        reason = {"Syncd_Verdict_Reason__c": REASON} if verdict == "rejected" else {}
        hundred.place.edit("Task", hundred.tasks()[release.key]["Id"], Syncd_Verdict__c=verdict, **reason)
    hundred.syncd.done("cycle")
    return of


def test_hubspot_has_each_verdict_in_the_next_cycle(hundred: Hundred, judged: dict[str, Release]) -> None:
    portal = {f"hubspot.contacts/{row['id']}": row["properties"] for row in hundred.place.portal("contacts")}
    for verdict, release in judged.items():
        assert portal[release.contact_id]["syncd_verdict"] == verdict
    assert REASON in portal[judged["rejected"].contact_id]["syncd_reason"]


def test_lessons_count_the_verdicts_and_the_reason(hundred: Hundred, judged: dict[str, Release]) -> None:
    lessons = hundred.syncd.done("lessons", "--json").json
    assert lessons["reasons"] == [{"reason": REASON, "number": 1}]
    every = next(row for row in lessons["precision"] if row["dimension"] == "all")
    assert (every["accepted"]["part"], every["accepted"]["of"]) == (1, 2)
    assert every["open"] == lessons["cases"] - 2, "not yet is no word on whether it was right"


def test_the_queue_takes_note_and_hands_on_who_comes_next(hundred: Hundred, judged: dict[str, Release]) -> None:
    handed = hundred.releases()
    assert all(handed[release.key].outcome.value == verdict for verdict, release in judged.items())
    waiting = hundred.syncd.done("queue", "--json").json["waiting"]
    assert not {release.key for release in judged.values()} & {row["key"] for row in waiting}
    settings, monday = hundred.place.settings, datetime.now(UTC) + timedelta(days=7)
    cycle(replace(wire(settings, hundred.store, sleep=lambda _: None), clock=lambda: monday), Run())
    new = {key: release for key, release in hundred.releases().items() if key not in handed}
    assert {key for key, release in new.items() if release.how in (How.RANK, How.WAITING)} <= {
        row["key"] for row in waiting
    }
    assert new and new.keys() <= hundred.tasks().keys()
    assert judged["rejected"].contact_id not in {release.contact_id for release in new.values()}
