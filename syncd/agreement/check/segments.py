"""Terms of a segment's own: what would be wrong with general ones is wrong with them, and their names must exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from syncd.agreement.check.forecast import check_forecast
from syncd.agreement.check.handover import check_handover
from syncd.agreement.check.likely import undefined
from syncd.agreement.check.offers import check_offers
from syncd.agreement.check.roles import check_roles
from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.agreement.segments import terms_for
from syncd.agreement.terms import Segment
from syncd.document import Path

CHECKS = (check_roles, check_offers, check_forecast, check_handover)
# Where a general term stands → the name of the one that a segment may have in its place
OWN: tuple[tuple[Path, str], ...] = (
    (("roles",), "roles"),
    (("forecast", "bar"), "bar"),
    (("forecast", "sales_cycle_days"), "sales_cycle_days"),
    (("handover", "territories"), "territories"),
    (("capacity",), "capacity"),
)


def check_segments(partial: PartialAgreement) -> Iterator[Mistake]:
    """What is wrong in a segment by the terms of its own, and not by the general ones."""
    general = {finding for check in CHECKS for finding in check(partial)}
    for index, segment in enumerate(partial.agreement.served_market.segments):
        if segment.terms is None:
            continue
        place: Path = ("served_market", "segments", index, "terms")
        yield from _names(partial, place, segment)
        yield from _criteria(partial, place, segment)
        here = _in_segment(partial, segment)
        for finding in (finding for check in CHECKS for finding in check(here)):
            if finding not in general:
                what = f"segment {segment.name!r}: {finding.what}"
                yield Mistake(_placed(finding.path, place, here, segment), what, finding.mend)


def _names(partial: PartialAgreement, place: Path, segment: Segment) -> Iterator[Mistake]:
    """Offers that the agreement lacks, or that are not sold there."""
    own = segment.terms
    if own is None:
        return
    offers = [offer.name for offer in partial.agreement.offers]
    for at, name in enumerate(own.offers or ()):
        if name not in offers:
            yield Mistake((*place, "offers", at), *undefined("offer", name, offers))
    sold = offers if own.offers is None else own.offers
    for name in own.amounts:
        if name not in sold:
            yield Mistake((*place, "amounts", name), *undefined("offer", name, sold))


def _criteria(partial: PartialAgreement, place: Path, segment: Segment) -> Iterator[Mistake]:
    if not segment.terms or not segment.terms.model_fields_set:
        yield Mistake(place, f"segment {segment.name!r} has no terms of its own", "give it some, or leave terms out")
    elif segment.terms.capacity and not segment.terms.capacity.model_fields_set:
        what = f"segment {segment.name!r} has no capacity of its own"
        yield Mistake((*place, "capacity"), what, "say how many of its people a rep takes in a week, or leave it out")


def _in_segment(partial: PartialAgreement, segment: Segment) -> PartialAgreement:
    """The agreement as it reads in the segment; its market is the segment alone."""
    agreement = terms_for(partial.agreement, segment.name)
    market = agreement.served_market.model_copy(update={"segments": (segment,)})
    content = partial.document.content
    if segment.terms and segment.terms.roles is not None:
        content = {**content, "roles": [rule.model_dump() for rule in segment.terms.roles]}
    return replace(
        partial,
        document=replace(partial.document, content=content),
        agreement=agreement.model_copy(update={"served_market": market}),
    )


def _placed(path: Path, place: Path, here: PartialAgreement, segment: Segment) -> Path:
    """Where a finding of the segment's reading stands in the file: at the segment's own term, if it has that one."""
    own = segment.terms
    if own is None:
        return place
    for general, name in OWN:
        if path[: len(general)] == general and getattr(own, name) is not None:
            return (*place, name, *path[len(general) :])
    if path[0] == "offers" and len(path) > 1 and isinstance(path[1], int):
        name = here.agreement.offers[path[1]].name
        if path[2:3] == ("amount",) and name in own.amounts:
            return (*place, "amounts", name, *path[3:])
        return (*place, "roles") if own.roles is not None else place
    return place
