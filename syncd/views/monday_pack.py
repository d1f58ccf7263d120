"""The Monday pack: a week on one page, for one rep or for both leaders, as the JSON of command, message and page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any, Final

from syncd.agreement.segments import terms_for
from syncd.model import How, Outcome, Release, User
from syncd.planning.acquisition import Item
from syncd.planning.aims import aimed
from syncd.planning.crew import crew_of
from syncd.planning.names import NO_REP, RepNames, finder
from syncd.planning.waterfall import Period, Waterfall, WaterfallPart, monday, priced, waterfall
from syncd.rules import Rulebook
from syncd.rules.days import local_day, plus_business, zone
from syncd.store import UnitOfWork
from syncd.sync.lessons import learn
from syncd.sync.release import running_dry
from syncd.views.acquisition import COLUMNS, items, row_of
from syncd.views.queue import Board, board_of

SHOWN: Final = 12  # rows of a list; how many there are stands beside it
WEEKS: Final = 13  # of the waterfall's longer period
BACK: Final = timedelta(days=182)  # releases that may still wait for a word
A_YEAR: Final = timedelta(days=364)
LEADERS: Final = "both leaders"


@dataclass(frozen=True)
class Week:
    """What the packs of one moment are made of, read once however many there are. now: aware."""

    unit: UnitOfWork
    book: Rulebook
    now: datetime

    def of_leaders(self) -> dict[str, Any]:
        """The pack of both leaders: everybody's week, and what the verdicts suggest to change."""
        learned = learn(self.unit, self.today - A_YEAR, self.today, self._where)
        board = board_of(self.unit, self.book, self.now)
        suggested = [{"what": one.about, "why": one.because, "then": one.term} for one in learned.suggestions]
        alarms = [{"what": alert, "why": "", "then": ""} for alert in (*learned.alerts, *running_dry(board.state))]
        return self._pack(LEADERS, None, board, [*alarms, *suggested])

    def of_rep(self, rep: str) -> dict[str, Any]:
        """One rep's pack. Raises NotFound where nobody of the queue answers to that name."""
        golden_id = finder(self._users)(rep)
        board = board_of(self.unit, self.book, self.now, golden_id or rep)
        assert golden_id is not None, "the queue knows nobody who is no user"
        return self._pack(self._names[golden_id], golden_id, board, self._next_actions(golden_id))

    @cached_property
    def today(self) -> date:
        """What day it is in the agreement's time zone."""
        return local_day(self.now.astimezone(UTC), self._where)

    @property
    def monday(self) -> date:
        """The first day of the agreement's week."""
        return monday(self.today)

    def came(self, rep: str | None = None) -> list[dict[str, Any]]:
        """Who was handed over this week, to everybody or to one rep (a golden id)."""
        week = self._this_week(rep)
        mine = (release for release in self._of(rep) if release.week == week and release.how is not How.BEFORE)
        return [self._handed(release) for release in mine]

    def overdue(self, rep: str | None = None) -> list[dict[str, Any]]:
        """Of whom a word is overdue, the longest first."""
        mine = (release for release in self._of(rep) if self._is_overdue(release))
        return [self._handed(release) for release in sorted(mine, key=self._due)]

    # ---- one pack ------------------------------------------------------------------------------------------------

    def _pack(self, name: str, rep: str | None, board: Board, suggestions: Sequence[Any]) -> dict[str, Any]:
        came, overdue = self.came(rep), self.overdue(rep)
        waiting = [row for row in board.waiting if not row["returned_at"]]
        gaps = [item for item in self._items if rep in (None, item.gap.rep)]
        return {
            "title": f"The week of {monday(self.today)}: {name}",
            "for": name,
            "rep": rep,
            "week": monday(self.today).isoformat(),
            "made_at": self.now.astimezone(UTC).isoformat(timespec="seconds"),
            "agreement": self.book.agreement.label,
            "quiet": not (came or waiting or overdue),
            "weeks": list(board.weeks),
            "came": _listed(came),
            "waiting": _listed([_waiting(row) for row in waiting]),
            "overdue": _listed(overdue),
            "gaps": _listed([self._gap(item) for item in gaps]) | {"missing": sum(item.gap.missing for item in gaps)},
            "waterfall": [_level_rows(title, period, rep) for title, period in self._waterfalls],
            "suggestions": _listed(suggestions),
        }

    def _this_week(self, rep: str | None) -> date:
        return monday(self.today) if rep is None else monday(local_day(self.now.astimezone(UTC), self.zone_of(rep)))

    def zone_of(self, rep: str) -> tzinfo:
        """The time zone of a rep's weeks; the agreement's where they have none of their own."""
        terms = self.book.agreement
        crew = crew_of(terms, self._users, self.book.destinations["user"].stream, [rep])
        return zone(crew[rep].time_zone if rep in crew else terms.time_zone)

    def _of(self, rep: str | None) -> Iterable[Release]:
        return (release for release in self._releases if rep in (None, release.rep))

    def _is_overdue(self, release: Release) -> bool:
        return release.outcome is Outcome.OPEN and release.how is not How.BEFORE and self._due(release) <= self.today

    def _due(self, release: Release) -> date:
        terms = terms_for(self.book.agreement, release.segment or None).handover
        return plus_business(local_day(release.at, self._where), terms.reminder_days)

    def _handed(self, release: Release) -> dict[str, Any]:
        known, account = self._known["contact"].get(release.contact_id, {}), self._known["account"]
        return {
            "key": release.key,
            "contact_id": release.contact_id,
            "account_id": release.account_id,
            "how": release.how.value,
            "contact": " ".join(filter(None, (known.get("first_name"), known.get("last_name")))) or "(no name)",
            "account": account.get(release.account_id, {}).get("name") or "(no name)",
            "for": release.kind.value,
            "offer": release.offer,
            "rep": self._names[release.rep] if release.rep else NO_REP,
            "handed_on": local_day(release.at, self._where).isoformat(),
            "due_on": self._due(release).isoformat(),
            "outcome": release.outcome.value,
        }

    def _gap(self, item: Item) -> dict[str, Any]:
        return dict(zip(COLUMNS, row_of(item, self.today), strict=True))

    def _next_actions(self, rep: str) -> list[dict[str, Any]]:
        """What closes the first gap of each of the rep's open opportunities."""
        theirs = self.unit.opportunities.open_of(rep)
        pictures = {
            picture["opportunity"]: picture
            for body in self.unit.judgements.bodies(sorted({account_id for *_, account_id in theirs}))
            for picture in body["pictures"]
        }
        drawn = [pictures[key or id_] for id_, key, _ in theirs if (key or id_) in pictures]
        return [
            {"what": picture["name"], "why": picture["next"][0]["closes"], "then": _said(picture["next"][0])}
            for picture in drawn
            if picture["next"]
        ]

    # ---- what is read once ---------------------------------------------------------------------------------------

    @cached_property
    def _where(self) -> tzinfo:
        return zone(self.book.agreement.time_zone)

    @cached_property
    def _users(self) -> Mapping[str, User]:
        return self.unit.groups.users()

    @cached_property
    def _names(self) -> RepNames:
        return RepNames(self._users)

    @cached_property
    def _releases(self) -> list[Release]:
        return self.unit.queue.releases(self.today - BACK)

    @cached_property
    def _known(self) -> dict[str, Mapping[str, Any]]:
        wanted: dict[str, Collection[str]] = {
            "contact": {release.contact_id for release in self._releases},
            "account": {release.account_id for release in self._releases},
        }
        return {kind: self.unit.golden.rows(kind, sorted(ids)) for kind, ids in wanted.items()}

    @cached_property
    def _items(self) -> list[Item]:
        return items(self.unit, self.book.agreement)

    @cached_property
    def _waterfalls(self) -> list[tuple[str, Waterfall]]:
        """Of the last whole week, and of the thirteen that end with it."""
        agreement, last = self.book.agreement, monday(self.today) - timedelta(days=1)
        kept = [*priced(self.unit.milestones.stream(), agreement.currency)]
        since = self.unit.milestones.first_kept()
        counted = []
        for title, weeks in (("last week", 1), (f"last {WEEKS} weeks", WEEKS)):
            period = Period(last - timedelta(weeks=weeks) + timedelta(days=1), last, self._where)
            counted.append((title, aimed(waterfall(kept, period, "rep", since), agreement.targets.weekly)))
        return counted


