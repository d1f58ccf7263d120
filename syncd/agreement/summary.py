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
    for segment in agreement.served_market.segments:
        yield f"serves {segment.name}" + (f": {segment.statement}" if segment.statement else "")
