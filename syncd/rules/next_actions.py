"""What closes each gap of an open opportunity: whom to reach, with what, and who does it.

A gap is asked about by the opportunity's owner where somebody inside can be asked for business: one who is mobilized,
or whom sales meets. Who only reads is warmed up by marketing first. Where nobody is known, somebody must be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from syncd.agreement.terms import Agreement
from syncd.model import ContactJudgement, GateName, Knowledge, NextAction, Ruling, Unknown
from syncd.model.answers import PROCESS
from syncd.rules.assessment import Assessment
from syncd.rules.days import stamp
from syncd.rules.engagement import mobilized
from syncd.rules.groups import EMPTYING, Seats, subject_of, takes_part
from syncd.rules.reach import choice, way_in

MARKETING = "marketing"
NO_REP = "nobody: the account has no rep"
NOBODY = "nobody is known"
LONG_AGO = datetime.min.replace(tzinfo=UTC)
# Who knows best, beside whoever is closest to us
ASKED: Mapping[str, Sequence[str]] = {
    "criteria": ("Technical Buyer", "Decision Maker"),
    "steps": ("Champion", "Decision Maker"),
    "timeline": ("Champion", "Executive Sponsor"),
    "budget": ("Economic Buyer",),
    "signature": ("Economic Buyer", "Executive Sponsor"),
}


class Reaching(NamedTuple):
    """Where somebody is looked for, and whose opportunity it is: the golden id of its owner, if it has one.

    insiders: everybody who takes part, the closest to us first.
    """

    assessment: Assessment
    owner: str | None
    insiders: Sequence[ContactJudgement]


def next_actions(reaching: Reaching, gaps: Iterable[Unknown], *, named: bool) -> Iterator[NextAction]:
    """One action a gap, in the order of the gaps; named: whether it is known which offer the opportunity is for."""
    rep = _rep(reaching)
    if not named:
        yield NextAction(
            "offer",
            rep,
            f"say in {reaching.assessment.destinations['opportunity'].offer_field} which offer it is for",
            rep,
        )
    insiders = reaching.insiders
    for gap in gaps:
        what = subject_of(gap.what)
        if what in PROCESS:
            yield _ask(reaching, gap, _best(insiders, ASKED[what]), rep) if insiders else _find_anybody(reaching, gap)
        elif gap.state is Knowledge.UNKNOWN:
            yield _fill(reaching, gap, what, insiders, rep)
        elif theirs := next((insider for insider in insiders if insider.role == what), None):
            yield _ask(reaching, gap, theirs, rep)
        else:  # known by an answer alone: nobody who takes part has it
            yield _fill(reaching, gap, what, insiders, rep)


def _fill(reaching: Reaching, gap: Unknown, role: str, insiders: Sequence[ContactJudgement], rep: str) -> NextAction:
    """A role that somebody has whom nobody reaches, that somebody inside knows of, or that nobody is known for."""
    if closed := _closed(reaching.assessment, role):
        return NextAction(gap.what, closed.name, way_in(closed), MARKETING)
    if insiders:
        another = next((insider for insider in insiders if insider.role != role), insiders[0])
        return _ask(reaching, gap, another, rep)
    if somebody := _without_role(reaching.assessment):
        return NextAction(gap.what, somebody.name, "find out their function and level", MARKETING)
    return NextAction(gap.what, NOBODY, f"find {_post(reaching.assessment.agreement, role)}", MARKETING)


def _find_anybody(reaching: Reaching, gap: Unknown) -> NextAction:
    if somebody := _without_role(reaching.assessment):
        return NextAction(gap.what, somebody.name, "find out their function and level", MARKETING)
    return NextAction(gap.what, NOBODY, "find somebody who takes part in the decision", MARKETING)


def _ask(reaching: Reaching, gap: Unknown, who: ContactJudgement, rep: str) -> NextAction:
    """The question, by the rep; to somebody who only reads it comes with an invitation, by marketing.

    Of whose addresses or numbers some are closed, it says which one is open.
    """
    where = choice(reaching.assessment.contacts[who.contact_id], who)
    whom = f"{who.name}, at {where}" if where else who.name
    if who.meets or mobilized(who.interest):
        return NextAction(gap.what, whom, gap.question, rep)
    topic = f" on “{who.interest.topics[0]}”" if who.interest.topics else ""
    return NextAction(
        gap.what, whom, f"invite them to an event, or offer a paper{topic}; then ask: {gap.question}", MARKETING
    )


def _rep(reaching: Reaching) -> str:
    """The opportunity's owner where that is somebody who works there, else the account's rep, by name."""
    assessment = reaching.assessment
    users, stream = assessment.group.users, assessment.destinations["user"].stream
    owner = users.get(reaching.owner or "")
    rep = owner if owner and owner.active and owner.remote_ids.get(stream) else users.get(assessment.rep or "")
    return (rep.name or rep.email if rep else None) or NO_REP


def insiders_of(seats: Seats) -> list[ContactJudgement]:
    """Everybody who takes part, the closest to us first."""
    return sorted((person for people in seats.values() for person in people), key=_closeness)


def _best(insiders: Sequence[ContactJudgement], roles: Sequence[str]) -> ContactJudgement:
    """Who is asked: those of these roles first, in their order, then whoever is closest to us."""
    first = (insider for role in roles for insider in insiders if insider.role == role)
    return next(first, insiders[0])


def _closeness(person: ContactJudgement) -> tuple[bool, float, str]:
    """The mobilized and those whom sales meets first, then by the last thing they did; no day moves it."""
    last = stamp(person.interest.last_at) if person.interest.last_at else LONG_AGO
    return not (person.meets or mobilized(person.interest)), -(last - LONG_AGO).total_seconds(), person.contact_id


def _closed(assessment: Assessment, role: str) -> ContactJudgement | None:
    """Somebody who has the role, is not excluded, and whom we do not reach."""
    people = (person for person in assessment.judgements.values() if person.role == role and not takes_part(person))
    return next(
        (person for person in people if _noes(person) == {GateName.REACHABLE} and not person.reading.former), None
    )


def _noes(person: ContactJudgement) -> set[GateName]:
    return {gate.name for gate in person.gates if gate.ruling is Ruling.NO and gate.name in EMPTYING}


def _without_role(assessment: Assessment) -> ContactJudgement | None:
    """Somebody of whom nobody knows what they do there; whoever did something last comes first."""
    unknown = [
        person
        for person in assessment.judgements.values()
        if any(gate.name is GateName.ROLE and gate.ruling is Ruling.UNKNOWN for gate in person.gates)
        and not _noes(person)
    ]
    return min(unknown, key=_closeness, default=None)


def _post(agreement: Agreement, role: str) -> str:
    """Which post gives the role, by the first line of the agreement that does: `C-level of finance`."""
    rule = next((rule for rule in agreement.roles if rule.role == role), None)
    if rule is None:
        return f"the {role}"
    levels, functions = " or ".join(rule.levels), " or ".join(rule.functions)
    return f"the {role}: {' of '.join(filter(None, (levels or 'anybody', functions)))}"
