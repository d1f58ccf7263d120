"""A retry of what is chosen in quarantine: it is tried again at once, and nothing else is."""

from syncd.model import RemoteRef
from syncd.sync.causes import plainly
from syncd.sync.cycle import Wiring
from syncd.sync.door import Act, ask
from syncd.sync.retry import name_of
from tests.ledger import quarantined
from tests.sync.conftest import AFTER_A_CYCLE, carried_out

pytestmark = AFTER_A_CYCLE
FIRST, SECOND = (RemoteRef("hubspot", "contacts", number) for number in ("168", "169"))


def set_aside(wiring: Wiring, step: str, ref: RemoteRef, reason: str) -> None:
    with wiring.store.writing() as unit:
        unit.quarantine.keep(step, {ref: reason})


def test_what_is_chosen_by_its_cause_is_tried_again_and_leaves_quarantine(wiring: Wiring) -> None:
    set_aside(wiring, "match", FIRST, "it cannot be placed (a fault)")
    set_aside(wiring, "match", SECOND, "another fault")
    ended = carried_out(wiring, "retry", cause=name_of("it cannot be placed (a fault)"))
    assert ended.summary.notes[0] == "tried again: 1 from quarantine"
    assert [one["remote_id"] for one in quarantined(wiring.store)] == [SECOND.id]


def test_what_differs_from_record_to_record_makes_no_cause_of_its_own() -> None:
    reasons = [f"it was refused, ErrorId: {number}-1 (2)" for number in (111, 222)]
    assert len({plainly(reason) for reason in reasons}) == 1
    assert len({name_of(reason) for reason in (*reasons, "it was refused by another")}) == 2


def test_who_asked_for_it_stands_in_the_audit_log(wiring: Wiring) -> None:
    number = ask(wiring.store, Act("retry", "page:ann", {"system": "hubspot"}))
    with wiring.store.reading() as unit:
        line = unit.audit.last("retry")
    assert line is not None
    assert (line.actor, line.detail) == ("page:ann", f"system=hubspot, run {number}")
