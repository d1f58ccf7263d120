"""The safety valve lets a young org grow, and still stops a run that rewrites an old one."""

import pytest

from syncd.errors import UnsafePlan
from syncd.sync.valve import Extent, require_safe
from tests.rules.builders import an_agreement


@pytest.mark.parametrize(("standing", "writes"), [(0, 650), (40, 650), (1_300, 650), (4_000, 2_000)])
def test_half_of_what_stands_or_of_the_served_market_may_be_written(standing: int, writes: int) -> None:
    require_safe([Extent("salesforce", "account", writes, 0, standing)], an_agreement(), served=1_300)
    with pytest.raises(UnsafePlan, match=r"safety\.others"):
        require_safe([Extent("salesforce", "account", writes + 1, 0, standing)], an_agreement(), served=1_300)
