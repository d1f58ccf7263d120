"""What the pages of sales say: each figure is the number of the records that it leads to."""

from typing import Any
from urllib.parse import quote

import pytest

from syncd.web.rights import Right
from tests.web.pages.rig import Site

JSON = {"accept": "application/json"}


def read(site: Site, path: str) -> Any:
    answer = site.get(path, headers=JSON)
    assert answer.ok, answer.text
    return answer.json()


def test_a_reps_figures_are_the_number_of_those_they_lead_to(served: Site) -> None:
    weeks = read(served, "/queue")["weeks"]
    assert sum(week["at_once"] + week["others"] + week["over"] for week in weeks) > 0
    for week in weeks:
        came = read(served, f"/queue?rep={week['rep_id']}&part=came")["parts"]["came"]
        assert came["number"] == week["at_once"] + week["others"] + week["over"]
        assert {row["rep"] for row in came["rows"]} <= {week["rep"]}


def test_who_came_leads_to_their_own_page_and_their_accounts(served: Site) -> None:
    row = read(served, "/queue?part=came&sort=contact")["parts"]["came"]["rows"][0]
    text = served.get("/queue").text
    for path in (f"/contacts/{row['contact_id']}", f"/accounts/{row['account_id']}"):
        assert f'href="{path}"' in text
        assert served.get(path).ok


@pytest.mark.parametrize("path", ["/queue", "/pack"])
def test_who_is_no_rep_is_not_found_and_not_said_back(path: str, served: Site) -> None:
    answer = served.get(f"{path}?rep=nobody-of-ours")
    assert answer.status_code == 404
    assert "nobody-of-ours" not in answer.text


def test_the_pack_of_a_rep_is_theirs_and_the_leaders_is_everybodys(served: Site) -> None:
    whole = read(served, "/pack")
    assert whole["came"]["number"] == read(served, "/queue")["parts"]["came"]["number"] > 0
    packs = [read(served, f"/pack?rep={rep['id']}") for rep in whole["reps"]]
    assert [pack["for"] for pack in packs] == [rep["name"] for rep in whole["reps"]]
    assert sum(pack["came"]["number"] for pack in packs) == whole["came"]["number"]
    assert served.get(f"/pack?rep={whole['reps'][0]['id']}", Right.VIEW).ok


def test_an_account_with_amounts_is_shown_with_them_as_numbers(served: Site) -> None:
    accounts = {row["account_id"] for row in read(served, "/queue")["parts"]["came"]["rows"]}
    pages = [read(served, f"/accounts/{account_id}") for account_id in sorted(accounts)]
    amounts = [row["amount"] for page in pages for row in page["opportunities"] if row["amount"]]
    assert amounts and all(isinstance(amount, float) for amount in amounts)
    assert all(served.get(f"/accounts/{account_id}").ok for account_id in accounts)


def test_who_is_missing_in_the_audit_stands_in_the_acquisition_list(served: Site) -> None:
    segments = read(served, "/audit")["segments"]
    assert sum(own["missing"] for own in segments) > 0
    for own in segments:
        assert own["missing"] == read(served, f"/acquisition?segment={own['segment']}")["missing"]
        for role in own["roles"]:
            gaps = read(served, f"/acquisition?segment={own['segment']}&role={role['role']}")
            assert gaps["missing"] == role["missing"]


def test_the_list_for_a_spreadsheet_is_the_whole_list_and_is_offered_as_a_file(served: Site) -> None:
    table = served.get("/acquisition.csv", Right.VIEW)
    assert table.headers["content-type"].startswith("text/csv")
    assert "attachment" in table.headers["content-disposition"]
    head, *lines = table.text.splitlines()
    assert head.startswith("rank,account id,account,")
    assert len(lines) == read(served, "/acquisition")["gaps"]["number"] > 0
    assert served.get("/acquisition.csv", None).status_code == 303


def test_a_segment_or_report_that_nobody_agreed_on_is_not_found(served: Site) -> None:
    for path in ("/audit?segment=nobodys", "/acquisition?segment=nobodys", "/acquisition.csv?segment=nobodys"):
        assert served.get(path).status_code == 404
    assert served.get("/reports/nobodys").status_code >= 400


def test_every_report_is_shown_and_its_rows_lead_to_their_accounts(served: Site) -> None:
    shown = 0
    for report in read(served, "/reports")["reports"]:
        address = f"/reports/{report['name']}"
        rows, text = read(served, address)["list"]["rows"], served.get(address).text
        shown += len(rows)
        assert all(
            f'href="/accounts/{quote(row["account id"])}"' in text
            for row in rows
            if row.get("account") not in (None, "(no account)")
        )
    assert shown
