"""Judge: groups become judgements and wishes, by pure rules inside the transaction that claims the accounts."""

from __future__ import annotations

from datetime import date

from syncd import rules
from syncd.model import TitleCorrection
from syncd.rules import Rulebook
from syncd.store import Store
from syncd.sync.run import Run

BATCH = 200


def judge(store: Store, book: Rulebook, today: date, run: Run) -> None:
    """Judge every stale account, or until the run is stopped.

    today: the calendar day in the agreement's time zone.
    """
    store.look_anew()
    with store.looking_up() as unit:
        users = unit.groups.users()
    corrections: list[TitleCorrection] = []
    corrected = book
    while not run.stopped:
        with store.writing() as unit:
            groups = unit.groups.claim(BATCH, today, users)
            if not groups:
                break
            if (latest := unit.titles.corrections()) != corrections:  # somebody may correct a title meanwhile
                corrections, corrected = latest, book.corrected(latest)
            judgements = [rules.judge(group, corrected, today) for group in groups]
            unit.judgements.take(judgements)
        for judgement in judgements:
            run.counts.judge(judgement)
        run.progress("judge", len(judgements))


def judge_in_memory(store: Store, book: Rulebook, today: date, run: Run) -> None:
    """Judge every account and keep nothing but the counts: what an agreement that nobody signed would say."""
    with store.reading() as unit:
        users, corrected = unit.groups.users(), book.corrected(unit.titles.corrections())
        after = ""
        while not run.stopped and (ids := unit.groups.page(BATCH, after)):
            after = ids[-1]
            for group in unit.groups.of(ids, users):
                run.counts.judge(rules.judge(group, corrected, today))
            run.progress("judge", len(ids))
