"""To whom an account falls, and when a task is due."""

from __future__ import annotations

from collections.abc import Iterator

from syncd.agreement.check.likely import likely_country
from syncd.agreement.partial import Finding, PartialAgreement
from syncd.agreement.standards import COUNTRIES, STATES
from syncd.document import Path
from syncd.model.addresses import is_address


def check_handover(partial: PartialAgreement) -> Iterator[Finding]:
    """Territories that nothing reaches, reps and places that do not exist."""
    territories = partial.agreement.handover.territories
    for index, territory in enumerate(territories):
        path: Path = ("handover", "territories", index)
        if not is_address(territory.rep):
            yield Finding((*path, "rep"), f"{territory.rep!r} is no e-mail address", "the rep's, as in Salesforce")
        if not (territory.states or territory.countries) and index < len(territories) - 1:
            yield Finding(path, "this line takes the rest, the lines below are never reached", "put it last")
        for at, state in enumerate(territory.states):
            if state not in STATES:
                yield Finding((*path, "states", at), f"{state!r} is no USPS state code", "such as NY")
        for at, country in enumerate(territory.countries):
            if country not in COUNTRIES:
                what = f"{country!r} is no ISO 3166 country code"
                yield Finding((*path, "countries", at), what, likely_country(country))
    if partial.agreement.handover.task_due_days < 0:
        yield Finding(("handover", "task_due_days"), "a task due before it is given", "give zero or more days")
