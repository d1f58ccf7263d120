"""Mapping files: validated at the start, all problems at once; and records of any shape are read or refused."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd import shipped
from syncd.errors import MappingError, RecordError
from syncd.mapping import check, load, load_all
from syncd.mapping.files import tables
from syncd.mapping.reading import LEFT_OUT, reader

SHIPPED = load_all()
STREAMS = [(system, stream) for system, mapping in SHIPPED.items() for stream in mapping.streams]


def test_the_shipped_mappings_have_no_complaint() -> None:
    assert set(SHIPPED) == {"salesforce", "hubspot", "fdic"}


def test_the_fields_to_ask_for_follow_from_the_paths() -> None:
    asked = SHIPPED["hubspot"].asked("contacts")
    assert {"email", "jobtitle", "associations.companies", "hs_merged_object_ids"} <= set(asked)
    assert "Campaign.Name" in SHIPPED["salesforce"].asked("CampaignMember")
    assert "HasResponded" in SHIPPED["salesforce"].asked("CampaignMember")


@pytest.mark.parametrize(
    "raw",
    [
        {"BillingCountry": "CA", "BillingState": "ON"},
        {"BillingCountry": "Canada", "BillingState": "ON"},
        {"BillingCountry": "Canada", "BillingState": "Ontario", "BillingCountryCode": "CA", "BillingStateCode": "ON"},
    ],
)
def test_states_and_countries_are_read_alike_whether_they_are_picklists_or_not(raw: dict[str, Any]) -> None:
    read = reader(SHIPPED["salesforce"], "Account", tables(SHIPPED["salesforce"]))
    row = read({"Name": "Bank", **raw})
    assert (row["country"], row["state"]) == ("CA", "ON")


@pytest.mark.parametrize(
    ("country", "phone", "wanted"),
    [
        ("DK", "32 12 34 56", "32 12 34 56"),
        ("Denmark", "999 99 999", None),
        ("", "32 12 34 56", None),
        ("", "+45 32 12 34 56", "+45 32 12 34 56"),
        ("France", "01 42 68 53 00", "01 42 68 53 00"),
        ("United States", "000-000-0000", None),
    ],
)
def test_a_number_is_looked_at_with_the_country_of_its_record(country: str, phone: str, wanted: str | None) -> None:
    read = reader(SHIPPED["hubspot"], "contacts", tables(SHIPPED["hubspot"]))
    row = read({"properties": {"lastname": "Lund", "country": country, "phone": phone}})
    assert row.get("phone") == wanted


@pytest.mark.parametrize(
    ("stage", "word"), [("customer", "customer"), ("evangelist", "customer"), ("lead", None), ("", None)]
)
def test_a_lifecycle_stage_is_read_as_a_word_of_ours(stage: str, word: str | None) -> None:
    read = reader(SHIPPED["hubspot"], "contacts", tables(SHIPPED["hubspot"]))
    assert read({"properties": {"email": "ann@bank.example", "lifecyclestage": stage}}).get("lifecycle") == word


@pytest.mark.parametrize(
    ("stream", "raw", "field", "wanted"),
    [
        ("salesforce.Contact", {"LastName": "Doe", "AccountId": "001A0000006Vm9r"}, "account", "001A0000006Vm9rIAC"),
        (
            "hubspot.companies",
            {"properties": {"name": "Bank", "salesforceaccountid": "001A0000006Vm9r"}},
            "cross_ids",
            "001A0000006Vm9rIAC",
        ),
        (
            "hubspot.companies",
            {"properties": {"name": "Bank", "hubspot_owner_id": "123456789012345"}},
            "owner",
            "123456789012345",
        ),
    ],
    ids=["a system's own", "from another system", "a system without short forms"],
)
def test_an_id_is_spelled_as_its_own_system_spells_it(
    stream: str, raw: dict[str, Any], field: str, wanted: str
) -> None:
    system, _, name = stream.partition(".")
    spellings = {mapping.system: mapping.id_spelling for mapping in SHIPPED.values()}
    row = reader(SHIPPED[system], name, tables(SHIPPED[system]), spellings)(raw)
    assert [reference.id for reference in row[field]] == [wanted]


def test_a_mapping_may_say_by_which_plan_numbers_without_a_country_are_read() -> None:
    text = """\
