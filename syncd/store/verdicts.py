"""Verdicts: what reps said in the records before them, and whether anybody touched the tasks that syncd made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from syncd.model import About, RemoteRef, Verdict, Word
from syncd.store.statements import among, chunks, upsert
from syncd.tables import VerdictRow
from syncd.tables.core import contact, cursor, link, opportunity, released, verdict, wish


@dataclass(frozen=True, slots=True)
class Saying:
    """What one record says now. word None: nothing, or nothing any more."""

    ref: RemoteRef
    word: str | None
    reason: str | None
    at: datetime
    closed: bool = False
    touched: bool = False  # somebody but syncd wrote it last
    task: bool = False  # one that syncd made


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdict of every record in which somebody gave one, and every task of ours, by the record's name."""

    connection: Connection

    def note(self, sayings: Sequence[Saying]) -> set[str]:
        """Keep what records say now; returns the accounts that something else is said of than before.

        A word keeps the moment at which it was seen first.
        """
        names = [str(saying.ref) for saying in sayings]
        known = {
            row.ref: row
            for part in chunks(names)
            for row in self.connection.execute(select(verdict).where(among(verdict.c.ref, part)))
        }
        rows = [
            row
            for saying in sayings
            if (row := _row(saying, known.get(str(saying.ref)))) and not _stands(known.get(row["ref"]), row)
        ]
        upsert(self.connection, VerdictRow, rows)
        return self._accounts([RemoteRef.read(row["ref"]) for row in rows])

    def of(self, account_ids: Sequence[str]) -> dict[str, list[Verdict]]:
        """By account, what was said of its tasks, contacts (leads that became them too) and opportunities."""
        homes = {
            row.id: row.account_id
            for row in self.connection.execute(
                select(contact.c.id, contact.c.account_id).where(among(contact.c.account_id, account_ids))
            )
        }
        of_opportunities = (
            select(opportunity.c.account_id, opportunity.c.id.label("subject"), verdict)
            .join(verdict, verdict.c.ref == opportunity.c.id)
            .where(among(opportunity.c.account_id, account_ids), verdict.c.word.is_not(None))
        )
        verdicts: dict[str, list[Verdict]] = defaultdict(list)
        for contact_id, row in self._of_contacts(list(homes)):
            verdicts[homes[contact_id]].append(_verdict(About.CONTACT, row, contact_id))
        for row in self.connection.execute(of_opportunities):
            verdicts[row.account_id].append(_verdict(About.OPPORTUNITY, row, row.subject))
        for contact_id, key, row in self._of_tasks(list(homes)):
            verdicts[homes[contact_id]].append(_verdict(About.TASK, row, key))
        return verdicts

    def _of_contacts(self, contact_ids: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """What was said in the records of people: who, and the row."""
        theirs = among(link.c.golden_id, contact_ids, (link.c.kind, "contact"))
        links = self.connection.execute(
            select(link.c.system, link.c.stream, link.c.remote_id, link.c.golden_id).where(theirs)
        )
        subjects = {str(RemoteRef(row.system, row.stream, row.remote_id)): row.golden_id for row in links}
        statement = select(verdict).where(among(verdict.c.ref, list(subjects)), verdict.c.word.is_not(None))
        for row in self.connection.execute(statement):
            yield subjects[row.ref], row

    def _of_tasks(self, contact_ids: Sequence[str]) -> Iterator[tuple[str, str, Any]]:
        """What became of the tasks that people were handed over by: who, the task's key, and the row."""
        theirs = select(released.c.key, released.c.contact_id).where(among(released.c.contact_id, contact_ids))
        people = {row.key: row.contact_id for row in self.connection.execute(theirs)}
        if not people:
            return
        keys = {}
        for system in self.connection.execute(select(cursor.c.system).distinct()).scalars().all():
            ours = among(wish.c.key, list(people), (wish.c.system, system), (wish.c.object, "task"))
            for row in self.connection.execute(select(wish.c.key, wish.c.remote_id).where(ours)):
                keys[system, row.remote_id] = row.key
        ids = [remote_id for _, remote_id in keys if remote_id]
        for row in self.connection.execute(select(verdict).where(among(verdict.c.remote_id, ids))):
            if row.task and (key := keys.get((row.system, row.remote_id))):
                yield people[key], key, row

    def forget(self, refs: Iterable[RemoteRef]) -> None:
        """What records said that are kept no more."""
        for part in chunks([str(ref) for ref in refs]):
            self.connection.execute(delete(verdict).where(among(verdict.c.ref, part)))

    def _accounts(self, refs: Sequence[RemoteRef]) -> set[str]:
        """The accounts whose people, opportunities or tasks these records are, all of one stream."""
        accounts: set[str | None] = set()
        for part in chunks([ref.id for ref in refs]):
            of_record = (link.c.system, refs[0].system), (link.c.stream, refs[0].stream), (link.c.kind, "contact")
            people = select(contact.c.account_id).join(link, link.c.golden_id == contact.c.id)
            names = [str(RemoteRef(refs[0].system, refs[0].stream, remote_id)) for remote_id in part]
            ours = among(wish.c.remote_id, part, (wish.c.system, refs[0].system), (wish.c.object, "task"))
            keys = self.connection.execute(select(wish.c.key).where(ours)).scalars().all()
            tasks = select(contact.c.account_id).join(released, released.c.contact_id == contact.c.id)
            for statement in (
                people.where(among(link.c.remote_id, part, *of_record)),
                select(opportunity.c.account_id).where(among(opportunity.c.id, names)),
                tasks.where(among(released.c.key, keys)),
            ):
                accounts.update(self.connection.execute(statement).scalars())
        return {account_id for account_id in accounts if account_id}


def _row(saying: Saying, known: Any) -> dict[str, Any] | None:
    """The row of a saying; None where a record says nothing and never did."""
    if known is None and saying.word is None and not saying.task:
        return None
    same = known is not None and (known.word, known.reason) == (saying.word, saying.reason)
    return {
        "ref": str(saying.ref),
        "system": saying.ref.system,
        "remote_id": saying.ref.id,
        "task": saying.task,
        "word": saying.word,
        "reason": saying.reason,
        "at": known.at if same else saying.at,
        "closed": saying.closed,
        "touched": saying.touched,
    }


def _stands(known: Any, row: dict[str, Any]) -> bool:
    return known is not None and all(getattr(known, name) == value for name, value in row.items())


def _verdict(about: About, row: Any, subject: str) -> Verdict:
    word = Word(row.word) if row.word else None
    marks = {"closed": row.closed, "touched": row.touched, "remote_id": row.remote_id}
    return Verdict(about, subject, word, row.reason or "", row.at, **marks)
