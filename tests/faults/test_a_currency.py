"""An amount is written only in the currency in which it was agreed; all else goes on without it."""

from dataclasses import replace

from connectors.sandbox.salesforce.currencies import Currency, enable
from syncd.mapping import load_all
from syncd.model.runs import RunOutcome
from syncd.store.wishes import PendingWish
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.drafts import draft_of
from syncd.sync.run import Run
from syncd.sync.whereabouts import Whereabouts
from tests.faults.admins import Change, Go
from tests.sync.conftest import Place, wired


def test_amounts_agreed_in_another_currency_than_the_orgs_are_not_written_and_it_is_said(place: Place, run: Go) -> None:
    place.sandbox.salesforce.org.settings.currency = "EUR"
    summary = run()
    assert [row.get("Amount") for row in place.ours()] == [None] * 3
    assert summary.outcome is RunOutcome.INCOMPLETE
    assert "agreed in USD" in summary.failures["salesforce premise agreement currency"]
    place.sandbox.salesforce.org.settings.currency = "USD"
    run()
    assert all(row["Amount"] for row in place.ours()), "what was left out goes out later"


def test_an_org_that_does_not_tell_its_currency_takes_no_amount_until_a_setting_tells_it(
    place: Place, run: Go, wiring: Wiring
) -> None:
    """SOAP is shut off there: amounts agreed in USD landed in an org of euros, and doctor was silent."""
    place.fault({"kind": "status", "system": "salesforce", "path": "/services/Soap/u/*", "status": 404})
    summary = run()
    assert [row.get("Amount") for row in place.ours()] == [None] * 3
    assert summary.outcome is RunOutcome.INCOMPLETE
    assert "does not tell in which currency" in summary.failures["salesforce premise agreement currency"]
    in_dollars = replace(place, settings=place.settings.model_copy(update={"salesforce_currency": "USD"}))
    assert cycle(wired(in_dollars, wiring.store), Run()).outcome is RunOutcome.DONE
    assert all(row["Amount"] for row in place.ours())


def several_currencies(*codes: str, inactive: str = "") -> Change:
    """Have an org with several currencies, the corporate one first."""

    def make(place: Place) -> None:
        enable(place.sandbox.salesforce.org, [Currency(code, active=code != inactive) for code in codes])

    return make


def test_an_org_with_several_currencies_is_told_the_currency_of_each_amount(place: Place, run: Go) -> None:
    several_currencies("EUR", "USD")(place)
    assert run().outcome is RunOutcome.DONE
    assert {row["CurrencyIsoCode"] for row in place.ours()} == {"USD"}
    assert all(row["Amount"] for row in place.ours())


def test_a_currency_that_an_admin_has_deactivated_takes_no_amount(place: Place, run: Go) -> None:
    several_currencies("EUR", "USD", inactive="USD")(place)
    summary = run()
    assert "no active currency" in summary.failures["salesforce premise agreement currency"]
    assert {row.get("Amount") for row in place.ours()} == {None}
    assert len(place.ours()) == 3, "what carries no amount goes on"


def test_an_amount_is_left_to_the_person_who_chose_another_currency_for_it() -> None:
    rule = load_all()["salesforce"].writes["opportunity"]
    wanted = {"amount": 120_000, "currency": "USD", "reason": "newer"}
    known = {"sent": {**wanted, "amount": 60_000, "reason": "older"}, "acknowledged": {"amount": 60_000}}
    change = PendingWish(
        *("salesforce", "opportunity", "a/b", "a", wanted, "digest"),
        **known,
        once=False,
        remote_id="006",
        touched=(),
        late={},
        uncertain=False,
        attempts=0,
        retry_at=None,
        error=None,
        gone=False,
        reason="",
    )
    for currency, written in (("EUR", {"reason"}), ("USD", {"reason", "amount"}), (None, {"reason", "amount"})):
        row = {"amount": 60_000, "currency": currency}
        assert set(draft_of(change, rule, Whereabouts({}, {"006": row}, {})).fields) == written
