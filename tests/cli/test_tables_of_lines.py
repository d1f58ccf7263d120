"""A table that goes through a pipe: one row is one line, and one long text does not push all others out of sight."""

from syncd.cli.screen import WIDEST, aligned


def test_a_column_is_padded_to_its_longest_text_and_no_further_than_the_widest() -> None:
    long = "x" * 600
    lines = list(aligned([("what", "why"), ("a", "short"), (long, "after it"), ("bc", "short")]))
    assert max(map(len, lines[:2] + lines[3:])) <= WIDEST + len("  ") * 2 + len("short")
    assert lines[2] == f"  {long}  after it"
    assert lines[1].index("short") == lines[3].index("short") == lines[0].index("why")
