"""HubSpot's marketing e-mail events: a log by time with late comers, and the names of their campaigns."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.base import Misconfigured
from connectors.hubspot import paths
from connectors.hubspot.client import Client
from connectors.hubspot.mailings import links_in
from connectors.hubspot.paths import Path
from tests.connectors.contract import records
from tests.connectors.hubspot.portals import Open, Portal, ids, ms, news, pull


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
    events = records(pull(mailings, "email_events"))
    assert len({record.id for record in events}) == 2500
    assert {record.raw["campaignName"] for record in events} == {"Treasury news", "Come by"}
    assert mailings.calls("email/public/v1/events") == 3
    assert mailings.calls("email/public/v1/campaigns") == 2


def test_a_campaign_that_is_gone_leaves_its_events_nameless(mailings: Portal) -> None:
    mailings.rows("email_campaigns").clear()
    assert {record.raw["campaignName"] for record in records(pull(mailings, "email_events"))} == {None}


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_campaign_that_hubspot_refuses_to_show_costs_its_name_and_no_events(mailings: Portal, status: int) -> None:
    """One refused campaign broke the log off at the same page for ever; asked once, it is remembered.

    403 is of the app and not of the campaign: a scope that it lacks, which a person must grant.
    """
    mailings.spoil("status", path="/email/public/v1/campaigns/70", status=status)
    heard = mailings.overhear()
    if status == 403:
        with pytest.raises(Misconfigured):
            pull(mailings, "email_events")
        return
    events = records(pull(mailings, "email_events"))
    assert len({record.id for record in events}) == 2500
    assert {record.raw["campaignName"] for record in events} == {None, "Come by"}
    assert len([scope for scope in heard if scope["path"].endswith("/campaigns/70")]) == 1


def test_a_mail_event_without_a_stamp_ends_no_reading(mailings: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Client.call

    def call(client: Client, path: Path, *args: Any, **more: Any) -> Any:
        answer = real(client, path, *args, **more)
        if path is paths.EMAIL_EVENTS and answer["events"]:
            answer["events"][-1].pop("created")
        return answer

    monkeypatch.setattr(Client, "call", call)
    assert len({record.id for record in records(pull(mailings, "email_events"))}) == 2500


def test_events_carry_how_many_links_their_mail_has(open_portal: Open) -> None:
    links = ["https://x.example/a", "https://x.example/b", "https://x.example/logo.png"]
    campaigns = [{"id": 70, "name": "News", "contentId": 9, "links": links}, {"id": 71, "name": "Gone", "contentId": 8}]
    portal = open_portal({"email_campaigns": campaigns, "email_events": [event(n, ms(days=5)) for n in range(2)]})
    raws = [record.raw for record in records(pull(portal, "email_events"))]
    assert {raw["campaignName"]: raw["campaignLinks"] for raw in raws} == {"News": 2, "Gone": None}
    assert portal.calls("marketing/emails") == 2


def test_links_are_those_of_html_and_of_buttons() -> None:
    html = (
        '<a href="https://x.example/a">A</a> <a href=\'https://x.example/b\'>B</a> <a href="mailto:x@x.example">M</a>'
    )
    widgets = {
        "text": {"body": {"html": html}},
        "button": {"body": {"destination": "https://x.example/c", "text": "Go"}},
        "picture": {"body": {"img": {"src": "https://x.example/p.png"}, "link": "{{ unsubscribe_link }}"}},
    }
    assert links_in({"widgets": widgets}) == {"https://x.example/a", "https://x.example/b", "https://x.example/c"}


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
