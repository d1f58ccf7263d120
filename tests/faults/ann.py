"""Ann of the bank, what she did, and what is judged of it."""

from __future__ import annotations

from typing import Any

from syncd.model import Activity, ContactRole, Judgement, Wish
from tests.faults.vendor_records import AGREEMENT
from tests.rules.builders import TODAY, a_contact, a_group, an_opportunity, did, judge

DEMO = did("ann", "demo_booked", 2)
ASKED = did("ann", "contact_sales", 1)
ON_OURS = an_opportunity(roles=(ContactRole("00K1", "ann", "Economic Buyer"),))


def judged(*activities: Activity, role: str | None = "Economic Buyer", **fields: Any) -> Judgement:
    contact = a_contact("ann", role, **fields.pop("contact", {}))
    return judge(a_group([contact], activities, **fields), AGREEMENT, fields.pop("today", TODAY))


def tasks(judgement: Judgement) -> dict[str, Wish]:
    return {wish.key: wish for wish in judgement.wishes if wish.object == "task"}
