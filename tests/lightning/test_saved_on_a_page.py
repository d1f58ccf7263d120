"""What a rep says on a page is saved where syncd reads it; what Salesforce refuses is told, and nothing typed is lost.

The components run in Chromium, and save over HTTP in the sandbox's Salesforce with a rep's rights.
"""

from collections.abc import Callable

import orjson
import pytest
from playwright.sync_api import Route, expect

from tests.lightning.rig import DESKTOP, PHONE, Face, Shown, Size, violations, wider
from tests.lightning.world import Morning

Show = Callable[..., Shown]
VERDICT, REASON = "Syncd_Verdict__c", "Syncd_Verdict_Reason__c"
RIGHT = "You may see this record but not change it. Ask its owner or your administrator."


def tap(shown: Shown, name: str) -> None:
    """Tap the button of that name with a finger, or click it where there is a mouse."""
    button = shown.page.get_by_role("button", name=name, exact=True)
    if shown.page.evaluate("navigator.maxTouchPoints"):
        button.tap()
    else:
        button.click()


def reject(shown: Shown) -> None:
    """Reject for the want of a budget, up to the button that saves."""
    tap(shown, "Rejected")
    shown.page.get_by_text("No budget", exact=True).click()


@pytest.mark.parametrize(
    ("face", "size"),
    [("Opportunity", DESKTOP), ("Opportunity", PHONE), ("Contact", PHONE), ("Lead", DESKTOP)],
    ids=["opportunity", "opportunity on the phone", "contact on the phone", "lead"],
)
def test_a_verdict_with_its_reason_stands_in_the_record(face: Face, size: Size, show: Show, morning: Morning) -> None:
    shown = show(face, size=size)
    expect(shown.page.get_by_text("No verdict yet.")).to_be_visible()
    reject(shown)
    assert shown.saved == [], "not before its reason"
    tap(shown, "Save")
    expect(shown.page.locator("[data-id=given]")).to_contain_text("Rejected: no budget.")
    record = morning.records[face]
    assert shown.saved == [(record, {"fields": {VERDICT: "rejected", REASON: "no budget"}})]
    assert (morning.row(face)[VERDICT], morning.row(face)[REASON]) == ("rejected", "no budget")
    tap(shown, "Accepted")
    expect(shown.page.locator("[data-id=given]")).to_contain_text("Accepted.")
    tap(shown, "Take back")
    expect(shown.page.get_by_text("No verdict yet.")).to_be_visible()
    assert shown.saved[1:] == [
        (record, {"fields": {VERDICT: "accepted", REASON: None}}),
        (record, {"fields": {VERDICT: None, REASON: None}}),
    ]
    assert not morning.row(face).get(VERDICT)


def test_while_a_verdict_is_on_its_way_impatient_keys_send_nothing(show: Show, morning: Morning) -> None:
    """A finger cannot: the spinner lies over the buttons."""
    shown = show("Lead")
    held: list[Route] = []
    shown.page.route(
        lambda url: morning.records["Lead"] in url,
        lambda route: held.append(route) if route.request.method == "PATCH" else route.continue_(),
    )
    tap(shown, "Accepted")
    expect(shown.page.locator("lightning-spinner")).to_be_visible()
    shown.press("Enter", "Tab", "Tab", "Enter")
    expect(shown.page.get_by_role("button", name="Rejected")).to_be_focused()
    (route,) = held
    route.continue_()
    expect(shown.page.locator("[data-id=given]")).to_contain_text("Accepted.")
    assert [sent["fields"][VERDICT] for _, sent in shown.saved] == ["accepted"]


def test_a_verdict_without_its_reason_is_not_sent(show: Show) -> None:
    shown = show("Contact")
    tap(shown, "Not yet")
    tap(shown, "Save")
    expect(shown.page.get_by_text("Choose a reason: it decides what marketing does next.")).to_be_visible()
    assert shown.saved == []


def test_answers_that_are_typed_in_place_stand_each_in_its_field(show: Show, morning: Morning) -> None:
    shown, record = show("Opportunity"), morning.records["Opportunity"]
    for what in ("Criteria", "Steps", "Timeline", "Budget", "Signature"):
        tap(shown, f"Answer: {what}")
        shown.page.get_by_label(f"{what}: your answer").fill(
            f"  {what}: the board’s, after the 12th of May & “finally” "
        )
        tap(shown, "Save")
        expect(shown.page.get_by_role("button", name=f"Change: {what}")).to_be_visible()
        answer = f"{what}: the board’s, after the 12th of May & “finally”"
        expect(shown.page.locator("[data-id=awaited]", has_text=answer)).to_be_visible()
        assert shown.saved.pop() == (record, {"fields": {f"Syncd_{what}__c": answer}})
        assert morning.row("Opportunity")[f"Syncd_{what}__c"] == answer
    assert shown.saved == []


# ---- refused ---------------------------------------------------------------------------------------------------------