system: portal
streams:
  people: {into: contact, fields: {last_name: {from: name}, phone: {from: phone, as: phone, region: DK}}}
"""
    mapping, complaints = check(text, "danish.yaml")
    assert mapping is not None and not complaints
    assert reader(mapping, "people", {})({"phone": "32 12 34 56"}) == {
        "phone": "32 12 34 56",
        "phones": ["32 12 34 56"],
    }


def test_every_problem_is_told_at_once_with_its_line() -> None:
    text = """\
system: salesforce
streams:
  Account:
    into: account
    fields:
      nmae: {from: Name}
      industry: {from: Industry, through: nowhere}
      owner: {from: OwnerId, as: ref}
      codes: {from: Sic, as: codes}
writes:
  account: {object: Account, guarded: [stage], fields: {key: Syncd_Key__c}}
"""
    mapping, complaints = check(text, "broken.yaml")
    assert mapping is not None
    texts = [(one.line, one.what) for one in complaints]
    assert [line for line, _ in texts] == [6, 7, 8, 9, 11]
    assert "no field 'nmae'" in texts[0][1]
    assert "no table 'nowhere'" in texts[1][1]
    assert str(complaints[0]).startswith("broken.yaml:6: ")


@pytest.mark.parametrize(
    ("kind", "field", "what"),
    [
        ("account", "employees: {from: Size}", "employees cannot be read as text (read it `as` band)"),
        ("account", "codes: {from: Sic}", "codes cannot be read as text (read it `as` codes)"),
        ("account", "owner: {from: OwnerId}", "owner cannot be read as text (read it `as` ref or refs or email_ref)"),
        ("contact", "emails: {from: Email, as: email}", "emails cannot be read as email"),
        ("contact", "opted_out: {from: Out, through: words}", "opted_out cannot be a word of a table"),
        ("contact", "title: {from: Title, equals: CFO}", "title cannot be true or false"),
        ("activity", 'by_us: {value: "true"}', "by_us cannot be 'true' (read it"),
        (
            "opportunity",
            "amount: {from: Amount, as: date}",
            "amount cannot be read as date (read it",
        ),
    ],
)
def test_a_field_is_read_as_what_it_holds(kind: str, field: str, what: str) -> None:
    text = f"system: x\nstreams:\n  a: {{into: {kind}, fields: {{{field}}}}}\ntables: {{words: {{a: b}}}}\n"
    texts = [str(complaint) for complaint in check(text, "odd.yaml")[1]]
    assert any(one.startswith("odd.yaml:3: ") and what in one for one in texts), texts


@pytest.mark.parametrize(
    ("name", "right", "wrong", "what"),
    [
        ("hubspot", "year: 1987", "year: 1988", "there are no SIC 1988 codes (known: SIC 1987, NAICS 2012,"),
        ("hubspot", "system: SIC", "system: ISIC", "there are no ISIC 1987 codes"),
        ("fdic", "{value: USD}", "{value: DOLLAR}", "'DOLLAR' is no ISO 4217 currency"),
        ("salesforce", "CurrencyIsoCode, opt", "CurrencyIsoCode, default: US, opt", "'US' is no ISO 4217 currency"),
        ("salesforce", "{name: 255,", "{name: -3,", "writes.account.length.name: Input should be greater"),
        ("salesforce", "{name: 255,", "{name: 0,", "writes.account.length.name: Input should be greater"),
        ("hubspot", "salesforce.Account", "salesforce.Acount", "no stream 'salesforce.Acount' (salesforce has: "),
        ("hubspot", "salesforce.Account", "salesfroce.Account", "no system 'salesfroce' is mapped"),
    ],
)
def test_a_slip_in_a_mapping_is_named_with_its_line(
    tmp_path: Path, name: str, right: str, wrong: str, what: str
) -> None:
    text = shipped.read_text(f"{name}.yaml", None)[0]
    line = text[: text.index(right)].count("\n") + 1
    (tmp_path / f"{name}.yaml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(MappingError) as caught:
        load_all(tmp_path)
    assert f"{name}.yaml:{line}: " in str(caught.value)
    assert what in str(caught.value)


def test_what_tells_of_a_merge_is_asked_for() -> None:
    text = "system: x\nstreams: {a: {into: account, merged_into: Master, fields: {name: {from: Name}}}}\n"
    mapping, _ = check(text, "own.yaml")
    assert mapping is not None
    assert mapping.asked("a") == mapping.missed("a") == ["Name", "Master"]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("system: x\nstreams: {a: {into: acount, fields: {}}}", 2, "Input should be"),
        ("system: x\nsystem: y\nstreams: {}", 2, "stands here twice"),
        ("system: [", 1, ""),
        ("", 1, "empty"),
        ("system: x\nstreams: {}\nwrties: {}", 3, "Extra inputs"),
        ("system: !!int ''\nstreams: {}", 1, "cannot be read"),
        ("a\x07", 1, ""),
    ],
)
def test_a_file_that_cannot_be_used_names_the_line(text: str, line: int, what: str) -> None:
    mapping, complaints = check(text, "bad.yaml")
    assert mapping is None
    assert complaints[0].line == line
    assert what in complaints[0].what


FIELD = "system: x\nstreams: {a: {into: account, fields: {name: %s}}}"
OF_ANOTHER_TYPE = {
    "no table at all": ("[]", "odd.yaml:1: a table of names and values is expected"),
    "streams": ("system: x\nstreams: []", "odd.yaml:2: streams: a table of names and values is expected"),
    "a field": (FIELD % "3", "odd.yaml:2: streams.a.fields.name: a table of names and values is expected"),
    "a list": (FIELD % "{from: 3}", "odd.yaml:2: streams.a.fields.name.from: a list is expected here"),
    "a number": (FIELD % "{from: a, times: x}", "odd.yaml:2: streams.a.fields.name.times: a number is expected"),
    "a whole number": (
        FIELD % "{from: a, year: x}",
        "odd.yaml:2: streams.a.fields.name.year: a whole number is expected",
    ),
}


@pytest.mark.parametrize(("text", "complaint"), OF_ANOTHER_TYPE.values(), ids=OF_ANOTHER_TYPE.keys())
def test_what_is_of_another_type_is_told_in_our_words(text: str, complaint: str) -> None:
    assert [str(one) for one in check(text, "odd.yaml")[1]] == [complaint]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_no_text_ends_in_a_traceback(text: str) -> None:
    mapping, complaints = check(text, "any.yaml")
    assert mapping is not None or complaints


def test_a_folder_takes_the_place_of_shipped_files(tmp_path: Path) -> None:
    (tmp_path / "salesforce.yaml").write_text("system: salesforce\nstreams: {User: {into: user, fields: {}}}\n")
    assert set(load("salesforce", tmp_path).streams) == {"User"}
    assert set(load("hubspot", tmp_path).streams) == set(SHIPPED["hubspot"].streams)


def test_a_missing_mapping_is_named() -> None:
    with pytest.raises(MappingError, match=r"no mapping file nowhere\.yaml"):
        load("nowhere")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.just("x" * 40_000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(("system", "stream"), STREAMS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_record_of_any_shape_is_read_or_refused_with_its_field(system: str, stream: str, data: st.DataObject) -> None:
    mapping = SHIPPED[system]
    read = reader(mapping, stream, tables(mapping))
    raw: dict[str, Any] = {}
    for rule in mapping.streams[stream].fields.values():
        for path in rule.paths:
            branch = raw
            *outer, last = path.split(".")
            for step in outer:
                branch = branch.setdefault(step, {}) if isinstance(branch.get(step, {}), dict) else {}
            branch[last] = data.draw(JSON)
    try:
        row = read(raw)
    except RecordError as error:
        assert str(error).startswith(f"{stream}")
    else:
        assert all(fault.startswith(f"{stream}.") for fault in row.pop(LEFT_OUT, {}).values())
        made = {"phones", "closures"} if mapping.streams[stream].into == "contact" else set()
        assert set(row) <= {*mapping.streams[stream].fields, *made}
