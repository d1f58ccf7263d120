"""The store's tables. Three facts: what we saw, what it means today, what we want to stand and what was acknowledged.

Stamps are aware UTC in both databases. Golden ids are text and stable; JSON is text, so that SQLite and PostgreSQL read
alike. Every statement on these tables stands in syncd/store; `core` has them as SQLAlchemy names them.
"""

from syncd.tables.answers import AnswerRow
from syncd.tables.audits import GapRow, SnapshotRow
from syncd.tables.columns import UtcDateTime, metadata
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

__all__ = [
    "AccountRow",
    "ActivityRow",
    "AdministratorRow",
    "AgreementVersion",
    "AlertMessageRow",
    "AlertRow",
    "Alias",
    "AnnouncementRow",
    "AnswerRow",
    "AuditLog",
    "AuditMention",
    "CampaignMemberRow",
    "CampaignRow",
    "CandidateRow",
    "ContactRoleRow",
    "ContactRow",
    "Cursor",
    "GapRow",
    "Identifier",
    "JudgementRow",
    "LikelyDouble",
    "Link",
    "MilestoneRow",
    "Note",
    "OpenReference",
    "OpportunityRow",
    "Quarantine",
    "ReleasedRow",
    "Run",
    "Seen",
    "SessionRow",
    "SnapshotRow",
    "SourceRecord",
    "StageChangeRow",
    "TitleCorrectionRow",
    "TokenRow",
    "Tombstone",
    "UserRow",
    "UtcDateTime",
    "VerdictRow",
    "WishRow",
    "metadata",
]
