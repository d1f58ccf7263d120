"""Reports and dashboards as the REST API runs them: rows, groups and sums, for whom, and out of which folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tests.connectors.sandbox.salesforce.orgs import (
    ANN,
    BOB,
    DEAL,
    LEAD,
    ME,
    NAMESPACE,
    REP,
    WEBINAR,
    Api,
    field,
    grants,
    object_file,
    package,
)

PEER, ADMIN = "005000000000004AAA", "005000000000090AAA"
STANDARD = "00e000000000002AAA"
HEAD = f'xmlns="{NAMESPACE}"'
SECOND, THIRD = "006000000000002AAA", "006000000000003AAA"
COLUMNS = {
    "Opportunity": ("Name", "Owner", "Account", "Amount", "Probability", "CloseDate", "StageName", "IsClosed",
                    "Gaps__c"),
    "Opportunity.OpportunityContactRoles": ("Name", "Role", "Title"),
    "Campaign": ("Name",),
    "Campaign.CampaignMembers": ("Name", "Status"),
    "Contact": ("Name",),
    "Contact.Activities": ("Subject", "Owner"),
}  # fmt: skip


def report_type(base: str, relationship: str, *, outer: bool) -> str:
    columns = "".join(
        f"<columns><checkedByDefault>true</checkedByDefault><field>{name}</field><table>{table}</table></columns>"
        for table, names in COLUMNS.items()
        if table.partition(".")[0] == base
        for name in names
    )
    return (
        f"<ReportType {HEAD}><baseObject>{base}</baseObject><category>other</category><deployed>true</deployed>"
        f"<join><outerJoin>{str(outer).lower()}</outerJoin><relationship>{relationship}</relationship></join>"
        f"<label>{base}</label><sections>{columns}<masterLabel>All</masterLabel></sections></ReportType>"
    )


def report(
    kind: str,
    *columns: str,
    down: Iterable[tuple[str, str]] = (),
    across: Iterable[tuple[str, str]] = (),
    filters: Iterable[tuple[str, str, str]] = (),
    frame: tuple[str, str] = ("Opportunity$CloseDate", "INTERVAL_CUSTOM"),
    more: str = "",
) -> str:
    """A report's metadata; a column that ends in + is summed up."""
    listed = "".join(
        f"<columns>{'<aggregateTypes>Sum</aggregateTypes>' * name.endswith('+')}<field>{name.removesuffix('+')}</field>"
        "</columns>"
        for name in columns
    )
    asked = "".join(
        f"<criteriaItems><column>{column}</column><columnToColumn>false</columnToColumn><isUnlocked>true</isUnlocked>"
        f"<operator>{operator}</operator><value>{value}</value></criteriaItems>"
        for column, operator, value in filters
    )
    groups = {
        side: "".join(
            f"<{side}><dateGranularity>{cut}</dateGranularity><field>{name}</field><sortOrder>Asc</sortOrder></{side}>"
            for name, cut in some
        )
        for side, some in (("groupingsAcross", across), ("groupingsDown", down))
    }
    form = "Matrix" if groups["groupingsAcross"] else "Summary" if groups["groupingsDown"] else "Tabular"
    return (
        f"<Report {HEAD}>{listed}{f'<filter>{asked}</filter>' if asked else ''}<format>{form}</format>"
        f"{groups['groupingsAcross']}{groups['groupingsDown']}<name>R</name><reportType>{kind}__c</reportType>"
        f"<scope>organization</scope><showDetails>true</showDetails>{more}"
        f"<timeFrameFilter><dateColumn>{frame[0]}</dateColumn><interval>{frame[1]}</interval></timeFrameFilter></Report>"
    )


