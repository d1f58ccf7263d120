"""Pushing to Salesforce: one receipt a row, in order, each row's refusal told and blamed on no other."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.base import Misconfigured, Payload
from connectors.sandbox.salesforce import DuplicateRule
from tests.connectors.salesforce.opportunities import BANK, KEY, codes, kinds, opportunity, written


@pytest.fixture
def org(deployed, accounts):
    return deployed(accounts(3))


def test_rows_are_created_two_hundred_a_call_with_a_receipt_each_in_order(org):
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(number) for number in range(450)])
    assert [receipt.key for receipt in receipts] == [f"key-{number}" for number in range(450)]
    assert all(org.rows("Opportunity")[receipt.remote_id][KEY] == receipt.key for receipt in receipts)
    assert len(org.calls("composite/sobjects")) == 3
    assert len(org.calls()) == 4  # and one describe


def test_pushing_again_updates(org):
    with org.connect() as connector:
        first = connector.push("Opportunity", [opportunity(1), opportunity(2)])
        again = connector.push("Opportunity", [opportunity(1, Name="New name"), opportunity(2)])
    assert [receipt.remote_id for receipt in first] == [receipt.remote_id for receipt in again]
    assert written(org)["key-1"]["Name"] == "New name"
    assert len(org.rows("Opportunity")) == 2


def test_a_known_record_is_updated_by_its_id_and_may_get_our_key(org):
    theirs = org.make("Opportunity", Name="Opened by sales", StageName="Prospecting", CloseDate="2027-01-01")
    with org.connect() as connector:
        (receipt,) = connector.push("Opportunity", [Payload("key-9", theirs, {KEY: "key-9", "NextStep": "Call"})])
    assert receipt == ("key-9", theirs, None, ())
    row = org.rows("Opportunity")[theirs]
    assert (row["Name"], row["NextStep"], row[KEY]) == ("Opened by sales", "Call", "key-9")


def test_values_are_written_as_salesforce_reads_them(org):
    at = datetime(2026, 11, 20, 23, 30, 0, 999_999, tzinfo=UTC)
    bounced = Payload("p1", None, {"LastName": "Quandt", "AccountId": BANK, "EmailBouncedDate": at})
    payload = opportunity(
        1, Amount=Decimal("1234.56"), Probability=Decimal(12), CloseDate=date(2027, 12, 31), NextStep=None
    )
    with org.connect() as connector:
        assert kinds(connector.push("Contact", [bounced])) == [None]
        assert kinds(connector.push("Opportunity", [payload])) == [None]
    row = written(org)["key-1"]
    assert (row["Amount"], row["Probability"], row["CloseDate"]) == (1234.56, 12, "2027-12-31")
    assert written(org, "Contact")["p1"]["EmailBouncedDate"].startswith("2026-11-20T23:30:00")


@pytest.mark.parametrize(
    ("picklists", "country", "state", "stands"),
    [
        (True, "US", "CA", ("United States", "US", "California", "CA")),
        (True, "Canada", "Ontario", ("Canada", "CA", "Ontario", "ON")),
        (False, "US", "CA", ("US", None, "CA", None)),
    ],
)
def test_codes_go_to_their_own_fields_where_states_and_countries_are_picklists(
    deployed, picklists, country, state, stands
):
    org = deployed(state_and_country_picklists=picklists)
    bank = Payload("b1", None, {"Name": "Bank", "BillingCountry": country, "BillingState": state})
    with org.connect() as connector:
        assert codes(connector.push("Account", [bank])) == [None]
        assert connector.writer.left_out == {}
    row = written(org, "Account")["b1"]
    parts = ("BillingCountry", "BillingCountryCode", "BillingState", "BillingStateCode")
    assert tuple(row.get(part) for part in parts) == stands


def test_a_place_that_the_org_does_not_list_is_refused_alone(deployed):
    org = deployed(state_and_country_picklists=True)
    banks = [
        Payload(key, None, {"Name": f"Bank {key}", "BillingCountry": country, "BillingState": state})
        for key, country, state in (("b1", "XK", None), ("b2", "US", "PR"), ("b3", "US", "NY"))
    ]
    with org.connect() as connector:
        receipts = connector.push("Account", banks)
    assert codes(receipts) == ["FIELD_INTEGRITY_EXCEPTION", "FIELD_INTEGRITY_EXCEPTION", None]
    assert [receipt.error.fields for receipt in receipts[:2]] == [("BillingCountry",), ("BillingState",)]
    assert "the org's list of places" in receipts[0].error.message


def test_a_value_that_is_none_of_salesforces_is_refused_alone(org):
    rows = [opportunity(1), opportunity(2, Amount=Decimal("NaN")), opportunity(3, NextStep={1, 2})]
    with org.connect() as connector:
        receipts = connector.push("Opportunity", rows)
    assert codes(receipts) == [None, "UNWRITABLE_VALUE", "UNWRITABLE_VALUE"]
    assert list(written(org)) == ["key-1"]


def test_success_false_is_noticed_per_row(org):
    """HTTP 200 with failed rows (simple-salesforce#817, multiwoven#910)."""
    rows = [
        opportunity(1),
        opportunity(2, AccountId="no id at all"),
        opportunity(3, Name="x" * 121),
        opportunity(4, OwnerId="005000000000008AAA"),
        opportunity(5, CloseDate=None),
        opportunity(6, AccountId="001000000000999AAA"),
        opportunity(7),
    ]
    with org.connect() as connector:
        receipts = connector.push("Opportunity", rows)
    assert codes(receipts) == [
        None,
        "MALFORMED_ID",
        "STRING_TOO_LONG",
        "INACTIVE_OWNER_OR_USER",
        "REQUIRED_FIELD_MISSING",
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        None,
    ]
    assert set(kinds(receipts)) == {None, "refused"}
    assert sorted(written(org)) == ["key-1", "key-7"]
    assert receipts[3].error.fields == ("OwnerId",)


def test_a_restricted_picklist_refuses_a_value_that_it_lacks(org):
    with org.connect() as connector:
        (receipt,) = connector.push(
            "Account", [Payload("bank-9", None, {"Name": "Nine", "Syncd_Standing__c": "maybe"})]
        )
    assert (receipt.error.kind, receipt.error.code) == ("refused", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
    assert receipt.error.fields == ("Syncd_Standing__c",)
    assert "maybe" in receipt.error.message


def test_a_validation_rule_refuses_its_row_and_says_what_to_mend(deployed, accounts):
    def rule(table, row, before):
        return "Amounts end in 99" if table == "Opportunity" and row.get("Amount") == 7 else None

    org = deployed(accounts(1), validation_rules=[rule])
    with org.connect() as connector:
        good, bad = connector.push("Opportunity", [opportunity(1), opportunity(2, Amount=7)])
    assert good.error is None
    assert (bad.error.kind, bad.error.code) == ("refused", "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    assert "Amounts end in 99" in bad.error.message
    assert "exempt" in bad.error.message


def test_a_duplicate_rule_refuses_with_the_ids_it_found(deployed, accounts):
    org = deployed(accounts(1), duplicate_rules=[DuplicateRule("emails", "Contact", ["Email"])])
    theirs = org.make("Contact", LastName="Quandt", Email="o@quandt.example")
    payload = Payload("p1", None, {"LastName": "Quandt", "Email": "o@quandt.example"})
    with org.connect() as connector:
        (receipt,) = connector.push("Contact", [payload])
    assert (receipt.error.kind, receipt.error.code) == ("refused", "DUPLICATES_DETECTED")
    assert theirs in receipt.error.message
    assert "quandt" not in receipt.error.message.lower()


def test_a_locked_row_is_written_once_the_lock_is_gone_and_alone(org):
    """UNABLE_TO_LOCK_ROW per row (airflow#64575)."""
    org.org.locked[BANK] = 1
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(number) for number in range(5)])
        assert connector.budget.retries == {"row lock": 1}
    assert kinds(receipts) == [None] * 5
    assert len(org.rows("Opportunity")) == 5
    creates = [write["fields"][KEY] for write in org.org.writes if write["verb"] == "create"]
    assert sorted(creates) == [f"key-{number}" for number in range(5)]


def test_a_row_that_stays_locked_is_to_be_tried_later(org):
    org.org.locked[BANK] = 99
    other = opportunity(2, AccountId="001000000000002AAA")
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(1), other])
    assert kinds(receipts) == ["retry", None]
    assert codes(receipts)[0] == "UNABLE_TO_LOCK_ROW"
    assert len(org.naps) == 2


