"""What the radar and the pages behind it say of a world after its first cycle."""

from typing import Any

import pytest

from syncd.web.rights import Right
from tests.web.pages.rig import Site

BANK = "fdic.institutions/59099"
OURS = f"{BANK}/digital-lending"
JSON = {"accept": "application/json"}


def read(site: Site, path: str) -> Any:
    answer = site.get(path, headers=JSON)
    assert answer.ok, answer.text
    return answer.json()


def test_every_row_of_the_radar_leads_to_its_account_and_says_why(served: Site) -> None:
    parts = read(served, "/")["parts"]
    assert list(parts) == ["asked", "new", "heating", "cooling", "stuck"]
    rows = [row for part in parts.values() for row in part["rows"]]
    assert rows
    assert all(row["why"] for row in rows)
    for account_id in {row["account_id"] for row in rows}:
        assert read(served, f"/accounts/{account_id}")["account_id"] == account_id


def test_who_heats_is_at_least_half_as_strong_again_by_two_kinds(served: Site) -> None:
    heating = read(served, "/?part=heating")["parts"]["heating"]["rows"]
    assert heating
    assert all(row["ratio"] >= 1.5 and row["kinds"] >= 2 for row in heating)


def test_the_radar_is_narrowed_to_a_rep_and_to_nobody_who_is_not_on_it(served: Site) -> None:
    rep = read(served, "/")["reps"][0]
    narrowed = read(served, f"/?rep={rep}")["parts"]
    assert {row["rep"] for part in narrowed.values() for row in part["rows"]} == {rep}
    assert served.get("/?rep=nobody", headers=JSON).status_code == 404


def test_an_account_shows_what_is_judged_done_reached_and_written(served: Site) -> None:
    bank = read(served, f"/accounts/{BANK}")
    assert bank["standing"] == "in"
    assert all(gate["value"] and gate["source"] for gate in bank["market"])
    assert {row["mql"] for row in bank["people"]["rows"]} == {"yes", "no"}
    assert bank["people"]["rows"][0]["mql"] == "yes", "those first who are qualified"
    assert {"MQL", "released", "qualified opportunity"} <= {one["stage"] for one in bank["milestones"]}
    assert {one["system"] for one in bank["writes"]} == {"hubspot", "salesforce"}
    assert bank["timeline"]["rows"] == sorted(bank["timeline"]["rows"], key=lambda row: row["at"], reverse=True)


def test_a_kind_of_thing_answers_under_its_own_address_alone(served: Site) -> None:
    contact = read(served, f"/accounts/{BANK}")["people"]["rows"][0]["contact_id"]
    assert read(served, f"/contacts/{contact}")["contacts"][0]["mql"] == "yes"
    for path in (f"/accounts/{contact}", f"/contacts/{BANK}", f"/opportunities/{BANK}", f"/accounts/{OURS}"):
        assert served.get(path, headers=JSON).status_code == 404, path


@pytest.mark.parametrize("right", [Right.VIEW, Right.OPERATE], ids=lambda right: right.word)
def test_what_was_found_out_is_said_on_the_page_by_whom_may(right: Right, served: Site) -> None:
    page = served.get(f"/opportunities/{OURS}", right).text
    assert ("Say what you found out" in page) == (right >= Right.OPERATE)
    sent = served.send("/answers", right, opportunity=OURS, what="Budget", value="200,000, of <IT>")
    if right < Right.OPERATE:
        assert sent.status_code == 403
        return
    assert sent.headers["location"].startswith("/opportunities/")
    (answer,) = read(served, f"/opportunities/{OURS}")["answers"]
    assert (answer["what"], answer["value"], answer["by"]) == ("budget", "200,000, of <IT>", "operate@example.com")
    assert "of &lt;IT&gt;" in served.get(f"/opportunities/{OURS}").text
    assert served.send("/answers/taken-back", right, opportunity=OURS, what="budget").status_code == 303
    assert read(served, f"/opportunities/{OURS}")["answers"] == []


@pytest.mark.parametrize(
    ("what", "value"), [("weather", "fine"), ("budget", "  "), ("Champion", "nobody@elsewhere.example")]
)
def test_an_answer_that_is_none_is_refused(what: str, value: str, served: Site) -> None:
    sent = served.send("/answers", Right.OPERATE, opportunity=OURS, what=what, value=value)
    assert sent.status_code in (400, 404)
    assert "What mends it" in sent.text
    assert "elsewhere" not in sent.text


@pytest.mark.parametrize(
    ("words", "kind", "name"),
    [
        ("endeav", "accounts", "Endeavor Bank"),
        ("ENDEAVOR BANK", "accounts", "Endeavor Bank"),
        ("endeavor.bank", "accounts", "Endeavor Bank"),
        (BANK, "accounts", "Endeavor Bank"),
        ("okonk", "contacts", "Okonkwo"),
        ("kateryna okonkwo", "contacts", "Okonkwo"),
        ("hubspot.contacts/261", "contacts", "Okonkwo"),
        (OURS, "opportunities", "Endeavor Bank – Digital lending"),
        ("endeavor bank – dig", "opportunities", "Endeavor Bank – Digital lending"),
    ],
)
def test_a_search_finds_by_beginnings_addresses_and_ids(words: str, kind: str, name: str, served: Site) -> None:
    hits = served.get("/search", params={"q": words}, headers=JSON).json()[kind]["rows"]
    assert name in [hit.get("last_name") or hit["name"] for hit in hits]


@pytest.mark.parametrize("words", ["%", "_", "\\", "nobody at all"])
def test_a_search_takes_every_sign_for_itself_and_says_nothing_back(words: str, served: Site) -> None:
    answer = served.get("/search", params={"q": words})
    assert "Nothing answers to that" in answer.text
    assert "nobody at all" not in answer.text
