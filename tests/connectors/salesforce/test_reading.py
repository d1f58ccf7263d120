"""Pulling from Salesforce: everything arrives, in as few calls as pages, whatever happens in between."""

from datetime import timedelta

import orjson
import pytest

from connectors.base import NotThere, Refused
from connectors.sandbox.faults import Rule

NAME = ["Name"]


def drain(connector, stream="Account", fields=NAME, cursor=None):
    """Pull all pages; return the records, and the last cursor."""
    records = []
    for page in connector.pull(stream, fields, cursor):
        records += page.records
        cursor = page.cursor
    return records, cursor


def ids(records):
    return [record.id for record in records]


def test_a_first_load_takes_one_call_a_page_and_one_describe(world, accounts):
    org = world(accounts(4500))
    with org.connect() as connector:
        records, _ = drain(connector)
    assert ids(records) == sorted(org.rows("Account"))
    assert len(org.calls("query")) == 3
    assert len(org.calls()) == 4
    assert connector.budget.calls == 4


def test_records_are_plain_rows_without_attributes_at_any_level(world, account):
    campaign = {"Id": "701000000000001AAA", "Name": "Autumn", "Type": "Webinar"}
    contact = {"Id": "003000000000001AAA", "LastName": "Quandt"}
    member = {"CampaignId": campaign["Id"], "ContactId": contact["Id"], "Status": "Sent"}
    org = world({"Campaign": [campaign], "Contact": [contact], "CampaignMember": [member]})
    fields = ["CampaignId", "Campaign.Name", "Campaign.Owner.Username", "Lead.Name"]
    with org.connect() as connector:
        (record,), _ = drain(connector, "CampaignMember", fields)
    assert record.raw["Campaign"] == {"Name": "Autumn", "Owner": {"Username": "integration@bank.example"}}
    assert record.raw["Lead"] is None
    assert "attributes" not in orjson.dumps(record.raw).decode()
    assert record.id == record.raw["Id"]
    assert record.modified_at == org.START
    assert not record.deleted


def test_an_idle_pull_costs_one_call(world, accounts):
    org = world(accounts(300))
    with org.connect() as connector:
        _, cursor = drain(connector)
        org.clock.advance(1800)
        org.simulator.calls.clear()
        pages = list(connector.pull("Account", NAME, cursor))
    assert [len(page.records) for page in pages] == [0]
    assert len(org.calls()) == 1
    assert pages[0].cursor != cursor


def test_only_changes_are_read_again(world, accounts):
    org = world(accounts(300))
    with org.connect() as connector:
        _, cursor = drain(connector)
        org.clock.advance(3600)
        org.edit("Account", "001000000000007AAA", Name="Renamed")
        records, _ = drain(connector, cursor=cursor)
    assert [record.raw["Name"] for record in records] == ["Renamed"]


def test_rows_of_one_stamp_that_straddle_pages_are_all_read(world, account):
    at = world().START - timedelta(days=3)
    org = world({"Account": [account(number, at) for number in range(1, 1001)]}, page_size=200)
    with org.connect() as connector:
        records, _ = drain(connector)
        assert len(ids(records)) == len(set(ids(records))) == 1000


def test_ties_are_not_lost_where_reading_goes_on_without_a_locator(world, account):
    """`>` instead of `>=` on ties (supaglue#532): 5,000 rows of one stamp, every locator gone."""
    at = world().START - timedelta(days=3)
    org = world({"Account": [account(number, at) for number in range(1, 5001)]})
    records = []
    with org.connect() as connector:
        for page in connector.reader.pull("Account", NAME, None):
            records += page.records
            org.clock.advance(3 * 86400)
    assert ids(records) == sorted(org.rows("Account"))


@pytest.mark.parametrize("minutes", [1, 9, 10])
def test_a_row_whose_older_stamp_surfaces_late_is_read(world, accounts, account, minutes):
    """A long transaction's rows carry the stamp of its start (airbyte#27146)."""
    org = world(accounts(10))
    with org.connect() as connector:
        _, cursor = drain(connector)
        late = account(99, org.clock() - timedelta(minutes=minutes))
        org.org.tables["Account"].put(late)
        org.clock.advance(60)
        records, cursor = drain(connector, cursor=cursor)
        assert late["Id"] in ids(records)