def test_children_of_one_parent_go_into_one_call(org):
    banks = [f"001{number:012d}AAA" for number in (1, 2, 3)]
    mixed = [opportunity(number, AccountId=banks[number % 3]) for number in range(300)]
    with org.connect() as connector:
        connector.push("Opportunity", mixed)
    order = [write["fields"]["AccountId"] for write in org.org.writes]
    assert order == sorted(order)


def test_a_deleted_record_is_gone(org):
    theirs = org.make("Opportunity", Name="x", StageName="Prospecting", CloseDate="2027-01-01")
    org.delete("Opportunity", theirs)
    never = "006000000099999AAA"
    with org.connect() as connector:
        receipts = connector.push("Opportunity", [opportunity(1, theirs), opportunity(2, never), opportunity(3)])
    assert kinds(receipts) == ["gone", "gone", None]


def test_a_deleted_parent_is_no_gone_record(org):
    org.delete("Account", "001000000000002AAA")
    with org.connect() as connector:
        (receipt,) = connector.push("Opportunity", [opportunity(1, AccountId="001000000000002AAA")])
    assert receipt.error.kind == "refused"
    assert receipt.error.code == "ENTITY_IS_DELETED"


def test_two_records_with_one_key_are_refused_not_guessed(org):
    """An upsert key that matches two."""
    for _ in range(2):
        task = org.make("Task", Subject="Call")
        row = dict(org.rows("Task")[task]) | {KEY: "task-1"}
        org.org.tables["Task"].put(row)
    with org.connect() as connector:
        (receipt,) = connector.push("Task", [Payload("task-1", None, {"Subject": "Call them"})])
    assert (receipt.error.kind, receipt.error.code) == ("refused", "DUPLICATE_EXTERNAL_ID")
    assert "clear it on all but one" in receipt.error.message


