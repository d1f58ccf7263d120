"""Tokens, sessions and the local administrator, on both databases: digests alone are kept, and all of them end."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from syncd.errors import ConfigError, NotFound
from syncd.model.tokens import Token, digest_of, is_token, new_session, new_token
from syncd.store import Store
from syncd.store.sessions import GRAIN, IDLE, LONGEST, Session

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def made(name: str = "ci", days: int = 90, at: datetime = NOW) -> Token:
    return Token(name, "view", at, "cli:ann", at + days * DAY, None)


def test_a_token_is_known_by_its_digest_until_it_ends(store: Store) -> None:
    secret = new_token()
    with store.writing() as unit:
        unit.tokens.keep(secret, made(days=1))
    with store.reading() as unit:
        assert unit.tokens.recognise(secret, NOW) == made(days=1)
        assert unit.tokens.recognise(secret, NOW + DAY) is None, "it ended"
        assert unit.tokens.recognise(new_token(), NOW) is None
        assert unit.tokens.any(), "whether or not it ended"
        kept = unit.connection.execute(text("SELECT * FROM token")).one()
    assert digest_of(secret) in kept
    assert secret not in str(kept)


def test_the_day_of_use_is_written_once_a_day(store: Store) -> None:
    secret = new_token()
    with store.writing() as unit:
        unit.tokens.keep(secret, made())
        for hours in (0, 1, 26, 2):
            unit.tokens.used("ci", NOW + timedelta(hours=hours))
        assert [one.used_on for one in unit.tokens.all()] == [(NOW + DAY).date()], (
            "a clock that goes back takes nothing"
        )


def test_a_name_is_one_tokens_alone_as_long_as_it_lives(store: Store) -> None:
    with store.writing() as unit:
        unit.tokens.keep(new_token(), made(days=1))
    with pytest.raises(ConfigError, match="syncd token revoke ci"), store.writing() as unit:
        unit.tokens.keep(new_token(), made())
    later = new_token()
    with store.writing() as unit:
        unit.tokens.keep(later, made(at=NOW + DAY))
        assert [one.made_at for one in unit.tokens.all()] == [NOW + DAY]


def test_a_revoked_token_lets_nobody_in(store: Store) -> None:
    secret = new_token()
    with store.writing() as unit:
        unit.tokens.keep(secret, made())
        unit.tokens.revoke("ci")
        assert unit.tokens.recognise(secret, NOW) is None
    with pytest.raises(NotFound, match="syncd token list"), store.writing() as unit:
        unit.tokens.revoke("ci")


def test_tokens_that_end_soon_or_have_ended_are_told_the_first_one_first(store: Store) -> None:
    with store.writing() as unit:
        for name, days in (("later", 60), ("soon", 10), ("gone", 1)):
            unit.tokens.keep(new_token(), made(name, days))
        ending = unit.tokens.ending(NOW + 2 * DAY, within=timedelta(days=14))
    assert [one.name for one in ending] == ["gone", "soon"]


@pytest.mark.parametrize("break_it", [str.swapcase, lambda it: it[:-1], lambda it: f"{it} ", lambda it: it[6:]])
def test_what_is_mistyped_is_no_token_by_its_own_checksum(break_it: object) -> None:
    secret = new_token()
    assert is_token(secret)
    assert not is_token(break_it(secret))  # type: ignore[operator]


def test_no_two_tokens_are_alike_and_each_holds_256_bits() -> None:
    secrets = {new_token() for _ in range(200)}
    assert len(secrets) == 200
    assert {len(secret) for secret in secrets} == {len("syncd_") + 43 + 6}
    assert {len(new_session()) for _ in range(50)} == {43}


def session(at: datetime = NOW, last: datetime | None = None) -> Session:
    return Session("ann@example.com", "operate", "source", at, last or at)


@pytest.mark.parametrize(
    ("begun", "idle", "stands"),
    [
        (timedelta(), timedelta(), True),
        (IDLE, IDLE - GRAIN, True),
        (IDLE, IDLE, False),
        (LONGEST - GRAIN, GRAIN, True),
        (LONGEST, GRAIN, False),
        (timedelta(), -timedelta(minutes=1), True),
        (-GRAIN, -GRAIN, False),
        (timedelta(), -2 * GRAIN, False),
    ],
    ids=["new", "still here", "idle", "a working day", "too long", "a clock corrected", "set back", "last seen later"],
)
def test_a_session_ends_by_idleness_by_age_and_where_the_clock_was_set_back(
    begun: timedelta, idle: timedelta, stands: bool
) -> None:
    assert session(NOW - begun, NOW - idle).stands(NOW) is stands


def test_a_session_is_kept_by_its_digest_and_goes_when_it_has_run_out(store: Store) -> None:
    first, second = new_session(), new_session()
    with store.writing() as unit:
        unit.sessions.begin(first, session())
        kept = unit.connection.execute(text("SELECT * FROM session")).one()
        unit.sessions.note_presence(first, NOW + GRAIN)
        assert unit.sessions.find(first) == session(last=NOW + GRAIN)
        unit.sessions.begin(second, session(NOW + LONGEST))
        assert unit.sessions.find(first) is None, "it ran out long ago"
        unit.sessions.end(second)
        assert unit.sessions.find(second) is None
    assert digest_of(first) in kept
    assert first not in str(kept)


def test_everybody_is_signed_out_at_once(store: Store) -> None:
    with store.writing() as unit:
        for _ in range(3):
            unit.sessions.begin(new_session(), session())
        assert unit.sessions.end_all() == 3
        assert unit.sessions.end_all() == 0


def test_there_is_one_administrator_at_most(store: Store) -> None:
    with store.writing() as unit:
        assert unit.administrator.password() is None
        unit.administrator.set("hash", NOW)
        unit.administrator.set("another", NOW + DAY)
        assert unit.administrator.password() == ("another", NOW + DAY)
        assert unit.administrator.remove()
        assert not unit.administrator.remove()
