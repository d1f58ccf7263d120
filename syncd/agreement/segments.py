"""Which terms hold in a segment: its own where it has some, the general ones for the rest.

Everybody who needs a term that a segment may have of its own asks here, so that one account is judged, queued and
counted by the same terms everywhere.
"""

from __future__ import annotations

from typing import Any

from syncd.agreement.terms import Agreement, Segment


def terms_for(agreement: Agreement, segment: str | None) -> Agreement:
    """The agreement as it reads for the accounts of that segment; for those of none (None), as it stands.

    A term of the segment stands in for the general one as a whole. Of the offers, those that are sold there are left,
    in the agreement's order, with the amounts of the segment.
    """
    served = next((one for one in agreement.served_market.segments if one.name == segment), None)
    if served is None or served.terms is None:
        return agreement
    own = served.terms
    forecast = _given(bar=own.bar, sales_cycle_days=own.sales_cycle_days)
    changes = _given(roles=own.roles, offers=_offers(agreement, served))
    if forecast:
        changes["forecast"] = agreement.forecast.model_copy(update=forecast)
    if own.territories is not None:
        changes["handover"] = agreement.handover.model_copy(update={"territories": own.territories})
    if own.capacity is not None:
        changes["capacity"] = agreement.capacity.model_copy(update=own.capacity.model_dump(exclude_none=True))
    return agreement.model_copy(update=changes)


def readings(agreement: Agreement) -> tuple[Agreement, ...]:
    """Every way in which the agreement reads: as it stands, and for each segment that has terms of its own."""
    own = (segment.name for segment in agreement.served_market.segments if segment.terms)
    return (agreement, *(terms_for(agreement, name) for name in own))


def _given(**terms: Any) -> dict[str, Any]:
    return {name: term for name, term in terms.items() if term is not None}


def _offers(agreement: Agreement, segment: Segment) -> Any:
    own = segment.terms
    if own is None or (own.offers is None and not own.amounts):
        return None
    sold = (offer for offer in agreement.offers if own.offers is None or offer.name in own.offers)
    return tuple(offer.model_copy(update=_given(amount=own.amounts.get(offer.name))) for offer in sold)