def test_one_key_twice_in_one_push_makes_one_record_and_the_last_one_wins(org):
    rows = [opportunity(1, Name="first"), opportunity(2), opportunity(1, Name="second")]
    with org.connect() as connector:
        receipts = connector.push("Opportunity", rows)
    assert kinds(receipts) == [None] * 3
    assert receipts[0].remote_id == receipts[2].remote_id
    assert written(org)["key-1"]["Name"] == "second"
    assert len(org.rows("Opportunity")) == 2


def test_read_only_fields_are_left_out_and_told(org, caplog):
    with org.connect() as connector:
        receipts = connector.push(
            "Opportunity",
            [
                opportunity(number, ExpectedRevenue=5, Unheard_Of__c="x", Syncd_Verdict__c="accepted")
                for number in (1, 2)
            ],
        )
        left_out = {"ExpectedRevenue", "Unheard_Of__c", "Syncd_Verdict__c"}
        assert connector.writer.left_out == {"Opportunity": left_out}
    assert kinds(receipts) == [None, None]
    warnings = sorted(record.message for record in caplog.records if "left out" in record.message)
    assert warnings == [
        "Opportunity.ExpectedRevenue is left out: read-only",
        "Opportunity.Syncd_Verdict__c is left out: read-only",
        "Opportunity.Unheard_Of__c is left out: not there for us",
    ]


def test_what_may_only_be_set_at_creation_is_not_sent_again(org):
    """OpportunityContactRole.OpportunityId cannot change, and an upsert that carries it would be refused."""
    parent = org.make("Opportunity", Name="x", StageName="Prospecting", CloseDate="2027-01-01", AccountId=BANK)
    person = org.make("Contact", LastName="Quandt", AccountId=BANK)
    role = Payload("role-1", None, {"OpportunityId": parent, "ContactId": person, "Role": "Decision Maker"})
    with org.connect() as connector:
        (first,) = connector.push("OpportunityContactRole", [role])
        changed = role._replace(fields={**role.fields, "Role": "Influencer"})
        (second,) = connector.push("OpportunityContactRole", [changed])
        assert connector.writer.left_out == {}
    assert (first.error, second.error) == (None, None)
    assert first.remote_id == second.remote_id
    assert written(org, "OpportunityContactRole")["role-1"]["Role"] == "Influencer"


def test_a_parent_may_be_named_by_its_key(org):
    with org.connect() as connector:
        connector.push("Account", [Payload("bank-9", None, {"Name": "Bank Nine"})])
        payload = opportunity(1)
        fields = {name: value for name, value in payload.fields.items() if name != "AccountId"}
        (receipt,) = connector.push("Opportunity", [payload._replace(fields={**fields, "Account": {KEY: "bank-9"}})])
    assert receipt.error is None
    assert written(org)["key-1"]["AccountId"] == written(org, "Account")["bank-9"]["Id"]


def test_a_task_has_a_key_too(org):
    with org.connect() as connector:
        for subject in ("Call", "Call them"):
            (receipt,) = connector.push("Task", [Payload("task-1", None, {"Subject": subject, "OwnerId": org.REP})])
            assert receipt.error is None
    assert [row["Subject"] for row in org.rows("Task").values()] == ["Call them"]


def test_find_knows_exact_keys_of_living_records_only(org):
    with org.connect() as connector:
        connector.push("Opportunity", [opportunity(1), opportunity(2), opportunity(3)])
        org.delete("Opportunity", written(org)["key-3"]["Id"])
        ids = connector.find("Opportunity", ["key-1", "KEY-2", "key-3", "key-4", "o'neill"])
    assert ids == {"key-1": written(org)["key-1"]["Id"]}


def test_find_takes_many_long_keys(org):
    keys = [f"salesforce:Account:{number:018d}/digital-lending/ünï" for number in range(1500)]
    with org.connect() as connector:
        assert connector.find("Opportunity", keys) == {}
    assert 1 < len(org.calls("query")) < 20


def test_before_the_package_is_deployed_writing_says_what_to_do(world, accounts):
    with world(accounts(1)).connect() as connector, pytest.raises(Misconfigured, match="syncd salesforce deploy"):
        connector.push("Opportunity", [opportunity(1)])


def test_an_id_among_the_fields_does_not_change_which_record_is_meant(org):
    theirs = org.make("Opportunity", Name="Theirs", StageName="Prospecting", CloseDate="2027-01-01")
    with org.connect() as connector:
        (receipt,) = connector.push("Opportunity", [opportunity(1, Id=theirs, attributes={"type": "Account"})])
    assert receipt.error is None
    assert receipt.remote_id != theirs
    assert org.rows("Opportunity")[theirs]["Name"] == "Theirs"


def test_pushing_nothing_asks_nothing(org):
    with org.connect() as connector:
        assert connector.push("Opportunity", []) == []
    assert org.calls("PATCH") == []