def test_rows_changed_while_they_are_paged_are_read_again(world, accounts):
    """Edited during a run (airbyte#16214)."""
    org = world(accounts(900), page_size=200)
    with org.connect() as connector:
        pages = connector.reader.pull("Account", NAME, None)
        first = next(pages)
        org.clock.advance(1)
        org.edit("Account", "001000000000001AAA", Name="already shown")
        org.edit("Account", "001000000000899AAA", Name="not yet shown")
        rest = list(pages)
        names = {record.id: record.raw["Name"] for page in [first, *rest] for record in page.records}
        assert len(names) == 900
        org.clock.advance(3600)
        again, _ = drain(connector, cursor=rest[-1].cursor)
    now = names | {record.id: record.raw["Name"] for record in again}
    assert now["001000000000001AAA"] == "already shown"
    assert now["001000000000899AAA"] == "not yet shown"


def test_the_next_pull_starts_where_this_one_began_by_the_servers_clock(world, accounts):
    org = world(accounts(3))
    # Our clock goes an hour ahead: a cursor of ours would jump over an hour of changes.
    with org.connect(clock=lambda: org.clock() + timedelta(hours=1)) as connector:
        connector.client.user()
        _, cursor = drain(connector)
        org.clock.advance(1800)
        org.edit("Account", "001000000000002AAA", Name="Renamed")
        records, _ = drain(connector, cursor=cursor)
    assert ids(records) == ["001000000000002AAA"]


@pytest.mark.parametrize("taken", [1, 2, 4])
def test_a_killed_first_load_goes_on_behind_the_last_saved_page(world, accounts, taken):
    org = world(accounts(1000), page_size=200)
    with org.connect() as connector:
        pages = connector.reader.pull("Account", NAME, None)
        saved = [next(pages) for _ in range(taken)]
    with org.connect() as another:
        rest, _ = drain(another, cursor=saved[-1].cursor)
    assert ids([record for page in saved for record in page.records] + rest) == sorted(org.rows("Account"))
    assert len(org.calls("query")) == 5


def test_an_expired_locator_costs_one_call_and_no_row(world, accounts):
    org = world(accounts(5000))
    with org.connect() as connector:
        pages = connector.reader.pull("Account", NAME, None)
        first = next(pages)
        org.clock.advance(3 * 86400)
        rest, cursor = drain(connector, cursor=first.cursor)
    assert ids([*first.records, *rest]) == sorted(org.rows("Account"))
    assert len(org.calls("query")) == 1 + 1 + 2
    # What changed since the reading began is not lost with the locator.
    assert orjson.loads(cursor)["since"].startswith("2026-11-21T12:00")


def test_more_streams_than_locators_do_not_fight_for_ever(world, accounts):
    """A user has a few open cursors; one more closes the oldest."""
    org = world(accounts(6000), open_locators=2)
    with org.connect() as connector:
        readings = [connector.reader.pull("Account", NAME, None) for _ in range(4)]
        streams = [[] for _ in readings]
        for _ in range(3):
            for place, reading in enumerate(readings):
                streams[place] += next(reading).records
        assert all(ids(records) == sorted(org.rows("Account")) for records in streams)
    assert len(org.calls("query")) <= 4 * 3 + 4


def test_a_changed_mapping_in_the_middle_goes_on_with_the_new_fields(world, accounts):
    org = world(accounts(1000, Industry="Banking"), page_size=200)
    with org.connect() as connector:
        first = next(connector.reader.pull("Account", NAME, None))
        rest, _ = drain(connector, fields=["Name", "Industry"], cursor=first.cursor)
    assert ids([*first.records, *rest]) == sorted(org.rows("Account"))
    assert {record.raw["Industry"] for record in rest} == {"Banking"}


