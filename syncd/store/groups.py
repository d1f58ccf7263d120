"""Statements of judge: read whole groups in a few joins, write judgements and wishes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, false, func, or_, select, true, update

from syncd.model import (
    Account,
    Activity,
    Campaign,
    ContactRole,
    Group,
    Judgement,
    Opportunity,
    User,
)
from syncd.store import wishes
from syncd.store.database import Database, among, chunks, table_of
from syncd.store.golden import (
    account,
    activity,
    alias,
    contact,
    contact_role,
    link,
    opportunity,
    wish,
)
from syncd.store.judgements import body
from syncd.store.records import source_record
from syncd.tables import CampaignRow, JudgementRow, UserRow
from syncd.tables.reading import fact

judgement = table_of(JudgementRow)
campaign = table_of(CampaignRow)
user = table_of(UserRow)

Remotes = dict[str, dict[str, tuple[str, ...]]]


@dataclass
class Claimed:
    """Stale accounts claimed in one transaction: their groups, and where the judgements go."""

    database: Database
    connection: Connection
    groups: Sequence[Group]
    judged: list[Judgement] = field(default_factory=list)

    def take(self, judgements: Iterable[Judgement]) -> None:
        """Write the judgements and their wishes, and take the stale marks off."""
        self.judged = list(judgements)
        self.database.upsert(self.connection, JudgementRow, [_judgement_row(one) for one in self.judged])
        wishes.want(self.database, self.connection, self.judged)
        for part in chunks([group.account.id for group in self.groups]):
            self.connection.execute(update(account).where(among(account.c.id, part)).values(stale=false()))


def stale_ids(connection: Connection, limit: int, today: date) -> list[str]:
    """The next accounts to judge: those that a change made stale, then those whose review day has come."""
    statement = select(account.c.id).where(account.c.stale == true()).order_by(account.c.id).limit(limit)
    if connection.dialect.name == "postgresql":
        statement = statement.with_for_update(skip_locked=True)
    found = list(connection.execute(statement).scalars())
    if len(found) < limit:
        due = (
            select(account.c.id)
            .join(judgement, judgement.c.account_id == account.c.id)
            .where(account.c.stale == false(), judgement.c.review_on <= today, judgement.c.today < today)
            .order_by(account.c.id)
            .limit(limit - len(found))
        )
        if connection.dialect.name == "postgresql":
            due = due.with_for_update(of=account, skip_locked=True)
        found += connection.execute(due).scalars()
    return found


def count_stale(connection: Connection, today: date) -> int:
    """How many accounts wait for a judgement."""
    due = and_(judgement.c.review_on <= today, judgement.c.today < today)
    statement = (
        select(func.count())
        .select_from(account.outerjoin(judgement, judgement.c.account_id == account.c.id))
        .where(or_(account.c.stale == true(), due))
    )
    return connection.scalar(statement) or 0


def read_users(connection: Connection) -> dict[str, User]:
    """Every user of ours."""
    remotes = _remotes(connection, "user", None)
    return {
        row.id: fact("user", row, remote_ids=remotes.get(row.id, {}))
        for row in connection.execute(select(user).order_by(user.c.id))
    }


def read_groups(connection: Connection, ids: Sequence[str], users: Mapping[str, User]) -> list[Group]:
    """The groups of these accounts, in the order of their ids."""
    accounts = {row.id: row for row in connection.execute(select(account).where(among(account.c.id, ids)))}
    contacts: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(select(contact).where(among(contact.c.account_id, ids)).order_by(contact.c.id)):
        contacts[row.account_id].append(row)
    activities, campaigns = _activities(connection, among(contact.c.account_id, ids))
    opportunities = _opportunities(connection, ids)
    opened = _opened(connection, ids)
    account_remotes = _remotes(connection, "account", ids)
    contact_remotes = _remotes(connection, "contact", [row.id for rows in contacts.values() for row in rows])
    return [
        Group(
            account=fact("account", accounts[one], remote_ids=account_remotes.get(one, {})),
            contacts=tuple(fact("contact", row, remote_ids=contact_remotes.get(row.id, {})) for row in contacts[one]),
            activities=tuple(activities[one]),
            opportunities=tuple(opportunities[one]),
            users=users,
            campaigns=campaigns,
            opened=frozenset(opened[one]),
        )
        for one in sorted(accounts)
    ]


def read_stray(connection: Connection, contact_id: str, users: Mapping[str, User]) -> Group | None:
    """A contact without an account, as a group of its own, so that it can be explained."""
    row = connection.execute(select(contact).where(contact.c.id == contact_id)).first()
    if row is None:
        return None
    activities, campaigns = _activities(connection, contact.c.id == contact_id)
    remotes = _remotes(connection, "contact", [contact_id]).get(contact_id, {})
    return Group(
        account=Account(id="(no account)"),
        contacts=(fact("contact", row, remote_ids=remotes),),
        activities=tuple(one for rows in activities.values() for one in rows),
        users=users,
        campaigns=campaigns,
    )


def _activities(connection: Connection, condition: Any) -> tuple[dict[str, list[Activity]], dict[str, Campaign]]:
    statement = (
        select(contact.c.account_id, activity)
        .join(contact, contact.c.id == activity.c.contact_id)
        .where(condition)
        .order_by(activity.c.at, activity.c.id)
    )
    found: dict[str, list[Activity]] = defaultdict(list)
    campaign_ids: set[str] = set()
    for row in connection.execute(statement):
        found[row.account_id].append(fact("activity", row, source=f"{row.system} {row.stream}"))
        if row.campaign_id:
            campaign_ids.add(row.campaign_id)
    campaigns = {
        row.id: fact("campaign", row, remote_ids=_own_id(row.id))
        for part in chunks(sorted(campaign_ids))
        for row in connection.execute(select(campaign).where(among(campaign.c.id, part)))
    }
    return found, campaigns


def _own_id(golden_id: str) -> dict[str, tuple[str, ...]]:
    """The remote id of a record that stands for itself: `salesforce.Campaign/701…`."""
    stream, _, remote_id = golden_id.partition("/")
    return {stream: (remote_id,)}


def _opportunities(connection: Connection, ids: Sequence[str]) -> dict[str, list[Opportunity]]:
    rows = connection.execute(
        select(opportunity).where(among(opportunity.c.account_id, ids)).order_by(opportunity.c.id)
    ).all()
    roles: dict[str, list[ContactRole]] = defaultdict(list)
    for part in chunks([row.id for row in rows]):
        for role in connection.execute(
            select(contact_role).where(among(contact_role.c.opportunity_id, part)).order_by(contact_role.c.id)
        ):
            standing: ContactRole = fact("contact_role", role)
            roles[role.opportunity_id].append(replace(standing, id=role.id.partition("/")[2]))
    found: dict[str, list[Opportunity]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(
            fact("opportunity", row, remote_id=row.id.partition("/")[2], roles=tuple(roles[row.id]))
        )
    return found


def _opened(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    """Keys of what was written before, or may have been, also under ids that their contacts were merged into since."""
    found: dict[str, list[str]] = defaultdict(list)
    statement = select(wish.c.account_id, wish.c.key).where(
        among(wish.c.account_id, ids),
        wish.c.object.in_(("task", "opportunity", "account", "contact", "qualification", "potential")),
        or_(wish.c.sent_digest != "", wish.c.uncertain == true()),
    )
    keys = connection.execute(statement).all()
    contact_ids = sorted({key.partition("/")[2] for _, key in keys})
    renamed = {
        row.old_id: row.new_id
        for part in chunks(contact_ids)
        for row in connection.execute(select(alias).where(alias.c.kind == "contact", among(alias.c.old_id, part)))
    }
    for account_id, key in keys:
        purpose, _, contact_id = key.partition("/")
        found[account_id].append(key)
        if contact_id in renamed:
            found[account_id].append(f"{purpose}/{renamed[contact_id]}")
    return found


def _remotes(connection: Connection, kind: str, ids: Sequence[str] | None) -> Remotes:
    """Golden id → `system.stream` → live remote ids, the oldest first."""
    statement = (
        select(link.c.golden_id, link.c.system, link.c.stream, link.c.remote_id)
        .join(
            source_record,
            and_(
                source_record.c.system == link.c.system,
                source_record.c.stream == link.c.stream,
                source_record.c.remote_id == link.c.remote_id,
            ),
        )
        .where(link.c.kind == kind, source_record.c.deleted == false())
    )
    parts = [statement] if ids is None else [statement.where(among(link.c.golden_id, part)) for part in chunks(ids)]
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for part in parts:
        for golden_id, system, stream, remote_id in connection.execute(part):
            found[golden_id][f"{system}.{stream}"].append(remote_id)
    return {
        golden_id: {
            name: tuple(sorted(remote_ids, key=lambda one: (len(one), one))) for name, remote_ids in streams.items()
        }
        for golden_id, streams in found.items()
    }


def _judgement_row(one: Judgement) -> dict[str, Any]:
    return {
        "account_id": one.account_id,
        "today": one.today,
        "agreement": one.agreement,
        "standing": one.standing.value,
        "segment": one.segment,
        "mqls": sum(contact.mql == "yes" for contact in one.contacts),
        "opportunities": sum(call.decision in ("open", "keep", "adopt") and call.qualified for call in one.calls),
        "review_on": one.review_on,
        "body": body(one),
    }


def count_standings(connection: Connection) -> dict[str, int]:
    """How many judged accounts stand in, out and unknown."""
    statement = select(judgement.c.standing, func.count()).group_by(judgement.c.standing)
    return {row[0]: row[1] for row in connection.execute(statement)}
