"""`syncd lessons`: in words, as JSON and as CSV, of milestones, judgements and releases that are kept."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlmodel import SQLModel

from syncd.model import How, Outcome, Release, TaskKind, answers
from syncd.model.milestones import Milestone, Stage
from syncd.store import Store, UnitOfWork
from syncd.store.statements import insert
from syncd.tables import AccountRow, ActivityRow, CampaignRow, ContactRow, JudgementRow
from tests.cli.conftest import Answer, ask

NOW = datetime.now(UTC)
Asking = Callable[..., Answer]
ROLES = ("Champion", "Business User")


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def person(number: int) -> str:
    return f"salesforce.Contact/{number:03}"


def role_of(number: int) -> str:
    return ROLES[number % 2]


def story() -> list[Milestone]:
    """Forty people: the champions were accepted but for two, the users rejected but for two."""
    milestones = []
    for number in range(40):
        name, common = person(number), {"segment": "=banks", "offer": "fraud-detection"}
        right = (role_of(number) == "Champion") == (number >= 4)
        said = Stage.ACCEPTED if right else Stage.REJECTED
        evidence = (f"did/{number}",)
        milestones.append(Milestone(Stage.MQL, ago(40), "bank", name, campaign_id="c1", evidence=evidence, **common))
        milestones += [Milestone(Stage.RELEASED, ago(39), "bank", name), Milestone(said, ago(38), "bank", name)]
    for number in range(30):
        at, people = (
            {"opportunity_id": f"o{number}"},
            (person(number),) if number % 2 else (person(number), person(number + 2)),
        )
        milestones.append(Milestone(Stage.SQO, ago(30), "bank", evidence=people, **at))
        milestones.append(Milestone(Stage.LOST if number % 2 else Stage.WON, ago(20), "bank", **at))
    return milestones


def judgement() -> dict[str, Any]:
    def gates(role: str) -> list[dict[str, str]]:
        closed = {
            "market": "yes",
            "role": "no" if role == "Business User" else "yes",
            "reachable": "yes",
            "relation": "yes",
        }
        return [
            {"name": name, "ruling": ruling, "value": "banks" if name == "market" else "a@b.example", "reason": ""}
            for name, ruling in closed.items()
        ]

    people = [
        {"contact_id": person(number), "role": role_of(number), "by_mail": number < 20, "gates": gates(role_of(number))}
        for number in range(40)
    ]
    return {"contacts": people}


def releases() -> list[Release]:
    reasons = ["wrong person"] * 14 + ["other"] * 4 + [""] * 2
    common: dict[str, Any] = {"kind": TaskKind.MQL, "account_id": "bank", "rep": "u1", "at": ago(39), "how": How.RANK}
    week = ago(39).date()
    return [
        Release(f"mql/{number}", contact_id=person(number), week=week, outcome=Outcome.REJECTED, why=why, **common)
        for number, why in enumerate(reasons)
    ]


def activity(number: int) -> ActivityRow:
    stream = "form_submissions" if number < 20 else "emails"
    at = {"system": "hubspot", "stream": stream, "remote_id": str(number), "at": ago(41)}
    return ActivityRow(id=f"did/{number}", contact_id=person(number), kind="webinar", **at)


def keep(unit: UnitOfWork, *rows: SQLModel) -> None:
    insert(unit.connection, type(rows[0]), [row.model_dump() for row in rows])


def fill(store: Store) -> None:
    """The story with everything that lessons are learned from."""
    with store.writing() as unit:
        unit.milestones.kept_since(ago(50))
        unit.milestones.add(story())
        unit.queue.hand_over(releases())
        keep(unit, CampaignRow(id="c1", name="Fraud week"))
        keep(unit, AccountRow(id="bank", name="First Invented Bank", sources="{}"))
        keep(unit, *(ContactRow(id=person(number), account_id="bank", sources="{}") for number in range(40)))
        body = orjson.dumps(judgement()).decode()
        common = {"mqls": 0, "opportunities": 0, "alerts": 0}
        keep(
            unit,
            JudgementRow(account_id="bank", today=NOW.date(), agreement="2026.1", standing="in", body=body, **common),
        )
        for number, days in ((0, 35), (1, 35), (2, 25)):  # of the last one nobody knew when it was opened
            unit.answers.give(answers.Answer(f"o{number}", "budget", "50,000", ago(days), "syncd answer"))
        keep(unit, *(activity(number) for number in range(40)))


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    path = tmp_path_factory.mktemp("lessons") / "syncd.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    fill(store)
    store.close()
    yield lambda *arguments: ask({"SYNCD_DATABASE_URL": f"sqlite:///{path}"}, "lessons", *arguments)


def row_of(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    return next(row for row in rows if all(row[name] == value for name, value in wanted.items()))


def test_json_tells_precision_by_role_campaign_source_and_gate(asking: Asking) -> None:
    answer = asking("--json").json
    rows = answer["precision"]
    assert (answer["cases"], rows[0]["dimension"], rows[0]["accepted"]["part"]) == (40, "all", 22)
    champions = row_of(rows, dimension="role", value="Champion")["accepted"]
    assert (champions["part"], champions["of"]) == (20, 20), "two who were rejected stand on a won one"
    users = row_of(rows, dimension="role", value="Business User")
    assert (users["accepted"]["part"], users["rejected_and_closed_by_now"]) == (2, 18)
    assert row_of(rows, dimension="campaign", value="Fraud week")["accepted"]["of"] == 40
    assert row_of(rows, dimension="source", value="hubspot emails")["accepted"]["of"] == 20
    assert row_of(rows, dimension="responded", value="webinar")["accepted"]["of"] == 40
    assert row_of(rows, dimension="reachable", value="by phone")["accepted"]["of"] == 20


def test_what_won_stands_beside_what_was_known_at_opening(asking: Asking) -> None:
    rows = asking("--json").json["openings"]
    second = row_of(rows, known="a second person", was_known=True)
    assert (second["won"]["part"], second["won"]["of"]) == (15, 15)
    assert row_of(rows, known="Business User", was_known=False)["won"]["part"] == 15
    budget = row_of(rows, known="answer: budget", was_known=True)["won"]
    assert (budget["part"], budget["of"]) == (1, 2)


def test_words_rank_reasons_raise_the_alert_and_suggest_with_the_effect(asking: Asking) -> None:
    out = asking().out
    for words in (
        "40 were handed over, or got a word",
        "22 right, 18 wrong, 0 silent, 0 open",
        "alert: 30% of 20 rejections give the reason 'other' or none",
        "role Business User",
        "without it: 18 rejections fewer, and 2 accepted",
        "reason 'wrong person'",
        "replay it: `syncd agreement diff NEW`",
        "too few to say",
    ):
        assert words in out, words
    assert "@" not in out, "a gate's value may be an address"


def test_csv_is_safe_to_open_in_a_spreadsheet(asking: Asking) -> None:
    rows = list(csv.DictReader(io.StringIO(asking("--csv").out)))
    assert row_of(rows, what="segment")["value"] == "'=banks"
    assert float(row_of(rows, what="role", value="Champion")["precision"]) == 1.0


def test_nothing_learned_says_why_and_a_day_to_come_is_refused(asking: Asking) -> None:
    today = datetime.now(UTC).date() - timedelta(days=2)
    out = asking("--since", str(today)).out
    assert "`syncd queue` shows who waits" in out and "none: no band lies below" in out
    answer = asking("--since", "2999-01-01")
    assert answer.code == 2 and "name an earlier day" in answer.err