@pytest.mark.parametrize("total", [0, 1, 199, 200, 201, 400])
def test_no_row_is_lost_at_the_bounds_of_a_page(world, accounts, total):
    org = world(accounts(total), page_size=200)
    with org.connect() as connector:
        pages = list(connector.pull("Account", NAME, None))
    assert sum(len(page.records) for page in pages) == total
    assert len(org.calls("query")) == max(1, -(-total // 200))


def test_deleted_rows_are_shown_as_deleted(world, accounts):
    org = world(accounts(5))
    with org.connect() as connector:
        _, cursor = drain(connector)
        org.clock.advance(3600)
        org.delete("Account", "001000000000003AAA")
        records, _ = drain(connector, cursor=cursor)
    assert [(record.id, record.deleted) for record in records] == [("001000000000003AAA", True)]


def test_merged_rows_name_their_survivor(world, accounts):
    org = world(accounts(3))
    row = org.rows("Account")["001000000000002AAA"]
    merged = {"IsDeleted": True, "MasterRecordId": "001000000000001AAA"}
    org.org.tables["Account"].put({**row, **merged})
    with org.connect() as connector:
        records, _ = drain(connector)
    assert {record.id: record.raw["MasterRecordId"] for record in records if record.deleted} == {
        "001000000000002AAA": "001000000000001AAA"
    }


def test_fields_that_are_hidden_or_missing_are_left_out_and_remembered(world, accounts):
    org = world(accounts(2), hidden={"Account": ["Industry"]})
    fields = ["Name", "Industry", "Syncd_Key__c", "Owner.Nickname__c", "Owner.Email"]
    with org.connect() as connector:
        records, _ = drain(connector, fields=fields)
        assert connector.reader.missing == {"Account": ("Industry", "Owner.Nickname__c", "Syncd_Key__c")}
    assert records[0].raw["Owner"] == {"Email": "r@b.example"}
    assert "Industry" not in records[0].raw


def test_a_field_that_is_hidden_later_does_not_stop_the_stream(world, accounts):
    """Describes are kept for an hour; the query that they led to is refused with INVALID_FIELD."""
    org = world({"Account": [row | {"Old_Score__c": "7"} for row in accounts(3)["Account"]]})
    fields = ["Name", "Old_Score__c"]
    with org.connect() as connector:
        before, cursor = drain(connector, fields=fields)
        org.org.schema.remove_field("Account", "Old_Score__c")
        org.edit("Account", "001000000000002AAA", Name="Renamed")
        after, _ = drain(connector, fields=fields, cursor=cursor)
        fetched = connector.fetch("Account", fields, ["001000000000001AAA"])
        assert connector.reader.missing == {"Account": ("Old_Score__c",)}
    assert before[0].raw["Old_Score__c"] == "7"
    assert ids(after) == ["001000000000002AAA"]
    assert "Old_Score__c" not in fetched[0].raw


def test_a_malformed_query_is_not_tried_twice(world, accounts):
    org = world(accounts(3))
    org.faults.add(Rule("status", path="*/queryAll", status=400))
    with org.connect() as connector, pytest.raises(Refused):
        drain(connector)
    assert org.simulator.calls  # the describe
    assert len(org.calls()) == 1
    assert connector.budget.calls == 2


def test_paths_lead_through_polymorphic_references(world):
    lead = {"Id": "00Q000000000001EAA", "LastName": "Quandt", "Company": "Bank"}
    org = world({"Lead": [lead], "Task": [{"Subject": "Call", "WhoId": lead["Id"]}]})
    with org.connect() as connector:
        (task,), _ = drain(connector, "Task", ["Subject", "Who.Name", "Who.Nickname__c", "Whoever.Name"])
        assert connector.reader.missing["Task"] == ("Who.Nickname__c", "Whoever.Name")
    assert task.raw["Who"] == {"Name": "Quandt"}


def test_converted_leads_say_what_they_became(world):
    converted = {"IsConverted": True, "ConvertedContactId": "003000000000001AAA"}
    lead = {"Id": "00Q000000000001EAA", "LastName": "Quandt", "Company": "Bank"} | converted
    org = world({"Contact": [{"Id": "003000000000001AAA", "LastName": "Quandt"}], "Lead": [lead]})
    with org.connect() as connector:
        (lead_read,), _ = drain(connector, "Lead", ["IsConverted", "ConvertedContactId"])
    assert {name: lead_read.raw[name] for name in converted} == converted


def test_archived_activities_are_read(world):
    org = world({"Task": [{"Subject": "Long ago", "IsArchived": True}]})
    with org.connect() as connector:
        (task,), _ = drain(connector, "Task", ["Subject"])
    assert task.raw["Subject"] == "Long ago"


def test_a_missing_object_is_refused_with_its_mend(world):
    with world().connect() as connector, pytest.raises(NotThere, match="permission set"):
        drain(connector, "Unicorn")


def test_users_are_read_though_they_have_no_recycle_bin(world):
    with world().connect() as connector:
        records, _ = drain(connector, "User", ["Name", "IsActive"])
    assert {record.id for record in records} >= {world().ME, world().REP}
    assert not any(record.deleted for record in records)


@pytest.mark.parametrize(
    "stream",
    [
        "Lead",
        "Campaign",
        "CampaignMember",
        "Task",
        "Event",
        "EventRelation",
        "Opportunity",
        "OpportunityHistory",
        "OpportunityLineItem",
        "OpportunityContactRole",
    ],
)
def test_every_stream_can_be_read(world, stream):
    with world().connect() as connector:
        assert stream in connector.streams
        assert drain(connector, stream, ["CreatedDate"])[0] == []


def test_fetch_reads_single_records_deleted_ones_too(world, accounts):
    org = world(accounts(1000))
    org.delete("Account", "001000000000005AAA")
    wanted = [f"001{number:012d}AAA" for number in range(1, 900)]
    with org.connect() as connector:
        accounts_read = connector.fetch("Account", NAME, [*wanted, "001000000099999AAA"])
    assert sorted(ids(accounts_read)) == wanted
    assert [record.id for record in accounts_read if record.deleted] == ["001000000000005AAA"]
    assert len(org.calls("query")) <= 4


def test_fetching_nothing_asks_nothing(world):
    org = world()
    with org.connect() as connector:
        assert connector.fetch("Account", NAME, []) == []
    assert org.calls("query") == []


def test_everything_arrives_under_a_storm_of_faults(world, accounts):
    org = world(accounts(6000), page_size=200)
    kinds = ["unavailable", "html", "empty", "truncated", "cut_before", "cut_during", "limited", "expired", "status"]
    org.faults.seed = 3
    org.faults.add(*(Rule(kind, path="/services/data/*", probability=0.04) for kind in kinds))
    with org.connect() as connector:
        records, _ = drain(connector)
        retries = connector.budget.retries
    assert ids(records) == sorted(org.rows("Account"))
    assert {"busy", "server", "body", "connection", "concurrent"} <= retries.keys()


@pytest.mark.parametrize("set_by", [timedelta(hours=-6), timedelta(hours=6)], ids=["back", "on"])
@pytest.mark.parametrize("glancing", [False, True])
def test_a_clock_that_is_set_between_two_calls_loses_no_change(world, accounts, set_by, glancing):
    org, ours = world(accounts(20)), [timedelta()]
    with org.connect(clock=lambda: org.clock() + ours[0]) as connector:
        _, cursor = drain(connector)
        for number, clock in enumerate((set_by, set_by, timedelta(), timedelta()), start=1):
            changed = f"001{number:012}AAA"
            org.clock.advance(900)
            org.edit("Account", changed, Name="Renamed")
            org.clock.advance(60)
            ours[0] = clock
            if glancing:
                page = connector.glance({"Account": (NAME, cursor)})["Account"]
                records, cursor = page.records, page.cursor
            else:
                records, cursor = drain(connector, cursor=cursor)
            assert changed in ids(records), (number, clock)
