"""A. A field that is read and hidden for a day says nothing: what was seen stays, and nobody new is free."""

from collections.abc import Callable

import pytest

from tests.faults.admins import Go
from tests.sync.conftest import AFTER_A_CYCLE, Place
from tests.sync.remote import tell


def hide(place: Place, object_: str, field: str) -> Callable[[], None]:
    """Take the grants of a field away; what is returned gives them back."""
    access = place.sandbox.salesforce.org.access
    name = (object_, field)
    kept = [(granted, granted.fields[name]) for granted in access.sets.values() if name in granted.fields]
    for granted, _ in kept:
        granted.fields.pop(name)
    access.revision += 1

    def show() -> None:
        for granted, right in kept:
            granted.fields[name] = right
        access.revision += 1

    return show


def touch(place: Place) -> None:
    """Have every record of people changed, so that each is read again."""
    for object_ in ("Account", "Contact", "Lead"):
        for row in [row for row in place.rows(object_) if not row.get("IsConverted")]:
            place.edit(object_, row["Id"], Description="touched")


@pytest.mark.parametrize(
    ("object_", "field"),
    [
        ("Contact", "Email"),
        ("Contact", "Title"),
        ("Contact", "HasOptedOutOfEmail"),
        ("Contact", "DoNotCall"),
        ("Lead", "Email"),
        ("Lead", "Title"),
        ("Account", "Type"),
        ("Account", "Industry"),
        ("Account", "Website"),
        ("Account", "BillingAddress"),
    ],
)
def test_a_field_that_is_hidden_for_a_day_changes_nothing_that_stands(
    place: Place, run: Go, object_: str, field: str
) -> None:
    assert run().outcome == "done"
    stood = tell(place)
    show = hide(place, object_, field)
    touch(place)
    hidden = run()
    assert (hidden.outcome, hidden.written) == ("incomplete", 0)
    assert any(object_ in where and "hidden" in why for where, why in hidden.failures.items()), hidden.failures
    assert tell(place) == stood
    show()
    shown = run()
    assert (shown.outcome, shown.written) == ("done", 0)


@AFTER_A_CYCLE
def test_what_changed_while_a_field_was_hidden_is_read_once_it_is_shown(place: Place, run: Go) -> None:
    theirs = next(row for row in place.rows("Contact") if not row.get("Syncd_Key__c"))
    show = hide(place, "Contact", "Title")
    place.edit("Contact", theirs["Id"], Title="Chief Astronomer")
    run()
    lately = run().counts.pulled["salesforce", "Contact"]
    show()
    shown = run().counts
    assert shown.changed["salesforce", "Contact"] == 1
    assert shown.pulled["salesforce", "Contact"] > lately, "back to where it was hidden first, and further"
    assert run().counts.pulled["salesforce", "Contact"] == lately


BARRED = "Contact.HasOptedOutOfEmail"


def test_nobody_new_is_opened_or_handed_over_while_it_cannot_be_seen_who_opted_out(place: Place, run: Go) -> None:
    show = hide(place, "Contact", "HasOptedOutOfEmail")
    for _ in range(2):
        summary = run()
        assert (summary.outcome, place.ours()) == ("incomplete", [])
        assert [premise["where"] for premise in summary.premises] == [f"salesforce {BARRED}"]
        assert summary.premises[0]["premise"] == "barring fields"
    assert not [row for row in place.rows("Task") if row.get("Syncd_Key__c")]
    show()
    assert run().outcome == "done"
    assert len(place.ours()) == 3


@pytest.mark.parametrize(("object_", "field"), [("Contact", "Email"), ("Contact", "Title")])
def test_what_a_new_record_could_not_start_with_is_written_once_it_can_be_unless_somebody_has(
    place: Place, run: Go, object_: str, field: str
) -> None:
    show = hide(place, object_, field)
    for _ in range(2):
        run()
    made = [row for row in place.rows(object_) if row.get("Syncd_Key__c") and row["CreatedById"] == ours(place)]
    assert made and not any(row.get(field) for row in made)
    theirs, *others = made
    place.edit(object_, theirs["Id"], **{field: "theirs@elsewhere.example"})
    show()
    run()
    rows = {row["Id"]: row for row in place.rows(object_)}
    assert all(rows[row["Id"]][field] for row in others)
    assert rows[theirs["Id"]][field] == "theirs@elsewhere.example"
    assert run().written == 0


def ours(place: Place) -> str:
    return place.sandbox.salesforce.org.settings.integration_user
