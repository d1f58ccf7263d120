"""Registers as spreadsheets save them: read, or told what to declare."""

from __future__ import annotations

import gzip
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Misconfigured, Record
from connectors.register import Form, Register
from syncd.doctor.registers import examine
from syncd.errors import MappingError
from syncd.mapping import load
from syncd.mapping.files import check
from syncd.settings import Settings
from syncd.store import Store
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from syncd.wiring import _register, wire
from tests.ledger import find
from tests.sync.conftest import Place

HEADING = ("Nr", "Name", "Ort")
ROWS = (("1", "Sparkasse Köln", "Köln"), ("2", "Banco de España; Sucursal", "Málaga"))
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-register.md"


def text(delimiter: str, first: str = "") -> str:
    lines = [delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in (HEADING, *ROWS)]
    return first + "\r\n".join(lines) + "\r\n"


def read(path: Path, **declared: str) -> list[Record]:
    pages = Register("own", path, "Nr", form=Form(**declared)).pull("institutions", (), None)
    return [record for page in pages for record in page.records]


SAVED: dict[str, tuple[bytes, dict[str, str]]] = {
    "by commas": (text(",").encode(), {}),
    "by semicolons": (text(";").encode(), {}),
    "by tabs": (text("\t").encode(), {}),
    "by semicolons, with the spreadsheet's word to itself": (text(";", "sep=;\r\n").encode(), {}),
    "with the mark of UTF-8": (text(";").encode("utf-8-sig"), {}),
    "in UTF-16": (text("\t").encode("utf-16"), {}),
    "in a code page": (text(";").encode("cp1252"), {"encoding": "cp1252"}),
    "with a delimiter of its own": (text("~").encode(), {"delimiter": "~"}),
}


@pytest.mark.parametrize(("content", "declared"), SAVED.values(), ids=SAVED.keys())
def test_a_register_is_read_as_a_spreadsheet_saved_it(tmp_path: Path, content: bytes, declared: dict[str, str]) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    assert [tuple(record.raw.values()) for record in read(path, **declared)] == list(ROWS)
    packed = tmp_path / "own.csv.gz"
    packed.write_bytes(gzip.compress(content))
    assert len(read(packed, **declared)) == 2


def test_a_register_in_a_code_page_says_what_to_declare(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(text(";").encode("cp1252"))
    with pytest.raises(Misconfigured, match=r"declare the `encoding` in which it was saved, such as cp1252"):
        read(path)
    with pytest.raises(Misconfigured, match="there is no encoding 'cp12'"):
        read(path, encoding="cp12")


def test_a_register_without_the_id_s_column_shows_those_that_it_has(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("Number;Name\n1;One\n")
    with pytest.raises(Misconfigured, match="has no column 'Nr', only: 'Number', 'Name'"):
        read(path)


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def save_sheet(path: Path, rows: list[list[Any]]) -> None:
    """A spreadsheet of one sheet, as small as one can be."""

    def cell(value: Any) -> str:
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets><sheet name="Liste" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}"><sheetData>{lines}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')


def test_a_spreadsheet_is_read_with_its_numbers_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "own.xlsx"
    save_sheet(path, [["Nr", "Name", "Bilanzsumme"], [284.0, "Sparkasse Köln", 1234567.5], [285, "", 7]])
    assert [(record.id, record.raw) for record in read(path)] == [
        ("284", {"Nr": 284, "Name": "Sparkasse Köln", "Bilanzsumme": 1234567.5}),
        ("285", {"Nr": 285, "Name": "", "Bilanzsumme": 7}),
    ]
    with pytest.raises(Misconfigured, match="there is no sheet 'Data'; there are: Liste"):
        read(path, sheet="Data")


UNITS = ["Bilanzsumme (TEUR)", "Assets in thousands", "Umsatz in Mio. EUR", "Revenue ($000s)", "Total assets k€"]


@pytest.mark.parametrize("heading", UNITS)
def test_a_heading_that_names_a_unit_asks_for_the_factor_and_the_currency(heading: str) -> None:
    file = (
        "system: own\nfile: own.csv\nstreams:\n  institutions:\n    into: account\n    fields:\n"
        f'      total_assets: {{from: "{heading}", as: band}}\n'
    )
    complaints = "\n".join(map(str, check(file, "own.yaml")[1]))
    assert f"own.yaml:7: the heading {heading!r} names a unit (declare `times`, such as 1000, or 1)" in complaints
    assert "total_assets has no currency (declare currency: {value: EUR}, or from which column)" in complaints


def test_a_register_of_one_s_own_is_added_as_the_page_says(tmp_path: Path, sqlite_store: Store) -> None:
    page = PAGE.read_text(encoding="utf-8")
    csv = re.findall(r"```text\n(.*?)```", page, re.DOTALL)[0]
    mapping = re.sub("^   ", "", re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0], flags=re.MULTILINE)
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers" / "savings.csv").write_bytes(csv.encode("cp1252"))
    (tmp_path / "savings.yaml").write_text(mapping, encoding="utf-8")
    savings = load("savings", tmp_path)
    settings = Settings(mappings=tmp_path, registers=["savings"])
    pull(_register(savings, settings), savings, sqlite_store, Run())
    match(sqlite_store, Readers({"savings": savings}, load_customs([savings], tmp_path), tmp_path), Run())
    with sqlite_store.reading() as unit:
        groups = [
            unit.groups.of_account(find(sqlite_store, "account", f"savings.institutions/{at}")[0]) for at in (1, 2, 3)
        ]
    sizes = [str(group.account.total_assets) for group in groups if group]
    assert sizes == ["812,400,000 EUR", "1,234,567,500 EUR", "None"]
    (tmp_path / "savings.yaml").write_text(mapping.replace(", times: 1000", ""), encoding="utf-8")
    with pytest.raises(MappingError, match="names a unit"):
        load("savings", tmp_path)


OWN = """
system: own
file: registers/own.csv
id: Nr
locale: de-DE
streams:
  rows:
    into: account
    fields:
      name: {from: Firma, required: true}
      annual_revenue: {from: Umsatz, as: band}
      currency: {value: EUR}
"""
CELLS = "Nr;Firma;Umsatz\n1;Werk GmbH;98.000\n2;Bau AG;k.A.\n2;Doppel GmbH;5.000\n3;Rohr KG;siehe 2024\n"


def test_a_row_whose_id_is_taken_is_told_as_that_and_cells_that_cannot_be_read_are_named(
    tmp_path: Path, sqlite_store: Store, place: Place
) -> None:
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers" / "own.csv").write_text(CELLS, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    settings = place.settings.model_copy(update={"mappings": tmp_path, "registers": ("fdic", "own")})
    wiring = wire(settings, sqlite_store, sleep=lambda _: None)
    pull(wiring.sources["own"], wiring.mappings["own"], sqlite_store, Run())
    match(sqlite_store, wiring.readers, Run())
    with sqlite_store.reading() as unit:
        reasons = {one["remote_id"]: one["reason"] for one in unit.quarantine.all()}
    assert reasons["line 4"] == "rows: Nr 2 stands in an earlier row"
    problems = [problem.what for problem in examine(wiring) if problem.where == "register own"]
    assert [what for what in problems if what.startswith("rows: Nr 2 stands in an earlier row: 1 rows (line 4)")]
    assert [what for what in problems if what.startswith("rows.Umsatz") and what.endswith(": 2 rows (2, 3)")]