def pack_of(unit: UnitOfWork, book: Rulebook, now: datetime, rep: str | None = None) -> dict[str, Any]:
    """One rep's pack, or that of both leaders. Raises NotFound where nobody of the queue answers to that name."""
    week = Week(unit, book, now)
    return week.of_leaders() if rep is None else week.of_rep(rep)


def _listed(rows: Sequence[Any]) -> dict[str, Any]:
    return {"number": len(rows), "rows": list(rows[:SHOWN]), "more": max(len(rows) - SHOWN, 0)}


def _waiting(row: Mapping[str, Any]) -> dict[str, Any]:
    """Somebody who waits, without what only the queue itself needs."""
    rep = row["rep"] or " or ".join(row["team"]) or NO_REP
    names = ("contact_id", "contact", "account_id", "account", "kind", "offer", "position", "why")
    return {name: row[name] for name in names} | {"rep": rep, "week": row["week"] and str(row["week"])}


def _said(action: Mapping[str, Any]) -> str:
    return f"{action['by']}: {action['say']} ({action['reach']})"


def _level_rows(title: str, counted: Waterfall, rep: str | None) -> dict[str, Any]:
    part: WaterfallPart | None = counted.whole
    if rep is not None:  # no target is signed for a rep alone
        part = next((each for each in counted.parts if each.name == rep), None)
    levels = part.levels if part else ()
    stages: Iterable[dict[str, Any]] = (
        {
            "stage": str(level.stage),
            "words": level.stage.words,
            "reached": level.volume,
            "target": level.wanted if rep is None else None,
            "of_target": level.of_wanted if rep is None else None,
        }
        for level in levels
    )
    period = counted.period
    return {"title": title, "first": str(period.first), "last": str(period.last), "stages": [*stages]}
