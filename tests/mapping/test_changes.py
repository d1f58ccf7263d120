"""A mapping of one's own may say only what differs: the rest is as shipped, today and after an upgrade."""

from pathlib import Path

import pytest

from syncd.errors import MappingError
from syncd.mapping import load, load_all

SHIPPED = load("salesforce")


def own(folder: Path, text: str) -> Path:
    (folder / "salesforce.yaml").write_text(f"system: salesforce\nrest: as shipped\n{text}", encoding="utf-8")
    return folder


def test_a_field_is_read_as_ones_own_file_says_and_all_others_as_shipped(tmp_path: Path) -> None:
    codes = "codes: {from: NaicsCode, as: codes, system: NAICS, year: 2022}"
    mapping = load("salesforce", own(tmp_path, f"streams: {{Account: {{fields: {{{codes}}}}}}}"))
    fields = mapping.streams["Account"].fields
    assert (fields["codes"].paths, fields["codes"].system) == (("NaicsCode",), "NAICS")
    assert {**fields, "codes": None} == {**SHIPPED.streams["Account"].fields, "codes": None}
    assert list(mapping.streams) == list(SHIPPED.streams)
    assert mapping.streams["Contact"] == SHIPPED.streams["Contact"]
    assert (mapping.writes, mapping.tables, mapping.id_spelling) == (SHIPPED.writes, SHIPPED.tables, "case_safe")


def test_a_table_gets_a_word_more(tmp_path: Path) -> None:
    mapping = load("salesforce", own(tmp_path, "tables: {relations: {Distributor: partner}}"))
    assert mapping.tables["relations"] == {**SHIPPED.tables["relations"], "Distributor": "partner"}


def test_what_is_left_blank_is_taken_away(tmp_path: Path) -> None:
    mapping = load("salesforce", own(tmp_path, "streams: {Account: {fields: {phone: }}}"))
    assert set(SHIPPED.streams["Account"].fields) - set(mapping.streams["Account"].fields) == {"phone"}


def test_what_is_wrong_is_named_at_its_line_of_ones_own_file(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"salesforce\.yaml:3: account has no field 'colour'"):
        load_all(own(tmp_path, "streams: {Account: {fields: {colour: {from: Colour__c}}}}"))


def test_it_counts_as_changed_when_either_file_changes(tmp_path: Path) -> None:
    first = load("salesforce", own(tmp_path, "tables: {relations: {Distributor: partner}}"))
    second = load("salesforce", own(tmp_path, "tables: {relations: {Distributor: other}}"))
    assert len({SHIPPED.digest, first.digest, second.digest}) == 3
