"""`syncd answer`: by hand, and refused with what can be answered."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Syncd

BANK = "Endeavor Bank"


def standing(syncd: Syncd) -> str:
    (account,) = syncd.place.rows("Account", Name=BANK)
    return str(next(row["Id"] for row in syncd.place.rows("Opportunity", AccountId=account["Id"])))


def test_an_answer_by_hand_is_in_the_picture_and_can_be_taken_back(shared: Syncd) -> None:
    which = standing(shared)
    shared.done("answer", which, "Budget", "200,000 of IT", "--by", "Rae Rep")
    known = shared.done("explain", which, "--json").json["picture"]["known"]
    (budget,) = (finding for finding in known if finding["what"] == "budget")
    assert (budget["value"], budget["source"], budget["by"]) == ("200,000 of IT", "syncd answer", "Rae Rep")
    assert "200,000 of IT" in shared.done("answer", which).out
    shared.done("answer", which, "budget", "--forget")
    assert "budget" in shared.done("explain", which, "--json").json["picture"]["gaps"]
    assert shared("answer", which, "budget", "--forget").code == 6


def test_a_role_by_hand_outranks_the_titles(shared: Syncd) -> None:
    which = standing(shared)
    (account,) = shared.place.rows("Account", Name=BANK)
    person = next(row for row in shared.place.rows("Contact", AccountId=account["Id"]) if row["Email"])
    shared.done("answer", which, "economic buyer", person["Email"])
    (contact,) = shared.done("explain", person["Id"], "--json").json["contacts"]
    assert (contact["role"], contact["role_by"]) == ("Economic Buyer", "syncd answer")
    listed = shared.done("answer", which).out
    assert contact["name"] in listed and contact["contact_id"] not in listed, "a person is told by name"
    answers = {answer["what"]: answer for answer in shared.done("answer", which, "--json").json["answers"]}
    entry = answers["Economic Buyer"]
    assert (entry["value"], entry["name"]) == (contact["contact_id"], contact["name"])
    shared.done("answer", which, "Economic Buyer", "--forget")


REFUSED = {
    "nothing asks for that": (("colour", "blue"), 2, "what can be answered: criteria, steps, timeline, budget"),
    "an empty answer": (("budget", "  "), 2, "what is the answer?"),
    "no answer at all": (("budget",), 2, "what is the answer?"),
    "a document": (("budget", "x" * 5_000), 2, "at most 4,000"),
    "bytes that are no text": (("budget", "200 \udce9"), 2, "no UTF-8 text"),
    "a name that is none": (("budget", "200", "--by", "Ren\udce9"), 2, "no UTF-8 text"),
    "nobody of that name": (("Champion", "nobody@nowhere.example"), 6, "no contact answers to"),
}


@pytest.mark.parametrize(("words", "code", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_answer_is_refused_with_what_would_mend_it(
    shared: Syncd, words: tuple[str, ...], code: int, message: str
) -> None:
    refused = shared("answer", standing(shared), *words)
    assert (refused.code, message in refused.err) == (code, True), refused


def test_an_opportunity_that_nobody_knows_is_refused(shared: Syncd) -> None:
    refused = shared("answer", "006nowhere", "budget", "1")
    assert (refused.code, "no opportunity answers to" in refused.err) == (6, True)
