"""What a newcomer sees: a few calm lines, one an opportunity."""

import pytest

from tests.cli.conftest import ask


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """The demo's lines, on a pipe; what a real installation has set has no part in it."""
    set_elsewhere = {"SYNCD_HUBSPOT_TOKEN": "of no use", "SYNCD_LOG_LEVEL": "nonsense"}
    answer = ask(set_elsewhere, "demo", "--once", "--size", "tiny")
    assert answer.code == 0, answer
    return answer.out.splitlines()


def test_it_fits_a_screen_and_each_panel_behind_it_another_part_of_one(lines: list[str]) -> None:
    first, *panels = "\n".join(lines).split("\n\n")
    assert first.count("\n") + 1 < 30
    assert [panel.split()[0] for panel in panels] == ["queue", "caucus", "picture", "audit"]  # too few for lags
    assert all(panel.count("\n") + 1 < 25 for panel in panels)
    assert max(map(len, lines)) <= 120


def test_opportunities_stand_one_a_line_with_the_leads_behind_them(lines: list[str]) -> None:
    (start,) = [n for n, line in enumerate(lines) if line.startswith("Salesforce now holds 2 opportunities")]
    rows = lines[start + 2 : start + 4]
    for row in rows:
        weight, amount, _ = row.split(maxsplit=2)
        assert 10 <= int(weight) <= 20
        assert int(amount.replace(",", "")) > 0
        assert " – " in row
        assert row.endswith(("Champion", "Decision Maker", "Technical Buyer", "Economic Buyer", "Executive Sponsor"))


def test_the_first_one_tells_its_whole_reason(lines: list[str]) -> None:
    (start,) = [n for n, line in enumerate(lines) if line.startswith("why ")]
    assert lines[start + 1] == "  in the served market: mid-size US banks"
    assert any(line.startswith("  next step: ") for line in lines)


def test_the_second_cycle_did_nothing(lines: list[str]) -> None:
    (start,) = [n for n, line in enumerate(lines) if line.startswith("cycle 2")]
    assert [line.strip() for line in lines[start + 2 : start + 4]] == ["created: nothing", "changed: nothing"]
    assert "0 accounts judged" in lines[start + 1]


def test_an_example_that_there_is_not_is_answered_with_those_there_are() -> None:
    answer = ask({}, "demo", "--once", "--example", "bakers")
    assert answer.code == 2
    assert "there is no example 'bakers': there are banks, manufacturers, supplier" in answer.err
