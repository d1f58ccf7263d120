"""Answers: what people found out about the decisions of opportunities, in the records' own fields or by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update

from syncd.model import Answer
from syncd.store.mentions import Named
from syncd.store.statements import among, chunks, upsert
from syncd.tables import AnswerRow
from syncd.tables.core import account, answer, opportunity

FIELD, HAND = "field", "hand"


@dataclass(frozen=True, slots=True)
class Answers:
    """The latest answer in each field, and the latest by hand, about each part of each decision."""

    connection: Connection

    def of(self, opportunity_ids: Sequence[str]) -> dict[str, list[Answer]]:
        """The answers about these opportunities, by their golden ids."""
        answers: dict[str, list[Answer]] = defaultdict(list)
        for part in chunks(opportunity_ids):
            theirs = select(answer).where(among(answer.c.opportunity_id, part))
            rows = self.connection.execute(theirs.order_by(answer.c.opportunity_id, answer.c.what, answer.c.how))
            for row in rows:
                value = row.contact_id or row.value
                answers[row.opportunity_id].append(
                    Answer(row.opportunity_id, row.what, value, row.at, row.source, row.by)
                )
        return answers

    def read_back(self, opportunity_ids: Sequence[str], answers: Iterable[Answer]) -> None:
        """Keep what the fields of these opportunities say now. A value that stood there before keeps its day."""
        before: dict[tuple[str, str], str] = {}
        for part in chunks(opportunity_ids):
            theirs = select(answer.c.opportunity_id, answer.c.what, answer.c.value)
            these = among(answer.c.opportunity_id, part, (answer.c.how, FIELD))
            before |= {
                (row.opportunity_id, row.what): row.value for row in self.connection.execute(theirs.where(these))
            }
        now = {(answer.opportunity_id, answer.what): answer for answer in answers}
        upsert(
            self.connection, AnswerRow, [_row(now[name], FIELD) for name in now if before.get(name) != now[name].value]
        )
        for opportunity_id, what in before.keys() - now.keys():
            self._drop(opportunity_id, what, FIELD)

    def give(self, new_answer: Answer, contact_id: str | None = None) -> None:
        """Keep an answer that somebody gave by hand, in the place of the one before; its account is judged again.

        contact_id: of an answer about a role, who has it.
        """
        upsert(self.connection, AnswerRow, [_row(new_answer, HAND) | {"contact_id": contact_id}])
        self._judge_again(new_answer.opportunity_id)

    def take_back(self, opportunity_id: str, what: str) -> bool:
        """Forget an answer that was given by hand; returns False where there is none."""
        self._judge_again(opportunity_id)
        return self._drop(opportunity_id, what, HAND)

    def rename(self, loser: str, survivor: str) -> None:
        """Let a contact who survives have the roles of the one who was merged into them."""
        theirs = update(answer).where(answer.c.contact_id == loser)
        self.connection.execute(theirs.values(contact_id=survivor))

    def erase(self, contact_id: str, person: Named) -> None:
        """Take out what was said of a person, and what was given by hand and names them."""
        self.connection.execute(delete(answer).where(answer.c.contact_id == contact_id))
        for row in self._texts(person):
            if row.how == HAND and (person.certain(row.value) or person.certain(row.by)):
                self._drop(row.opportunity_id, row.what, HAND)
                self._judge_again(row.opportunity_id)

    def mentions(self, person: Named) -> list[Answer]:
        """The answers that an erasure leaves and that name a person, or may: in records, or by a last name."""
        return [
            Answer(row.opportunity_id, row.what, "", row.at, row.source)
            for row in self._texts(person)
            if row.how == FIELD or not (person.certain(row.value) or person.certain(row.by))
        ]

    def _texts(self, person: Named) -> list[Any]:
        rows = self.connection.execute(select(answer).where(answer.c.contact_id.is_(None)))
        return [row for row in rows if person.perhaps(row.value) or person.perhaps(row.by)]

    def forget(self, opportunity_ids: Iterable[str]) -> None:
        """Forget what was said of opportunities that are gone."""
        for part in chunks(sorted(opportunity_ids)):
            self.connection.execute(delete(answer).where(among(answer.c.opportunity_id, part)))

    def _drop(self, opportunity_id: str, what: str, how: str) -> bool:
        columns = answer.c
        this = (columns.opportunity_id == opportunity_id, columns.what == what, columns.how == how)
        return bool(self.connection.execute(delete(answer).where(*this)).rowcount)

    def _judge_again(self, opportunity_id: str) -> None:
        home = select(opportunity.c.account_id).where(opportunity.c.id == opportunity_id)
        self.connection.execute(update(account).where(account.c.id.in_(home)).values(stale=True))


def _row(new_answer: Answer, how: str) -> dict[str, Any]:
    return {
        "opportunity_id": new_answer.opportunity_id,
        "what": new_answer.what,
        "how": how,
        "value": new_answer.value,
        "contact_id": None,
        "at": new_answer.at,
        "source": new_answer.source,
        "by": new_answer.by,
    }
