"""What all pages are printed with: charts, times, numbers, lists, static files, themes and notices; no browser."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from syncd.errors import ConfigError, NotFound
from syncd.store import Store
from syncd.views.listing import listed
from syncd.web.pages.page import Act, Done, Form, Page
from syncd.web.pages.serving import operations
from syncd.web.paper import charts, shelf, words
from syncd.web.rights import Right
from tests.empty_stores import empty_sqlite
from tests.web import houses
from tests.web.pages.rig import Site, site

ROWS = [{"id": str(n), "rank": None if n == 3 else n % 5, "name": f"n{n}"} for n in range(7)]
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("most", "marks"),
    [(0, [0, 1]), (1, [0, 0.25, 0.5, 0.75, 1]), (7, [0, 2, 4, 6, 8]), (100, [0, 25, 50, 75, 100]), (0.4, None)],
)
def test_an_axis_has_few_round_marks_and_ends_above_all(most: float, marks: list[float] | None) -> None:
    scale = charts.scale(most)
    assert 2 <= len(scale) <= 7
    assert scale[-1] >= most
    assert marks is None or scale == pytest.approx(marks)


def test_a_curve_goes_in_steps_and_its_band_lies_around_it() -> None:
    points = [{"x": 0, "y": 0.0, "low": 0.0, "high": 0.0}, {"x": 10, "y": 0.5, "low": 0.25, "high": 0.75}]
    chart = charts.step_curve(points, height=234)
    assert chart["line"] == "M48.0 210.0 L632.0 210.0 L632.0 85.0"  # 0.5 of an axis that ends at 0.8
    assert chart["band"].startswith("M48.0 210.0 L632.0 210.0 L632.0 22.5")
    assert charts.step_curve([]) == {}


def test_bars_stand_on_each_other_and_no_empty_one_is_drawn() -> None:
    series = [{"name": "open", "values": [1, 0]}, {"name": "won", "values": [3, 2]}]
    bars = charts.stacked_bars(["w1", "w2"], series, height=234)["bars"]
    assert [(bar["label"], bar["name"], bar["value"]) for bar in bars] == [
        ("w1", "open", 1),
        ("w1", "won", 3),
        ("w2", "won", 2),
    ]
    below, above = bars[:2]
    assert above["y"] + above["height"] == pytest.approx(below["y"], abs=0.2)


def test_a_matrix_is_darkest_where_most_are_and_leaves_out_what_is_no_cell() -> None:
    cells = charts.heat_matrix(["a", "b"], ["x", "y"], [[0, 90], [None, 1]])["cells"]
    assert [(cell["value"], cell["shade"]) for cell in cells] == [(0, 0), (90, 9), (1, 1)]


def test_a_time_is_told_from_now_with_itself_on_hover() -> None:
    now = datetime(2026, 11, 2, 17, tzinfo=UTC)
    told_at = 'datetime="2026-11-02T14:00:00+00:00" title="2026-11-02 15:00 CET (2026-11-02 14:00 UTC)"'
    assert str(words.ago("2026-11-02T14:00:00Z", now, BERLIN)) == f"<time {told_at}>3 hours ago</time>"
    assert 'title="2 days ago"' in words.day("2026-10-31", now.date())
    assert words.ago(None, now, BERLIN) == words.day("", now.date()) == words.NONE


@pytest.mark.parametrize(
    ("value", "said"),
    [(1204, "1,204 contacts"), (0, "0 contacts"), (None, "–"), (2.0, "2 contacts")],
)
def test_a_number_has_its_unit(value: float | None, said: str) -> None:
    assert words.number(value, "contacts") == said


def test_a_list_goes_on_by_key_in_its_order_and_what_lacks_the_value_comes_last() -> None:
    parts: list[list[str]] = []
    after, begun = None, []
    while not parts or after:
        part = listed(ROWS, key="id", columns=("rank",), sort="-rank", after=after, most=3)
        parts.append([row["id"] for row in part.rows])
        after = part.next
        begun.append(part.begun)
        assert part.number == len(ROWS)
    assert parts == [["4", "2", "1"], ["6", "0", "5"], ["3"]]
    assert begun == [False, True, True]


def test_a_list_begins_anew_where_its_key_is_gone_and_says_what_it_is_sorted_by() -> None:
    assert listed(ROWS, key="id", after="gone").rows == ROWS
    with pytest.raises(ConfigError, match="rank, name"):
        listed(ROWS, key="id", columns=("rank", "name"), sort="id")


# ---- a house with a page and an act of a test's own ----------------------------------------------------------------


class Word(Form):
    """What the act says."""

    word: str


PAGE = Page("/a/{name}", "A page", "accounts", lambda call: accounts_of(call.house.store, call.path["name"]))
ACT = Act(
    "say", "/say", Right.OPERATE, "Say a word", lambda call: Done(call.body_as(Word).word, "/accounts"), form=Word
)


def accounts_of(store: Store, name: str) -> Any:
    raise NotFound(f"no {name}", plain="no such thing")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages of an empty store, with those of a test's own."""
    store = Store(empty_sqlite(tmp_path_factory.mktemp("small") / "syncd.db"))
    with site(houses.house(store).wiring, operations([PAGE], [ACT])[:2]) as pages:
        yield pages
    store.close()


