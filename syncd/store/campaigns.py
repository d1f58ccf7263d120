"""Campaigns, and who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from syncd.model import Campaign
from syncd.store.statements import among, chunks
from syncd.tables.core import campaign, campaign_member, contact
from syncd.tables.reading import fact


class Member(NamedTuple):
    """Somebody who belongs to a campaign, and their account."""

    campaign_id: str
    contact_id: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Campaigns:
    """The campaigns of both systems."""

    connection: Connection

    def dated(self) -> list[Campaign]:
        """Those whose first day is known, by day and id."""
        dated = select(campaign).where(campaign.c.starts.is_not(None)).order_by(campaign.c.starts, campaign.c.id)
        return [fact("campaign", row) for row in self.connection.execute(dated)]

    def responses(self, contact_ids: Sequence[str] | None = None) -> list[tuple[str, str | None, int]]:
        """How often people responded to each campaign: id, type as written, times; of all where none are named."""
        columns = select(campaign.c.id, campaign.c.kind, func.count()).group_by(campaign.c.id, campaign.c.kind)
        joined = columns.join(campaign_member, campaign_member.c.campaign_id == campaign.c.id)
        responded = joined.where(campaign_member.c.responded, campaign_member.c.contact_id.is_not(None))
        if contact_ids is None:
            parts = [responded]
        else:
            parts = [responded.where(among(campaign_member.c.contact_id, part)) for part in chunks(contact_ids)]
        return [(row[0], row[1], row[2]) for part in parts for row in self.connection.execute(part)]

    def members(self, campaign_ids: Sequence[str]) -> list[Member]:
        """Who belongs to these campaigns, each once; of those whose account is known."""
        columns = select(campaign_member.c.campaign_id, contact.c.id, contact.c.account_id).distinct()
        joined = columns.join(contact, contact.c.id == campaign_member.c.contact_id)
        return [
            Member(*row)
            for part in chunks(campaign_ids)
            for row in self.connection.execute(
                joined.where(among(campaign_member.c.campaign_id, part), contact.c.account_id.is_not(None))
            )
        ]
