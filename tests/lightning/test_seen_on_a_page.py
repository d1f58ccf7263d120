"""What a page shows, in Chromium with the design system: all faces, both form factors, and what stands where it cannot.

Pictures for the documentation come from here: `pytest tests/lightning/test_seen_on_a_page.py --screenshots`.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import expect

from tests.lightning.rig import DESKTOP, FACES, PHONE, Face, Shown, save_picture, violations, wider
from tests.lightning.toolchain import ROOT
from tests.lightning.world import Morning

Show = Callable[..., Shown]
Take = Callable[[Shown, str], None]
SIZES = {"desktop": DESKTOP, "phone": PHONE}
IMAGES = ROOT / "docs" / "images"
LARGEST = 150_000
HIDDEN = "Your administrator hides the field {} from you."
EMPTY = "syncd has not written here yet."
SEEN: dict[Face, tuple[str, ...]] = {
    "Account": (
        "In the served market",
        "2 of 5",
        "Lucía White",
        "Core integration 3 roles missing",
        "Digital lending: 2",
    ),
    "Opportunity": (
        "2 of 2 MQLs",
        "2 of 5",
        "Title and response, Oct 16",
        "Criteria Unknown By which criteria",
        "Enough qualified leads Yes, today",
    ),
    "Contact": ("Ask: talk business", "Nov 2, 2026 to you", "; fdic institutions Role Yes Champion", "They responded"),
    "Lead": ("What would make them pass", "Business User is no required role", "A response: a click"),
}
WIDTHS = {"desktop": (1920, 768, 1024), "phone": (320, 430, 390)}  # 320: WCAG 2.2, 1.4.10 Reflow


@pytest.fixture
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Path]:
    """Where a picture goes: to docs/images with --screenshots, else to be thrown away."""
    folder = IMAGES if request.config.getoption("screenshots") else tmp_path
    return lambda name: folder / f"{name}.png"


@pytest.fixture
def take(kept: Callable[[str], Path]) -> Take:
    """Takes a picture of the component."""

    def once(shown: Shown, name: str) -> None:
        save_picture(shown, kept(name))
        assert kept(name).stat().st_size < LARGEST

    return once


def words(shown: Shown) -> str:
    """The words of the component, in one line."""
    return re.sub(r"\s+", " ", shown.page.locator("article").inner_text())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("face", FACES)
def test_every_face_is_complete_fits_its_width_and_has_no_fault_that_axe_finds(
    face: Face, size: str, show: Show, take: Take
) -> None:
    shown = show(face, size=SIZES[size])
    text = words(shown)
    assert [part for part in SEEN[face] if part not in text] == []
    for width in WIDTHS[size]:
        shown.page.set_viewport_size({"width": width, "height": 800})
        assert (width, wider(shown)) == (width, [])
    assert violations(shown.page) == []
    take(shown, f"salesforce-{face.lower()}-{size}")


@pytest.mark.parametrize("size", SIZES)
def test_what_opens_on_a_page_fits_and_has_no_fault_either(
    size: str, show: Show, take: Take, kept: Callable[[str], Path]
) -> None:
    shown = show("Opportunity", size=SIZES[size])
    for name in ("Not yet", "Answer: Budget", "Show the 2 moves"):
        shown.page.get_by_role("button", name=name).click()
    expect(shown.page.get_by_role("radio")).to_have_count(9)
    if size == "phone":
        take(shown, "salesforce-verdict-phone")
    else:
        shown.page.locator("[data-id=tally]").screenshot(path=str(kept("salesforce-caucus-desktop")))
    shown.page.locator("[data-id=reasons]").get_by_role("button", name="Save").click()  # without a reason
    expect(shown.page.get_by_role("alert")).to_be_visible()
    assert wider(shown) == []
    assert violations(shown.page) == []


def test_who_explores_comes_with_guidance_and_with_what_would_make_them_pass(
    show: Show, morning: Morning, take: Take
) -> None:
    shown = show("Contact", rep=morning.guide, record=morning.explorer, size=PHONE)
    expect(shown.page.locator("[data-id=guidance]")).to_contain_text("Never ask for business")
    expect(shown.page.locator("[data-id=would-pass]")).to_contain_text("A title that gives one of")
    assert (wider(shown), violations(shown.page)) == ([], [])
    take(shown, "salesforce-explorer-phone")


@pytest.mark.parametrize("face", ["Account", "Contact"])
def test_in_a_side_column_of_the_desktop_it_fits_as_well(face: Face, show: Show) -> None:
    assert wider(show(face, size=(400, 900), region="SMALL")) == []


LINK, WORD = f"https://intranet.example.com/{'a' * 172}", "x" * 900


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("face", FACES)
def test_a_long_link_and_a_longer_word_break_wherever_a_record_says_them(
    face: Face, size: str, show: Show, morning: Morning
) -> None:
    """Every text of the record has them, and so has every text of its JSON that is no word of ours."""
    ours = {"state", "strength", "ruling", "mql", "ask", "rung", "field", "at", "overdue", "opportunity", "offer"}

    def long(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: long(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [long(part, key) for part in value]
        return f"{value} {LINK} {WORD}" if isinstance(value, str) and key not in ours else value

    json = "Syncd_Picture_JSON__c" if face in ("Account", "Opportunity") else "Syncd_Gates_JSON__c"
    row = morning.row(face)
    texts = ("Syncd_Standing_Reason__c", "Syncd_Segment__c", "Syncd_Agreement__c", "Syncd_Reason__c", "Syncd_Tally__c")
    fields = {name: long(row[name]) for name in texts if row.get(name)}
    if face == "Opportunity":
        fields["Syncd_Budget__c"] = f"{LINK} {WORD}"
    with morning.having(face, **fields, **{json: orjson.dumps(long(orjson.loads(row[json]))).decode()}):
        shown = show(face, size=SIZES[size])
    assert (WORD in words(shown), LINK in words(shown), wider(shown)) == (True, True, [])


def test_axe_and_the_measure_of_widths_find_a_planted_fault(show: Show) -> None:
    """They look into the components, not only at them."""
    shown = show("Contact", size=PHONE)
    shown.page.locator("dt").first.evaluate("(element) => { element.style.color = '#ccc'; }")
    shown.page.locator("[data-verdict]").first.evaluate("(one) => one.setAttribute('aria-pressed', 'perhaps')")
    assert {found.partition(" ")[0] for found in violations(shown.page)} == {"aria-valid-attr-value", "color-contrast"}
    shown.page.locator("c-syncd-gates li").first.evaluate("(element) => { element.style.width = '600px'; }")
    assert wider(shown)


# ---- what stands where nothing can be shown --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("face", "labels"),
    [
        ("Account", ["Syncd Standing Reason", "Syncd Picture (JSON)", "Syncd Tally"]),
        ("Opportunity", ["Verdict", "Syncd Reason", "Syncd Picture (JSON)", "Syncd Tally"]),
        ("Contact", ["Verdict", "Syncd Gates (JSON)"]),
        ("Lead", ["Verdict", "Syncd Gates (JSON)"]),
    ],
)
def test_a_hidden_field_is_said_to_be_hidden(face: Face, labels: list[str], show: Show, morning: Morning) -> None:
    shown = show(face, rep=morning.stranger)
    text = words(shown)
    assert re.findall(HIDDEN.format("(.+?)"), text) == labels
    assert violations(shown.page) == []


def test_one_hidden_field_hides_nothing_else(show: Show, morning: Morning) -> None:
    with (
        morning.granted("Opportunity", "Syncd_Budget__c", editable=None),
        morning.granted("Opportunity", "Syncd_Tally__c", editable=None),
    ):
        shown = show("Opportunity")
    assert re.findall(HIDDEN.format("(.+?)"), words(shown)) == ["Budget", "Syncd Tally"]
    expect(shown.page.get_by_role("button", name="Answer")).to_have_count(4)
    expect(shown.page.get_by_role("button", name="Accepted")).to_be_enabled()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("json", "sentence"),
    [
        (None, EMPTY),
        ('{"roles": [{"role": "Champ', "This page cannot read the {} that syncd wrote."),
    ],
    ids=["missing", "cut off"],
)
def test_missing_and_broken_json_each_give_a_plain_sentence(
    face: Face, json: str | None, sentence: str, show: Show, morning: Morning
) -> None:
    what = "picture" if face in ("Account", "Opportunity") else "gates"
    field = f"Syncd_{what.capitalize()}_JSON__c"
    with morning.having(face, **{field: json}):
        shown = show(face)
    expect(shown.page.locator("[data-id=instead]")).to_contain_text(sentence.format(what))
    if face != "Account":
        expect(shown.page.get_by_role("button", name="Accepted")).to_be_enabled()


def test_a_record_that_is_not_there_is_told(show: Show) -> None:
    shown = show("Opportunity", record="006000000000999AAA")
    expect(shown.page.get_by_role("alert")).to_have_text("This record is not there any more, or you may not see it.")
    assert "404" in shown.complaints.pop()
