"""The audit over a store: account by account, page by page, so that its size does not matter; and its snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from syncd.agreement import examine, terms_for, title_words
from syncd.model import User
from syncd.model.snapshots import Gap, Snapshot
from syncd.planning.audit import AccountAudit, AuditScene, audit_account
from syncd.planning.headcount import Count, by_name
from syncd.rules import Rulebook, rulebook_of
from syncd.rules.days import zone
from syncd.rules.handover import Place, owner_of, territory_of
from syncd.store import Store, UnitOfWork

PAGE = 500  # accounts


def audits(unit: UnitOfWork, book: Rulebook, today: date) -> Iterator[AccountAudit]:
    """Every account as the audit sees it, in the order of their ids; people's corrections of titles count.

    today: the calendar day in the agreement's time zone.
    """
    corrected = book.corrected(unit.titles.corrections())
    for ids in unit.groups.pages(PAGE):
        for scene in _scenes(unit, ids):
            yield _audited(scene, corrected, today)


def take_snapshot(store: Store, book: Rulebook, today: date, folder: Path | None = None) -> bool:
    """Keep today's counts and gaps, unless the day has some already; returns whether it had none.

    Where the last snapshot was counted by other terms, today's facts are counted by those as well. folder: of the
    installation's own word lists. A kill leaves gaps that are counted again, and no snapshot.
    """
    with store.reading() as unit:
        last = unit.snapshots.last()
        if last is not None and last.day >= today:
            return False
        corrections, users = unit.titles.corrections(), unit.groups.users()
        former = _former(unit, last, book, folder)
    books = [one.corrected(corrections) for one in (book, former) if one]
    counts = [Count(one.agreement) for one in books]
    after: str | None = ""
    while after is not None:
        after = _count_page(store, books, counts, users, today, after)
    with store.writing() as unit:
        doubles = unit.doubles.count_by_kind()
        names = [by_name(count.headcount(doubles)) for count in counts]
        before = names[1] if former else None
        unit.gaps.close(today)
        unit.snapshots.add(Snapshot(today, book.agreement.version, book.terms, names[0], before))
    return True


def _former(unit: UnitOfWork, last: Snapshot | None, book: Rulebook, folder: Path | None) -> Rulebook | None:
    """The rulebook of the last snapshot's terms, where they were others and can still be read."""
    if last is None or last.terms == book.terms:
        return None
    text = unit.snapshots.agreement_of(last.terms)
    agreement, _ = examine(text, last.agreement, folder) if text else (None, [])
    if agreement is None:
        return None
    return rulebook_of(agreement, title_words(folder), book.industries, book.destinations)


def _count_page(
    store: Store,
    books: Sequence[Rulebook],
    counts: Sequence[Count],
    users: Mapping[str, User],
    today: date,
    after: str,
) -> str | None:
    """Count the next accounts behind that one, and keep their gaps by the first book; returns the last one's id."""
    with store.writing() as unit:
        ids = unit.groups.page(PAGE, after)
        gaps: list[Gap] = []
        for scene in _scenes(unit, ids):
            for number, (book, count) in enumerate(zip(books, counts, strict=True)):
                audit = _audited(scene, book, today)
                count.add(audit)
                if number == 0:
                    gaps += _gaps(scene, audit, book, users, today)
        unit.gaps.count(gaps, today)
    return ids[-1] if ids else None


def _gaps(
    scene: AuditScene, audit: AccountAudit, book: Rulebook, users: Mapping[str, User], today: date
) -> Iterator[Gap]:
    missing = [seat for seat in audit.seats if seat.missing]
    if not missing:
        return
    handover = terms_for(book.agreement, audit.segment).handover
    stream, place = book.destinations["user"].stream, Place(scene.account, audit.segment)
    rep = owner_of([scene.account.owner], users, stream) or territory_of(place, users, handover, stream).rep
    for seat in missing:
        yield Gap(
            account_id=audit.account_id,
            role=seat.role,
            account=audit.name,
            segment=audit.segment or "",
            missing=seat.missing,
            since=today,
            rep=rep,
            amount=audit.amount,
        )


def _audited(scene: AuditScene, book: Rulebook, today: date) -> AccountAudit:
    terms = book.agreement
    return audit_account(scene, book, today, zone(terms.time_zone), terms.audit.stale_days)


def _scenes(unit: UnitOfWork, ids: Sequence[str]) -> Iterator[AuditScene]:
    contacts, met = unit.groups.contacts(ids), unit.judgements.meeting(ids)
    heard = unit.activities.last_heard([contact.id for theirs in contacts.values() for contact in theirs])
    for account in unit.groups.accounts(ids):
        yield AuditScene(account, tuple(contacts.get(account.id, ())), met, heard)
