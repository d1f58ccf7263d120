"""Corrections of titles in either database: kept under the title's words, and who holds it is judged again."""

from datetime import UTC, datetime

from sqlalchemy import select

from syncd.model import TitleCorrection
from syncd.store import Store
from syncd.tables.core import account

DAY = datetime(2026, 11, 2, 12, tzinfo=UTC)
HELD = {"1": "Head of Sparkle", "2": "HEAD  of sparkle", "3": "Head of IT", "4": None}


def furnish(store: Store) -> None:
    """Four accounts with a contact each, all judged, and a contact without an account."""
    with store.writing() as unit:
        unit.golden.put(
            "account", [{"id": key, "name": f"Bank {key}", "sources": "{}", "stale": False} for key in HELD]
        )
        rows = [{"id": f"c{key}", "account_id": key, "title": title, "sources": "{}"} for key, title in HELD.items()]
        unit.golden.put(
            "contact", [*rows, {"id": "c5", "account_id": None, "title": "head of Sparkle", "sources": "{}"}]
        )


def stale(store: Store) -> set[str]:
    with store.reading() as unit:
        return set(unit.connection.scalars(select(account.c.id).where(account.c.stale)))


def test_a_correction_is_kept_and_has_those_judged_again_who_hold_the_title(store: Store) -> None:
    furnish(store)
    correction = TitleCorrection("head of sparkle", ("IT", "risk"), None, DAY)
    with store.writing() as unit:
        assert unit.titles.correct(correction) == 3
    assert stale(store) == {"1", "2"}
    with store.reading() as unit:
        assert unit.titles.corrections() == [correction]
        assert unit.titles.holders("Head of Sparkle") == 3


def test_the_last_correction_of_a_title_stands(store: Store) -> None:
    with store.writing() as unit:
        unit.titles.correct(TitleCorrection("Head of Sparkle", ("IT",), "director", DAY))
        unit.titles.correct(TitleCorrection("HEAD OF SPARKLE", None, "", DAY))
    with store.reading() as unit:
        assert unit.titles.corrections() == [TitleCorrection("HEAD OF SPARKLE", None, "", DAY)]


def test_a_forgotten_correction_is_gone_and_its_holders_are_judged_again(store: Store) -> None:
    furnish(store)
    with store.writing() as unit:
        assert not unit.titles.forget("Head of IT")
        unit.titles.correct(TitleCorrection("Head of IT", (), None, DAY))
    with store.writing() as unit:
        unit.connection.execute(account.update().values(stale=False))
        assert unit.titles.forget("head of it")
        assert unit.titles.corrections() == []
    assert stale(store) == {"3"}


def test_titles_are_counted_the_commonest_first(store: Store) -> None:
    furnish(store)
    with store.writing() as unit:
        unit.golden.put("contact", [{"id": "c6", "account_id": "1", "title": "Head of IT", "sources": "{}"}])
    with store.reading() as unit:
        assert unit.titles.held()[0] == ("Head of IT", 2)