DEALS, ROLES = "Opportunity", "Opportunity.OpportunityContactRoles"
REPORTS = {
    "Owners": report("Deals", f"{DEALS}$Name", f"{DEALS}$Amount+", f"{DEALS}$Gaps__c+",
                     down=[(f"{DEALS}$Owner", "Day")]),
    "Rows": report("Deals", f"{DEALS}$Name", f"{ROLES}$Name", f"{ROLES}$Title", f"{DEALS}$Amount", f"{DEALS}$Owner",
                   more="<sortColumn>Opportunity$Amount</sortColumn><sortOrder>Desc</sortOrder>"),
    "Months": report("Deals", f"{DEALS}$Amount+", down=[(f"{DEALS}$StageName", "Day")],
                     across=[(f"{DEALS}$CloseDate", "Month")]),
    "Open": report("Deals", f"{DEALS}$Name", filters=[(f"{DEALS}$IsClosed", "equals", "0"),
                                                         (f"{DEALS}$Amount", "lessOrEqual", "50")]),
    "Nobody": report("Deals", f"{DEALS}$Name", filters=[(f"{DEALS}$Account", "equals", "")]),
    "Acme": report("Deals", f"{DEALS}$Name", filters=[(f"{DEALS}$Account", "equals", "Acme, Other")]),
    "Soon": report("Deals", f"{DEALS}$Name", frame=(f"{DEALS}$CloseDate", "INTERVAL_LAST30")),
    "Secret": report("Deals", f"{DEALS}$Name", f"{DEALS}$Probability", f"{DEALS}$Gaps__c"),
    "By_Secret": report("Deals", f"{DEALS}$Name", down=[(f"{DEALS}$Gaps__c", "Day")]),
    "Members": report("Members", "Campaign.CampaignMembers$Name", down=[("Campaign$Name", "Day")],
                      frame=("Campaign$Name", "INTERVAL_CUSTOM")),
    "Activities": report("People", "Contact.Activities$Subject", down=[("Contact$Name", "Day")],
                         frame=("Contact$Name", "INTERVAL_CUSTOM")),
}  # fmt: skip


def component(name: str, *groups: str, summary: str = "<column>RowCount</column>") -> str:
    listed = "".join(f"<groupingColumn>{one}</groupingColumn>" for one in groups)
    return (
        "<dashboardGridComponents><colSpan>6</colSpan><columnIndex>0</columnIndex><dashboardComponent>"
        "<autoselectColumnsFromReport>false</autoselectColumnsFromReport><chartAxisRange>Auto</chartAxisRange>"
        f"<chartSummary>{summary}</chartSummary><componentType>Bar</componentType>{listed}"
        f"<report>Ours/{name}</report><title>{name}</title></dashboardComponent>"
        "<rowIndex>0</rowIndex><rowSpan>9</rowSpan></dashboardGridComponents>"
    )


def dashboard(kind: str) -> str:
    parts = component("Owners", f"{DEALS}$Owner", summary=f"<aggregate>Sum</aggregate><column>{DEALS}$Amount</column>")
    parts += component("Months", f"{DEALS}$CloseDate", f"{DEALS}$StageName")
    return (
        f"<Dashboard {HEAD}><backgroundEndColor>#FFFFFF</backgroundEndColor><backgroundFadeDirection>Diagonal"
        "</backgroundFadeDirection><backgroundStartColor>#FFFFFF</backgroundStartColor><dashboardGridLayout>"
        f"{parts}<numberOfColumns>12</numberOfColumns><rowHeight>36</rowHeight></dashboardGridLayout>"
        f"<dashboardType>{kind}</dashboardType><isGridLayout>true</isGridLayout>"
        f"{'<runningUser>rep</runningUser>' if kind == 'SpecifiedUser' else ''}<textColor>#000000</textColor>"
        "<title>D</title><titleColor>#000000</titleColor><titleSize>12</titleSize></Dashboard>"
    )


FILES = {
    "objects/Opportunity.object": object_file(field("Gaps__c", "Number", precision="3", scale="0")),
    "permissionsets/S.permissionset": grants("Opportunity.Gaps__c"),
    "reportTypes/Deals.reportType": report_type(DEALS, "OpportunityContactRoles", outer=True),
    "reportTypes/Members.reportType": report_type("Campaign", "CampaignMembers", outer=False),
    "reportTypes/People.reportType": report_type("Contact", "Activities", outer=False),
    "reports/Ours-meta.xml": f"<ReportFolder {HEAD}><name>Ours</name></ReportFolder>",
    **{f"reports/Ours/{name}.report": text for name, text in REPORTS.items()},
    "dashboards/Ours-meta.xml": f"<DashboardFolder {HEAD}><name>Ours</name></DashboardFolder>",
    "dashboards/Ours/Viewer.dashboard": dashboard("LoggedInUser"),
    "dashboards/Ours/Named.dashboard": dashboard("SpecifiedUser"),
}