def test_what_a_validation_rule_says_is_told_and_the_choice_stays(show: Show, morning: Morning) -> None:
    shown = show("Contact")
    reject(shown)
    with morning.ruled(lambda _, row, before: "Call them once more." if row.get(VERDICT) == "rejected" else None):
        tap(shown, "Save")
        expect(shown.page.get_by_role("alert")).to_have_text("Not saved. Call them once more.")
    assert refused(shown) == 400
    expect(shown.page.get_by_role("radio", name="No budget")).to_be_checked()
    tap(shown, "Save")
    expect(shown.page.locator("[data-id=given]")).to_contain_text("Rejected: no budget.")
    assert morning.row("Contact")[VERDICT] == "rejected"


def test_an_answer_that_is_refused_stays_in_its_place(show: Show, morning: Morning) -> None:
    shown = show("Opportunity")
    tap(shown, "Answer: Budget")
    shown.page.get_by_label("Budget: your answer").fill("200,000 of IT")
    with morning.ruled(lambda *_: "Amounts go to finance first."):
        tap(shown, "Save")
        expect(shown.page.get_by_role("alert")).to_have_text("Not saved. Amounts go to finance first.")
    assert refused(shown) == 400
    expect(shown.page.get_by_label("Budget: your answer")).to_have_value("200,000 of IT")
    tap(shown, "Save")
    expect(shown.page.locator("[data-id=awaited]")).to_contain_text("200,000 of IT")
    assert morning.row("Opportunity")["Syncd_Budget__c"] == "200,000 of IT"


def test_who_may_not_edit_a_record_is_told(show: Show, morning: Morning) -> None:
    """In a new org everybody sees opportunities, and their owners edit them."""
    shown = show("Opportunity", rep=morning.colleague)
    tap(shown, "Accepted")
    expect(shown.page.get_by_role("alert")).to_have_text(f"Not saved. {RIGHT}")
    assert refused(shown) == 400
    expect(shown.page.get_by_text("No verdict yet.")).to_be_visible()
    assert not morning.row("Opportunity").get(VERDICT)


def test_who_may_not_edit_a_field_is_told(show: Show, morning: Morning) -> None:
    with morning.granted("Contact", VERDICT, editable=False):
        shown = show("Contact")
        tap(shown, "Accepted")
        sentence = "Not saved. You may see this field but not change it. Ask your administrator."
        expect(shown.page.get_by_role("alert")).to_have_text(sentence)
    assert refused(shown) == 400
    assert not morning.row("Contact").get(VERDICT)


def test_what_is_typed_without_a_connection_stays_until_it_is_back(show: Show, morning: Morning) -> None:
    shown = show("Opportunity", size=PHONE)
    tap(shown, "Answer: Timeline")
    shown.page.get_by_label("Timeline: your answer").fill("by the summer")
    shown.page.context.set_offline(True)
    try:
        tap(shown, "Save")
        sentence = "Not saved. Salesforce cannot be reached. Try again when you are connected."
        expect(shown.page.get_by_role("alert")).to_have_text(sentence)
    finally:
        shown.page.context.set_offline(False)
    assert "ERR_INTERNET_DISCONNECTED" in shown.complaints.pop()
    tap(shown, "Save")
    expect(shown.page.locator("[data-id=awaited]")).to_contain_text("by the summer")
    assert morning.row("Opportunity")["Syncd_Timeline__c"] == "by the summer"


def test_a_record_that_is_deleted_while_it_is_looked_at_is_told(show: Show, morning: Morning) -> None:
    shown = show("Lead")
    with morning.having("Lead", IsDeleted=True):
        tap(shown, "Accepted")
        expect(shown.page.get_by_role("alert").first).to_contain_text("This record was deleted.")
    assert refused(shown) == 404


def refused(shown: Shown) -> int:
    """The status with which the last request was refused, of which the browser complained and nothing else."""
    (complaint,) = shown.complaints
    shown.complaints.clear()
    return int(complaint.partition("status of ")[2][:3])


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_offer_is_said_where_it_is_asked_for(size: Size, show: Show, morning: Morning) -> None:
    picture = orjson.loads(morning.row("Opportunity")["Syncd_Picture_JSON__c"])
    choices = [{"value": "digital-lending", "label": "Digital lending"}, {"value": "none", "label": "None of these"}]
    asks = {"field": "Syncd_Offer__c", "title": "Syncd Offer", "choices": choices}
    asked = [{"closes": "offer", "reach": "Rae", "say": "say which offer it is for", "by": "Rae"}]
    nameless = orjson.dumps({**picture, "offer": None, "label": "", "next": asked, "asks": asks}).decode()
    with morning.having("Opportunity", Syncd_Offer__c=None, Syncd_Picture_JSON__c=nameless):
        shown = show("Opportunity", size=size)
        tap(shown, "Answer: Offer")
        shown.page.get_by_text("Digital lending", exact=True).click()
        assert (wider(shown), violations(shown.page)) == ([], [])
        tap(shown, "Save")
        expect(shown.page.locator("[data-id=awaited]")).to_contain_text("Digital lending (saved;")
        assert morning.row("Opportunity")["Syncd_Offer__c"] == "digital-lending"
