"""To whom an account falls, and when a task is due."""

from __future__ import annotations

from collections.abc import Iterator

from syncd.agreement.check.likely import likely_country, undefined
from syncd.agreement.handing_over import Territory
from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.agreement.standards import COUNTRIES, STATES
from syncd.document import Path
from syncd.model.addresses import is_address

PLACES = ("accounts", "states", "countries", "segments", "offers")  # what a line may narrow down


def check_handover(partial: PartialAgreement) -> Iterator[Mistake]:
    """Territories that nothing reaches, reps and places that do not exist."""
    territories = partial.agreement.handover.territories
    for index, territory in enumerate(territories):
        path: Path = ("handover", "territories", index)
        yield from _reps(path, territory)
        if not any(getattr(territory, name) for name in PLACES) and index < len(territories) - 1:
            yield Mistake(path, "this line takes the rest, the lines below are never reached", "put it last")
        for at, state in enumerate(territory.states):
            if state not in STATES:
                yield Mistake((*path, "states", at), f"{state!r} is no USPS state code", "such as NY")
        for at, country in enumerate(territory.countries):
            if country not in COUNTRIES:
                what = f"{country!r} is no ISO 3166 country code"
                yield Mistake((*path, "countries", at), what, likely_country(country))
        yield from _names(partial, path, territory)
    if partial.agreement.handover.task_due_days < 0:
        yield Mistake(("handover", "task_due_days"), "a task due before it is given", "give zero or more days")


def _reps(path: Path, territory: Territory) -> Iterator[Mistake]:
    if bool(territory.rep) == bool(territory.team):
        what = "a line names a rep and a team" if territory.rep else "a line names nobody"
        yield Mistake(path, what, "give it one rep, or a team that takes turns")
    if territory.rep and not is_address(territory.rep):
        yield Mistake((*path, "rep"), f"{territory.rep!r} is no e-mail address", "the rep's, as in Salesforce")
    for at, rep in enumerate(territory.team):
        if not is_address(rep):
            yield Mistake((*path, "team", at), f"{rep!r} is no e-mail address", "the rep's, as in Salesforce")
        if rep.casefold() in map(str.casefold, territory.team[:at]):
            yield Mistake((*path, "team", at), f"{rep!r} stands twice in one team", "keep one of them")


def _names(partial: PartialAgreement, path: Path, territory: Territory) -> Iterator[Mistake]:
    segments = [segment.name for segment in partial.agreement.served_market.segments]
    offers = [offer.name for offer in partial.agreement.offers]
    for section, kind, names, defined, sound in (
        ("segments", "segment", territory.segments, segments, partial.sound("served_market", "segments")),
        ("offers", "offer", territory.offers, offers, partial.sound("offers")),
    ):
        for at, name in enumerate(names):
            if sound and name not in defined:
                yield Mistake((*path, section, at), *undefined(kind, name, defined))