def test_a_static_file_is_kept_for_a_year_under_the_name_of_its_content(small: Site) -> None:
    for name in shelf.NAMES.values():
        answer = small.get(f"/static/{name}", None)
        assert answer.ok
        assert "immutable" in answer.headers["cache-control"]
    assert small.get("/static/style.css", None).status_code == 404


def test_the_style_sheet_is_one_file_of_400_lines_at_most() -> None:
    folder = files("syncd.web.paper").joinpath("static")
    (sheet,) = (file for file in folder.iterdir() if file.name.endswith(".css"))
    assert len(sheet.read_text(encoding="utf-8").splitlines()) <= 400


def test_no_template_has_style_or_script_of_its_own() -> None:
    folder = Path(str(files("syncd.web.paper").joinpath("templates")))
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.rglob("*.html")}
    wrong = re.compile(r"style=|hx-on|<script(?! src=)|\bon[a-z]+=|\|safe\b|hx-trigger=\"[^\"]*\[")
    assert {name: wrong.findall(text) for name, text in texts.items() if wrong.search(text)} == {}


def test_a_theme_is_chosen_by_a_form_and_stays(small: Site) -> None:
    answer = small.send("/theme", None, theme="dark", back="/accounts")
    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts")
    cookies = {"syncd": small.sessions[Right.VIEW], "syncd-theme": answer.cookies["syncd-theme"]}
    page = requests.get(f"{small.address}/accounts", cookies=cookies, timeout=10)
    assert 'data-theme="dark"' in page.text


@pytest.mark.parametrize("back", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "a"])
def test_a_theme_leads_to_no_other_site(back: str, small: Site) -> None:
    assert small.send("/theme", None, theme="dark", back=back).status_code == 400


def test_an_act_leads_on_and_its_sentence_is_shown_once_and_escaped(small: Site) -> None:
    answer = small.send("/say", Right.OPERATE, word="<b>done</b>")
    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts")
    cookies = {"syncd": small.sessions[Right.VIEW], "syncd-notice": answer.cookies["syncd-notice"]}
    first, second = (requests.get(f"{small.address}/accounts", cookies=cookies, timeout=10).text for _ in range(2))
    assert '<p class="notice" role="status">&lt;b&gt;done&lt;/b&gt;</p>' in first
    assert 'class="notice"' not in second


@pytest.mark.parametrize(
    ("right", "fields", "status"),
    [
        (Right.VIEW, {"word": "a"}, 403),
        (None, {"word": "a"}, 303),
        (Right.OPERATE, {}, 400),
        (Right.OPERATE, {"word": "a", "more": "b"}, 400),
    ],
    ids=["may only look", "unknown", "incomplete", "too much"],
)
def test_an_act_is_refused_in_words(right: Right | None, fields: dict[str, str], status: int, small: Site) -> None:
    answer = small.send("/say", right, **fields)
    assert answer.status_code == status
    assert (answer.headers.get("location") == "/sign-in") == (right is None)
    assert (status == 303) or "What mends it" in answer.text


def test_another_site_leads_to_a_page_by_a_link_and_does_nothing(small: Site) -> None:
    far = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert small.get("/accounts", headers=far).ok
    assert small.get("/a/b", headers={**far, "accept": "text/html"}).status_code == 404
    cookies = {"syncd": small.sessions[Right.OPERATE]}
    sent = requests.post(f"{small.address}/say", data={"word": "a"}, cookies=cookies, headers=far, timeout=10)
    assert sent.status_code == 403


@pytest.mark.parametrize("path", ["/a/b", "/nothing/here", "/accounts?sort=size", "/accounts?owner=nobody"])
def test_what_is_not_there_is_told_as_a_page_and_as_json(path: str, small: Site) -> None:
    page, problem = small.get(path), small.get(path, headers={"accept": "application/json"})
    assert page.status_code == problem.status_code >= 400
    assert "What mends it" in page.text
    assert problem.headers["content-type"] == "application/problem+json"


def test_a_filter_that_is_left_empty_filters_nothing(small: Site) -> None:
    assert small.get("/accounts?standing=&segment=&owner=").ok
