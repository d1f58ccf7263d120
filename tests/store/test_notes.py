"""Notes: each is declared once, reads as it was written, and none is taken for another."""

from datetime import UTC, datetime

import pytest

from syncd.model.health import Finding, FindingKind, Grade
from syncd.model.queue import QueueState
from syncd.store import Store, notes
from syncd.store.notes import NoteFamily, NoteKind, Shut, settings_of
from tests.ledger import keep_note

NOON = datetime(2026, 11, 30, 12, 0, 1, 500, tzinfo=UTC)
STAMP = NOON.replace(microsecond=0)
FINDING = Finding(FindingKind.LEASE, ("daemon",), "the hold was lost", "look", Grade.WARNING, STAMP, "")
FACTS = {
    "PAUSED": True,
    "EVERYBODY_IS_ASKED": False,
    "RESTORED": NOON,
    "SALT": bytes(range(16)),
    "FINDINGS": FINDING,
    "FULL_READS": NOON,
    "FORGOTTEN_BEFORE": NOON,
    "MILESTONES_SINCE": NOON,
    "QUEUE_CHANGED": True,
    "QUEUE": QueueState(NOON, 3, 1, ({"rep": "Rae Rep", "week": "2026-W49"},)),
    "VALVE": Shut("0a1b", NOON, "the plan creates 200 records; the agreement allows 100"),
    "LIFE": {"process": "process 1 on here", "interval": 15.0},
    "DROPPED": {"number": 2, "error": "refused"},
    "WEBHOOKS_TAKEN": NOON,
    "WEBHOOKS_FOREIGN": NOON,
    "WEBHOOKS_REFUSED": (NOON, "the signature is wrong"),
    "PACKS": {"week": "2026-W49", "sent": True},
}
DECLARED = {name: kind for name, kind in vars(notes).items() if isinstance(kind, NoteKind | NoteFamily)}


@pytest.mark.parametrize("name", DECLARED)
def test_a_note_reads_as_it_was_written(store: Store, name: str) -> None:
    declared, fact = DECLARED[name], FACTS.get(name, "plain text: with, signs")
    kind = declared.of("some.thing") if isinstance(declared, NoteFamily) else declared
    with store.reading() as unit:
        assert unit.notes.read(kind) is None
    keep_note(store, kind, fact)
    with store.reading() as unit:
        assert unit.notes.read(kind) == fact
        if isinstance(declared, NoteFamily):
            assert unit.notes.read_all(declared) == {"some.thing": fact}
    with store.writing() as unit:
        unit.notes.drop(kind)
        assert unit.notes.read(kind) is None


def test_no_note_is_taken_for_one_of_a_family() -> None:
    families = [family for family in DECLARED.values() if isinstance(family, NoteFamily)] + [settings_of("hubspot")]
    beginnings = [family.beginning for family in families]
    names = [kind.name for kind in DECLARED.values() if isinstance(kind, NoteKind)] + beginnings
    assert len(set(names)) == len(names)
    assert [(name, one) for name in names for one in beginnings if name != one and name.startswith(one)] == []


def test_a_flag_that_nobody_set_says_no(store: Store) -> None:
    with store.writing() as unit:
        assert not unit.notes.says(notes.PAUSED)
        unit.notes.keep(notes.PAUSED, True)
        assert unit.notes.says(notes.PAUSED)
        unit.notes.keep(notes.PAUSED, False)
        assert not unit.notes.says(notes.PAUSED)


def test_what_each_system_says_of_a_setting_is_read_by_system(store: Store) -> None:
    keep_note(store, settings_of("hubspot").of("companyCurrency"), "USD")
    keep_note(store, settings_of("salesforce").of("companyCurrency"), "EUR")
    keep_note(store, settings_of("salesforce").of("Organization.Name"), "Bank")
    with store.reading() as unit:
        assert unit.notes.settings("companyCurrency") == {"hubspot": "USD", "salesforce": "EUR"}
        assert unit.notes.read_all(settings_of("salesforce")) == {"companyCurrency": "EUR", "Organization.Name": "Bank"}
