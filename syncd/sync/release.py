"""Release, judge's second half: over all reps of a week, who is handed over now, who waits, who goes back.

One transaction: the places of the week are given out by the pure queue, and the accounts of those who were handed over
or went back are judged anew in it, so that their tasks, and the opportunities that waited for them, are wished for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from syncd.model import Judgement, QueueEntry, Release, Ruling, Taken, User
from syncd.model.milestones import Milestone, Stage
from syncd.model.queue import QueueState
from syncd.planning.crew import crew_of, queue_terms
from syncd.planning.milestones import Ledger, in_round
from syncd.planning.names import RepNames
from syncd.planning.queue import NOBODY, Handout, hand_out
from syncd.rules import Rulebook
from syncd.store import Store, UnitOfWork
from syncd.store.statements import chunks
from syncd.sync.judge import book_of_today, judge_accounts
from syncd.sync.run import Run


def release(store: Store, book: Rulebook, today: date, run: Run) -> QueueState:
    """Hand out the places of the week, where anything changed or a week began; returns what the queue says.

    today: the calendar day in the agreement's time zone.
    """
    now = run.clock()
    with store.reading() as unit:
        state, changed = unit.queue.state()
    if not (changed or (state.due and state.due <= now)) or run.breaks_off():
        return state
    with store.writing() as unit:
        users = unit.groups.users()
        entries, taken = unit.queue.waiting(), unit.queue.taken(now)
        crew = crew_of(book.agreement, users, book.destinations["user"].stream, concerned(entries, taken))
        handout = hand_out(entries, taken, unit.queue.turns(), crew, queue_terms(book.agreement), now)
        state = _state(handout, users)
        unit.queue.keep(state)
        unit.queue.hand_over(handout.released)
        returned = unit.queue.give_back(handout.returned, now)
        unit.queue.tell(handout.waiting)
        accounts = sorted({*returned, *(one.account_id for one in handout.released)})
        corrected = book_of_today(unit, book, today) if accounts else book
        judgements = [
            judgement
            for part in chunks(accounts)
            for judgement in judge_accounts(unit, part, users, corrected, today, now)
        ]
        unit.milestones.add(_milestones(unit, handout.released, judgements, book))
    for judgement in judgements:
        run.counts.judge(judgement)
    run.progress("release", len(handout.released))
    return state


def in_short(state: QueueState) -> Iterator[str]:
    """What a run says of the queue: how many wait, and how many of them have no rep."""
    if state.waiting:
        yield f"{state.waiting:,} wait for a rep: `syncd queue` shows in which week they will come"
    if state.nobody:
        yield f"{state.nobody:,} of them have no rep: give their account an owner, or the agreement a territory"


def running_dry(state: QueueState) -> Iterator[str]:
    """Which reps have more places in a coming week than people who wait for them."""
    for dry in state.dry:
        places = f"{dry['waiting']} wait for {dry['places']} places"
        yield f"alert: {dry['rep']} runs dry in the week of {dry['week']}: {places}"


def concerned(entries: Iterable[QueueEntry], taken: Iterable[Taken]) -> set[str]:
    """Whose weeks matter: golden ids of those for whom somebody waits, and of those who were handed somebody."""
    waits = {rep for entry in entries for rep in (entry.candidate.rep, *entry.candidate.team) if rep}
    return waits | {part.rep for part in taken}


def _state(handout: Handout, users: Mapping[str, User]) -> QueueState:
    names = RepNames(users)
    dry = [
        {
            "rep": names[entry.rep],
            "id": entry.rep,
            "week": entry.week.isoformat(),
            "places": entry.places,
            "waiting": entry.waiting,
        }
        for entry in handout.dry
    ]
    nobody = sum(wait.why == NOBODY for wait in handout.waiting)
    return QueueState(handout.due, len(handout.waiting), nobody, tuple(dry))


def _milestones(
    unit: UnitOfWork, releases: Sequence[Release], judgements: Iterable[Judgement], book: Rulebook
) -> list[Milestone]:
    """That an MQL was handed to a named rep; a call to explore or to find out is none."""
    qualified = {
        contact.contact_id for judgement in judgements for contact in judgement.contacts if contact.mql is Ruling.YES
    }
    handed = [release for release in releases if release.contact_id in qualified]
    kept = unit.milestones.of(sorted({release.account_id for release in handed}))
    ledgers = {account_id: Ledger(of_account) for account_id, of_account in kept.items()}
    reached = [
        in_round(
            ledgers.get(release.account_id) or Ledger(()),
            Milestone(
                stage=Stage.RELEASED,
                at=release.at,
                account_id=release.account_id,
                contact_id=release.contact_id,
                offer=release.offer,
                agreement=book.agreement.label,
                terms=book.terms,
                evidence=(release.key,),
                segment=release.segment or None,
                rep=release.rep,
            ),
        )
        for release in handed
    ]
    return [milestone for milestone in reached if milestone]
