"""What the lessons are drawn from, read from the store: journeys, what stands behind them, and the reasons given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from syncd.model import GateName, Outcome, Ruling
from syncd.model.answers import PROCESS
from syncd.model.milestones import OF_OPPORTUNITIES, Milestone, Stage
from syncd.planning.journeys import Journey, Journeys, journeys
from syncd.planning.lessons import (
    NOBODY_KNOWS,
    ROLE,
    SOURCE,
    LessonCase,
    Opening,
    Precision,
    Trait,
    begin_of,
    cases_of,
    openings,
    precisions,
    ranked,
)
from syncd.planning.suggestions import Suggestion, alerts, suggestions
from syncd.store import UnitOfWork
from syncd.store.statements import chunks
from syncd.sync.judge import BATCH

NO_MORE = "(not any more)"
ANSWER = "answer:"
SECOND = "a second person"  # of an opportunity: it does not hang on one alone


@dataclass(frozen=True, slots=True)
class Lessons:
    """Everything that was learned from that day on."""

    since: date
    cases: Sequence[LessonCase]
    precisions: Sequence[Precision]
    reasons: Sequence[tuple[str, int]]
    openings: Sequence[Opening]
    suggestions: Sequence[Suggestion]
    alerts: Sequence[str]


def learn(unit: UnitOfWork, since: date, today: date, where: tzinfo) -> Lessons:
    """Draw the lessons of the days from `since` on."""
    whole = journeys(unit.milestones.stream())
    people = _people(unit, whole)
    campaign_ids = {mql.campaign_id for one in whole.contacts if (mql := one.reached.get(Stage.MQL))} - {None}
    campaigns = unit.golden.rows("campaign", sorted(map(str, campaign_ids)))
    called = {golden_id: row["name"] for golden_id, row in campaigns.items() if row["name"]}
    cases = cases_of(whole, _traits(unit, whole, people), called, since, where)
    counted = precisions(cases)
    rejected = (one for one in unit.queue.releases(since) if one.outcome is Outcome.REJECTED)
    reasons = ranked(release.why for release in rejected)
    opened = openings(whole, _known(unit, whole, people), since, today, where)
    return Lessons(since, cases, counted, reasons, opened, suggestions(counted, reasons, opened), alerts(reasons))


Person = Mapping[str, Any]  # what the judgement of their account says of a contact today


def _people(unit: UnitOfWork, whole: Journeys) -> dict[str, Person]:
    """What is said today of everybody whom sales had before them, or who stands on an opportunity; by golden id."""
    wanted = {one.contact_id for journey in whole.contacts for one in _own(journey)}
    wanted |= {name for journey in whole.opportunities.values() for name in _on_it(journey)}
    every = [*whole.contacts, *whole.opportunities.values()]
    accounts = sorted({one.account_id for journey in every for one in journey.reached.values()})
    people: dict[str, Person] = {}
    for part in chunks(accounts, BATCH):
        for body in unit.judgements.bodies(part):
            people |= {one["contact_id"]: one for one in body["contacts"] if one["contact_id"] in wanted}
    return people


def _own(journey: Journey) -> Iterable[Milestone]:
    return (one for one in journey.reached.values() if one.stage not in OF_OPPORTUNITIES)


def _on_it(journey: Journey) -> tuple[str, ...]:
    """The contacts who stood on an opportunity when it was qualified."""
    qualified = journey.reached.get(Stage.SQO)
    return qualified.evidence if qualified else ()


def _traits(unit: UnitOfWork, whole: Journeys, people: Mapping[str, Person]) -> dict[str, tuple[Trait, ...]]:
    """What is known of each case, by the key of its first milestone: its origin, and what each gate says today."""
    begun = [(begin, journey) for journey in whole.contacts if (begin := begin_of(journey))]
    evidence = {begin.key: _evidence(journey) for begin, journey in begun}
    origins = unit.activities.origins(sorted({name for names in evidence.values() for name in names}))
    traits = {}
    for begin, _ in begun:
        known = [origins[name] for name in evidence[begin.key] if name in origins]
        kind, source = known[0] if known else (NOBODY_KNOWS, NOBODY_KNOWS)
        person = people.get(begin.contact_id or "")
        origin = (Trait(SOURCE, source), Trait(GateName.RESPONDED, kind.replace("_", " ")))
        traits[begin.key] = (*origin, *_gates(person))
    return traits


def _evidence(journey: Journey) -> tuple[str, ...]:
    """The activities by which they became an MQL, else by which they came."""
    first = journey.reached.get(Stage.MQL) or journey.reached.get(Stage.INQUIRY)
    return first.evidence if first else ()


def _gates(person: Person | None) -> tuple[Trait, ...]:
    """What the lasting gates say of them today. No value of a gate that may name a person or an address."""
    if person is None:
        return (Trait(ROLE, NOBODY_KNOWS),)
    rulings = {gate["name"]: gate for gate in person["gates"]}
    traits = [Trait(ROLE, person["role"] or "(none)", _is_closed(rulings.get(GateName.ROLE)))]
    for name in (GateName.MARKET, GateName.REACHABLE, GateName.RELATION):
        if (gate := rulings.get(name)) is not None:
            closed = _is_closed(gate)
            traits.append(Trait(name.value, NO_MORE if closed else _spoken(name, gate, person), closed))
    return tuple(traits)


def _spoken(name: GateName, gate: Mapping[str, Any], person: Person) -> str:
    match name:
        case GateName.MARKET:
            return str(gate["value"])
        case GateName.REACHABLE:
            return "by mail" if person["by_mail"] else "by phone"
        case _:
            return str(gate["reason"])


def _is_closed(gate: Mapping[str, Any] | None) -> bool:
    return gate is not None and gate["ruling"] != Ruling.YES


def _known(unit: UnitOfWork, whole: Journeys, people: Mapping[str, Person]) -> dict[str, frozenset[str]]:
    """By opportunity, which roles and answers were known when it was opened.

    Roles: of the contacts who stood on it, and those that somebody had named by then.
    """
    ids = {subject: _id_of(journey) for subject, journey in whole.opportunities.items()}
    answers = unit.answers.of(sorted(filter(None, ids.values())))
    known = {}
    for subject, journey in whole.opportunities.items():
        names, qualified = _on_it(journey), journey.reached.get(Stage.SQO)
        roles = {people[name]["role"] for name in names if name in people} - {None}
        by_then = [
            answer.what if answer.what not in PROCESS else f"{ANSWER} {answer.what}"
            for answer in answers.get(ids[subject] or "", ())
            if qualified and answer.at <= qualified.at
        ]
        known[subject] = frozenset({*roles, *by_then, *([SECOND] if len(names) > 1 else [])})
    return known


def _id_of(journey: Journey) -> str | None:
    return next((one.opportunity_id for one in journey.reached.values() if one.opportunity_id), None)
