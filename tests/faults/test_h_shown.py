"""A plan's table shows the difference, two shares have two names, and doctor asks for nothing that cannot be there."""

from decimal import Decimal
from fractions import Fraction

import pytest

from syncd.cli.plan import _difference
from syncd.mapping import load_all
from syncd.rules.forecast import _why_so_much

# ---- what a plan shows -------------------------------------------------------------------------------------------

LONG = "in the served market: mid-size US banks 1 of 1 MQLs for Fraud detection, 1 needed MQLs in required roles: "


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (None, "Economic Buyer", "Economic Buyer"),
        ("A", "B", "A → B"),
        (10, 20, "10 → 20"),
        (
            f"{LONG}Economic Buyer",
            f"{LONG}Champion",
            "…required roles: Economic Buyer → …required roles: Champion",
        ),
        ("", "x", " → x"),
    ],
)
def test_a_plan_s_table_shows_the_difference(before: object, after: object, shown: str) -> None:
    assert _difference(before, after) == shown


def test_a_difference_at_the_very_end_of_a_long_text_is_shown() -> None:
    shown = _difference("same " * 400 + "old", "same " * 400 + "new")
    assert shown.endswith("new")
    assert "old → " in shown


def test_an_opportunity_s_two_shares_have_two_names() -> None:
    """What the field shows is called the whole group; what the weight goes by, the delegates."""
    assert _why_so_much(Decimal("11.00"), Fraction(1, 10), 0.4) == (
        "weight 11%: its delegates fill 10% of the roles, the whole group 40%"
    )


# ---- a portal without HubSpot's own Salesforce integration -------------------------------------------------------


def test_doctor_asks_no_portal_for_the_ids_of_an_integration_that_it_has_not() -> None:
    mapping = load_all()["hubspot"]
    for stream, name in (("contacts", "salesforcecontactid"), ("contacts", "salesforceleadid")):
        assert any(asked.endswith(name) for asked in mapping.asked(stream))
        assert not any(missed.endswith(name) for missed in mapping.missed(stream))
    assert not any(missed.endswith("salesforceaccountid") for missed in mapping.missed("companies"))
