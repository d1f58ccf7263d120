"""Whose user agent it is: a program's or a person's."""

import re

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from syncd.rules.agents import machine_in

PROGRAMS = [
    "curl/8.1.2",
    "okhttp/4.12.0",
    "Apache-HttpClient/4.5.14 (Java/17.0.2)",
    "WhatsApp/2.23.20.0",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; +http://www.linkedin.com)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/119.0 Safari/537.36",
    "python-requests/2.31.0",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "AhrefsBot/7.0",
    "",
    "Mozilla/5.0",
]
PEOPLE = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:115.0) Gecko/20100101 Thunderbird/115.3.1",
    "Abbott Mobile",
    "Talbots Reader 2",
    "Mozilla/5.0 (Linux; Android 12; JavaScriptPad) AppleWebKit/537.36 Chrome/119 Mobile Safari/537.36",
    "Curly Browser",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    "SeznamEmailProxy/2.0.213",
]


@pytest.mark.parametrize("agent", PROGRAMS)
def test_a_program_is_known_by_its_name(agent: str) -> None:
    assert machine_in(agent)


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_person_s_browser_and_mail_program_are_none(agent: str) -> None:
    assert not machine_in(agent)


@pytest.mark.parametrize(
    ("agent", "machine"),
    [
        ("Mozilla/5.0 BARRACUDA Sentinel", True),
        ("BarracudaSentinel/2", True),
        ("TheBarracuda 1", True),
        ("Barracudas Weekly", False),
        ("Abbott Mobile", False),
        ("Robot Framework", False),
        ("My Bot", True),
        ("MyBot 2", True),
        ("SIEM (x+y) probe", True),
    ],
)
def test_the_agreement_s_own_names_are_words_in_any_case(agent: str, machine: bool) -> None:
    assert bool(machine_in(agent, ["barracuda", "bot", "(x+y)", ""])) is machine


def test_nearly_every_agent_that_the_kept_list_shows_is_recognised() -> None:
    shown = [agent for entry in CRAWLER_USER_AGENTS_DATA for agent in entry["instances"]]
    missed = [
        agent for agent in shown if not machine_in(agent) and not re.search("ImageProxy|MailProxy|FastmailUA", agent)
    ]
    assert len(missed) < len(shown) / 40, missed
