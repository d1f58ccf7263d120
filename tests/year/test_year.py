"""After half a year the store and the process are as large as after a whole one."""

from tests.year.conftest import STEPS
from tests.year.passing import Year

SLACK = 12  # rows: who comes and goes is not there on the same days
MEMORY = 24_000_000  # bytes


def test_what_is_bounded_levels_off(calm: Year) -> None:
    assert calm.ended["done"] > 0.9 * calm.ended.total(), calm.ended
    half, whole = calm.figures[STEPS // 2], calm.figures[STEPS]
    grown = {
        name: (half.rows[name], number)
        for name, number in whole.bounded.items()
        if number > 1.1 * half.rows[name] + SLACK
    }
    assert grown == {}
    assert whole.memory - half.memory < MEMORY
