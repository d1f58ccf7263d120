from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pytest

from connectors.base import Misconfigured, Record, Source, TryLater
from connectors.register import Register, rows
from connectors.register.connector import PROBLEM
from tests.connectors.contract import Deletion, SourceContract, SourceRig, records

HEADING = ("CERT", "NAME", "ASSET")


def write(path: Path, banks: Mapping[str, tuple[str, str]]) -> None:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(HEADING)
    table.writerows((cert, *bank) for cert, bank in banks.items())
    content = text.getvalue().encode()
    new = path.with_name("new")
    new.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    new.replace(path)


@dataclass
class RegisterRig:
    path: Path
    banks: dict[str, tuple[str, str]] = field(default_factory=dict)
    stream: str = "institutions"
    fields: Sequence[str] = HEADING
    deletion: Deletion = "vanishes"

    def __post_init__(self) -> None:
        self.banks = {str(1000 + number): (f"Bank {number}, N.A.", "") for number in range(2500)}
        write(self.path, self.banks)

    def source(self) -> Source:
        return Register("fdic", self.path, "CERT")

    def unreachable(self) -> Source:
        return Register("fdic", self.path.with_name("nowhere.csv"), "CERT")

    def ids(self) -> set[str]:
        return set(self.banks)

    def change(self, id: str) -> None:
        self.banks[id] = ("Another Name", "12")
        write(self.path, self.banks)

    def delete(self, id: str) -> None:
        del self.banks[id]
        write(self.path, self.banks)


class TestRegisterSource(SourceContract):
    @pytest.fixture(params=["banks.csv", "banks.csv.gz"])
    def rig(self, request: pytest.FixtureRequest, tmp_path: Path) -> SourceRig:
        return RegisterRig(tmp_path / request.param)


def read(tmp_path: Path, text: str | bytes) -> list[Record]:
    path = tmp_path / "banks.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return records(Register("fdic", path, "CERT").pull("institutions", (), None))


def test_the_fdic_list_in_the_package_has_4339_institutions() -> None:
    register = Register("fdic", files("mappings").joinpath("registers", "fdic.csv.gz"), "CERT")
    banks = records(register.pull("institutions", (), None))
    assert len(banks) == 4339
    assert len({record.id for record in banks}) == 4339
    assert sum(record.raw["ASSET"] == "" for record in banks) == 5
    assert not any(PROBLEM in record.raw for record in banks)


def test_blank_cells_stay_blank(tmp_path: Path) -> None:
    assert read(tmp_path, "CERT,NAME,ASSET\n1,,\n")[0].raw == {"CERT": "1", "NAME": "", "ASSET": ""}


def test_an_edition_that_changed_is_read_whole_even_from_the_middle_of_the_last(tmp_path: Path) -> None:
    rig = RegisterRig(tmp_path / "banks.csv")
    first = next(rig.source().pull("institutions", (), None))
    rig.change("1000")
    assert len(records(rig.source().pull("institutions", (), first.cursor))) == 2500


BAD = {
    "no id": ("1,One,5\n,Nameless,5\n3,Three,5\n", "line 3", "CERT is empty"),
    "too few columns": ("1,One,5\n2,Two\n3,Three,5\n", "line 3", "2 columns where the heading has 3"),
    "too many columns": ("1,One,5\n2,Two,5,extra\n3,Three,5\n", "line 3", "4 columns where the heading has 3"),
    "an id twice": ("1,One,5\n1,Uno,5\n3,Three,5\n", "line 3", "CERT 1 stands in an earlier row"),
    "a quote never closed": ('1,One,5\n2,"Two,5\n3,Three,5\n', "line 3", "unexpected end of data"),
    "a quote closed too late": ('1,One,5\n2,"Two,5\n3,Three"",5\n', "line 3", "unexpected end of data"),
    "text behind a quote": ('1,One,5\n2,"Two"2,5\n3,Three,5\n', "line 3", "',' expected after '\"'"),
    "a null character": ("1,One,5\n2,T\0wo,5\n3,Three,5\n", "line 3", "a null character"),
}


@pytest.mark.parametrize(("text", "id", "problem"), BAD.values(), ids=BAD)
def test_a_bad_row_is_handed_out_as_such_and_stops_no_other(tmp_path: Path, text: str, id: str, problem: str) -> None:
    banks = read(tmp_path, f"CERT,NAME,ASSET\n{text}")
    good, bad = [r.id for r in banks if PROBLEM not in r.raw], [r for r in banks if PROBLEM in r.raw]
    assert good[0] == "1"
    assert bad[0].id == id
    assert bad[0].raw[PROBLEM] == problem
    assert bad[0].raw["_cells"]
    assert not set(bad[0].raw) & set(HEADING), "a mapping finds none of its columns, and refuses the record"
    assert "3" in good or "late" in text


def test_a_quoted_cell_may_run_over_lines(tmp_path: Path) -> None:
    banks = read(tmp_path, 'CERT,NAME,ASSET\n1,"First\nNational",5\n\n2,Two,\n3,Three\n')
    assert [record.id for record in banks] == ["1", "2", "line 6"]
    assert banks[0].raw["NAME"] == "First\nNational"


def test_other_line_ends_and_a_byte_order_mark_are_understood(tmp_path: Path) -> None:
    banks = read(tmp_path, b"\xef\xbb\xbfCERT,NAME,ASSET\r\n1,One,5\r\n2,Caf\xe9,5\r\n")
    assert [(record.id, record.raw["NAME"]) for record in banks] == [
        ("1", "One"),
        ("2", "Caf\N{REPLACEMENT CHARACTER}"),
    ]


@pytest.mark.parametrize("text", ["", "NAME,ASSET\nOne,5\n"])
def test_a_file_without_the_id_column_is_a_configuration_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(Misconfigured, match="no column 'CERT'"):
        read(tmp_path, text)


def test_a_damaged_file_is_an_error_and_not_a_short_list(tmp_path: Path) -> None:
    path = tmp_path / "banks.csv.gz"
    RegisterRig(path)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(TryLater, match="damaged"):
        list(Register("fdic", path, "CERT").pull("institutions", (), None))


def test_a_stream_of_another_name_is_refused(tmp_path: Path) -> None:
    rig = RegisterRig(tmp_path / "banks.csv")
    with pytest.raises(Misconfigured, match="no stream 'banks'"):
        list(rig.source().pull("banks", (), None))
    with pytest.raises(Misconfigured, match="no stream 'banks'"):
        rig.source().fetch("banks", (), ["1000"])


def test_check_names_the_columns_that_are_missing(tmp_path: Path) -> None:
    rig = RegisterRig(tmp_path / "banks.csv")
    problems = rig.source().check({"institutions": ["NAME", "WEBADDR"]})
    assert [problem.what for problem in problems] == ["there is no column 'WEBADDR'"]
    assert rig.unreachable().check({"institutions": ["NAME"]})[0].level == "error"


def test_a_row_of_endless_lines_costs_only_a_look_ahead() -> None:
    lines = ["id,name\n", '1,"open\n', *(f"{number},x\n" for number in range(2, 200))]
    banks = list(rows.read(lines))[1:]
    assert [row.line for row in banks if row.problem] == [2]
    assert len(banks) == 199
