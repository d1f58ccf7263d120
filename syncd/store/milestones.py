"""Milestones: which stage was reached when. Rows are appended and never changed, but for a person who is erased."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from secrets import token_hex
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true, update

from syncd.model.milestones import Milestone, Source, Stage
from syncd.store.notes import MILESTONES_SINCE, Notes
from syncd.store.statements import OnConflict, among, chunks, upsert
from syncd.tables import MilestoneRow
from syncd.tables.core import alias, contact, milestone, opportunity, stage_change

_COLUMNS = tuple(field.name for field in fields(Milestone))
_IN_ORDER = [milestone.c[name] for name in _COLUMNS]
_STAGE, _ACCOUNT, _CONTACT, _EVIDENCE, _SOURCE = map(
    _COLUMNS.index, ("stage", "account_id", "contact_id", "evidence", "source")
)
_ONCE = OnConflict(keep=_COLUMNS)
_ACCOUNTS, _CONTACTS = alias.alias("account_alias"), alias.alias("contact_alias")
ERASED = "erased.contact/"  # what the id begins with under which an erased person's milestones go on


@dataclass(frozen=True, slots=True)
class Milestones:
    """The stages that were reached."""

    connection: Connection

    def kept_since(self, now: datetime) -> datetime:
        """Since when milestones are kept here: from now on, where none was kept before."""
        notes = Notes(self.connection)
        if (since := notes.read(MILESTONES_SINCE)) is None:
            since = now
            notes.keep(MILESTONES_SINCE, since)
        return since

    def first_kept(self) -> datetime | None:
        """Since when milestones are kept here; None where none was kept."""
        return Notes(self.connection).read(MILESTONES_SINCE)

    def add(self, reached: Sequence[Milestone]) -> int:
        """Append milestones; one that stands already under its key stays as it is. Returns how many are new."""
        return upsert(self.connection, MilestoneRow, [_row(one) for one in reached], _ONCE)

    def of(self, account_ids: Sequence[str]) -> dict[str, list[Milestone]]:
        """What these accounts and whoever belongs to them now reached, by account, the oldest first.

        Ids that were merged since come as those that they were merged into. A contact who moved is found at both
        accounts: at the former one under its id, at the new one by whom it is about.
        """
        reached: dict[str, dict[str, Milestone]] = defaultdict(dict)
        for part in chunks(account_ids):
            homes, accounts = self._homes(part), {name: name for name in part} | self._former("account", part)
            contacts = {name: name for name in homes} | self._former("contact", sorted(homes))
            rows = [*self._among(milestone.c.account_id, accounts), *self._among(milestone.c.contact_id, contacts)]
            accounts |= self._present("account", {row.account_id for row in rows} - accounts.keys())
            contacts |= self._present("contact", {row.contact_id for row in rows if row.contact_id} - contacts.keys())
            for row in rows:
                entry = _milestone(row, accounts.get(row.account_id), contacts.get(row.contact_id or ""))
                for account_id in {entry.account_id, homes.get(entry.contact_id or "")} & {*part}:
                    reached[str(account_id)][entry.key] = entry
        return {account_id: sorted(of.values(), key=_order) for account_id, of in reached.items()}

    def stream(
        self, since: datetime | None = None, until: datetime | None = None, stages: Collection[Stage] = ()
    ) -> Iterator[Milestone]:
        """Everything that was reached from `since` on and before `until`, the oldest first; of these stages alone."""
        bounds = [milestone.c.at >= since] if since else []
        bounds += [milestone.c.at < until] if until else []
        bounds += [milestone.c.stage.in_([stage.value for stage in stages])] if stages else []
        for row in self.connection.execute(
            _statement().where(true(), *bounds).order_by(milestone.c.at, milestone.c.key)
        ):
            yield _milestone(row, row.present_account, row.present_contact)

    def closed_at(self, opportunity_ids: Sequence[str]) -> dict[str, datetime]:
        """When these opportunities entered the stage that they stand in, as far as their histories tell."""
        entered: dict[str, datetime] = {}
        for part in chunks(opportunity_ids):
            changes = select(
                stage_change.c.opportunity_id, stage_change.c.stage, stage_change.c.at, opportunity.c.stage
            )
            theirs = changes.join(opportunity, opportunity.c.id == stage_change.c.opportunity_id)
            dated = theirs.where(among(stage_change.c.opportunity_id, part), stage_change.c.at.is_not(None))
            ordered = dated.order_by(stage_change.c.at, stage_change.c.id)
            for opportunity_id, stage, at, stands in self.connection.execute(ordered):
                if stage == stands:
                    entered.setdefault(opportunity_id, at)
                else:
                    entered.pop(opportunity_id, None)
        return entered

    def opportunities(self) -> list[tuple[str, str | None, bool]]:
        """Every opportunity that stands: its id, our key, whether it is closed."""
        columns = opportunity.c
        rows = self.connection.execute(select(columns.id, columns.key, columns.is_closed).order_by(columns.id))
        return [(row.id, row.key, row.is_closed) for row in rows]

    def count(self) -> dict[Stage, int]:
        """How many milestones stand at each stage."""
        rows = self.connection.execute(select(milestone.c.stage, func.count()).group_by(milestone.c.stage))
        return {Stage(stage): number for stage, number in rows}

    def erase(self, contact_id: str) -> None:
        """Take a person out of their milestones, and out of others' evidence.

        Their rows go on under a random name, so that what they reached stays together and names nobody.
        """
        renamed = select(alias.c.old_id).where(alias.c.kind == "contact", alias.c.new_id == contact_id)
        ids = [contact_id, *self.connection.execute(renamed).scalars()]
        nobody = {name: f"{ERASED}{token_hex(8)}" for name in ids}
        theirs = select(milestone).where(milestone.c.contact_id.in_(ids))
        for row in self.connection.execute(theirs).all():
            name = nobody[row.contact_id]
            values = {"key": f"{row.stage}/{name}/{row.round}", "contact_id": name, "evidence": "[]"}
            self.connection.execute(update(milestone).where(milestone.c.key == row.key).values(values))
        naming = or_(*(milestone.c.evidence.contains(f'"{name}"', autoescape=True) for name in ids))
        for row in self.connection.execute(select(milestone.c.key, milestone.c.evidence).where(naming)).all():
            evidence = [nobody.get(name, name) for name in orjson.loads(row.evidence)]
            changed = update(milestone).where(milestone.c.key == row.key)
            self.connection.execute(changed.values(evidence=orjson.dumps(evidence).decode()))

    def _homes(self, account_ids: Sequence[str]) -> Mapping[str, str]:
        """Contact → account, of whoever belongs to these accounts now."""
        theirs = select(contact.c.id, contact.c.account_id).where(among(contact.c.account_id, account_ids))
        return {row.id: row.account_id for row in self.connection.execute(theirs)}

    def _former(self, kind: str, ids: Sequence[str]) -> dict[str, str]:
        """The ids that were merged into these, and which they are now."""
        return {
            row.old_id: row.new_id
            for part in chunks(ids)
            for row in self.connection.execute(select(alias).where(among(alias.c.new_id, part, (alias.c.kind, kind))))
        }

    def _present(self, kind: str, ids: Collection[str]) -> dict[str, str]:
        """What these ids were merged into, where they were."""
        return {
            row.old_id: row.new_id
            for part in chunks(sorted(ids))
            for row in self.connection.execute(select(alias).where(among(alias.c.old_id, part, (alias.c.kind, kind))))
        }

    def _among(self, column: ColumnElement[str], ids: Collection[str]) -> Iterator[Any]:
        """The rows in which one of the ids stands: by index, a join with the aliases beside it would read them all."""
        for part in chunks(sorted(ids)):
            yield from self.connection.execute(select(*_IN_ORDER).where(among(column, part)))


def _statement() -> Select[Any]:
    """Milestones with the ids that their accounts and contacts have today."""
    accounts, contacts = _ACCOUNTS.c, _CONTACTS.c
    return (
        select(*_IN_ORDER, accounts.new_id.label("present_account"), contacts.new_id.label("present_contact"))
        .outerjoin(_ACCOUNTS, and_(accounts.kind == "account", accounts.old_id == milestone.c.account_id))
        .outerjoin(_CONTACTS, and_(contacts.kind == "contact", contacts.old_id == milestone.c.contact_id))
    )


def _order(entry: Milestone) -> tuple[datetime, str]:
    return entry.at, entry.key


def _row(entry: Milestone) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in _COLUMNS}
    return row | {
        "stage": entry.stage.value,
        "source": entry.source.value,
        "evidence": orjson.dumps(entry.evidence).decode(),
    }


def _milestone(row: Any, account_id: str | None, contact_id: str | None) -> Milestone:
    """The milestone of a row, under the ids that its account and contact have today; None: those of then."""
    values = list(row[: len(_COLUMNS)])  # every judging of a batch reads them: by place, which is twice as quick
    values[_STAGE], values[_SOURCE] = Stage(row.stage), Source(row.source)
    values[_ACCOUNT], values[_CONTACT] = account_id or row.account_id, contact_id or row.contact_id
    values[_EVIDENCE] = tuple(orjson.loads(row.evidence))
    return Milestone(*values)
