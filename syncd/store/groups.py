"""Groups: accounts with all that a rule may look at, read in a few joins; and which of them wait for a judgement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, text, true, update

from connectors.base import SIGNED_IN_AS
from syncd.model import Account, Activity, Campaign, Contact, ContactRole, Double, Group, Opportunity, RemoteRef, User
from syncd.store.answers import Answers
from syncd.store.conditions import same_record
from syncd.store.doubles import Doubles
from syncd.store.notes import Notes
from syncd.store.queue import Queue
from syncd.store.statements import among, chunks
from syncd.store.verdicts import Verdicts
from syncd.tables.core import (
    account,
    activity,
    alias,
    campaign,
    contact,
    contact_role,
    judgement,
    line_item,
    link,
    opportunity,
    source_record,
    user,
    wish,
)
from syncd.tables.reading import fact

RemoteIds = Mapping[str, tuple[str, ...]]  # `system.stream` → live remote ids, the oldest first

# Wishes that open nothing by having been written: a contact role stays for its own reasons.
NOTHING_OPENED = ("contact_role", "reminder", "closing", "notification", "unsaid", "lead_unsaid")
# Wishes whose key is a record's name, as a golden contact's id may be, or a task's own.
SHARED_KEYS = ("qualification", "lead", "answered")


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of every account."""

    connection: Connection

    def claim(self, limit: int, today: date, accounts: Sequence[str] | None = None) -> list[str]:
        """The next accounts to judge: those that a change made stale, then those whose review day came.

        No other transaction judges them meanwhile. accounts: among these alone.
        """
        those = () if accounts is None else (among(account.c.id, accounts),)
        stale = select(account.c.id).where(text("account.stale"), *those)  # as its index
        stale = stale.order_by(account.c.id).limit(limit)
        shared = self.connection.dialect.name == "postgresql"
        ids = list(self.connection.execute(stale.with_for_update(skip_locked=True) if shared else stale).scalars())
        if len(ids) < limit:
            due = (
                select(account.c.id)
                .join(judgement, judgement.c.account_id == account.c.id)
                .where(account.c.stale.is_(False), judgement.c.review_on <= today, judgement.c.today < today, *those)
                .order_by(judgement.c.review_on, account.c.id)
                .limit(limit - len(ids))
            )
            due = due.with_for_update(of=account, skip_locked=True) if shared else due
            ids += self.connection.execute(due).scalars()
        return ids

    def leave(self, account_id: str, today: date) -> None:
        """Claim an account no more today, though it was not judged."""
        self.connection.execute(update(account).where(account.c.id == account_id).values(stale=False))
        self.connection.execute(update(judgement).where(judgement.c.account_id == account_id).values(today=today))

    def try_again(self, refs: Sequence[RemoteRef]) -> None:
        """Have accounts judged again that were left, by the records that they are named after."""
        for part in chunks([str(ref) for ref in refs]):
            self.connection.execute(update(account).where(among(account.c.id, part)).values(stale=True))

    def count_stale(self, today: date) -> int:
        """How many accounts wait for a judgement."""
        due = and_(judgement.c.review_on <= today, judgement.c.today < today)
        statement = (
            select(func.count())
            .select_from(account.outerjoin(judgement, judgement.c.account_id == account.c.id))
            .where(or_(account.c.stale == true(), due))
        )
        return self.connection.scalar(statement) or 0

    def users(self) -> dict[str, User]:
        """Every user of ours, but whom syncd signs in as: nobody reads what is handed to that one."""
        remotes, ourselves = self._remotes("user", None), Notes(self.connection).settings(SIGNED_IN_AS)
        rows = self.connection.execute(select(user).order_by(user.c.id))
        users = {row.id: fact("user", row, remote_ids=remotes.get(row.id, {})) for row in rows}
        return {
            golden_id: known
            for golden_id, known in users.items()
            if not any(ourselves.get(stream.partition(".")[0]) in ids for stream, ids in known.remote_ids.items())
        }

    def of(self, ids: Sequence[str], users: Mapping[str, User] | None = None) -> list[Group]:
        """The groups of these accounts, in the order of their ids."""
        accounts = {row.id: row for row in self.connection.execute(select(account).where(among(account.c.id, ids)))}
        contacts: dict[str, list[Any]] = defaultdict(list)
        theirs = select(contact).where(among(contact.c.account_id, ids)).order_by(contact.c.id)
        for row in self.connection.execute(theirs):
            contacts[row.account_id].append(row)
        activities, campaigns = self._activities(among(contact.c.account_id, ids))
        opportunities, (opened, gone) = self._opportunities(ids), self._opened(ids)
        account_remotes = self._remotes("account", ids)
        contact_remotes = self._remotes("contact", [row.id for rows in contacts.values() for row in rows])
        users = self.users() if users is None else users
        doubles, parents = self._doubles(ids), self._parents(accounts.values())
        queue = Queue(self.connection)
        releases, returned = queue.releases_of(ids), queue.returned_of(ids)
        verdicts = Verdicts(self.connection).of(ids)
        return [
            Group(
                account=fact(
                    "account",
                    accounts[account_id],
                    remote_ids=account_remotes.get(account_id, {}),
                    parents=parents.get(account_id, ()),
                ),
                contacts=tuple(_contact(row, contact_remotes) for row in contacts[account_id]),
                activities=tuple(activities[account_id]),
                opportunities=tuple(opportunities[account_id]),
                users=users,
                campaigns=campaigns,
                opened=frozenset(opened[account_id]),
                doubles=tuple(doubles.get(account_id, ())),
                sent={key: at for key, at in opened[account_id].items() if at},
                releases=releases.get(account_id, {}),
                returned=returned.get(account_id, {}),
                verdicts=tuple(verdicts.get(account_id, ())),
                deleted=gone[account_id, True],
                gone=gone[account_id, False],
            )
            for account_id in sorted(accounts)
        ]

    def page(self, limit: int, after: str = "") -> list[str]:
        """The ids of the next accounts behind this one, whether or not they wait for a judgement."""
        ids = select(account.c.id).where(account.c.id > after).order_by(account.c.id).limit(limit)
        return list(self.connection.execute(ids).scalars())

    def pages(self, limit: int) -> Iterator[list[str]]:
        """The ids of all accounts, so many at a time, so that their number does not matter."""
        after = ""
        while ids := self.page(limit, after):
            after = ids[-1]
            yield ids

    def accounts(self, ids: Sequence[str]) -> list[Account]:
        """These accounts alone, without their contacts and whatever else makes a group."""
        rows = self.connection.execute(select(account).where(among(account.c.id, ids)).order_by(account.c.id)).all()
        remotes, parents = self._remotes("account", ids), self._parents(rows)
        return [
            fact("account", row, remote_ids=remotes.get(row.id, {}), parents=parents.get(row.id, ())) for row in rows
        ]

    def contacts(self, account_ids: Sequence[str]) -> dict[str, list[Contact]]:
        """The contacts of these accounts alone, without their remote ids."""
        contacts: dict[str, list[Contact]] = defaultdict(list)
        for part in chunks(account_ids):
            theirs = select(contact).where(among(contact.c.account_id, part)).order_by(contact.c.id)
            for row in self.connection.execute(theirs):
                contacts[row.account_id].append(fact("contact", row, remote_ids={}))
        return contacts

    def of_account(self, account_id: str) -> Group | None:
        """The group of one account; None where it does not stand."""
        return next(iter(self.of([account_id])), None)

    def strays(self) -> Iterator[Group]:
        """Who belongs to no account and was touched or did something, each as a group of its own, by id."""
        touched = select(contact.c.id).where(contact.c.account_id.is_(None), contact.c.id == activity.c.contact_id)
        ids, users = self.connection.execute(touched.distinct().order_by(contact.c.id)).scalars().all(), self.users()
        for part in chunks(ids):
            yield from self._strays(part, users)

    def stray(self, contact_id: str) -> Group | None:
        """A contact without an account, as a group of its own, so that it can be explained; None for nobody."""
        return next(self._strays([contact_id], self.users()), None)

    def _strays(self, ids: Sequence[str], users: Mapping[str, User]) -> Iterator[Group]:
        rows = self.connection.execute(select(contact).where(among(contact.c.id, ids)).order_by(contact.c.id)).all()
        activities, campaigns = self.activities_of(ids)
        remotes = self._remotes("contact", ids)
        for row in rows:
            yield Group(
                account=Account(id="(no account)"),
                contacts=(_contact(row, remotes),),
                activities=tuple(activities[row.id]),
                users=users,
                campaigns=campaigns,
            )

    def activities_of(self, ids: Sequence[str]) -> tuple[dict[str, list[Activity]], dict[str, Campaign]]:
        """What these contacts did, by contact, the earliest first, and the campaigns that they did it in."""
        by_account, campaigns = self._activities(among(contact.c.id, ids))
        activities: dict[str, list[Activity]] = defaultdict(list)
        for theirs in by_account.values():
            for act in theirs:
                activities[act.contact_id].append(act)
        return activities, campaigns

    def _activities(self, condition: ColumnElement[bool]) -> tuple[dict[str, list[Activity]], dict[str, Campaign]]:
        """The activities by account, and the campaigns that they point at."""
        statement = (
            select(contact.c.account_id, activity)
            .join(contact, contact.c.id == activity.c.contact_id)
            .where(condition)
            .order_by(activity.c.at, activity.c.id)
        )
        activities: dict[str, list[Activity]] = defaultdict(list)
        for row in self.connection.execute(statement):
            activities[row.account_id].append(fact("activity", row, source=f"{row.system} {row.stream}"))
        campaign_ids = {one.campaign_id for of_account in activities.values() for one in of_account if one.campaign_id}
        campaigns = {
            row.id: fact("campaign", row, remote_ids=_own_id(row.id))
            for part in chunks(sorted(campaign_ids))
            for row in self.connection.execute(select(campaign).where(among(campaign.c.id, part)))
        }
        return activities, campaigns

    def _opportunities(self, ids: Sequence[str]) -> dict[str, list[Opportunity]]:
        theirs = select(opportunity).where(among(opportunity.c.account_id, ids)).order_by(opportunity.c.id)
        rows = self.connection.execute(theirs).all()
        roles: dict[str, list[ContactRole]] = defaultdict(list)
        for part in chunks([row.id for row in rows]):
            theirs = select(contact_role).where(among(contact_role.c.opportunity_id, part)).order_by(contact_role.c.id)
            for role in self.connection.execute(theirs):
                roles[role.opportunity_id].append(replace(fact("contact_role", role), id=_remote_id(role.id)))
        products: dict[str, list[str]] = defaultdict(list)
        for part in chunks([row.id for row in rows]):
            theirs = select(line_item).where(among(line_item.c.opportunity_id, part)).order_by(line_item.c.id)
            for item in self.connection.execute(theirs):
                products[item.opportunity_id].append(item.product)
        answers = Answers(self.connection).of([row.id for row in rows])
        opportunities: dict[str, list[Opportunity]] = defaultdict(list)
        for row in rows:
            opportunities[row.account_id].append(
                fact(
                    "opportunity",
                    row,
                    remote_id=_remote_id(row.id),
                    products=tuple(products[row.id]),
                    roles=tuple(roles[row.id]),
                    answers=tuple(answers[row.id]),
                )
            )
        return opportunities

    def _parents(self, accounts: Iterable[Any]) -> dict[str, tuple[Account, ...]]:
        """Who owns these accounts, the nearest first; whoever owns itself in the end is followed once around."""
        rows = {row.id: row for row in accounts}
        owned = [row for row in rows.values() if row.parent]
        missing = {row.parent for row in owned} - rows.keys()
        while missing:
            known = [
                row
                for part in chunks(sorted(missing))
                for row in self.connection.execute(select(account).where(among(account.c.id, part)))
            ]
            rows |= {row.id: row for row in known}
            missing = {row.parent for row in known if row.parent} - rows.keys()
        return {
            row.id: tuple(fact("account", parent, remote_ids={}) for parent in _parents(row, rows)) for row in owned
        }

    def _doubles(self, ids: Sequence[str]) -> dict[str, list[Double]]:
        """What may be one with another record; of an account, with the remote ids of the other one."""
        doubles = Doubles(self.connection).of_accounts(ids)
        others = {double.other for of in doubles.values() for double in of if double.kind == "account"}
        remotes = self._remotes("account", sorted(others)) if others else {}
        return {
            account_id: [replace(double, other_ids=remotes.get(double.other, {})) for double in of_account]
            for account_id, of_account in doubles.items()
        }

    def _opened(
        self, ids: Sequence[str]
    ) -> tuple[dict[str, dict[str, datetime | None]], dict[tuple[str, bool], dict[str, datetime]]]:
        """Keys of what was written, or may have been, also under ids that their contacts were merged into since.

        With when it went out, of tasks; None of all else. And keys of what a person deleted, with when: by account, and
        whether it is an opportunity.
        """
        statement = select(wish.c.account_id, wish.c.key, wish.c.object, wish.c.sent_at, wish.c.deleted_at).where(
            among(wish.c.account_id, ids),
            wish.c.object.not_in(NOTHING_OPENED),
            or_(wish.c.sent_digest != "", wish.c.uncertain == true()),
        )
        keys = self.connection.execute(statement).all()
        contact_ids = sorted({row.key.partition("/")[2] for row in keys})
        renamed = {
            row.old_id: row.new_id
            for part in chunks(contact_ids)
            for row in self.connection.execute(
                select(alias).where(among(alias.c.old_id, part, (alias.c.kind, "contact")))
            )
        }
        opened: dict[str, dict[str, datetime | None]] = defaultdict(dict)
        for row in keys:
            purpose, _, contact_id = row.key.partition("/")
            names = [row.key, f"{purpose}/{renamed[contact_id]}"] if contact_id in renamed else [row.key]
            if row.object in SHARED_KEYS:
                names = [f"{row.object}/{row.key}"]
            opened[row.account_id] |= dict.fromkeys(names, row.sent_at if row.object == "task" else None)
        gone: dict[tuple[str, bool], dict[str, datetime]] = defaultdict(dict)
        for row in keys:
            if row.deleted_at:
                gone[row.account_id, row.object == "opportunity"][row.key] = row.deleted_at
        return opened, gone

    def _remotes(self, kind: str, ids: Sequence[str] | None) -> dict[str, RemoteIds]:
        """The live remote ids of golden records, of all where `ids` is None."""
        statement = (
            select(link.c.golden_id, link.c.system, link.c.stream, link.c.remote_id)
            .join(source_record, same_record(source_record, link))
            .where(source_record.c.deleted.is_(False))
        )
        wanted = (
            [link.c.kind == kind]
            if ids is None
            else [among(link.c.golden_id, part, (link.c.kind, kind)) for part in chunks(ids)]
        )
        parts = [statement.where(these) for these in wanted]
        remotes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for part in parts:
            for golden_id, system, stream, remote_id in self.connection.execute(part):
                remotes[golden_id][f"{system}.{stream}"].append(remote_id)
        return {
            golden_id: {
                name: tuple(sorted(remote_ids, key=lambda one: (len(one), one))) for name, remote_ids in streams.items()
            }
            for golden_id, streams in remotes.items()
        }


def _contact(row: Any, remotes: Mapping[str, RemoteIds]) -> Contact:
    """A contact without the records that are a person account's: nothing stands there as their contact."""
    remote_ids = remotes.get(row.id, {})
    made: Contact = fact("contact", row, remote_ids=remote_ids)
    if not made.person_records:
        return made
    kept = {
        stream: tuple(one for one in ids if f"{stream}/{one}" not in made.person_records)
        for stream, ids in remote_ids.items()
    }
    return replace(made, remote_ids={stream: ids for stream, ids in kept.items() if ids})


def _parents(row: Any, rows: Mapping[str, Any]) -> Iterator[Any]:
    followed = {row.id}
    while (row := rows.get(row.parent)) is not None and row.id not in followed:
        followed.add(row.id)
        yield row


def _own_id(golden_id: str) -> RemoteIds:
    """The remote id of a record that stands for itself: its golden id is its name."""
    ref = RemoteRef.read(golden_id)
    return {ref.qualified_stream: (ref.id,)}


def _remote_id(golden_id: str) -> str:
    return RemoteRef.read(golden_id).id
