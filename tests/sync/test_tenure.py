"""Which agreements stood in a store, and what is said of one that did not."""

from datetime import date
from pathlib import Path

import pytest

from syncd import agreement as agreements
from syncd import shipped
from syncd.store import Store
from syncd.sync.tenure import newcomer

BANKS = shipped.read_text(shipped.AGREEMENT, None)[0]
FACTORIES = (Path(shipped.__file__).parents[1] / "mappings/examples/manufacturers/agreement.yaml").read_text("utf-8")
SIGNED = date(2026, 1, 5)


def a_file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "agreement.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def stood(store: Store, text: str, *, of_old: bool = False) -> None:
    """The store was judged by this agreement."""
    agreement, complaints = agreements.examine(text, "agreement.yaml")
    assert agreement is not None, complaints
    terms = None if of_old else agreements.terms_digest(agreement)
    with store.writing() as unit:
        unit.judgements.use_agreement(f"digest of {terms}", agreement.version, text, terms, SIGNED)


def changed(text: str, before: str, after: str) -> str:
    assert before in text
    return text.replace(before, after)


TERMS = changed(BANKS, "max: 5_000_000_000", "max: 1_000_000_000")
CASES = {
    "the same file": (BANKS, ()),
    "a comment more": (f"{BANKS}\n# to be looked at again in spring\n", ()),
    "other terms under its version": (TERMS, ("other terms of that version", "a version of their own")),
    "its next version": (changed(TERMS, '"2026.1"', '"2026.2"'), ("2026.2 never", "by 2026.1;", "the next cycle")),
    "another company's of the same name": (
        FACTORIES,
        ("other terms of that version", "another company's?", "DATABASE"),
    ),
    "another company's": (changed(FACTORIES, '"2026.1"', '"7"'), ("judged by 2026.1,", "another company's?")),
    "one that nobody can read": ("version: [", ()),
}


@pytest.mark.parametrize(("text", "words"), CASES.values(), ids=CASES)
def test_an_agreement_that_never_stood_there_is_told(
    sqlite_store: Store, tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    stood(sqlite_store, BANKS)
    messages = newcomer(sqlite_store, a_file(tmp_path, text), None)
    assert (messages is not None) == bool(words)
    assert all(word in str(messages) for word in words), messages
    assert messages is None or messages.is_other == ("the next cycle" not in words)


def test_a_new_store_and_one_of_an_older_syncd_say_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    assert newcomer(sqlite_store, a_file(tmp_path, BANKS), None) is None
    stood(sqlite_store, BANKS, of_old=True)
    assert newcomer(sqlite_store, a_file(tmp_path, TERMS), None) is None


def test_one_that_is_tried_may_say_anything_but_of_another_company(sqlite_store: Store, tmp_path: Path) -> None:
    def unsigned(text: str) -> str:
        lines = text.splitlines(keepends=True)
        return "".join(line for line in lines if "party: sales" not in line)

    stood(sqlite_store, BANKS)
    assert newcomer(sqlite_store, a_file(tmp_path, unsigned(TERMS)), None) is None
    assert "another company's?" in str(newcomer(sqlite_store, a_file(tmp_path, unsigned(FACTORIES)), None))