@pytest.fixture(scope="module")
def org() -> Api:
    """Three opportunities of two owners, one with two roles and one with none; the folders are the rep's to open."""
    api = Api(sharing={"Opportunity": "private", "Task": "private", "Event": "private", "Campaign": "edit",
                       "Contact": "edit"})  # fmt: skip
    people = ((REP, "Rita Rep", "rep"), (PEER, "Paul Peer", "peer"))
    for user, name, username in people:
        api.org.tables["User"].put(
            {"Id": user, "Name": name, "LastName": name, "IsActive": True, "ProfileId": STANDARD, "Username": username,
             "TimeZoneSidKey": "America/New_York"}
        )  # fmt: skip
    made = api.simulator.deployments.start(_zip(FILES), ADMIN, check_only=False, rollback=True)
    assert api.simulator.deployments.look(made.id).failures == []
    for user in (ME, REP):
        api.assign("S", user)
    deals: Mapping[str, dict[str, Any]] = {
        DEAL: {"OwnerId": REP, "Amount": 100.0, "Gaps__c": 2.0, "CloseDate": "2026-10-31", "Name": "One"},
        SECOND: {"OwnerId": REP, "Amount": 50.0, "Gaps__c": 1.0, "CloseDate": "2026-11-01", "Name": "Two"},
        THIRD: {"OwnerId": PEER, "Amount": 7.0, "CloseDate": "2026-11-30", "Name": "Three", "IsClosed": True,
                "StageName": "Closed Won", "AccountId": None},
    }  # fmt: skip
    first = api.stored(DEAL)
    for record, fields in deals.items():
        api.org.tables["Opportunity"].put(first | {"Id": record} | fields)
    for person in (ANN, BOB):
        api.org.tables["OpportunityContactRole"].put(
            {
                "Id": f"00K00000000000{person[14]}AAA",
                "OpportunityId": DEAL,
                "ContactId": person,
                "Role": "Decision Maker",
            }
        )
    for number, person in enumerate(({"ContactId": ANN}, {"LeadId": LEAD})):
        api.org.tables["CampaignMember"].put(
            {"Id": f"00v00000000000{number}AAA", "CampaignId": WEBINAR, "Status": "Sent"} | person
        )
    api.org.tables["Task"].put({"Id": "00T000000000001AAA", "Subject": "Call", "WhoId": ANN, "OwnerId": REP})
    api.org.tables["Event"].put({"Id": "00U000000000001AAA", "Subject": "Meet", "WhoId": ANN, "OwnerId": REP})
    api.sign_in(ADMIN)
    for folder in api.ok("GET", "folders")["folders"]:
        body = {"shares": [{"accessType": "view", "shareType": "user", "shareWithId": REP}]}
        api.ok("POST", f"folders/{folder['id']}/shares", body)
    return api


def _zip(files: Mapping[str, str]) -> bytes:
    kinds = {"objects": "CustomObject", "permissionsets": "PermissionSet", "reportTypes": "ReportType",
             "reports": "Report", "dashboards": "Dashboard"}  # fmt: skip
    return package(files, {kinds[folder]: ["*"] for folder in {name.partition("/")[0] for name in files}})


@pytest.fixture
def rep(org: Api) -> Api:
    org.sign_in(REP)
    return org


def id_of(api: Api, kind: str, name: str) -> str:
    return next(row["Id"] for row in api.org.tables[kind].rows.values() if row["DeveloperName"] == name)


def run(api: Api, name: str, **query: str) -> dict[str, Any]:
    return dict(api.ok("GET", f"analytics/reports/{id_of(api, 'Report', name)}", **query))


