"""The streams that HubSpot cannot search: owners, campaigns, submissions, e-mail events, marketing events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from connectors.base import Misconfigured, Page
from tests.connectors.contract import records
from tests.connectors.hubspot.portals import LONG_AGO, NOON, Portal, contact, crm, iso

Open = Callable[..., Portal]


def ms(**before_noon: float) -> int:
    return int((NOON - timedelta(**before_noon)).timestamp() * 1000)


def pull(portal: Portal, stream: str, cursor: str | None = None, fields: Sequence[str] = ()) -> list[Page]:
    return list(portal.connect().pull(stream, fields, cursor))


def news(portal: Portal, stream: str, pages: Sequence[Page]) -> list[Page]:
    return pull(portal, stream, pages[-1].cursor)


def ids(pages: Sequence[Page]) -> list[str]:
    return [record.id for record in records(pages)]


# ---- owners, campaigns ---------------------------------------------------------------------------------------------


def owner(id: int, **more: Any) -> dict[str, Any]:
    return {"id": str(id), "email": f"rep{id}@example.com", "firstName": "Ann", "lastName": str(id), **more}


def test_owners_come_with_the_archived_ones(open_portal: Open) -> None:
    portal = open_portal({"owners": [owner(1), owner(2, archived=True)]})
    assert [(record.id, record.deleted) for record in records(pull(portal, "owners"))] == [("1", False), ("2", True)]


def test_an_owner_who_left_is_news(open_portal: Open) -> None:
    portal = open_portal({"owners": [owner(1), owner(2)]})
    pages = pull(portal, "owners")
    before = portal.calls()
    assert ids(news(portal, "owners", pages)) == []
    assert portal.calls() - before == 1
    portal.rows("owners")[1]["archived"] = True
    assert ("2", True) in [(record.id, record.deleted) for record in records(news(portal, "owners", pages))]


def test_an_empty_list_of_owners_is_one_empty_page(open_portal: Open) -> None:
    portal = open_portal({})
    pages = pull(portal, "owners")
    assert ids(pages) == []
    assert len(news(portal, "owners", pages)) == 1


def test_campaigns_come_with_the_properties_asked_for(open_portal: Open) -> None:
    campaigns = [crm(id, {"hs_name": f"Treasury {id}", "hs_start_date": "2026-10-01"}) for id in range(1, 121)]
    portal = open_portal({"campaigns": campaigns})
    pages = pull(portal, "campaigns", fields=("hs_name", "hs_start_date"))
    found = records(pages)
    assert len(found) == 120
    assert found[0].raw["properties"] == {"hs_name": "Treasury 1", "hs_start_date": "2026-10-01"}
    assert ids(pull(portal, "campaigns", pages[-1].cursor, ("hs_name", "hs_start_date"))) == []
    portal.edit("campaigns", 7, hs_name="Payments")
    changed = pull(portal, "campaigns", pages[-1].cursor, ("hs_name", "hs_start_date"))
    assert "Payments" in [record.raw["properties"]["hs_name"] for record in records(changed)]


# ---- form submissions ----------------------------------------------------------------------------------------------


def submission(form: str, number: int, at: int, **values: str) -> dict[str, Any]:
    fields = {"email": f"p{number}@example.com"} | values
    return {
        "formId": form,
        "conversionId": f"c{number}",
        "submittedAt": at,
        "values": [{"name": name, "value": value, "objectTypeId": "0-1"} for name, value in fields.items()],
        "pageUrl": "https://www.example.com/whitepaper",
        "pageTitle": "Whitepaper",
    }


@pytest.fixture
def forms(open_portal: Open) -> Portal:
    return open_portal(
        {
            "forms": [{"id": "f-1", "name": "Whitepaper: treasury"}, {"id": "f-2", "name": "Contact sales"}],
            "form_submissions": [submission("f-1", number, ms(days=10, minutes=number)) for number in range(120)],
        }
    )


def test_a_submission_has_its_normal_form(forms: Portal) -> None:
    forms.rows("form_submissions").append(submission("f-2", 900, ms(days=1), topic="loans"))
    found = next(record for record in records(pull(forms, "form_submissions")) if record.id == "f-2:c900")
    assert found.raw == {
        "formId": "f-2",
        "formName": "Contact sales",
        "submittedAt": ms(days=1),
        "email": "p900@example.com",
        "pageUrl": "https://www.example.com/whitepaper",
        "pageTitle": "Whitepaper",
        "values": {"email": "p900@example.com", "topic": "loans"},
    }
    assert found.modified_at == NOON - timedelta(days=1)
    assert not found.deleted


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
    found = forms.connect().fetch("form_submissions", (), ["f-2:c900", "f-2:none"])
    assert [record.id for record in found] == ["f-2:c900"]
    assert forms.calls("submissions") == 1


# ---- e-mail events -------------------------------------------------------------------------------------------------


def event(number: int, at: int, type: str = "OPEN") -> dict[str, Any]:
    return {
        "id": f"e{number}",
        "type": type,
        "created": at,
        "recipient": f"p{number}@example.com",
        "emailCampaignId": 70 + number % 2,
        "appId": 113,
    }


@pytest.fixture
def mailings(open_portal: Open) -> Portal:
    return open_portal(
        {
            "email_campaigns": [{"id": 70, "name": "Treasury news"}, {"id": 71, "name": "", "subject": "Come by"}],
            "email_events": [event(number, ms(days=5, seconds=number)) for number in range(2500)],
        }
    )


def test_email_events_carry_their_campaign_s_name_looked_up_once(mailings: Portal) -> None:
    found = records(pull(mailings, "email_events"))
    assert len({record.id for record in found}) == 2500
    assert {record.raw["campaignName"] for record in found} == {"Treasury news", "Come by"}
    assert mailings.calls("email/public/v1/events") == 3
    assert mailings.calls("email/public/v1/campaigns") == 2


def test_a_campaign_that_is_gone_leaves_its_events_nameless(mailings: Portal) -> None:
    mailings.rows("email_campaigns").clear()
    assert {record.raw["campaignName"] for record in records(pull(mailings, "email_events"))} == {None}


def test_only_new_events_are_news_and_late_comers_are_found(mailings: Portal) -> None:
    pages = pull(mailings, "email_events")
    assert ids(news(mailings, "email_events", pages)) == []
    mailings.rows("email_events").append(event(9000, ms(minutes=2)))  # it came before the last run, and shows now
    mailings.clock.advance(300)
    mailings.rows("email_events").append(event(9001, ms(minutes=-3)))
    assert sorted(ids(news(mailings, "email_events", pages))) == ["e9000", "e9001"]


def test_events_go_on_behind_the_last_one_saved(mailings: Portal) -> None:
    pages = pull(mailings, "email_events")
    mailings.clock.advance(7 * 86400)
    rest = pull(mailings, "email_events", pages[0].cursor)
    assert set(ids(pages[:1])) | set(ids(rest)) == set(ids(pages))
    assert len(ids(rest)) < 1600


def test_a_single_event_is_picked_out_of_the_log(mailings: Portal) -> None:
    assert [r.id for r in mailings.connect().fetch("email_events", (), ["e1", "nope"])] == ["e1"]
    assert mailings.connect().fetch("email_events", (), []) == []


# ---- marketing events ----------------------------------------------------------------------------------------------


@pytest.fixture
def gatherings(open_portal: Open) -> Portal:
    return open_portal(
        {
            "contacts": [contact(id) for id in range(1, 151)],
            "marketing_events": [
                {
                    "objectId": str(id),
                    "externalEventId": f"x{id}",
                    "eventName": f"Breakfast {id}",
                    "eventType": "BREAKFAST SEMINAR",
                    "startDateTime": iso(LONG_AGO),
                }
                for id in (11, 12, 13)
            ],
            "marketing_participations": [
                {
                    "objectId": "11",
                    "email": f"p{id}@example.com",
                    "contactId": str(id),
                    "attended": id % 2 == 0,
                    "occurredAt": iso(LONG_AGO),
                }
                for id in range(1, 151)
            ],
        }
    )


def test_participants_have_their_normal_form(gatherings: Portal) -> None:
    found = {record.id: record for record in records(pull(gatherings, "marketing_events"))}
    assert len(found) == 150
    raw = found["11:2"].raw
    assert raw["eventId"] == "11"
    assert raw["eventName"] == "Breakfast 11"
    assert raw["eventType"] == "BREAKFAST SEMINAR"
    assert raw["email"] == "p2@example.com"
    assert raw["attended"] is True
    assert found["11:3"].raw["attended"] is False
    assert raw["occurredAt"] == int(LONG_AGO.timestamp() * 1000)
    assert found["11:2"].modified_at == LONG_AGO


def test_who_is_listed_twice_and_came_once_came(gatherings: Portal) -> None:
    for attended in (False, True, False):
        guest = {"objectId": "13", "email": "guest@example.com", "attended": attended, "occurredAt": iso(NOON)}
        gatherings.rows("marketing_participations").append(guest)
    found = [record for record in records(pull(gatherings, "marketing_events")) if record.id.startswith("13:")]
    assert [record.raw["attended"] for record in found] == [True]


def test_only_events_whose_figures_changed_are_read_again(gatherings: Portal) -> None:
    pages = pull(gatherings, "marketing_events")
    before = gatherings.calls()
    assert ids(news(gatherings, "marketing_events", pages)) == []
    assert gatherings.calls() - before == 1
    guest = {"objectId": "13", "email": "guest@example.com", "attended": True, "occurredAt": iso(NOON)}
    gatherings.rows("marketing_participations").append(guest)
    found = records(news(gatherings, "marketing_events", pages))
    assert [record.raw["email"] for record in found] == ["guest@example.com"]
    assert found[0].id.startswith("13:")
    assert "guest" not in found[0].id, "no e-mail address stands in an id"


def test_participants_go_on_in_the_middle_of_an_event(gatherings: Portal) -> None:
    pages = pull(gatherings, "marketing_events")
    assert [len(page.records) for page in pages] == [100, 50, 0, 0]
    rest = pull(gatherings, "marketing_events", pages[0].cursor)
    assert len(ids(rest)) == 50


def test_an_event_that_is_gone_is_no_obstacle(gatherings: Portal) -> None:
    pages = pull(gatherings, "marketing_events")
    del gatherings.rows("marketing_events")[0]
    assert len(ids(pull(gatherings, "marketing_events", pages[0].cursor))) == 0


def test_single_participants_are_read_from_their_event_alone(gatherings: Portal) -> None:
    found = gatherings.connect().fetch("marketing_events", (), ["11:5", "12:5"])
    assert [record.id for record in found] == ["11:5"]


# ---- all -----------------------------------------------------------------------------------------------------------


def test_a_stream_that_hubspot_does_not_have_is_a_configuration_error(forms: Portal) -> None:
    with pytest.raises(Misconfigured, match="no stream 'deals'"):
        forms.connect().pull("deals", (), None)


@pytest.mark.parametrize("stream", ["owners", "campaigns", "email_events", "contacts"])
def test_another_stream_s_cursor_starts_over(forms: Portal, open_portal: Open, stream: str) -> None:
    cursor = pull(forms, "form_submissions")[-1].cursor
    portal = open_portal(
        {
            "owners": [owner(1)],
            "campaigns": [crm(1, {"hs_name": "Treasury"})],
            "email_events": [event(1, ms(days=1))],
            "contacts": [contact(1)],
        }
    )
    assert len(ids(pull(portal, stream, cursor))) == 1
