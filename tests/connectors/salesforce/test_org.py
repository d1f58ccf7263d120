"""What an org says of itself: its stages, its contact roles, its currency."""

import pytest

from connectors.sandbox.faults import Rule


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_the_currency_of_amounts_is_the_orgs(deployed, currency):
    with deployed(currency=currency).connect() as connector:
        assert connector.currency() == currency


def test_the_currency_of_an_org_with_a_single_one_stands_in_where_its_records_name_none(deployed):
    with deployed(currency="EUR").connect() as connector:
        assert connector.settings()["Organization.DefaultCurrencyIsoCode"] == "EUR"


def test_an_org_without_soap_does_not_tell_its_currency(deployed):
    org = deployed()
    org.faults.add(Rule("status", path="/services/Soap/u/*", status=404))
    with org.connect() as connector:
        assert connector.currency() is None


def test_an_org_that_does_not_tell_its_currency_is_taken_at_the_word_of_a_setting_and_else_at_its_own(deployed):
    org = deployed(currency="EUR")
    with org.connect(currency="USD") as connector:
        assert connector.currency() == "EUR"
    org.faults.add(Rule("status", path="/services/Soap/u/*", status=404))
    with org.connect(currency="USD") as connector:
        assert (connector.currency(), connector.settings()["Organization.DefaultCurrencyIsoCode"]) == ("USD", "USD")


def test_users_are_asked_for_by_address_and_not_all_read(world):
    org = world()
    everybody = [*org.rows("User").values()]
    named, gone = [user for user in everybody if user["IsActive"] and user.get("Email")][:2]
    org.edit("User", gone["Id"], IsActive=False)
    with org.connect() as connector:
        users = connector.users([named["Email"].upper(), "nobody@nowhere.example"])
        active_by_id = {user.id: user.active for user in users}
        assert (active_by_id[named["Id"]], active_by_id[gone["Id"]]) == (True, False)
        assert len(active_by_id) < len(everybody)
        assert len(connector.users([])) >= 2, "whoever is seen besides us"
    assert org.calls("queryAll") == []


def test_stages_come_in_their_order_with_what_the_forecast_needs(world):
    with world().connect() as connector:
        stages = connector.stages()
    assert [stage["SortOrder"] for stage in stages] == sorted(stage["SortOrder"] for stage in stages)
    first = stages[0]
    assert (first["ApiName"], first["DefaultProbability"], first["IsActive"], first["IsClosed"]) == (
        "Prospecting",
        10,
        True,
        False,
    )
    assert first["ForecastCategoryName"] == "Pipeline"


def test_contact_roles_are_the_orgs(world):
    with world().connect() as connector:
        assert {"Decision Maker", "Economic Buyer"} <= set(connector.contact_roles())
