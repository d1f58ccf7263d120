"""The buying group of one account for one offer: which roles are covered and by whom, and what we do not know.

A contact covers a role when their title gives it (and they hold the title still), and neither the reachable nor the
relation gate says no: whoever we cannot reach, or must not, fills no seat, unless sales meets them already.
Responding is not needed: a seat that is known from a title alone is covered, and stands in the ledger as assumed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, tzinfo
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from syncd.agreement.terms import Offer
from syncd.model import ContactJudgement, Coverage, GateName, Knowledge, RoleCoverage, Ruling, Unknown
from syncd.model.answers import PROCESS
from syncd.rules.answers import Answers
from syncd.rules.days import local_day, stamp

QUESTIONS = {
    "Economic Buyer": "Who signs for {label}, and from which budget?",
    "Decision Maker": "Who decides about {label}, and what would make them say no?",
    "Technical Buyer": "Who checks that {label} fits the systems in place?",
    "Executive Sponsor": "Which executive wants {label} to succeed?",
    "Champion": "Who feels the pain every day and would speak for {label} inside?",
    "Influencer": "Whose advice on {label} counts?",
    "Business User": "Who would work with {label} every day?",
}
QUESTIONS_OF_PROCESS = {
    "criteria": "By which criteria will they choose?",
    "steps": "Which steps lead from interest to a decision, and who takes part in each?",
    "timeline": "By when must a solution be in place, and why then?",
    "budget": "Is there a budget, and whose is it?",
    "signature": "Who signs, and what must happen before?",
}
NONE: Answers = MappingProxyType({})
EMPTYING = frozenset({GateName.REACHABLE, GateName.RELATION})  # a no of one of these leaves the seat empty
COUNTED = re.compile(r" \(\d+ of \d+\)\Z")  # how `_entry` says how many of a role are there
# What the next question is about, the most pressing first
URGENCY = {Knowledge.UNKNOWN: 0, Knowledge.STALE: 1, Knowledge.ASSUMED: 2}


Seats = Mapping[str, Sequence[ContactJudgement]]  # role → who takes part in it


def seat(contacts: Iterable[ContactJudgement]) -> Seats:
    """Who fills a seat of which role, in the order they come."""
    seats: dict[str, list[ContactJudgement]] = {}
    for contact in contacts:
        if contact.role is not None and takes_part(contact):
            seats.setdefault(contact.role, []).append(contact)
    return seats


def cover(
    offer: Offer, seats: Seats, since: date, where: tzinfo, answers: Answers = NONE, answered_since: date = date.min
) -> Coverage:
    """Which of the offer's required roles the account's contacts cover, and the ledger of unknowns.

    since: the first calendar day (in the zone `where`) of the window in which an activity is fresh; answered_since:
    that of the one in which an answer is.
    """
    if not answers and seats.keys().isdisjoint(offer.roles):
        return _vacant(offer.name, offer.label, (*offer.roles.items(),), (*offer.questions.items(),))
    return _cover(offer, seats, since, where, answers, answered_since)


@lru_cache(maxsize=256)
def _vacant(
    name: str, label: str, roles: tuple[tuple[str, int], ...], questions: tuple[tuple[str, str], ...]
) -> Coverage:
    """The coverage where nobody takes part and nothing was answered, as of most accounts."""
    construct: Callable[..., Offer] = Offer.model_construct  # what else an offer says is not asked of it here
    offer = construct(name=name, label=label, roles=dict(roles), questions=dict(questions))
    return _cover(offer, {}, date.min, UTC, NONE, date.min)


def _cover(offer: Offer, seats: Seats, since: date, where: tzinfo, answers: Answers, answered_since: date) -> Coverage:
    filled = {role: seats.get(role, ()) for role in offer.roles}
    return Coverage(
        offer=offer.name,
        roles=tuple(
            RoleCoverage(
                role=role,
                needed=needed,
                contacts=tuple([member.contact_id for member in filled[role]]),
                strength=round(math.fsum([member.interest.strength for member in filled[role]]), 6),
            )
            for role, needed in offer.roles.items()
        ),
        completeness=float(completeness(offer.roles, {role: len(members) for role, members in filled.items()})),
        unknowns=(
            *[_entry(offer, role, members, since, where) for role, members in filled.items()],
            *_process(offer, answers, where, answered_since),
        ),
    )


def takes_part(contact: ContactJudgement) -> bool:
    """Whether the contact fills a seat: still in office, reachable as far as known, and not excluded."""
    if contact.role is None or (contact.reading.former and not contact.role_by):
        return False
    emptying = EMPTYING - {GateName.REACHABLE} if contact.meets else EMPTYING
    return not any(gate.ruling is Ruling.NO and gate.name in emptying for gate in contact.gates)


def completeness(needed: Mapping[str, int], members: Mapping[str, int]) -> Fraction:
    """The mean over required roles of min(1, members / needed), exactly; 0 where no role is required."""
    if not needed:
        return Fraction(0)
    whole = math.lcm(*needed.values())
    parts = sum([min(members.get(role, 0), count) * (whole // count) for role, count in needed.items()])
    return Fraction(parts, whole * len(needed))


def next_question(coverage: Coverage) -> str:
    """The question to ask next: a missing role first, then the decision process, then what is stale or assumed."""
    open_ = [unknown for unknown in coverage.unknowns if unknown.state in URGENCY]
    return min(open_, key=lambda unknown: URGENCY[unknown.state]).question if open_ else ""


def subject_of(what: str) -> str:
    """The role or part that an entry is about: `Champion` of `Champion (1 of 2)`; brackets of its own stay."""
    return COUNTED.sub("", what)


def _entry(offer: Offer, role: str, members: Sequence[ContactJudgement], since: date, where: tzinfo) -> Unknown:
    needed = offer.roles[role]
    what = role if needed == 1 else f"{role} ({len(members)} of {needed})"
    if len(members) < needed:
        return Unknown(what, Knowledge.UNKNOWN, _question(offer, role))
    days = [local_day(member.interest.last_at, where) for member in members if member.interest.last_at]
    names = ", ".join(member.name for member in members[:needed])
    if sum(member.interest.responded or bool(member.role_by) for member in members) >= needed:
        source = next((member.role_by for member in members if member.role_by), "title and response")
        return Unknown(what, Knowledge.KNOWN, "", source, max(days, default=None))
    if days and max(days) < since:
        return Unknown(what, Knowledge.STALE, f"Is {names} still the {role}?", "title and engagement", max(days))
    question = f"Is {names} really the {role}, as the title says?"
    return Unknown(what, Knowledge.ASSUMED, question, "title", max(days, default=None))


def _process(offer: Offer, answers: Answers, where: tzinfo, since: date) -> tuple[Unknown, ...]:
    """What is known of the decision; an answer that has aged is asked again."""
    unknown = _unknown_process(tuple(offer.questions.items()))
    if not answers:
        return unknown
    return tuple(_answered(entry, answers, where, since) if entry.what in answers else entry for entry in unknown)


def _answered(entry: Unknown, answers: Answers, where: tzinfo, since: date) -> Unknown:
    answer = answers[entry.what]
    day = local_day(stamp(answer.at), where)
    state = Knowledge.KNOWN if day >= since else Knowledge.STALE
    question = "" if state is Knowledge.KNOWN else f"{entry.question} They said: {answer.value}. Is it still so?"
    return Unknown(entry.what, state, question, answer.source, day, answer.value, answer.by)


@lru_cache(maxsize=64)
def _unknown_process(questions: tuple[tuple[str, str], ...]) -> tuple[Unknown, ...]:
    asked = QUESTIONS_OF_PROCESS | dict(questions)
    return tuple(Unknown(what, Knowledge.UNKNOWN, asked[what]) for what in PROCESS)


def _question(offer: Offer, role: str) -> str:
    return offer.questions.get(role) or QUESTIONS.get(role, "Who is the {role} for {label}?").format(
        role=role, label=offer.label
    )
