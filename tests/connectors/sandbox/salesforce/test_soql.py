"""SOQL: what queries answer on a small org, and how Salesforce refuses the others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.connectors.sandbox.salesforce.orgs import (
    ACME,
    ANN,
    BANK,
    CY,
    ME,
    REP,
    Api,
    grants,
    object_file,
)

NAMES: dict[str, tuple[str, list[Any]]] = {
    "equal, without regard to case": ("Contact WHERE FirstName = 'ANN'", ["Ann Abel"]),
    "not equal holds for null": ("Contact WHERE Title != 'CFO' ORDER BY Name", ["Ann Abel", "Cy Cole"]),
    "null": ("Contact WHERE Email = null", ["Cy Cole"]),
    "empty text is null": ("Contact WHERE Email = ''", ["Cy Cole"]),
    "not null": ("Contact WHERE Email != null ORDER BY Name", ["Ann Abel", "Bob Berg"]),
    "text compared by order": ("Contact WHERE LastName > 'abel' AND LastName <= 'BERG'", ["Bob Berg"]),
    "like": ("Contact WHERE Email LIKE '%@ACME.example' ORDER BY Name", ["Ann Abel", "Bob Berg"]),
    "like with one letter": ("Contact WHERE LastName LIKE 'B_rg'", ["Bob Berg"]),
    "like with an escaped sign": (r"Contact WHERE LastName LIKE 'B\_rg'", []),
    "in": ("Contact WHERE LastName IN ('abel', 'cole') ORDER BY Name", ["Ann Abel", "Cy Cole"]),
    "not in": ("Contact WHERE LastName NOT IN ('abel', 'cole')", ["Bob Berg"]),
    "checkbox": ("Contact WHERE DoNotCall = true", ["Cy Cole"]),
    "a checkbox that was never set is false": (
        "Contact WHERE DoNotCall = FALSE ORDER BY Name",
        ["Ann Abel", "Bob Berg"],
    ),
    "number": ("Account WHERE AnnualRevenue >= 4999999.5", ["Acme"]),
    "a null number is neither above nor below": ("Account WHERE NumberOfEmployees < 1000", ["First Bank"]),
    "not turns null around": ("Account WHERE (NOT NumberOfEmployees < 1000)", ["Acme"]),
    "and, or and parentheses": ("Contact WHERE (LastName = 'Abel' OR LastName = 'Cole') AND Email = null", ["Cy Cole"]),
    "three ors": ("Contact WHERE LastName = 'x' OR LastName = 'Abel' OR LastName = 'y'", ["Ann Abel"]),
    "parent's field": (
        "Contact WHERE Account.Name = 'Acme' AND Account.Owner.LastName = 'Rep' ORDER BY Name",
        ["Ann Abel", "Bob Berg"],
    ),
    "15-character id": (f"Contact WHERE AccountId = '{ACME[:15]}' ORDER BY Name", ["Ann Abel", "Bob Berg"]),
    "semi-join": ("Contact WHERE Id IN (SELECT ContactId FROM CampaignMember)", ["Ann Abel"]),
    "anti-join": (
        "Contact WHERE Id NOT IN (SELECT ContactId FROM CampaignMember WHERE ContactId != null) ORDER BY Name",
        ["Bob Berg", "Cy Cole"],
    ),
    "semi-join over a child's lookup": (
        "Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Title = 'CFO')",
        ["Acme"],
    ),
    "polymorphic parent": (
        "Contact WHERE Id IN (SELECT WhoId FROM Task WHERE What.Type = 'Opportunity')",
        ["Ann Abel"],
    ),
    "date": ("Opportunity WHERE CloseDate > 2026-12-30", ["Acme core"]),
    "datetime": ("Contact WHERE SystemModstamp >= 2026-11-10T12:00:00Z AND LastName = 'Abel'", ["Ann Abel"]),
    "datetime with an offset": ("Contact WHERE CreatedDate > 2026-11-10T13:00:01+01:00", []),
    "limit": ("Contact ORDER BY LastName DESC LIMIT 1", ["Cy Cole"]),
    "offset": ("Contact ORDER BY LastName LIMIT 1 OFFSET 1", ["Bob Berg"]),
    "nulls first by default": ("Contact ORDER BY Email, Name", ["Cy Cole", "Ann Abel", "Bob Berg"]),
    "nulls last": ("Contact ORDER BY Email ASC NULLS LAST", ["Ann Abel", "Bob Berg", "Cy Cole"]),
    "descending with nulls last": ("Contact ORDER BY Email DESC NULLS LAST", ["Bob Berg", "Ann Abel", "Cy Cole"]),
    "order by a parent's field": (
        "Contact ORDER BY Account.Name DESC, LastName DESC",
        ["Cy Cole", "Bob Berg", "Ann Abel"],
    ),
    "an alias": ("Contact c WHERE c.LastName = 'Abel'", ["Ann Abel"]),
    "keywords in any case": ("contact wHeRe lastname = 'abel' oRdEr bY name lImIt 5", ["Ann Abel"]),
    "an escaped quote": (r"Contact WHERE LastName = 'O\'Neil'", []),
    "for view and all rows": ("Contact WHERE LastName = 'Abel' FOR VIEW", ["Ann Abel"]),
    "scope": ("Contact USING SCOPE everything WHERE LastName = 'Abel'", ["Ann Abel"]),
    "scope of one's own": ("Account USING SCOPE mine ORDER BY Name", ["First Bank"]),
}


@pytest.mark.parametrize("name", NAMES)
def test_which_rows_a_query_finds(org: Api, name: str) -> None:
    text, wanted = NAMES[name]
    assert org.column(f"SELECT Name FROM {text}") == wanted


# today is Tuesday, 10 November 2026
DATES = {
    "TODAY": ("2026-11-10", "2026-11-10"),
    "YESTERDAY": ("2026-11-09", "2026-11-09"),
    "TOMORROW": ("2026-11-11", "2026-11-11"),
    "THIS_WEEK": ("2026-11-08", "2026-11-14"),
    "LAST_WEEK": ("2026-11-01", "2026-11-07"),
    "NEXT_WEEK": ("2026-11-15", "2026-11-21"),
    "THIS_MONTH": ("2026-11-01", "2026-11-30"),
    "LAST_MONTH": ("2026-10-01", "2026-10-31"),
    "NEXT_MONTH": ("2026-12-01", "2026-12-31"),
    "LAST_90_DAYS": ("2026-08-12", "2026-11-10"),
    "NEXT_90_DAYS": ("2026-11-11", "2027-02-08"),
    "LAST_N_DAYS:3": ("2026-11-07", "2026-11-10"),
    "NEXT_N_DAYS:3": ("2026-11-11", "2026-11-13"),
    "N_DAYS_AGO:3": ("2026-11-07", "2026-11-07"),
    "LAST_N_WEEKS:2": ("2026-10-25", "2026-11-07"),
    "NEXT_N_WEEKS:2": ("2026-11-15", "2026-11-28"),
    "N_WEEKS_AGO:1": ("2026-11-01", "2026-11-07"),
    "LAST_N_MONTHS:2": ("2026-09-01", "2026-10-31"),
    "N_MONTHS_AGO:2": ("2026-09-01", "2026-09-30"),
    "THIS_QUARTER": ("2026-10-01", "2026-12-31"),
    "LAST_QUARTER": ("2026-07-01", "2026-09-30"),
    "NEXT_N_QUARTERS:2": ("2027-01-01", "2027-06-30"),
    "THIS_YEAR": ("2026-01-01", "2026-12-31"),
    "LAST_N_YEARS:1": ("2025-01-01", "2025-12-31"),
    "NEXT_YEAR": ("2027-01-01", "2027-12-31"),
    "THIS_FISCAL_QUARTER": ("2026-10-01", "2026-12-31"),
    "LAST_FISCAL_YEAR": ("2025-01-01", "2025-12-31"),
}


@pytest.mark.parametrize("literal", DATES)
def test_date_literals_span_the_documented_days(literal: str) -> None:
    from datetime import date, timedelta

    first, last = (date.fromisoformat(text) for text in DATES[literal])
    days = [first - timedelta(1), first, last, last + timedelta(1)]
    api = Api(
        {
            "Opportunity": [
                {"Name": str(day), "StageName": "Prospecting", "CloseDate": str(day)} for day in dict.fromkeys(days)
            ]
        }
    )

    def names_where(operator: str) -> list[str]:
        return api.column(f"SELECT Name FROM Opportunity WHERE CloseDate {operator} {literal} ORDER BY CloseDate")

    inside = [str(day) for day in dict.fromkeys((first, last))]
    assert names_where("=") == inside
    assert names_where("!=") == [str(days[0]), str(days[3])]
    assert names_where("<") == [str(days[0])]
    assert names_where("<=") == [str(days[0]), *inside]
    assert names_where(">") == [str(days[3])]
    assert names_where(">=") == [*inside, str(days[3])]


def test_date_literals_are_read_in_the_users_time_zone() -> None:
    stamps = ["2026-11-10T07:59:00Z", "2026-11-10T08:00:00Z"]  # midnight in Los Angeles is 08:00 UTC
    api = Api({"Account": [{"Name": text, "CreatedDate": text} for text in stamps]})
    user = api.stored(ME)
    api.org.tables["User"].put({**user, "TimeZoneSidKey": "America/Los_Angeles"})
    assert api.column("SELECT Name FROM Account WHERE CreatedDate = TODAY") == [stamps[1]]
    assert api.column("SELECT Name FROM Account WHERE CreatedDate = YESTERDAY") == [stamps[0]]


def test_fields_come_in_the_order_of_select_with_parents_nested(org: Api) -> None:
    (row,) = org.ok("GET", "query", q=f"SELECT Account.Name, Id, Account.Owner.Name FROM Contact WHERE Id = '{ANN}'")[
        "records"
    ]
    base = "/services/data/v59.0/sobjects"
    assert list(row) == ["attributes", "Account", "Id"]
    assert row["attributes"] == {"type": "Contact", "url": f"{base}/Contact/{ANN}"}
    assert row["Account"] == {
        "attributes": {"type": "Account", "url": f"{base}/Account/{ACME}"},
        "Name": "Acme",
        "Owner": {"attributes": {"type": "User", "url": f"{base}/User/{REP}"}, "Name": "Rita Rep"},
    }


def test_a_polymorphic_parent_is_printed_as_name(org: Api) -> None:
    rows = org.ok("GET", "query", q="SELECT Who.Name, Who.Type, What.Name FROM Task ORDER BY Subject")["records"]
    who = {
        "attributes": {"type": "Name", "url": f"/services/data/v59.0/sobjects/Contact/{ANN}"},
        "Name": "Ann Abel",
        "Type": "Contact",
    }
    assert rows[0]["Who"] == who
    assert rows[0]["What"]["Name"] == "Acme core"
    assert (rows[1]["Who"]["Type"], rows[1]["What"]) == ("Lead", None)


def test_typeof_chooses_fields_by_the_parents_type(org: Api) -> None:
    typeof = "TYPEOF Who WHEN Contact THEN Email, Title WHEN Campaign THEN Status ELSE Name END"
    text = f"SELECT {typeof} FROM Task ORDER BY Subject"
    assert [row["Who"] for row in org.query(text)] == [
        {"Email": "ann@acme.example", "Title": None},
        {"Name": "Lee Lind"},
    ]


def test_children_are_nested_and_null_where_there_are_none(org: Api) -> None:
    children = "SELECT LastName FROM Contacts WHERE Email != null ORDER BY LastName DESC LIMIT 1"
    text = f"SELECT Name, ({children}) FROM Account ORDER BY Name"
    first, second = org.query(text)
    assert first == {"Name": "Acme", "Contacts": {"totalSize": 1, "done": True, "records": [{"LastName": "Berg"}]}}
    assert second == {"Name": "First Bank", "Contacts": None}


def test_fields_function_needs_a_limit_and_knows_custom_from_standard() -> None:
    api = Api({"Account": [{"Name": "A", "Old_Id__c": "7"}]})
    whole = api.query("SELECT FIELDS(ALL) FROM Account LIMIT 200")[0]
    custom = api.query("SELECT FIELDS(CUSTOM) FROM Account LIMIT 200")[0]
    standard = api.query("SELECT FIELDS(STANDARD) FROM Account")[0]
    assert custom == {"Old_Id__c": "7"}
    assert set(standard) | {"Old_Id__c"} == set(whole)
    assert "LIMIT of at most 200" in api.refused("GET", "query", q="SELECT FIELDS(ALL) FROM Account")[2]
    assert "LIMIT of at most 200" in api.refused("GET", "query", q="SELECT FIELDS(CUSTOM) FROM Account LIMIT 201")[2]


def test_counts_count_rows_values_and_distinct_values(org: Api) -> None:
    assert org.ok("GET", "query", q="SELECT COUNT() FROM Contact") == {"totalSize": 3, "done": True, "records": []}
    assert org.ok("GET", "query", q="SELECT COUNT() FROM Contact LIMIT 2")["totalSize"] == 2
    assert org.query("SELECT COUNT(Email), COUNT_DISTINCT(AccountId) FROM Contact") == [{"expr0": 2, "expr1": 2}]


def test_groups_have_aliases_and_numbers(org: Api) -> None:
    text = "SELECT AccountId, COUNT(Id), MAX(LastName) last FROM Contact GROUP BY AccountId ORDER BY COUNT(Id) DESC"
    assert org.query(text) == [
        {"AccountId": ACME, "expr0": 2, "last": "Berg"},
        {"AccountId": BANK, "expr0": 1, "last": "Cole"},
    ]
    assert org.query("SELECT Account.Name, COUNT(Id) n FROM Contact GROUP BY Account.Name HAVING COUNT(Id) > 1") == [
        {"Name": "Acme", "n": 2}
    ]
    assert org.query("SELECT Account.Name FROM Contact GROUP BY Account.Name HAVING Account.Name LIKE 'First%'") == [
        {"Name": "First Bank"}
    ]


def test_numbers_are_summed_and_averaged() -> None:
    deal = {"StageName": "Prospecting", "CloseDate": "2026-12-01"}
    amounts = [{"Name": str(amount), "Amount": amount, **deal} for amount in (10, 20, None)]
    api = Api({"Opportunity": amounts})
    text = "SELECT SUM(Amount), AVG(Amount), MIN(Amount), MAX(CloseDate) FROM Opportunity"
    assert api.query(text) == [{"expr0": 30.0, "expr1": 15.0, "expr2": 10.0, "expr3": "2026-12-01"}]
    assert api.query("SELECT SUM(Amount) s FROM Opportunity WHERE Name = 'none'") == [{"s": None}]
    year, quarter = "CALENDAR_YEAR(CloseDate)", "CALENDAR_QUARTER(CloseDate)"
    text = f"SELECT {year} y, {quarter}, COUNT(Id) FROM Opportunity GROUP BY {year}, {quarter}"
    assert api.query(text) == [{"y": 2026, "expr0": 4, "expr1": 3}]
    assert api.column("SELECT Name FROM Opportunity WHERE CALENDAR_MONTH(CloseDate) = 12 AND Amount = 20") == ["20"]


def test_worked_out_fields_are_read_from_others(org: Api) -> None:
    (member,) = org.query(
        "SELECT Name, Email, CompanyOrAccount, Type, HasResponded, FirstRespondedDate FROM CampaignMember "
        "WHERE ContactId != null"
    )
    assert member == {
        "Name": "Ann Abel",
        "Email": "ann@acme.example",
        "CompanyOrAccount": "Acme",
        "Type": "Contact",
        "HasResponded": True,
        "FirstRespondedDate": "2026-11-10",
    }
    (campaign,) = org.query(
        "SELECT NumberOfContacts, NumberOfLeads, NumberOfResponses, AmountAllOpportunities FROM Campaign"
    )
    assert list(campaign.values()) == [1, 1, 1, 0.0]
    (account,) = org.query("SELECT BillingAddress FROM Account WHERE Name = 'Acme'")
    assert account["BillingAddress"]["city"] == "Rome"


def test_deleted_rows_show_only_through_query_all(org: Api) -> None:
    api = Api()
    api.ok("DELETE", f"sobjects/Contact/{CY}")
    assert api.column("SELECT LastName FROM Contact ORDER BY Name") == ["Abel", "Berg"]
    assert api.query("SELECT LastName FROM Contact WHERE IsDeleted = true", "queryAll") == [{"LastName": "Cole"}]
    assert api.column("SELECT LastName FROM Contact WHERE IsDeleted = true ALL ROWS", "queryAll") == ["Cole"]
    assert api.column("SELECT LastName FROM Contact WHERE IsDeleted = true") == []


def test_several_values_in_one_field_are_searched_one_by_one() -> None:
    api = Api()
    values = "".join(f"<value><fullName>{name}</fullName><default>false</default></value>" for name in "abc")
    kind = f"<valueSet><valueSetDefinition><sorted>false</sorted>{values}</valueSetDefinition></valueSet>"
    tail = f"<type>MultiselectPicklist</type>{kind}<visibleLines>3</visibleLines>"
    field = f"<fields><fullName>Tags__c</fullName><label>Tags</label>{tail}</fields>"
    done = api.deploy(
        {"objects/Account.object": object_file(field), "permissionsets/P.permissionset": grants("Account.Tags__c")}
    )
    assert done.status == "Succeeded", done.failures
    api.assign("P")
    api.ok("PATCH", f"sobjects/Account/{ACME}", {"Tags__c": "a;b"})
    api.ok("PATCH", f"sobjects/Account/{BANK}", {"Tags__c": "c"})

    def names_where(condition: str) -> list[str]:
        return api.column(f"SELECT Name FROM Account WHERE Tags__c {condition} ORDER BY Name")

    assert names_where("INCLUDES ('a')") == ["Acme"]
    assert names_where("INCLUDES ('a;c', 'c')") == ["First Bank"]
    assert names_where("EXCLUDES ('a;b')") == ["First Bank"]


def test_labels_and_time_zones_are_passed_through(org: Api) -> None:
    assert org.column("SELECT toLabel(StageName) FROM Opportunity") == ["Prospecting"]
    assert org.column("SELECT toLabel(StageName) stage FROM Opportunity") == ["Prospecting"]
    hour = "HOUR_IN_DAY(convertTimezone(CreatedDate))"
    text = f"SELECT {hour} h, COUNT(Id) n FROM Contact GROUP BY {hour}"
    assert org.query(text) == [{"h": 12, "n": 3}]
    user = org.stored(ME)
    org.org.tables["User"].put({**user, "TimeZoneSidKey": "Asia/Tokyo"})
    assert org.query(text) == [{"h": 21, "n": 3}]
    org.org.tables["User"].put(user)


def test_groups_may_be_ordered_by_their_alias(org: Api) -> None:
    text = "SELECT AccountId, COUNT(Id) n FROM Contact GROUP BY AccountId ORDER BY n LIMIT 1"
    assert org.query(text) == [{"AccountId": BANK, "n": 1}]


def test_deep_paths_and_parents_that_are_missing(org: Api) -> None:
    (row,) = org.query("SELECT Account.Owner.Manager.Name FROM Contact WHERE LastName = 'Abel'")
    assert row == {"Account": {"Owner": {"Manager": None}}}
    assert org.column("SELECT Name FROM Contact WHERE Account.Owner.Manager.Name = null ORDER BY Name")[0] == "Ann Abel"


def test_subtotals_by_rollup_and_cube(org: Api) -> None:
    text = (
        "SELECT {}, GROUPING(AccountId) g, COUNT(Id) n FROM Contact GROUP BY {} ORDER BY GROUPING(AccountId), COUNT(Id)"
    )
    rows = org.query(text.format("AccountId", "ROLLUP(AccountId)"))
    assert [tuple(row.values()) for row in rows] == [(BANK, 0, 1), (ACME, 0, 2), (None, 1, 3)]
    pair = "AccountId, Title"
    rolled = [tuple(row.values()) for row in org.query(text.format(pair, f"ROLLUP({pair})"))]
    cubed = [tuple(row.values()) for row in org.query(text.format(pair, f"CUBE({pair})"))]
    assert (ACME, None, 0, 2) in rolled and (None, "CFO", 1, 1) not in rolled
    assert set(rolled) < set(cubed) and (None, "CFO", 1, 1) in cubed
    assert rolled[-1] == cubed[-1] == (None, None, 1, 3)
    four = "AccountId, Title, LastName, FirstName"
    assert "at most 3 fields" in org.refused("GET", "query", q=f"SELECT {four} FROM Contact GROUP BY CUBE({four})")[2]
