"""A token that ends is told in time, by its name alone, until it is revoked."""

from datetime import UTC, datetime, timedelta

import pytest

from syncd.health import examine
from syncd.model.health import Grade
from syncd.model.tokens import Token, new_token
from syncd.store import Store

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lives", "left", "says"),
    [(90, 15, None), (90, 14, "ends on 2026-12-14"), (90, -3, "ended on 2026-11-27"), (6, 3, None), (6, 2, "ends on")],
)
def test_a_token_that_ends_soon_is_told(sqlite_store: Store, lives: int, left: int, says: str | None) -> None:
    ends = NOON + timedelta(days=left)
    with sqlite_store.writing() as unit:
        unit.tokens.keep(new_token(), Token("ci", "view", ends - timedelta(days=lives), "cli:ann", ends, None))
    findings = examine(sqlite_store, NOON).findings
    assert len(findings) == (says is not None)
    for finding in findings:
        assert (finding.key, finding.grade) == ("validity:token ci", Grade.WARNING)
        assert says is not None
        assert says in finding.what
        assert "syncd token revoke ci" in finding.mend
    with sqlite_store.writing() as unit:
        unit.tokens.revoke("ci")
    assert examine(sqlite_store, NOON).findings == ()
