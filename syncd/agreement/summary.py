"""An agreement in a few lines for those who signed it: what it is called, who signed, whom it serves."""

from __future__ import annotations

from collections.abc import Iterator

from syncd.agreement.terms import Agreement


def summary_lines(agreement: Agreement) -> Iterator[str]:
    """The name, then a line a signature and a line a segment, in the signers' own words."""
    yield agreement.name
    for signature in agreement.signed:
        yield f"signed for {signature.party} by {signature.by} on {signature.on}"
    if agreement.unsigned:
        yield f"unsigned: {' and '.join(agreement.unsigned)} did not sign; it is tried, and nothing comes of it"
    for rate in agreement.rates:
        source = f", {rate.source}" if rate.source else ""
        yield f"counts {rate.currency} at {rate.rate} {agreement.currency} (from {rate.on}{source})"
    if agreement.served_market.assume.country:
        yield f"assumes the country {agreement.served_market.assume.country} where no record names one"
    for segment in agreement.served_market.segments:
        yield f"serves {segment.name}" + (f": {segment.statement}" if segment.statement else "")
        if segment.terms:
            own = ", ".join(name.replace("_", " ") for name in sorted(segment.terms.model_fields_set))
            yield f"{segment.name} has terms of its own: {own}"
