"""What the store says of people, accounts, opportunities, reps and reports: the JSON of the commands that look."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from pydantic import Field

from syncd.errors import ConfigError
from syncd.model.runs import CauseKind
from syncd.views.doubles import undecided
from syncd.views.explain import explanation
from syncd.views.opportunity import caucus_as_json, judged
from syncd.views.queue import board_of
from syncd.views.report import WINDOW, report_of, rows_of, titles
from syncd.web.api.runs import Word
from syncd.web.operations import Asked, Call, Operation, Told
from syncd.web.rights import Right


class Explanation(Told):
    """As `syncd explain --json` shows it: of an opportunity `picture` and `call`, else standing, contacts and gates."""


class BoardShown(Told):
    """Every rep's week, and who waits until when."""

    reps: list[dict[str, Any]]
    waiting: list[dict[str, Any]]


class Who(Asked):
    """Whom or what to explain."""

    who: Word = Field(
        description="a contact or an account (id, e-mail address, name, domain, remote id), an opportunity (id, key)",
        examples=["hubspot.contacts/168"],
    )


class WhichAccount(Asked):
    """Whose caucus."""

    account: Word = Field(description="id, name, domain or remote id", examples=["Endeavor Bank"])


class Caucus(Told):
    """The whole tally, with every move."""

    account_id: str
    tally: dict[str, Any]
    words: list[str]


class DoubleShown(Told):
    """Two that may be one."""

    kind: str
    first: dict[str, Any]
    second: dict[str, Any]
    evidence: str
    since: datetime


class Obstacle(Told):
    """One thing that would make a cycle fail, with all the places that show it."""

    level: str
    where: str
    what: str
    mend: str


class WhichRep(Asked):
    """One rep's week, or all."""

    rep: Word | None = Field(default=None, description="e-mail address, name or golden id")


class Since(Asked):
    """From which day on."""

    since: date | None = Field(default=None, description=f"a day, by default {WINDOW.days} days ago")


def explain(call: Call) -> Any:
    """Every gate with its evidence, and what would make somebody pass; an account's forecast; an opportunity's picture.

    404 too where several answer to the name: then their ids are named.
    """
    wiring = call.house.wiring
    who = call.query_as(Who).who
    return explanation(wiring.store, wiring.book, wiring.mappings, who, wiring.today()).plain()


def show_caucus(call: Call) -> Any:
    """It is held anew from today's facts."""
    wiring = call.house.wiring
    group, judgement = judged(wiring.store, wiring.book, call.query_as(WhichAccount).account, wiring.today())
    return caucus_as_json(group, judgement, wiring.book)


def list_doubles(call: Call) -> Any:
    """Nothing is created beside a likely double until somebody decides: `syncd doubles`."""
    with call.house.store.reading() as unit:
        return undecided(unit)


def examine(call: Call) -> Any:
    """It asks both systems, and changes nothing. `level`: error, warning or note."""
    return call.house.examine()


def show_queue(call: Call) -> Any:
    """Hand-raises and booked demos are never held back; what they take beyond the cap is owed from the next week."""
    house = call.house
    with house.store.reading() as unit:
        return board_of(unit, house.wiring.book, datetime.now(UTC), call.query_as(WhichRep).rep).plain()


def list_reports(_: Call) -> Any:
    """By name, with what each shows."""
    return titles()


def show_report(call: Call) -> Any:
    """Its rows, by its columns."""
    wiring, since = call.house.wiring, call.query_as(Since).since
    report, today = report_of(call.path["name"]), wiring.today()
    if since is not None and since > today:
        raise ConfigError(f"since: {since} is yet to come", plain=f"since: a day that is yet to come; today is {today}")
    with wiring.store.reading() as unit:
        return rows_of(report, unit, wiring.book, since or today - WINDOW, today)


OPERATIONS = (
    Operation(
        "GET",
        "/api/explain",
        Right.VIEW,
        "Why somebody is, or is not, a qualified lead, and what would make them one",
        explain,
        query=Who,
        answer=Explanation,
        command="syncd explain",
        refusals=(CauseKind.NOT_FOUND,),
    ),
    Operation(
        "GET",
        "/api/caucus",
        Right.VIEW,
        "The whole tally of an account's caucus: who stands for which offer, who moved, and why",
        show_caucus,
        query=WhichAccount,
        answer=Caucus,
        command="syncd caucus",
        refusals=(CauseKind.NOT_FOUND,),
    ),
    Operation(
        "GET",
        "/api/doubles",
        Right.VIEW,
        "What may be one and waits for a decision",
        list_doubles,
        answer=list[DoubleShown],
        command="syncd doubles",
    ),
    Operation(
        "GET",
        "/api/doctor",
        Right.OPERATE,
        "What would make a cycle fail, and what mends it",
        examine,
        answer=list[Obstacle],
        command="syncd doctor",
        costly=True,
    ),
    Operation(
        "GET",
        "/api/queue",
        Right.VIEW,
        "Every rep's week: its places, who came, and who waits until when",
        show_queue,
        query=WhichRep,
        answer=BoardShown,
        command="syncd queue",
        refusals=(CauseKind.NOT_FOUND,),
    ),
    Operation(
        "GET",
        "/api/reports",
        Right.VIEW,
        "The reports there are",
        list_reports,
        answer=dict[str, str],
        command="syncd report",
    ),
    Operation(
        "GET",
        "/api/reports/{name}",
        Right.VIEW,
        "Whom we touch too early, in vain or not at all, what challenges each rep, and what people listen to",
        show_report,
        query=Since,
        answer=list[dict[str, Any]],
        command="syncd report",
        costly=True,
    ),
)
