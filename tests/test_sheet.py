"""CSV that is written is safe to open in a spreadsheet, and reads as what it was."""

import csv
import io
from decimal import Decimal

import pytest

from syncd.sheet import written


@pytest.mark.parametrize("text", ["=1+1", "+41 1", "-x", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_no_text_begins_a_formula(text: str) -> None:
    assert next(csv.reader(io.StringIO(written([text], []), newline=""))) == [text], "headings are ours"
    rows = list(csv.reader(io.StringIO(written(["name"], [[text]]), newline="")))
    assert rows[1] == [f"'{text}"]


def test_numbers_and_plain_texts_stay_as_they_are() -> None:
    row = [-1, Decimal("-2.50"), None, 'a "b", c']
    assert written(["a", "b", "c", "d"], [row]).splitlines() == ["a,b,c,d", '-1,-2.50,,"a ""b"", c"']
