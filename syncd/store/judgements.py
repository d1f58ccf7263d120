"""Judgements: everything the rules say of each account, and by which agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, func, select, text, update

from syncd.errors import AgreementError
from syncd.model import Decision, Judgement, Ruling
from syncd.store.golden import Golden
from syncd.store.notes import AGREEMENT, Notes
from syncd.store.queue import Queue
from syncd.store.statements import OnConflict, among, chunks, upsert
from syncd.store.wishes import Wishes
from syncd.tables import AgreementVersion, JudgementRow
from syncd.tables.core import account, agreement_version, judgement
from syncd.tables.meaning import ALERTED

NOTHING_THERE = (Decision.SKIP, Decision.WAIT)
_LEFT_OUT = {"wishes", "candidates"}  # they stand in their own tables
_FIRST_USE = OnConflict(keep=("first_used_at",))


class Stood(NamedTuple):
    """An agreement that the store was judged by. terms: the digest of them; None where an older syncd kept none."""

    version: str
    body: str
    terms: str | None


class LeftOut(NamedTuple):
    """Person accounts, and how many of their people asked for sales or a price."""

    accounts: int
    asked: int


@dataclass(frozen=True, slots=True)
class Judgements:
    """The judgement of every account, and the agreement that is in force."""

    connection: Connection

    def use_agreement(
        self, digest: str, version: str, body: str, terms: str | None = None, signed_on: date | None = None
    ) -> str | None:
        """Note the agreement in force; a new one makes every account stale. Returns what is new, or None.

        digest: of all that accounts are judged by; terms: of what the signatures bind. Raises AgreementError where the
        version was signed with other terms.
        """
        self.require_bound(version, terms)
        notes = Notes(self.connection)
        before = notes.read(AGREEMENT)
        if before == digest:
            return None
        change = self._change(before, version, body, terms)
        row = {"digest": digest, "version": version, "body": body, "first_used_at": datetime.now(UTC)}
        row |= {"terms": terms, "signed_on": signed_on}
        upsert(self.connection, AgreementVersion, [row], _FIRST_USE)
        notes.keep(AGREEMENT, digest)
        Golden(self.connection).mark_all_stale()
        Queue(self.connection).look_anew()
        return change

    def in_use(self) -> str | None:
        """The digest of what accounts are judged by; None where nothing was judged yet."""
        return Notes(self.connection).read(AGREEMENT)

    def require_bound(self, version: str, terms: str | None) -> None:
        """Raise AgreementError where these are not the terms that the version was signed with."""
        columns = agreement_version.c
        with_terms = select(columns.terms, columns.signed_on).where(
            columns.version == version, columns.terms.is_not(None)
        )
        bound = self.connection.execute(with_terms.order_by(columns.first_used_at)).first()
        if bound is not None and terms is not None and bound.terms != terms:
            day = f" on {bound.signed_on.day} {bound.signed_on:%B %Y}" if bound.signed_on else ""
            raise AgreementError(
                f"{version} was signed with other terms{day}: give it a new version, or run it unsigned"
            )

    def stood(self) -> list[Stood]:
        """The agreements that the store was judged by, the latest last."""
        columns = agreement_version.c
        rows = select(columns.version, columns.body, columns.terms).order_by(columns.first_used_at, columns.digest)
        return [Stood(*row) for row in self.connection.execute(rows)]

    def _change(self, before: str | None, version: str, body: str, terms: str | None) -> str:
        """What is new since the agreement of the digest `before`."""
        columns = agreement_version.c
        known = self.connection.execute(
            select(columns.version, columns.body).where(columns.digest == before)
        ).one_or_none()
        if known is None or known.version != version:
            return f"agreement {version} is new"
        if known.body != body and terms is None:  # bound terms are the same, whatever the file looks like
            return f"agreement {version} says something else under the same version"
        return "the rules or word lists changed"

    def take(self, judgements: Sequence[Judgement], now: datetime) -> None:
        """Write judgements, their wishes and who waits for a rep, and take the stale marks off."""
        upsert(self.connection, JudgementRow, [_row(one) for one in judgements])
        Wishes(self.connection).want(judgements)
        Queue(self.connection).take(judgements, now)
        for part in chunks([one.account_id for one in judgements]):
            self.connection.execute(update(account).where(among(account.c.id, part)).values(stale=False))

    def body(self, account_id: str) -> str | None:
        """The judgement of one account as JSON; None where it was not judged."""
        return self.connection.scalar(select(judgement.c.body).where(judgement.c.account_id == account_id))

    def meeting(self, account_ids: Sequence[str]) -> set[str]:
        """The contacts of these accounts whom sales meets on a running opportunity, as they were last judged."""
        meeting = judgement.c.body.contains('"meets":true')
        return {
            contact["contact_id"]
            for part in chunks(account_ids)
            for body in self.connection.execute(
                select(judgement.c.body).where(among(judgement.c.account_id, part), meeting)
            ).scalars()
            for contact in orjson.loads(body)["contacts"]
            if contact["meets"]
        }

    def bodies(self, account_ids: Sequence[str]) -> Iterator[Any]:
        """The judgements of these accounts as JSON values, as far as they were judged."""
        for part in chunks(account_ids):
            statement = select(judgement.c.body).where(among(judgement.c.account_id, part))
            yield from map(orjson.loads, self.connection.execute(statement).scalars())

    def liveliest(self, count: int) -> list[str]:
        """The accounts with the most qualified leads, the most first."""
        columns = judgement.c
        ranked = select(columns.account_id).where(columns.mqls > 0).order_by(columns.mqls.desc(), columns.account_id)
        return list(self.connection.execute(ranked.limit(count)).scalars())

    def count_standings(self) -> dict[str, int]:
        """How many judged accounts stand in, out and unknown."""
        statement = select(judgement.c.standing, func.count()).group_by(judgement.c.standing)
        return {row[0]: row[1] for row in self.connection.execute(statement)}

    def count_alerts(self) -> int:
        """How many contacts somebody must look at, without those of person accounts."""
        alerted = select(func.coalesce(func.sum(judgement.c.alerts), 0)).join(
            account, account.c.id == judgement.c.account_id
        )
        return self.connection.scalar(alerted.where(ALERTED, account.c.person.is_not(True))) or 0

    def alerted(self) -> Iterator[tuple[str, list[str]]]:
        """The contacts that somebody must look at, by golden id, each with why."""
        bodies = self.connection.execute(select(judgement.c.body).where(ALERTED).order_by(judgement.c.account_id))
        for body in bodies.scalars():
            for contact in orjson.loads(body)["contacts"]:
                if contact["alerts"]:
                    yield contact["contact_id"], contact["alerts"]

    def count_left_out(self) -> LeftOut:
        """How many accounts are left out as person accounts, and how many of their people asked for sales."""
        asked = func.coalesce(func.sum(judgement.c.alerts), 0)  # of a person account it is alerted of nothing else
        # the condition is spelled as its index is
        theirs = select(func.count(), asked).select_from(
            account.outerjoin(judgement, judgement.c.account_id == account.c.id)
        )
        return LeftOut(*self.connection.execute(theirs.where(text("account.person"))).one())


def _row(new_judgement: Judgement) -> dict[str, Any]:
    return {
        "account_id": new_judgement.account_id,
        "today": new_judgement.today,
        "agreement": new_judgement.agreement,
        "standing": new_judgement.standing.value,
        "segment": new_judgement.segment,
        "mqls": sum(contact.mql is Ruling.YES for contact in new_judgement.contacts),
        "opportunities": sum(call.decision not in NOTHING_THERE and call.qualified for call in new_judgement.calls),
        "alerts": sum(bool(contact.alerts) for contact in new_judgement.contacts),
        "review_on": new_judgement.review_on,
        "body": _body(new_judgement),
    }


def _body(new_judgement: Judgement) -> str:
    """The whole judgement as JSON, without its wishes."""
    return _json(
        {
            field.name: getattr(new_judgement, field.name)
            for field in fields(new_judgement)
            if field.name not in _LEFT_OUT
        }
    ).decode()


def plain(value: Any) -> Any:
    """Dataclasses, decimals and dates as JSON values; order is kept."""
    return orjson.loads(_json(value))


def _json(value: Any) -> bytes:
    # orjson reads dataclasses, enums and dates by itself: a walk through them in Python was half of judging.
    return orjson.dumps(value, default=_simple, option=orjson.OPT_NON_STR_KEYS)


def _simple(value: object) -> Any:
    match value:
        case Decimal():
            return float(value)
        case set() | frozenset():
            return sorted(value)
        case _:
            raise TypeError(f"JSON has no word for a {type(value).__name__}")
