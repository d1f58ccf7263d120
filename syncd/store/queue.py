"""The queue as the store keeps it: who waits, who was handed over, who went back to marketing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from secrets import token_hex
from typing import Any

import orjson
from sqlalchemy import Column, Connection, delete, func, select, update

from syncd.model import Candidate, How, Judgement, Outcome, QueueEntry, Release, Return, Taken, TaskKind, Wait
from syncd.model.queue import QueueState
from syncd.store import statements
from syncd.store.mentions import Named
from syncd.store.milestones import ERASED
from syncd.store.notes import QUEUE, QUEUE_CHANGED, Notes
from syncd.store.statements import OnConflict, among, chunks, upsert
from syncd.tables import CandidateRow, ReleasedRow
from syncd.tables.core import account, candidate, contact, released, wish
from syncd.tables.meaning import PENDING

_SHOWN = (
    *("key", "kind", "account_id", "contact_id", "segment", "offer", "rep", "team", "at_once"),
    *("entered", "position", "week", "why", "returned_at"),
)
_ONCE = OnConflict(keep=tuple(ReleasedRow.model_fields))  # who was handed over stays so
_OUTCOME = OnConflict(keep=("kind", "account_id", "contact_id", "offer", "rep", "team", "at", "week", "how", "segment"))
OWED_FOR = timedelta(weeks=26)  # how far back what a week owes the next one is counted
RANKS_ALIKE = 0.005  # ranks that differ by less are one: they are rounded when they are made


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits, and who was handed over, over all reps."""

    connection: Connection

    # ---- what judge says of accounts -----------------------------------------------------------------------------

    def take(self, judgements: Sequence[Judgement], now: datetime) -> None:
        """Put the judgements' candidates in place of those that their accounts had; who comes anew waits from now."""
        account_ids = [judgement.account_id for judgement in judgements]
        wanted = {one.key: one for judgement in judgements for one in judgement.candidates}
        known = {row.key: row for part in chunks(account_ids) for row in self._where(candidate.c.account_id, part)}
        moved = sorted(wanted.keys() - known.keys())  # who came from another account waits on
        known |= {row.key: row for part in chunks(moved) for row in self._where(candidate.c.key, part)}
        gone = [key for key, row in known.items() if key not in wanted and row.returned_at is None]
        changed = {key: one for key, one in wanted.items() if _differs(known.get(key), one)}
        rows = [_row(new, _entered(known.get(key), now)) for key, new in changed.items()]
        for part in chunks(gone):
            self.connection.execute(delete(candidate).where(among(candidate.c.key, part)))
        upsert(self.connection, CandidateRow, rows)
        outcomes = [_released_row(release) for judgement in judgements for release in judgement.outcomes]
        upsert(self.connection, ReleasedRow, outcomes, _OUTCOME)
        if rows or gone:
            self.look_anew()

    def _where(self, column: Column[Any], values: Sequence[str]) -> Sequence[Any]:
        return self.connection.execute(select(candidate).where(among(column, values))).all()

    def releases_of(self, account_ids: Sequence[str]) -> dict[str, dict[str, Release]]:
        """By account and key, who was handed over: whoever belongs to it now, and the questions about it."""
        theirs = select(contact.c.account_id.label("home"), released).join(
            contact, contact.c.id == released.c.contact_id
        )
        questions = select(released.c.account_id.label("home"), released)
        releases: dict[str, dict[str, Release]] = defaultdict(dict)
        for row in self.connection.execute(theirs.where(among(contact.c.account_id, account_ids))):
            releases[row.home][row.key] = replace(_release(row), account_id=row.home)
        for row in self.connection.execute(questions.where(among(released.c.account_id, account_ids))):
            if not row.contact_id:  # of the account itself
                releases[row.home][row.key] = replace(_release(row), account_id=row.home)
        return releases

    def returned_of(self, account_ids: Sequence[str]) -> dict[str, dict[str, Return]]:
        """By account and key, who of these accounts went back to marketing."""
        columns = candidate.c
        statement = (
            select(contact.c.account_id, columns.key, columns.returned_at, columns.why)
            .join(contact, contact.c.id == columns.contact_id)
            .where(among(contact.c.account_id, account_ids), columns.returned_at.is_not(None))
        )
        returned: dict[str, dict[str, Return]] = defaultdict(dict)
        for row in self.connection.execute(statement):
            returned[row.account_id][row.key] = Return(row.returned_at, row.why)
        return returned

    # ---- what the queue's step reads -----------------------------------------------------------------------------

    def look_anew(self) -> None:
        """Have the queue looked at by the next release."""
        Notes(self.connection).keep(QUEUE_CHANGED, True)

    def state(self) -> tuple[QueueState, bool]:
        """What the queue said last, and whether something changed since."""
        kept = Notes(self.connection).read_both(QUEUE, QUEUE_CHANGED)
        return kept[0] or QueueState(), kept[1] or False

    def keep(self, state: QueueState) -> None:
        """Keep what the queue says now: nothing has changed since."""
        notes = Notes(self.connection)
        notes.drop(QUEUE_CHANGED)
        notes.keep(QUEUE, state)

    def waiting(self) -> list[QueueEntry]:
        """Everybody who waits, over all reps."""
        rows = self.connection.execute(select(candidate).where(candidate.c.returned_at.is_(None)))
        return [QueueEntry(_candidate(row), row.entered) for row in rows]

    def waits(self) -> dict[str, Wait]:
        """Where everybody who waits stands, as the queue said last."""
        columns = candidate.c
        statement = select(columns.key, columns.position, columns.week, columns.why).where(
            columns.returned_at.is_(None)
        )
        return {row.key: Wait(row.key, row.position, row.week, row.why) for row in self.connection.execute(statement)}

    def taken(self, now: datetime) -> list[Taken]:
        """How many releases each rep had in each of the last weeks; unsent: their task does not stand yet."""
        tasks = select(wish.c.key).where(PENDING, wish.c.object == "task", wish.c.sent_digest == "")
        unsent = sorted({*self.connection.execute(tasks).scalars()})
        columns = (released.c.rep, released.c.week, released.c.how, released.c.segment)
        lately = (released.c.rep.is_not(None), released.c.week >= (now - OWED_FOR).date())
        counted = select(*columns, func.count()).where(*lately).group_by(*columns)
        numbers = {tuple(place): number for *place, number in self.connection.execute(counted)}
        waiting: Counter[tuple[Any, ...]] = Counter()
        for part in chunks(unsent):
            for *place, number in self.connection.execute(counted.where(among(released.c.key, part))):
                waiting[tuple(place)] += number
        return [
            Taken(rep, week, How(how), number, pending, segment)
            for (rep, week, how, segment), total in numbers.items()
            for pending, number in (
                (False, total - waiting[rep, week, how, segment]),
                (True, waiting[rep, week, how, segment]),
            )
            if number
        ]

    def turns(self) -> dict[tuple[tuple[str, ...], str], int]:
        """How many turns each member of each team has had."""
        columns = (released.c.team, released.c.rep)
        statement = select(*columns, func.count()).where(released.c.team != "[]").group_by(*columns)
        rows = self.connection.execute(statement).all()
        return {(tuple(orjson.loads(team)), rep): number for team, rep, number in rows}

    def shown(self) -> list[dict[str, Any]]:
        """Everybody who waits or went back to marketing, as people read it: by week, then by rank."""
        statement = (
            select(
                *(candidate.c[name] for name in _SHOWN),
                contact.c.first_name,
                contact.c.last_name,
                account.c.name.label("account"),
            )
            .outerjoin(contact, contact.c.id == candidate.c.contact_id)
            .outerjoin(account, account.c.id == candidate.c.account_id)
            .order_by(candidate.c.week.is_(None), candidate.c.week, candidate.c.rep, candidate.c.position)
        )
        return [_shown(row) for row in self.connection.execute(statement)]

    def of_account(self, account_id: str) -> dict[str, Wait]:
        """Where the people of one account stand, by contact: of several tasks the first to come."""
        columns = candidate.c
        statement = (
            select(columns.contact_id, columns.key, columns.position, columns.week, columns.why)
            .where(columns.account_id == account_id, columns.returned_at.is_(None))
            .order_by(columns.week.is_not(None), columns.week.desc())
        )
        rows = self.connection.execute(statement)
        return {row.contact_id: Wait(row.key, row.position, row.week, row.why) for row in rows}

    def releases(self, since: date) -> list[Release]:
        """Who was handed over in the weeks from that day on, the latest first."""
        statement = select(released).where(released.c.week >= since).order_by(released.c.at.desc(), released.c.key)
        return [_release(row) for row in self.connection.execute(statement)]

    # ---- what it writes ------------------------------------------------------------------------------------------

    def hand_over(self, releases: Sequence[Release]) -> None:
        """Keep who was handed over: they wait no more."""
        upsert(self.connection, ReleasedRow, [_released_row(release) for release in releases], _ONCE)
        for part in chunks([release.key for release in releases]):
            self.connection.execute(delete(candidate).where(among(candidate.c.key, part)))

    def give_back(self, returned: Mapping[str, str], now: datetime) -> list[str]:
        """Keep who goes back to marketing, and why; returns their accounts."""
        account_ids: set[str] = set()
        for key, why in sorted(returned.items()):
            values = {"returned_at": now, "why": why, "position": 0, "week": None}
            this = candidate.c.key == key
            self.connection.execute(update(candidate).where(this).values(values))
            account_ids.update(self.connection.execute(select(candidate.c.account_id).where(this)).scalars())
        return sorted(account_ids)

    def tell(self, waits: Iterable[Wait]) -> None:
        """Keep where those who wait stand, as far as it is not what was said before."""
        before = self.waits()
        rows = [asdict(wait) for wait in waits if before.get(wait.key) != wait]
        statements.update(self.connection, CandidateRow, rows)

    # ---- people who are merged, or forgotten ---------------------------------------------------------------------

    def rename(self, kind: str, loser: str, survivor: str) -> None:
        """Let a survivor have what its loser had; of one task of both the survivor's stays."""
        for table in (candidate, released):
            if kind == "account":
                theirs = update(table).where(table.c.account_id == loser)
                self.connection.execute(theirs.values(account_id=survivor))
                continue
            for key in self.connection.execute(select(table.c.key).where(table.c.contact_id == loser)).scalars().all():
                named = f"{key.partition('/')[0]}/{survivor}"
                this = table.c.key == key
                if self.connection.execute(select(table.c.key).where(table.c.key == named)).first():
                    self.connection.execute(delete(table).where(this))
                else:
                    self.connection.execute(update(table).where(this).values(key=named, contact_id=survivor))

        handed = select(released.c.key).where(released.c.contact_id == survivor)
        self.connection.execute(delete(candidate).where(candidate.c.key.in_(handed)))

    def forget_contacts(self, contact_ids: Sequence[str]) -> None:
        """Nobody waits who does not stand any more; what was handed over stays counted."""
        self.connection.execute(delete(candidate).where(among(candidate.c.contact_id, contact_ids)))

    def erase(self, contact_id: str, person: Named) -> None:
        """Take a person out; their releases go on under a name that is nobody's: weeks and turns still add up.

        A reason that names the person is taken out as well.
        """
        self.forget_contacts([contact_id])
        nobody = f"{ERASED}{token_hex(8)}"
        theirs = released.c.contact_id == contact_id
        for place, row in enumerate(
            self.connection.execute(select(released.c.key, released.c.why).where(theirs)).all()
        ):
            key = f"{row.key.partition('/')[0]}.{place}/{nobody}"
            values = {"key": key, "contact_id": nobody, "why": "" if person.perhaps(row.why) else row.why}
            self.connection.execute(update(released).where(released.c.key == row.key).values(values))


