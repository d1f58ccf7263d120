"""The audit over a store: account by account, page by page, so that its size does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from syncd.planning.audit import AccountAudit, Scene, audit_account
from syncd.rules import Rulebook
from syncd.rules.days import zone
from syncd.store import UnitOfWork

PAGE = 500  # accounts


def audits(unit: UnitOfWork, book: Rulebook, today: date) -> Iterator[AccountAudit]:
    """Every account as the audit sees it, in the order of their ids; people's corrections of titles count.

    today: the calendar day in the agreement's time zone.
    """
    corrected, terms = book.corrected(unit.titles.corrections()), book.agreement
    where, stale_days = zone(terms.time_zone), terms.audit.stale_days
    after = ""
    while ids := unit.groups.page(PAGE, after):
        after = ids[-1]
        for scene in _scenes(unit, ids):
            yield audit_account(scene, corrected, today, where, stale_days)


def _scenes(unit: UnitOfWork, ids: list[str]) -> Iterator[Scene]:
    contacts, met = unit.groups.contacts(ids), unit.judgements.meeting(ids)
    heard = unit.activities.last_heard([contact.id for theirs in contacts.values() for contact in theirs])
    for account in unit.groups.accounts(ids):
        yield Scene(account, tuple(contacts.get(account.id, ())), met, heard)
