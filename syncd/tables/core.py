"""The tables as SQLAlchemy's statements name them: one object for each row class."""

from __future__ import annotations

from sqlalchemy import Table
from sqlmodel import SQLModel

from syncd.tables.answers import AnswerRow
from syncd.tables.audits import GapRow, SnapshotRow
from syncd.tables.entry import AdministratorRow, SessionRow, TokenRow
from syncd.tables.golden import (
    AccountRow,
    ActivityRow,
    Alias,
    CampaignMemberRow,
    CampaignRow,
    ContactRoleRow,
    ContactRow,
    Identifier,
    LikelyDouble,
    LineItemRow,
    Link,
    OpenReference,
    OpportunityRow,
    StageChangeRow,
    UserRow,
)
from syncd.tables.house import AgreementVersion, AlertMessageRow, AlertRow, AuditLog, AuditMention, Note, Run, Tombstone
from syncd.tables.meaning import JudgementRow, MilestoneRow, TitleCorrectionRow, WishRow
from syncd.tables.queue import CandidateRow, ReleasedRow, VerdictRow
from syncd.tables.seen import AnnouncementRow, Cursor, Quarantine, Seen, SourceRecord


def table_of(row: type[SQLModel]) -> Table:
    """The SQLAlchemy table of a SQLModel class."""
    return row.__table__  # type: ignore[attr-defined,no-any-return]


source_record = table_of(SourceRecord)
cursor = table_of(Cursor)
seen = table_of(Seen)
quarantine = table_of(Quarantine)
announcement = table_of(AnnouncementRow)

link = table_of(Link)
identifier = table_of(Identifier)
alias = table_of(Alias)
likely_double = table_of(LikelyDouble)
waiting = table_of(OpenReference)
account = table_of(AccountRow)
contact = table_of(ContactRow)
user = table_of(UserRow)
activity = table_of(ActivityRow)
campaign = table_of(CampaignRow)
campaign_member = table_of(CampaignMemberRow)
opportunity = table_of(OpportunityRow)
stage_change = table_of(StageChangeRow)
line_item = table_of(LineItemRow)
contact_role = table_of(ContactRoleRow)

judgement = table_of(JudgementRow)
milestone = table_of(MilestoneRow)
title_correction = table_of(TitleCorrectionRow)
wish = table_of(WishRow)
answer = table_of(AnswerRow)
candidate = table_of(CandidateRow)
released = table_of(ReleasedRow)
verdict = table_of(VerdictRow)

snapshot = table_of(SnapshotRow)
gap = table_of(GapRow)

run = table_of(Run)
alert = table_of(AlertRow)
alert_message = table_of(AlertMessageRow)
note = table_of(Note)
audit_log = table_of(AuditLog)
audit_mention = table_of(AuditMention)
agreement_version = table_of(AgreementVersion)
erased = table_of(Tombstone)

token = table_of(TokenRow)
session = table_of(SessionRow)
administrator = table_of(AdministratorRow)
