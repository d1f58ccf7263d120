"""What machines do in a mailbox counts nothing, and no person is taken for one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from syncd.agreement.lead_terms import Bots
from syncd.model import Activity
from syncd.rules.bots import machine_made
from tests.benchmarks.bots import PERSON, verdicts
from tests.faults.mailbox import PHONE, at, caught, click, delivered, form, reply
from tests.rules.builders import did

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
MACHINES: dict[str, Sequence[Activity]] = {
    "a click with filteredEvent true and a browser's agent": [click(9_000, filtered=True)],
    "a click 8 s after delivery": [click(8)],
    "a click 30 s after delivery": [click(30)],
    "a click 20 s before delivery": [click(-20)],
    "a click an hour before delivery": [click(-3600)],
    "two links at once of a mail with three, at any hour": [
        click(9_000, "a", links=3),
        click(9_000.5, "b", links=3),
    ],
    "all three links of a mail hours later": [click(9_000 + number, str(number), links=3) for number in range(3)],
    "six links 1.5 s apart, the later ones too": [click(3 + 1.5 * number, str(number)) for number in range(6)],
    "the tail of a slow scan that began at delivery": [click(15 + 70 * number, str(number)) for number in range(5)],
    "an empty agent": [click(9_000, agent="")],
    "a chat's preview": [click(9_000, agent="Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")],
    "a crawler": [click(9_000, agent="Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)")],
    "a program in Go": [click(9_000, agent="Go-http-client/2.0")],
    "a program in Java": [click(9_000, agent="Java/17.0.2")],
    "Wget": [click(9_000, agent="Wget/1.21.4")],
    "a gateway that gives nothing but its name": [click(9_000, agent="Zscaler")],
    "a gateway's name without its blank": [click(9_000, agent="Mozilla/5.0 (compatible; Trendmicro)")],
    "a scanner by its own name": [click(9_000, agent="BitdefenderScanner")],
    "a chat's bot": [click(9_000, agent="Mozilla/5.0 (Macintosh) TeamsBot")],
    "a preview": [click(9_000, agent="LinkPreview/1.2")],
    "a language": [click(9_000, agent="Ruby")],
    "a library with its version": [click(9_000, agent="Faraday v1.0")],
    "a program that says where to read about it": [click(9_000, agent="acme/1 (+https://acme.example/robots)")],
    "a click by Google's image proxy": [click(9_000, agent="GoogleImageProxy")],
    "a click by Yahoo's image proxy": [click(9_000, agent="YahooMailProxy; https://help.yahoo.com/kb/SLN28749.html")],
    "a security gateway that names itself": [click(9_000, agent="Mozilla/5.0 (compatible; Mimecast URL Protect)")],
}
PEOPLE: dict[str, Sequence[Activity]] = {
    "a click from a phone 4 s after delivery, then a form": [click(4, agent=PHONE), form(150)],
    "a click from a phone 4 s after delivery, then a reply": [click(4, agent=PHONE), reply(400)],
    "two early clicks from a phone, then a form": [click(20, "a", PHONE), click(50, "b", PHONE), form(200)],
    "four tabs within 3 s by one who then fills in a form": [
        *(click(9_000 + 0.9 * number, str(number)) for number in range(4)),
        form(9_200),
    ],
    "an agent that is called Abbott Mobile": [click(9_000, agent="Abbott Mobile")],
    "a browser of a maker of virus scanners": [click(9_000, agent=f"{CHROME} Avast/125.0.0.0")],
    "a telephone called Cubot": [
        click(
            9_000,
            agent="Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
        )
    ],
    "a browser in the Teams app": [click(9_000, agent=f"{CHROME} TeamsMobile-Android")],
    "an old Outlook": [
        click(9_000, agent="Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; Microsoft Outlook 15.0)")
    ],
    "Thunderbird": [click(9_000, agent="Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.3.1")],
    "a camera that reads printed codes": [click(9_000, agent="QrScanner/1.0 (Android 14)")],
    "an open that Google's proxy fetched": [
        did("ann", "email_opened", at=at(9_000), message="m1", agent="GoogleImageProxy")
    ],
    "three clicks on one link": [click(9_000 + number, links=3) for number in range(3)],
    "two links of a long letter": [click(9_000, "a", links=9), click(9_001, "b", links=9)],
    "somebody else's delivery": [did("ann", "email_delivered", at=at(9_000), message="m2"), click(9_004)],
    "the same letter delivered again a minute later": [
        did("ann", "email_delivered", at=at(9_060), message="m1"),
        click(9_000),
    ],
    "an open by a mail program half a minute after delivery": [
        did("ann", "email_opened", at=at(30), message="m1", agent="Outlook-iOS/723.4027091.prod.iphone (4.28.0)")
    ],
    "a telephone's click minutes after a scan by another agent": [click(700, agent=PHONE)],
}


@pytest.mark.parametrize("activities", MACHINES.values(), ids=MACHINES)
def test_a_machine_s_click_is_told(activities: Sequence[Activity]) -> None:
    assert all(caught(activities))


@pytest.mark.parametrize("activities", PEOPLE.values(), ids=PEOPLE)
def test_a_person_s_click_is_left_alone(activities: Sequence[Activity]) -> None:
    assert not any(caught(activities))


def test_a_scan_at_delivery_is_cleared_by_nothing_and_the_form_s_own_click_is_a_person_s() -> None:
    scan = [click(5 + number, str(number)) for number in range(5)]
    assert caught([*scan, click(420), form(480)]) == [True] * 5 + [False, False]


def test_a_form_clears_no_agent_that_names_itself() -> None:
    assert caught([click(9_000, agent="Barracuda Sentinel (EE)"), form(9_100)]) == [True, False]


def test_an_automatic_reply_clears_nothing() -> None:
    assert caught([click(4), reply(20, "Automatic reply: fraud detection")]) == [True, True]


def test_a_privacy_open_taints_no_click() -> None:
    relay = did("ann", "email_opened", at=at(5), message="m1", agent="Mozilla/5.0")
    assert caught([relay, click(480, agent=PHONE)]) == [True, False]


def test_each_machine_s_activity_has_the_sign_that_gave_it_away() -> None:
    activities = [
        *(click(9_000 + number / 2, str(number)) for number in range(4)),
        click(9_300, "late"),
        click(20, agent=PHONE),
        click(30_000, agent="curl/8.1.2"),
        click(40_000, filtered=True),
        reply(50_000, "Abwesenheitsnotiz: fraud"),
    ]
    machines = machine_made([delivered(), *activities], Bots())
    assert [machines.get(activity.id) for activity in activities] == [
        *["4 links at once"] * 4,
        "in a session with a machine's click",
        "within 60 s of the delivery",
        "agent curl",
        "filtered by hubspot",
        "automatic reply",
    ]


def test_of_157_sequences_nine_in_ten_are_right_and_no_person_is_taken_for_a_machine() -> None:
    sequences: dict[str, bool] = {}
    people_lost = []
    for verdict in verdicts():
        sequences[verdict.sequence] = sequences.get(verdict.sequence, True) and verdict.right
        people_lost += [verdict] if verdict.truth == PERSON and not verdict.right else []
    assert len(sequences) >= 60
    assert sum(sequences.values()) >= 0.9 * len(sequences)
    assert people_lost == []
