"""Golden fields are declared once, in model/facts: the tables hold a column for each, and no other."""

from collections.abc import Mapping
from dataclasses import make_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, get_args

import pytest
from sqlalchemy import Boolean, Date, Integer, Numeric, String, Text
from sqlmodel import AutoString

from syncd.document import read
from syncd.mapping.files import WAYS, _misread
from syncd.mapping.spec import FieldRule, How, Kind
from syncd.model import Account, Band, Contact, IndustryCode, kinds
from syncd.store.golden import TABLES
from syncd.sync.match import PLACE
from syncd.tables.columns import UtcDateTime

ROWS: dict[str, Any] = TABLES
# What a table keeps beside the golden fields: where a row comes from, whom it hangs on, and that it waits for judge.
BESIDE = {
    "user": {"sources"},
    "account": {"stale"},
    "activity": {"system", "stream", "remote_id"},
    "contact_role": {"opportunity_id"},
}
COLUMN_TYPES = {bool: Boolean, int: Integer, datetime: UtcDateTime, date: Date, Decimal: Numeric}
TEXTS = (AutoString, String, Text)


def test_every_kind_has_a_table() -> None:
    assert set(ROWS) == set(kinds.DECLARED)


def test_a_mapping_may_fill_every_kind_and_match_places_it() -> None:
    assert get_args(Kind) == tuple(kinds.DECLARED)
    assert set(PLACE) == set(kinds.DECLARED)


def test_a_kind_is_placed_after_those_that_it_points_at() -> None:
    declared = list(kinds.DECLARED)
    pointing = {"contact": "account", "campaign_member": "campaign", "stage_change": "opportunity"}
    pointing |= {"contact_role": "opportunity", "opportunity": "account", "activity": "contact"}
    assert all(declared.index(target) < declared.index(kind) for kind, target in pointing.items())


def test_every_way_of_reading_fits_fields_of_some_type() -> None:
    assert {way for ways in WAYS.values() for way in ways} == set(get_args(How))


def test_every_type_that_can_be_declared_can_be_read() -> None:
    assert {*WAYS} - {IndustryCode} == {*kinds.READABLE}


class Strange(NamedTuple):
    pass


@pytest.mark.parametrize("hint", [float, dict[str, str], Strange, list[str] | None], ids=str)
def test_a_type_that_no_mapping_can_read_is_refused_with_those_there_are(hint: Any) -> None:
    declared = make_dataclass("Household", [("children", hint)])
    with pytest.raises(TypeError, match=r"Household\.children is a \w+: mappings can read str, bool, int, Decimal"):
        list(kinds._fields(declared))


@pytest.mark.parametrize(("how", "complaints"), [("whole", 0), ("text", 1), ("number", 1)])
def test_a_whole_number_is_read_as_one(how: How, complaints: int) -> None:
    (field,) = kinds._fields(make_dataclass("Household", [("children", int | None, None)]))
    rule = FieldRule.model_validate({"from": "Children", "as": how})
    assert len(_misread(read("a: b", "odd.yaml"), ("children",), field, rule)) == complaints


@pytest.mark.parametrize("kind", kinds.DECLARED)
def test_a_table_holds_the_declared_fields(kind: str) -> None:
    declared = {field.column for field in kinds.fields(kind) if field.column}
    assert set(ROWS[kind].__table__.columns.keys()) == declared | BESIDE.get(kind, set())


@pytest.mark.parametrize("kind", kinds.DECLARED)
def test_a_column_is_of_its_fields_type(kind: str) -> None:
    columns = ROWS[kind].__table__.columns
    for field in kinds.fields(kind):
        if field.column:
            assert isinstance(columns[field.column].type, COLUMN_TYPES.get(field.type, TEXTS)), field.name


@pytest.mark.parametrize("kind", kinds.DECLARED)
def test_a_column_is_never_empty_where_its_field_is_never_none(kind: str) -> None:
    columns = ROWS[kind].__table__.columns
    for field in kinds.fields(kind):
        if field.column and field.empty is not None:
            assert not columns[field.column].nullable, field.name


def test_a_field_of_two_types_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="unpack"):
        kinds._type(str | int)


def test_the_markers_say_what_belongs_together() -> None:
    wholes: dict[str, set[str]] = {}
    for field in kinds.fields("account"):
        wholes.setdefault(field.fact.whole, set()).add(field.name)
    assert wholes["address"] == {"street", "city", "postal_code"}
    assert wholes["region"] == {"state", "country"}
    assert kinds.wholes("account") == (("city", "street", "postal_code"), ("country", "state"))
    assert [field.name for field in kinds.fields("account") if field.fact.priced] == ["annual_revenue", "total_assets"]


def test_what_only_matching_reads_is_no_fact() -> None:
    facts = {field.name for field in kinds.fields("contact")}
    only = set(kinds.read("contact")) - facts
    assert only == {
        *("account", "city", "company", "converted_account", "converted_contact", "converted_opportunity"),
        *("cross_ids", "cross_lead", "domain", "key", "merged_ids", "person", "state"),
        *("verdict", "verdict_reason", "changed_at"),
        *("bounced", "quarantined", "opted_out", "unsubscribed", "do_not_call", "no_contact"),
    }


def test_what_no_mapping_reads_is_made_by_match() -> None:
    made = {field.name for field in kinds.fields("contact")} - set(kinds.read("contact"))
    assert made == {"id", "account_id", "brought", "closures", "person_records", "phones", "remote_ids", "sources"}


def test_types_are_seen_through_their_none() -> None:
    types = {field.name: field.type for field in kinds.fields("account")}
    assert types["name"] is str
    assert types["employees"] is Band
    assert types["registers"] is tuple
    assert types["sources"] is Mapping
    assert kinds.DECLARED["account"][0] is Account
    assert kinds.DECLARED["contact"][0] is Contact
