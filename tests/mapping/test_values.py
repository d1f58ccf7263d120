"""How a vendor's values become ours: a table of cases for each `as:`."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from syncd.mapping import values

CASES: list[tuple[str, Any, Any]] = [
    ("text", "  First \t National\nBank ", "First National Bank"),
    ("number", "1,234.50", Decimal("1234.50")),
    ("number", "$99", Decimal(99)),
    ("number", 1e6, Decimal("1000000.0")),
    ("whole", "1,250", 1250),
    ("whole", 7.0, 7),
    ("whole", "0", 0),
    ("money", "10.005", Decimal("10.00")),
    ("band", "51-200", "51..200"),
    ("band", "10,000+", "10000.."),
    ("band", 250, "250..250"),
    ("band", 0, None),
    ("band", -1, None),
    ("datetime", "2026-11-01T12:00:00.000+0000", datetime(2026, 11, 1, 12, tzinfo=UTC)),
    ("datetime", "2026-11-01T12:00:00Z", datetime(2026, 11, 1, 12, tzinfo=UTC)),
    ("datetime", 1793534400000, datetime(2026, 11, 1, 12, tzinfo=UTC)),
    ("datetime", "2026-11-01", datetime(2026, 11, 1, 12, tzinfo=UTC)),
    ("date", "2026-11-01", date(2026, 11, 1)),
    ("date", "2026-11-01T23:59:59-05:00", date(2026, 11, 2)),
    ("boolean", "True", True),
    ("boolean", False, False),
    ("absent", "false", True),
    ("present", "2026-01-01", True),
    ("email", " Jane.Doe@Bank.Example ", "jane.doe@bank.example"),
    ("emails", "Jane.O'Neill+news@B.example", ["jane.o'neill+news@b.example"]),
    ("emails", "'jane@b.example'", ["jane@b.example"]),
    ("emails", "'jane@b.example", ["jane@b.example"]),
    ("emails", f"{'a' * 3000}@b.example"[-1000:], [f"{'a' * 990}@b.example"[-1000:]]),
    ("email", "mailto:Ida@bank.example?subject=Hello%20there&cc=x", "ida@bank.example"),
    ("email", "<mailto:ida@bank.example>", "ida@bank.example"),
    ("email", "SMTP:ida@bank.example", "ida@bank.example"),
    ("email", "smtp:Ida@bank.example", "ida@bank.example"),
    ("email", "ida%40bank.example", "ida@bank.example"),
    ("email", "ida%40home@bank.example", "ida%40home@bank.example"),
    ("emails", "SMTP:ida@bank.example;smtp:i.brandt@bank.example", ["ida@bank.example", "i.brandt@bank.example"]),
    ("email", "who?ida@bank.example", "who?ida@bank.example"),
    ("email", "<>", None),
    ("emails", "mailto:ida@bank.example?subject=Hello", ["ida@bank.example"]),
    ("emails", "A@b.example;c@D.example", ["a@b.example", "c@d.example"]),
    ("domain", "https://www.ErgoBank.com/about?x=1", "ergobank.com"),
    ("domain", "HTTP://user@bank.example:8080", "bank.example"),
    ("domain", "müller.example", "xn--mller-kva.example"),
    ("domain", "not a website", None),
    ("domain", "//bank.example", "bank.example"),
    ("domain", "//www.bank.example:80/about", "bank.example"),
    ("domain", "/about", None),
    ("phone", "(555) 010-1234 ext 5", "(555) 010-1234 ext 5"),
    ("phone", "n/a", None),
    ("phone", "0000000", None),
    ("phone", "999-999-9999", None),
    ("phone", "call me 2024-01-01", None),
    ("phone", "555-555-5555", None),
    ("phone", "(691) 555-0142", "(691) 555-0142"),
    ("phone", "555-0142", "555-0142"),
    ("phone", "+1 555 010 4000", "+1 555 010 4000"),
    ("phone", "1-691-555-0142 x 12", "1-691-555-0142 x 12"),
    ("phone", "555-0142 home", "555-0142 home"),
    ("phone", "5550 1234 5678 9012", None),
    ("phone", "55501", None),
    ("phone", "+1 900 555 1234", None),
    ("phone", "+44 20 7946 0018;+1 212 736 5000", "+44 20 7946 0018"),
    ("phone", "+44 20 7946 0018 +1 212 736 5000", "+44 20 7946 0018"),
    ("phone", "512-555-0142 / 512-555-0143", "512-555-0142"),
    ("phone", "fax 512-555-0142, tel 512-555-0143", "tel 512-555-0143"),
    ("phone", "+49 89 123456/7", "+49 89 123456/7"),
    ("phone", "512-555-0142, ask for Bob", "512-555-0142, ask for Bob"),
    ("phone", "555-01-2345", None),
    ("phone", "555 0142 8", None),
    ("phone", "123-456-7890", None),
    ("phone", "29.11.2026", None),
    ("phone", "ext. 4711", None),
    ("phone", "1-800-FLOWERS", "1-800-FLOWERS"),
    ("phone", "cell 512-555-0142, home 512-555-0143", "cell 512-555-0142"),
    ("phone", "+49 89 1234567", "+49 89 1234567"),
    ("phone", "49 89 1234567", "49 89 1234567"),
    ("phone", "020 7946 0958", "020 7946 0958"),
    ("text", "Jane\u200b Doe\ufeff", "Jane Doe"),
    ("text", "\u202aPeoria\u202c", "Peoria"),
    ("email", "ida@müller-bank.example", "ida@xn--mller-bank-9db.example"),
    ("email", "Ida@XN--MLLER-BANK-9DB.example.", "ida@xn--mller-bank-9db.example"),
    ("email", "<ida@müller-bank.example\u200b>", "ida@xn--mller-bank-9db.example"),
    ("email", "ida@bank.example\u200b", "ida@bank.example"),
    ("email", "ida@straße.example", "ida@xn--strae-oqa.example"),
    ("email", "ida@BÜCHER.example", "ida@xn--bcher-kva.example"),
    ("email", "ida@mu\u0308ller-bank.example", "ida@xn--mller-bank-9db.example"),
    ("email", "ida@☃.example", "ida@☃.example"),
    ("emails", ["ida@müller-bank.example", "ida@xn--mller-bank-9db.example"], ["ida@xn--mller-bank-9db.example"] * 2),
    ("domain", "straße.example", "xn--strae-oqa.example"),
    ("domain", "bank.example; www.bank-two.example", "bank.example"),
    ("domain", "http://https://www.bank.example/", "bank.example"),
    ("domain", "www:bank.example", "bank.example"),
    ("domain", "see our page: WWW.Bank.Example.", "bank.example"),
    ("ids", "101:1690000000000;102:1690000000001", ["101", "102"]),
]


@pytest.mark.parametrize(("how", "raw", "wanted"), CASES)
def test_a_value_reads_as(how: str, raw: Any, wanted: Any) -> None:
    assert values.READERS[how](raw, {}) == wanted


@pytest.mark.parametrize("raw", ["a\x00b", "ab\ufffd"])
def test_what_no_text_may_hold_is_taken_out_and_told(raw: str) -> None:
    with pytest.raises(values.Cleaned) as caught:
        values.text(raw)
    assert caught.value.value == "ab"


@pytest.mark.parametrize(
    ("how", "raw", "fault"),
    [
        ("text", "x" * 40_000, "40,000 characters"),
        ("text", {"a": 1}, "no text"),
        ("number", "12 apples", "no number"),
        ("number", "NaN", "no number"),
        ("number", "Infinity", "no number"),
        ("number", "1e400", "too large"),
        ("whole", "2.5", "no whole number"),
        ("whole", "3e9", "too large"),
        ("whole", True, "no number"),
        ("band", "200-51", "upside down"),
        ("datetime", "2026-13-45", "no date and time"),
        ("datetime", "99999999999999", "year 5138"),
        ("datetime", "yesterday", "no date and time"),
        ("date", "2026-02-30", "no date"),
        ("boolean", "perhaps", "neither true nor false"),
    ],
)
def test_nonsense_is_refused_without_repeating_it(how: str, raw: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as caught:
        values.READERS[how](raw, {})
    assert str(raw)[:60] not in str(caught.value) or len(str(raw)) < 3


@pytest.mark.parametrize(
    ("short", "long"),
    [("001A0000006Vm9r", "001A0000006Vm9rIAC"), ("0013000000abcDE", "0013000000abcDEAAY")],
)
def test_short_salesforce_ids_get_their_suffix(short: str, long: str) -> None:
    assert values.case_safe(short) == long
    assert values.case_safe(long) == long


@pytest.mark.parametrize(
    ("number", "country", "read"),
    [
        ("32 12 34 56", "DK", True),
        ("32 12 34 56", None, False),
        ("32 12 34 56", "US", False),
        ("(02) 9374 4000", "AU", True),
        ("512-555-0142", "DE", True),
        ("call me 2024-01-01", "DK", False),
        ("999-999-9999", "IN", False),
        ("32 12 34 56", "Atlantis", False),
    ],
)
def test_a_telephone_number_is_read_by_the_plan_of_its_country(number: str, country: str | None, read: bool) -> None:
    assert values.phone(number, {"region": country}) == (number if read else None)