def facts(answer: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {key: [one["value"] for one in fact["aggregates"]] for key, fact in answer["factMap"].items()}


def labels(answer: Mapping[str, Any], key: str = "T!T") -> list[list[str]]:
    return [[cell["label"] for cell in row["dataCells"]] for row in answer["factMap"][key]["rows"]]


def test_a_summary_groups_counts_and_sums_each_record_once(rep: Api) -> None:
    answer = run(rep, "Owners")
    assert answer["reportMetadata"]["aggregates"] == ["s!Opportunity$Amount", "s!Opportunity$Gaps__c", "RowCount"]
    assert facts(answer) == {"T!T": [150.0, 3.0, 3], "0!T": [150.0, 3.0, 3]}
    assert answer["groupingsDown"]["groupings"] == [{"groupings": [], "key": "0", "label": "Rita Rep", "value": REP}]
    assert answer["factMap"]["T!T"]["aggregates"][0] == {"label": "$150.00", "value": 150.0}
    assert [row[0] for row in labels(answer, "0!T")] == ["One", "One", "Two"]


def test_details_are_sorted_and_told_by_label_and_value(rep: Api) -> None:
    answer = run(rep, "Rows")
    assert labels(answer) == [
        ["One", "Ann Abel", "-", "$100.00", "Rita Rep"],
        ["One", "Bob Berg", "CFO", "$100.00", "Rita Rep"],
        ["Two", "-", "-", "$50.00", "Rita Rep"],
    ]
    cells = answer["factMap"]["T!T"]["rows"][0]["dataCells"]
    assert (cells[0]["value"], cells[3]["value"], cells[4]["value"]) == (DEAL, {"amount": 100.0, "currency": None}, REP)
    assert "rows" not in run(rep, "Rows", includeDetails="false")["factMap"]["T!T"]


def test_a_matrix_has_facts_of_rows_columns_and_their_pairs(org: Api) -> None:
    org.sign_in(ADMIN)
    answer = run(org, "Months", includeDetails="false")
    assert [one["label"] for one in answer["groupingsAcross"]["groupings"]] == ["October 2026", "November 2026"]
    assert [one["value"] for one in answer["groupingsDown"]["groupings"]] == ["Prospecting", "Closed Won"]
    assert facts(answer) == {
        "T!T": [157.0, 4], "T!0": [100.0, 2], "T!1": [57.0, 2],
        "0!T": [150.0, 3], "0!0": [100.0, 2], "0!1": [50.0, 1], "1!T": [7.0, 1], "1!1": [7.0, 1],
    }  # fmt: skip


@pytest.mark.parametrize(
    "name, shown",
    [("Open", ["Two"]), ("Nobody", ["Three"]), ("Acme", ["One", "One", "Two"]), ("Soon", ["One", "One", "Two"])],
)
def test_filters_and_time_frames(org: Api, name: str, shown: list[str]) -> None:
    org.sign_in(ADMIN)
    assert sorted(row[0] for row in labels(run(org, name))) == sorted(shown)


def test_a_caller_may_send_other_filters_groups_and_sums(rep: Api) -> None:
    path = f"analytics/reports/{id_of(rep, 'Report', 'Owners')}"
    sent = {
        "reportFilters": [{"column": "Opportunity$Amount", "operator": "greaterThan", "value": "60"}],
        "aggregates": ["a!Opportunity$Amount", "mx!Opportunity$Gaps__c"],
        "groupingsDown": [{"name": "Opportunity$CloseDate", "dateGranularity": "Week", "sortOrder": "Asc"}],
    }
    answer = rep.ok("POST", path, {"reportMetadata": sent})
    assert facts(answer) == {"T!T": [100.0, 2.0], "0!T": [100.0, 2.0]}
    assert answer["groupingsDown"]["groupings"][0]["label"] == "10/25/2026 - 10/31/2026"
    assert rep.ok("POST", path, {})["reportMetadata"]["aggregates"][-1] == "RowCount"
    frame = {"column": "Opportunity$CloseDate", "durationValue": "CUSTOM", "startDate": "2026-11-01", "endDate": None}
    assert facts(rep.ok("POST", path, {"reportMetadata": {"standardDateFilter": frame}}))["T!T"] == [50.0, 1.0, 1]
    for wrong in ({"reportBooleanFilter": "1 OR 2"}, {"aggregates": ["s!Opportunity$Name"]}):
        assert rep.refused("POST", path, {"reportMetadata": wrong})[0] == 400


def test_rows_of_members_and_of_tasks_and_events(rep: Api) -> None:
    assert labels(run(rep, "Members"), "0!T") == [["Ann Abel"], ["Lee Lind"]]
    assert labels(run(rep, "Activities"), "0!T") == [["Call"], ["Meet"]]


def test_a_report_describes_itself(rep: Api) -> None:
    described = rep.ok("GET", f"analytics/reports/{id_of(rep, 'Report', 'Months')}/describe")
    report_of = described["reportMetadata"]
    assert (report_of["reportFormat"], report_of["reportType"]["type"]) == ("MATRIX", "Deals__c")
    assert report_of["groupingsAcross"][0]["dateGranularity"] == "Month"
    assert described["reportExtendedMetadata"]["groupingColumnInfo"]["Opportunity$StageName"] == {
        "dataType": "picklist", "groupingLevel": 0, "label": "Stage",
    }  # fmt: skip
    (category,) = described["reportTypeMetadata"]["categories"]
    assert "Opportunity.OpportunityContactRoles$Title" in category["columns"]


def test_a_hidden_column_is_left_out_and_a_hidden_group_refuses_the_report(org: Api) -> None:
    for folder in org.org.tables["Folder"].rows.values():
        org.org.tables["Folder"].put(folder | {"Shares": [{"shareType": "organization", "sharedWithId": None}]})
    org.sign_in(PEER)
    assert run(org, "Secret")["reportMetadata"]["detailColumns"] == ["Opportunity$Name", "Opportunity$Probability"]
    assert facts(run(org, "Owners"))["T!T"] == [7.0, 1], "only what the asking user may read"
    assert org.refused("GET", f"analytics/reports/{id_of(org, 'Report', 'By_Secret')}")[1] == "INVALID_FIELD"
    for folder in org.org.tables["Folder"].rows.values():
        org.org.tables["Folder"].put(folder | {"Shares": [{"shareType": "user", "sharedWithId": REP}]})


def test_a_folder_that_is_shared_with_somebody_else_stays_shut(org: Api) -> None:
    org.sign_in(PEER)
    assert org.ok("GET", "analytics/reports") == org.ok("GET", "analytics/dashboards") == []
    assert org.refused("GET", f"analytics/reports/{id_of(org, 'Report', 'Owners')}")[:2] == (403, "FORBIDDEN")
    folder = id_of(org, "Folder", "Ours")
    assert org.refused("POST", f"folders/{folder}/shares", {"shares": []})[0] == 404
    org.sign_in(REP)
    assert len(org.ok("GET", "analytics/reports")) == len(REPORTS)
    assert org.refused("POST", f"folders/{folder}/shares", {"shares": []})[:2] == (403, "FORBIDDEN")
    assert len(org.ok("GET", f"folders/{folder}/shares")["shares"]) == 1


def test_who_may_not_run_reports_runs_none(org: Api) -> None:
    profiles = org.org.tables["Profile"].rows.values()
    minimum = next(row["Id"] for row in profiles if row["Name"].startswith("Minimum Access"))
    org.org.tables["User"].put(org.stored(PEER) | {"ProfileId": minimum})
    org.sign_in(PEER)
    assert org.refused("GET", "analytics/reports")[:2] == (403, "FORBIDDEN")
    org.org.tables["User"].put(org.stored(PEER) | {"ProfileId": STANDARD})


def test_a_dashboard_shows_its_reports_in_its_own_groups(rep: Api) -> None:
    shown = rep.ok("GET", f"analytics/dashboards/{id_of(rep, 'Dashboard', 'Viewer')}")
    owners, months = shown["componentData"]
    assert facts(owners["reportResult"]) == {"T!T": [150.0], "0!T": [150.0]}
    assert owners["status"]["dataStatus"] == "DATA" and owners["reportResult"]["groupingsAcross"] is None
    assert facts(months["reportResult"]) == {"T!T": [3], "0!T": [2], "0_0!T": [2], "1!T": [1], "1_0!T": [1]}
    described = shown["dashboardMetadata"]
    assert described["runningUser"] == {"displayName": "Rita Rep", "id": REP}
    assert [one["id"] for one in described["components"]] == [owners["componentId"], months["componentId"]]
    assert described["components"][0]["reportId"] == id_of(rep, "Report", "Owners")


def test_a_dashboard_runs_as_its_viewer_or_as_whom_it_names(org: Api) -> None:
    org.sign_in(ADMIN)
    for name, total in (("Viewer", 157.0), ("Named", 150.0)):
        shown = org.ok("GET", f"analytics/dashboards/{id_of(org, 'Dashboard', name)}")
        assert facts(shown["componentData"][0]["reportResult"])["T!T"] == [total]
    described = org.ok("GET", f"analytics/dashboards/{id_of(org, 'Dashboard', 'Named')}/describe")
    assert described["runningUser"]["id"] == REP
    status = org.ok("GET", f"analytics/dashboards/{id_of(org, 'Dashboard', 'Named')}/status")
    assert [one["refreshStatus"] for one in status["componentStatus"]] == ["IDLE", "IDLE"]
    wrong = {"runningUser": PEER}
    assert org.refused("GET", f"analytics/dashboards/{id_of(org, 'Dashboard', 'Named')}", **wrong)[1] == "BAD_REQUEST"


def test_a_component_whose_report_is_shut_to_the_running_user_says_so(org: Api) -> None:
    folder = next(row for row in org.org.tables["Folder"].rows.values() if row["Type"] == "Report")
    org.org.tables["Folder"].put(folder | {"Shares": []})
    org.sign_in(REP)
    shown = org.ok("GET", f"analytics/dashboards/{id_of(org, 'Dashboard', 'Viewer')}")
    org.org.tables["Folder"].put(folder)
    (status, result) = (shown["componentData"][0][key] for key in ("status", "reportResult"))
    assert (status["dataStatus"], status["errorCode"], result) == ("ERROR", "FORBIDDEN", None)