def _shown(row: Any) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in _SHOWN}
    plain["contact"] = " ".join(filter(None, (row.first_name, row.last_name))) or row.contact_id
    return plain | {"account": row.account or row.account_id, "team": orjson.loads(row.team)}


def _entered(known: Any, now: datetime) -> datetime:
    """Since when somebody waits: who comes back from marketing waits anew."""
    return known.entered if known is not None and known.returned_at is None else now


def _differs(known: Any, wanted: Candidate) -> bool:
    if known is None or known.returned_at is not None:
        return True
    before = _candidate(known)
    alike = abs(before.rank - wanted.rank) < RANKS_ALIKE
    return not alike or any(
        getattr(before, name) != getattr(wanted, name)
        for name in ("account_id", "contact_id", "since", "offer", "rep", "team", "at_once", "segment", "segment")
    )


def _row(new: Candidate, entered: datetime) -> dict[str, Any]:
    return {
        "key": new.key,
        "kind": new.kind.value,
        "account_id": new.account_id,
        "contact_id": new.contact_id,
        "offer": new.offer,
        "rep": new.rep,
        "team": orjson.dumps(new.team).decode(),
        "rank": new.rank,
        "since": new.since,
        "at_once": new.at_once,
        "segment": new.segment,
        "entered": entered,
        "position": 0,
        "week": None,
        "why": "",
        "returned_at": None,
    }


def _candidate(row: Any) -> Candidate:
    return Candidate(
        key=row.key,
        kind=TaskKind(row.kind),
        account_id=row.account_id,
        contact_id=row.contact_id,
        rank=row.rank,
        since=row.since,
        offer=row.offer,
        rep=row.rep,
        team=tuple(orjson.loads(row.team)),
        at_once=row.at_once,
        segment=row.segment,
    )


def _released_row(release: Release) -> dict[str, Any]:
    return {
        **asdict(release),
        "kind": release.kind.value,
        "how": release.how.value,
        "outcome": release.outcome.value,
        "team": orjson.dumps(release.team).decode(),
    }


def _release(row: Any) -> Release:
    return Release(
        key=row.key,
        kind=TaskKind(row.kind),
        account_id=row.account_id,
        contact_id=row.contact_id,
        rep=row.rep,
        at=row.at,
        week=row.week,
        how=How(row.how),
        outcome=Outcome(row.outcome),
        outcome_at=row.outcome_at,
        why=row.why,
        offer=row.offer,
        team=tuple(orjson.loads(row.team)),
        segment=row.segment,
    )
