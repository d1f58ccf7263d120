"""HubSpot's form submissions: every form, newest first, down to what was read before."""

from __future__ import annotations

from datetime import timedelta

from tests.connectors.contract import records
from tests.connectors.hubspot.portals import NOON, Open, Portal, ids, ms, news, pull, submission


def test_a_submission_has_its_normal_form(forms: Portal) -> None:
    forms.rows("form_submissions").append(submission("f-2", 900, ms(days=1), topic="loans"))
    sent = next(record for record in records(pull(forms, "form_submissions")) if record.id == "f-2:c900")
    assert sent.raw == {
        "formId": "f-2",
        "formName": "Contact sales",
        "submittedAt": ms(days=1),
        "email": "p900@example.com",
        "pageUrl": "https://www.example.com/whitepaper",
        "pageTitle": "Whitepaper",
        "values": {"email": "p900@example.com", "topic": "loans"},
    }
    assert sent.modified_at == NOON - timedelta(days=1)
    assert not sent.deleted


def test_all_submissions_of_all_forms_are_read_fifty_at_a_time(forms: Portal) -> None:
    pages = pull(forms, "form_submissions")
    assert len(set(ids(pages))) == 120
    assert forms.calls("submissions") == 3 + 1
    assert ids(news(forms, "form_submissions", pages)) == []


def test_an_idle_run_asks_each_form_for_its_newest_page_alone(forms: Portal) -> None:
    pages = pull(forms, "form_submissions")
    before = forms.calls("submissions")
    assert ids(news(forms, "form_submissions", pages)) == []
    assert forms.calls("submissions") - before == 2


def test_only_new_submissions_are_news_even_under_the_newest_stamp(forms: Portal) -> None:
    pages = pull(forms, "form_submissions")
    rows = forms.rows("form_submissions")
    rows += [submission("f-1", 500, ms(minutes=1)), submission("f-1", 501, ms(days=10)), submission("f-2", 502, ms())]
    pages = news(forms, "form_submissions", pages)
    assert sorted(ids(pages)) == ["f-1:c500", "f-1:c501", "f-2:c502"]
    assert ids(news(forms, "form_submissions", pages)) == []


def test_more_news_than_a_page_is_read_to_its_end(forms: Portal) -> None:
    pages = pull(forms, "form_submissions")
    forms.rows("form_submissions").extend(submission("f-1", number, ms(hours=1)) for number in range(200, 330))
    assert len(set(ids(news(forms, "form_submissions", pages)))) == 130


def test_submissions_go_on_in_the_middle_of_a_form(forms: Portal) -> None:
    pages = pull(forms, "form_submissions")
    for place, page in enumerate(pages[:-1]):
        rest = pull(forms, "form_submissions", page.cursor)
        assert set(ids(pages[: place + 1])) | set(ids(rest)) == set(ids(pages))


def test_a_form_that_came_later_and_one_that_went_are_no_obstacle(forms: Portal) -> None:
    pages = pull(forms, "form_submissions")
    forms.rows("forms").append({"id": "f-3", "name": "Demo"})
    del forms.rows("forms")[0]
    forms.rows("form_submissions").append(submission("f-3", 700, ms(days=2)))
    assert ids(news(forms, "form_submissions", pages)) == ["f-3:c700"]


def test_submissions_of_archived_forms_are_history_too(forms: Portal) -> None:
    forms.rows("forms")[0]["archived"] = True
    assert len(set(ids(pull(forms, "form_submissions")))) == 120


def test_several_values_of_one_field_are_joined_and_a_missing_id_is_made_up(open_portal: Open) -> None:
    row = submission("f-1", 1, ms(days=1))
    del row["conversionId"]
    row["values"] += [{"name": "topics", "value": "loans"}, {"name": "topics", "value": "cards"}]
    portal = open_portal({"forms": [{"id": "f-1", "name": "Survey"}], "form_submissions": [row]})
    [first], [again] = (records(pull(portal, "form_submissions")) for _ in range(2))
    assert first.raw["values"]["topics"] == "loans;cards"
    assert first.id == again.id
    assert first.id.startswith("f-1:")


def test_no_forms_is_one_empty_page(open_portal: Open) -> None:
    assert [list(page.records) for page in pull(open_portal({}), "form_submissions")] == [[]]


def test_single_submissions_are_read_from_their_form_alone(forms: Portal) -> None:
    forms.rows("form_submissions").append(submission("f-2", 900, ms(days=1)))
    submissions = forms.connect().fetch("form_submissions", (), ["f-2:c900", "f-2:none"])
    assert [record.id for record in submissions] == ["f-2:c900"]
    assert forms.calls("submissions") == 1
