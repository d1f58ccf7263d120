"""Who explores without a named rep, or without marketing since, is told of; nobody else is."""

from __future__ import annotations

from typing import Any

import pytest

from syncd.model import Activity, Contact
from syncd.rules.alerts import NO_OWNER
from tests.rules.builders import TODAY, a_contact, a_group, an_account, an_agreement, did, judge

NOBODY_S = {"owner": None}
UNTOUCHED = "explores since 2026-03-06, and marketing did not touch them since"
DEMO = did("ann", "demo_booked", 5)
WITHOUT_TERRITORIES = an_agreement(handover={"territories": []})


def mailed(days_ago: float) -> Activity:
    return did("ann", "email_delivered", days_ago, by_us=True)


CASES: dict[str, tuple[list[Activity], dict[str, Any], dict[str, Any], tuple[str, ...]]] = {
    "owned, and mailed since": ([DEMO, mailed(2)], {}, {}, ()),
    "mailed on the very day": ([DEMO, mailed(5.1)], {}, {}, ()),
    "nobody owns the account": ([DEMO, mailed(2)], NOBODY_S, {}, (NO_OWNER,)),
    "mailed before, and not since": ([DEMO, mailed(8)], {}, {}, (UNTOUCHED,)),
    "never mailed": ([DEMO], {}, {}, (UNTOUCHED,)),
    "neither": ([DEMO], NOBODY_S, {}, (NO_OWNER, UNTOUCHED)),
    "a rep's e-mail is no marketing": (
        [DEMO, did("ann", "email_sent", 2, by_us=True, selling=True)],
        {},
        {},
        (UNTOUCHED,),
    ),
    "what they did is no touch of ours": ([DEMO, did("ann", "email_clicked", 2)], {}, {}, (UNTOUCHED,)),
    "a copied task is no marketing": ([DEMO, did("ann", "task_done", 2, by_us=True)], {}, {}, (UNTOUCHED,)),
    "a trial explores as well": ([did("ann", "trial_started", 5)], {}, {}, (UNTOUCHED,)),
    "who does not explore": ([did("ann", "webinar", 5)], NOBODY_S, {}, ()),
    "who asked for sales explores no more": ([DEMO, did("ann", "contact_sales", 1)], NOBODY_S, {}, ()),
    "who explored long ago": ([did("ann", "demo_booked", 70)], NOBODY_S, {}, ()),
    "who is out of the market": ([DEMO], {**NOBODY_S, "country": "DE", "state": None}, {}, ()),
    "a competitor": ([DEMO], {**NOBODY_S, "relation": "competitor"}, {}, ()),
    "whom nothing reaches": ([DEMO], NOBODY_S, {"bounced": True}, ()),
}


@pytest.mark.parametrize(("activities", "account", "contact", "alerts"), CASES.values(), ids=CASES)
def test_who_explores_without_a_rep_or_without_marketing_raises_an_alert(
    activities: list[Activity], account: dict[str, Any], contact: dict[str, Any], alerts: tuple[str, ...]
) -> None:
    ann: Contact = a_contact("ann", **contact)
    group = a_group([ann], activities, account=an_account(**account))
    assert judge(group, WITHOUT_TERRITORIES, TODAY).contacts[0].alerts == alerts
