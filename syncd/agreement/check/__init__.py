"""Every problem of an agreement that can be read: names that point nowhere, sums that do not add up, gaps.

One file a question. What only a store, a mapping or an org can tell is `syncd doctor`'s to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from syncd.agreement.check.audit import check_audit
from syncd.agreement.check.capacity import check_capacity
from syncd.agreement.check.engagement import check_engagement
from syncd.agreement.check.forecast import check_forecast
from syncd.agreement.check.group import check_group
from syncd.agreement.check.handover import check_handover
from syncd.agreement.check.head import check_head
from syncd.agreement.check.market import check_market
from syncd.agreement.check.mql import check_mql
from syncd.agreement.check.names import check_names
from syncd.agreement.check.offers import check_offers
from syncd.agreement.check.roles import check_roles, check_titles
from syncd.agreement.check.safety import check_safety
from syncd.agreement.check.scoring import check_scoring
from syncd.agreement.check.segments import check_segments
from syncd.agreement.check.targets import check_targets
from syncd.agreement.industries import Industries
from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.agreement.sectors import Sectors
from syncd.document import Complaint

CHECKS: tuple[Callable[[PartialAgreement], Iterator[Mistake]], ...] = (
    check_head,
    check_names,
    check_titles,
    check_roles,
    check_engagement,
    check_mql,
    check_scoring,
    check_offers,
    check_group,
    check_forecast,
    check_handover,
    check_capacity,
    check_segments,
    check_safety,
    check_audit,
    check_targets,
)


def lint(partial: PartialAgreement, industries: Industries, sectors: Sectors) -> list[Complaint]:
    """Every complaint about an agreement, what could not be read included, in the order of the file's lines."""
    partial.complain(check_market(partial, industries, sectors))
    for check in CHECKS:
        partial.complain(check(partial))
    return sorted(set(partial.complaints), key=lambda complaint: (complaint.line, complaint.what))
