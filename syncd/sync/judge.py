"""Judge: groups become judgements and wishes, by pure rules inside the transaction that claims the accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import structlog

from syncd import rules
from syncd.model import Group, Judgement, RemoteRef, TitleCorrection, User
from syncd.planning.acceptance import heard_of
from syncd.planning.cycles import STAGES, cycles_of
from syncd.planning.milestones import Keeping, Ledger, Scene, newly_reached, unsettled
from syncd.rules import Rulebook
from syncd.store import Store, UnitOfWork
from syncd.sync.counts import WriteOutcome
from syncd.sync.halving import by_halves
from syncd.sync.run import Run

BATCH = 200
JUDGED = "judge"  # the step that an account may be set aside at
LEFT_OUT = "withdrawn: a person account, which is left out"

log = structlog.get_logger()


def judge(store: Store, book: Rulebook, today: date, run: Run, accounts: Sequence[str] | None = None) -> None:
    """Judge every stale account, or until the run is stopped. One at which the program breaks is set aside.

    today: the calendar day in the agreement's time zone. accounts: these alone, where they are stale.
    """
    store.look_anew()
    with store.writing() as unit:
        unit.groups.try_again(unit.quarantine.at(JUDGED))
    users: Mapping[str, User] = {}
    corrections: list[TitleCorrection] = []
    corrected, closing = book, None
    while True:
        with store.writing() as unit:
            ids = unit.groups.claim(BATCH, today, accounts)
            if not ids or run.breaks_off():
                break
            if closing is None:  # once a run, and only where something is to be judged
                users, closing = unit.groups.users(), by_history(unit, book, today)
                corrected = closing
            if (latest := unit.titles.corrections()) != corrections:  # somebody may correct a title meanwhile
                corrections, corrected = latest, closing.corrected(latest)
            persons = unit.golden.persons(ids)
            waiting = unit.wishes.waiting_of(persons)
            judgements = judge_accounts(unit, ids, users, corrected, today, run.clock())
            withdrawn = waiting - unit.wishes.waiting_of(persons)
            unit.wishes.say_why(withdrawn, LEFT_OUT)
        for name in withdrawn:
            run.counts.end(*name, WriteOutcome.WITHDRAWN)
        for judgement in judgements:
            run.counts.judge(judgement)
        run.progress("judge", len(ids))


def book_of_today(unit: UnitOfWork, book: Rulebook, today: date) -> Rulebook:
    """The rulebook with what people say of titles, and the lags by which opportunities are closed."""
    return by_history(unit, book, today).corrected(unit.titles.corrections())


def judge_accounts(
    unit: UnitOfWork, ids: Sequence[str], users: Mapping[str, User], book: Rulebook, today: date, now: datetime
) -> list[Judgement]:
    """The judgements of these accounts, kept with milestones and wishes, without those at which the program breaks."""

    def judge_these(these: Sequence[str]) -> list[Judgement]:
        groups = unit.groups.of(these, users)
        judgements = [rules.judge(group, book, today) for group in groups]
        _keep_milestones(unit, groups, judgements, book, now)
        unit.judgements.take(judgements, now)
        unit.quarantine.release(map(RemoteRef.read, these), JUDGED)
        return judgements

    def set_aside(account_id: str, fault: str) -> None:
        log.error("set aside", account=account_id, fault=fault)
        reason = f"its account cannot be judged ({fault}); the next run tries again"
        unit.quarantine.keep(JUDGED, {RemoteRef.read(account_id): reason})
        unit.groups.leave(account_id, today)

    parts = by_halves(unit.connection, ids, judge_these, set_aside)
    return [judgement for part in parts for judgement in part]


def _keep_milestones(
    unit: UnitOfWork, groups: Sequence[Group], judgements: Sequence[Judgement], book: Rulebook, now: datetime
) -> None:
    """Append what these accounts newly reached; a person account reaches nothing."""
    keeping = Keeping(now, unit.milestones.kept_since(now))
    judged = {judgement.account_id: judgement for judgement in judgements}
    kept = unit.milestones.of([group.account.id for group in groups])
    ledgers = [Ledger(kept.get(group.account.id, ())) for group in groups]
    pairs = [pair for pair in zip(groups, ledgers, strict=True) if not pair[0].account.person]
    closed = unit.milestones.closed_at([one for group, ledger in pairs for one in unsettled(group, ledger)])
    unit.milestones.add(
        [
            milestone
            for group, ledger in pairs
            for scene in [Scene(group, judged[group.account.id], ledger, keeping, book, closed)]
            for milestone in (*newly_reached(scene), *heard_of(scene))
        ]
    )


def by_history(unit: UnitOfWork, book: Rulebook, today: date) -> Rulebook:
    """The rulebook by which new opportunities close as those before them did."""
    return book.closing(cycles_of(unit.milestones.stream(stages=STAGES), today, book.scale.where))


def judge_in_memory(store: Store, book: Rulebook, today: date, run: Run) -> None:
    """Judge every account and keep nothing but the counts: what an agreement that nobody signed would say."""
    with store.reading() as unit:
        users, corrected = unit.groups.users(), book.corrected(unit.titles.corrections())
        after = ""
        while (ids := unit.groups.page(BATCH, after)) and not run.breaks_off():
            after = ids[-1]
            for group in unit.groups.of(ids, users):
                run.counts.judge(rules.judge(group, corrected, today))
            run.progress("judge", len(ids))
