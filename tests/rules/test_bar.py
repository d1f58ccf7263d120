"""§9: what the agreement may ask of a group beside the default bar: people, roles that are known, recent responses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from syncd.model import GateName
from tests.rules.agreements import CONTENT, changed, complaints
from tests.rules.builders import (
    NOON,
    TODAY,
    a_contact,
    a_group,
    an_agreement,
    an_interest,
    an_opportunity,
    did,
    judge,
    judged,
    mobilized,
)
from tests.rules.test_forecast import call, supporter

CFO_ALONE = [supporter()]
BOTH = [supporter(), supporter("bob", "Champion")]
SILENT_CHIEF = judged("zoe", "Executive Sponsor", closed=[GateName.RESPONDED])
GONE_CHIEF = judged("zoe", "Executive Sponsor", closed=[GateName.REACHABLE])


def who_responded(days_ago: float) -> Any:
    interest = an_interest(
        rung="mobilization", by_offer={"fraud-detection": 2.0}, responded_at=NOON - timedelta(days_ago)
    )
    return judged("ann", "Economic Buyer", interest=interest)


BARS = {
    "one of two people": ({"people": 2}, CFO_ALONE, "people who stand for it: 1 of 2"),
    "two people": ({"people": 2}, BOTH, None),
    "a role that nobody has": ({"roles_known": ["Champion"]}, CFO_ALONE, "who is not known yet: Champion"),
    "one that a supporter has": ({"roles_known": ["Champion"]}, BOTH, None),
    "one whose holder never responded": ({"roles_known": ["Executive Sponsor"]}, [*CFO_ALONE, SILENT_CHIEF], None),
    "one whose holder nobody reaches": (
        {"roles_known": ["Executive Sponsor", "Economic Buyer"]},
        [*CFO_ALONE, GONE_CHIEF],
        "who is not known yet: Executive Sponsor",
    ),
    "a response on the last day": ({"response_days": 5}, [who_responded(5)], None),
    "a response a day too old": ({"response_days": 5}, [who_responded(6)], "no response within 5 days"),
    "no response at all": ({"response_days": 5}, [supporter()], "no response within 5 days"),
}


@pytest.mark.parametrize(("bar", "people", "missing"), BARS.values(), ids=BARS.keys())
def test_the_agreement_may_ask_for_more(bar: dict[str, Any], people: list[Any], missing: str | None) -> None:
    made = call(*people, agreement=an_agreement(forecast={"bar": bar}))
    assert made.decision == ("skip" if missing else "open")
    assert made.reasons[:1] == (missing,) if missing else made.qualified


def test_what_was_asked_for_and_stands_is_said() -> None:
    bar = {"people": 1, "roles_known": ["Economic Buyer"], "response_days": 5}
    made = call(who_responded(1), agreement=an_agreement(forecast={"bar": bar}))
    for reason in ("people who stand for it: 1 of 1", "known: Economic Buyer", "a response within 5 days"):
        assert reason in made.reasons


def test_the_day_on_which_the_last_response_is_too_old_is_a_day_of_review() -> None:
    agreement = an_agreement(forecast={"bar": {"response_days": 9}})
    ours = an_opportunity(id="opportunity-9", key="bank/fraud-detection", offer="fraud-detection")
    group = a_group([a_contact("ann")], [*mobilized("ann"), did("ann", "email_clicked", 4)], opportunities=(ours,))
    lapses = TODAY + timedelta(days=8)  # nine days after the webinar of the day before yesterday
    assert judge(group, agreement, TODAY).review_on == lapses
    assert [judge(group, agreement, lapses - timedelta(days=before)).calls[0].qualified for before in (1, 0)] == [
        True,
        False,
    ]


def test_a_role_that_is_not_defined_is_refused() -> None:
    text = complaints(changed(forecast={**CONTENT["forecast"], "bar": {"roles_known": ["Champ"]}}))
    assert "the role 'Champ' is not defined (did you mean Champion?)" in "".join(text)
