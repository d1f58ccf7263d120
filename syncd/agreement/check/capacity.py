"""How many people a rep takes in a week: kinds, places and calendars that exist."""

from __future__ import annotations

from collections.abc import Iterator

from syncd.agreement.check.likely import likely_country, undefined
from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.agreement.standards import is_time_zone
from syncd.document import Path
from syncd.model.addresses import is_address


def check_capacity(partial: PartialAgreement) -> Iterator[Mistake]:
    """The queue's terms, and every rep's calendar."""
    capacity = partial.agreement.capacity
    exploring = partial.agreement.engagement.explore
    for index, kind in enumerate(capacity.at_once):
        if partial.sound("engagement") and kind not in exploring and "at_once" in capacity.model_fields_set:
            what, mend = undefined("kind of exploring", kind, exploring)
            yield Mistake(("capacity", "at_once", index), what, mend)
    place = capacity.holidays
    yield from _holidays(("capacity", "holidays"), place.country, place.subdivision)
    reps = partial.agreement.reps
    for index, terms in enumerate(reps):
        path: Path = ("reps", index)
        if not is_address(terms.rep):
            yield Mistake((*path, "rep"), f"{terms.rep!r} is no e-mail address", "the rep's, as in Salesforce")
        if terms.rep.casefold() in (other.rep.casefold() for other in reps[:index]):
            yield Mistake((*path, "rep"), f"a second calendar of {terms.rep}", "keep one of them")
        if terms.time_zone is not None and not is_time_zone(terms.time_zone):
            what = f"{terms.time_zone!r} is no time zone"
            yield Mistake((*path, "time_zone"), what, "an IANA name, such as America/New_York")
        yield from _holidays(path, terms.country, terms.subdivision)
        for at, absence in enumerate(terms.absent):
            if absence.last < absence.first:
                yield Mistake((*path, "absent", at), "an absence that ends before it begins", "put its days in order")


def _holidays(path: Path, country: str | None, subdivision: str | None) -> Iterator[Mistake]:
    """Places whose holidays nobody knows. A list of them is loaded only where an agreement names one."""
    if country is None:
        if subdivision is not None:
            what = "a subdivision without a country"
            yield Mistake((*path, "subdivision"), what, "name the country that it is a part of")
        return
    from holidays import list_supported_countries

    known = list_supported_countries(include_aliases=False)
    if country not in known:
        yield Mistake((*path, "country"), f"no holidays are known of {country!r}", likely_country(country))
    elif subdivision is not None and subdivision not in known[country]:
        what = f"no holidays are known of {subdivision!r} in {country}"
        parts = ", ".join(known[country])
        yield Mistake((*path, "subdivision"), what, f"one of {parts}" if parts else "leave it out")
