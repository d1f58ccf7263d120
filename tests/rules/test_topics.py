"""A topic is told in words, never as an address, and once however often a system repeats it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.rules.topics import topic_in_words
from tests.rules.builders import TODAY, did
from tests.rules.test_engagement import BY, weigh

TOPICS = {
    "a mail and the link that was clicked": (
        "Lending letter: farm season (2026-11) https://www.bank.example/lending/story?c=204101369",
        "Lending letter: farm season (2026-11)",
    ),
    "a form, its page and the page's title": (
        "Whitepaper: Benchmarks https://www.bank.example/lending/whitepaper Whitepaper: Benchmarks",
        "Whitepaper: Benchmarks",
    ),
    "a title that says more than the form": ("News https://bank.example/ News for banks", "News for banks"),
    "a title that says something else": ("Demo https://bank.example/x Fraud detection", "Demo, Fraud detection"),
    "an address alone": ("https://www.bank.example/fraud/case-studies.html?utm_source=x", "fraud case studies html"),
    "a tracker's address alone": ("https://d2v8.na1.hubspotlinks.example/Ctc/5D+113/d2V8/VVh0", ""),
    "an address without a scheme": ("Spring news go.bank.example/Xy7?e=1", "Spring news"),
    "words with a slash": ("24/7 and AML/CFT monitoring", "24/7 and AML/CFT monitoring"),
    "a domain that is spoken of": ("Why bank.example moved", "Why bank.example moved"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("topic", "words"), TOPICS.values(), ids=TOPICS.keys())
def test_a_topic_is_told_in_words(topic: str, words: str) -> None:
    assert topic_in_words(topic) == words


@given(st.text(max_size=60))
def test_what_is_told_has_no_address_and_is_told_the_same_again(topic: str) -> None:
    assert "://" not in topic_in_words(f"{topic} https://bank.example/a?b=c")
    assert topic_in_words(topic_in_words(topic)) == topic_in_words(topic)


def test_one_mail_clicked_by_several_links_is_one_topic() -> None:
    clicks = [did("ann", "email_clicked", day, f"Fraud brief https://bank.example/fraud/{day}?c=1") for day in (3, 9)]
    interest = weigh(clicks, BY, TODAY).interest
    assert interest.topics == ("Fraud brief",)
    assert "fraud-detection" in interest.by_offer
