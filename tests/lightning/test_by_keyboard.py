"""Without a mouse: everything on a page is reached with Tab, moved with arrows, pressed with Enter and Space."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.lightning.rig import Shown
from tests.lightning.world import Morning

Show = Callable[..., Shown]
NAME = "(element) => element.ariaLabel || element.labels?.[0]?.innerText || element.innerText || element.localName"
# A ring, a border of another colour or a shadow that was not there before.
RING = """(element) => {
    const label = element.type === 'radio' ? element.labels[0].querySelector('.slds-radio_faux') : element;
    const styled = ['boxShadow', 'outlineStyle', 'outlineWidth', 'borderColor', 'textDecorationLine'];
    const looks = () => styled.map((name) => getComputedStyle(label)[name]).join();
    const before = looks();
    element.blur();
    const after = looks();
    element.focus();
    return before !== after;
}"""


def here(shown: Shown) -> str:
    """The name of what has the focus."""
    return " ".join(shown.focused(NAME).split())


def walk(shown: Shown, to: str, key: str = "Tab") -> None:
    """Press a key until what is called so has the focus; wherever it is on the way, it is seen."""
    visited = []
    for _ in range(30):
        shown.press(key)
        visited.append(here(shown))
        assert shown.focused(RING), f"the focus is not to be seen on {visited[-1]}"
        if visited[-1] == to:
            return
    raise AssertionError(f"no {to} among {visited}")


def test_a_verdict_and_an_answer_are_given_and_the_focus_stays_where_one_is(show: Show, morning: Morning) -> None:
    shown = show("Opportunity")
    walk(shown, "Not yet")
    shown.press("Space")
    walk(shown, "No need")
    shown.press("Space", "ArrowDown", "ArrowDown")
    walk(shown, "Save")
    shown.press("Enter")
    expect(shown.page.locator("[data-id=given]")).to_contain_text("Not yet: wrong time.")
    assert here(shown) == "Not yet"
    assert morning.row("Opportunity")["Syncd_Verdict_Reason__c"] == "wrong time"

    walk(shown, "Answer: Steps")
    shown.press("Enter")
    shown.page.keyboard.type("legal first")
    assert here(shown) == "Steps: your answer"
    walk(shown, "Save")
    shown.press("Space")
    expect(shown.page.locator("[data-id=awaited]")).to_contain_text("legal first")
    assert here(shown) == "Change: Steps"
    assert morning.row("Opportunity")["Syncd_Steps__c"] == "legal first"
    walk(shown, "Show the 2 moves")
    shown.press("Enter")
    assert here(shown) == "Hide the 2 moves"


def test_what_was_begun_is_taken_back_and_the_focus_returns(show: Show) -> None:
    shown = show("Contact")
    walk(shown, "Rejected")
    shown.press("Enter")
    walk(shown, "Cancel")
    shown.press("Enter")
    assert here(shown) == "Rejected"
    walk(shown, "Accepted", "Shift+Tab")
    shown.press("Enter")
    expect(shown.page.locator("[data-id=given]")).to_contain_text("Accepted.")
    assert here(shown) == "Accepted"
    walk(shown, "Take back")
    shown.press("Enter")
    expect(shown.page.get_by_text("No verdict yet.")).to_be_visible()
    assert here(shown) == "Accepted"
    assert shown.focused(RING)
    shown.page.add_style_tag(content="* { outline: none !important; box-shadow: none !important; transition: none; }")
    shown.page.add_style_tag(content=".slds-button:focus { color: inherit; border-color: inherit; }")
    assert not shown.focused(RING), "the look for a ring finds that there is none"


def test_after_a_refusal_the_focus_is_where_it_can_be_tried_again(show: Show, morning: Morning) -> None:
    shown = show("Opportunity")
    walk(shown, "Answer: Budget")
    shown.press("Enter")
    shown.page.keyboard.type("200,000")
    walk(shown, "Save")
    with morning.ruled(lambda *_: "Not today."):
        shown.press("Enter")
        expect(shown.page.get_by_role("alert")).to_contain_text("Not today.")
    shown.complaints.clear()
    assert here(shown) == "Save"
    shown.press("Enter")
    expect(shown.page.get_by_role("button", name="Change: Budget")).to_be_focused()


def test_the_parts_of_an_account_open_and_close(show: Show) -> None:
    shown = show("Account")
    walk(shown, "Endeavor Bank - Core integration 3 roles missing")
    shown.press("Space")
    expect(shown.page.get_by_role("button", expanded=True)).to_have_count(2)
    shown.press("Enter")
    expect(shown.page.get_by_role("button", expanded=True)).to_have_count(1)
    assert here(shown).startswith("Endeavor Bank - Core integration")
