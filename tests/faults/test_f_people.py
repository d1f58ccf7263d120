"""Addresses and names of one person that systems write in different ways, and what makes two records one."""

from collections.abc import Mapping

import pytest

from syncd.store import Store
from tests.benchmarks.pairs import merged, people_pairs, sighting, verdicts
from tests.faults.who_is_who import IN_ORG, READERS, belongs_to, brought, in_portal

# ---- people: addresses --------------------------------------------------------------------------------------------


def is_one_person(left: Mapping[str, str], right: Mapping[str, str]) -> bool:
    """Whether two contacts of the portal become one, whichever comes first."""
    records = [
        sighting(READERS, "hubspot.contacts", str(number), {"hs_additional_emails": "", **raw})
        for number, raw in enumerate((left, right))
    ]
    answers = {merged("contact", *order, READERS.customs) for order in (records, records[::-1])}
    assert len(answers) == 1, "the order must not matter"
    return answers.pop()


def ida(email: str, first: str = "Ida", last: str = "Ost", **more: str) -> Mapping[str, str]:
    return {"email": email, "firstname": first, "lastname": last, **more}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param("ida@müller-bank.example", "ida@xn--mller-bank-9db.example", id="one host in IDNA 2008"),
        pytest.param("ida+webinar@tinybank.example", "ida@tinybank.example", id="a tag"),
        pytest.param("i.d.a.ost@gmail.com", "idaost@googlemail.com", id="dots of Gmail"),
        pytest.param("ida@tinybank.example\u200b", "ida@tinybank.example", id="a zero-width character at the end"),
        pytest.param("mailto:ida@tinybank.example", "ida@tinybank.example", id="mailto"),
        pytest.param("Ida Ost <ida@tinybank.example>", "<ida@tinybank.example>", id="angle brackets"),
        pytest.param("ida@tinybank.example.", "IDA@TinyBank.example", id="a full stop, and case"),
        pytest.param("ida＠tinybank.example", "ida@tinybank.example", id="a full-width at-sign"),
    ],
)
def test_one_mailbox_in_two_spellings_is_one_person_s(left: str, right: str) -> None:
    assert is_one_person(ida(left), ida(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(ida("i.ost@tinybank.example", "Ivo"), ida("iost@tinybank.example", "Inga"), id="dots elsewhere"),
        pytest.param(ida("anna@tinybank.example"), ida("аnna@tinybank.example"), id="a Cyrillic letter"),
        *(
            pytest.param(ida(f"{box}@tinybank.example"), ida(f"{box}@tinybank.example"), id=f"{box}@")
            for box in ("loans", "ap", "buchhaltung", "loan-ops", "frontdesk", "support2", "kreditabteilung")
        ),
        *(
            pytest.param(ida(email), ida(email), id=email)
            for email in ("none@none.com", "test@test.com", "x@x.com", "no-email@tinybank.example", "keine@keine.de")
        ),
    ],
)
def test_an_address_that_is_no_one_s_makes_no_two_records_one(
    left: Mapping[str, str], right: Mapping[str, str]
) -> None:
    assert not is_one_person(left, right)


# ---- people: names in one mailbox ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("J.R.", "Ost"), ("JR", "Ost")),
        (("J. R.", "Ost"), ("John Robert", "Ost")),
        (("Josef", "Ost"), ("Sepp", "Ost")),
        (("Francisco", "Ruiz"), ("Paco", "Ruiz")),
        (("Giuseppe", "Riva"), ("Beppe", "Riva")),
        (("Jakub", "Wolski"), ("Kuba", "Wolski")),
        (("Wilhelm", "Ost"), ("Willi", "Ost")),
        (("Ida", "Ost"), ("Ida", "Ost-West")),
        (("Zo\u00eb", "Ost"), ("Zoe\u0308", "Ost")),
        (("Jürgen", "Möhring"), ("Juergen", "Moehring")),
        (("", "Ost, Ida"), ("Ida", "Ost")),
        (("Dr. Ida", "Ost, MBA"), ("Ida", "Ost")),
        (("Ida", "Ost Jr."), ("Ida", "Ost")),
    ],
)
def test_one_person_is_known_by_short_forms_initials_and_new_last_names(
    left: tuple[str, str], right: tuple[str, str]
) -> None:
    assert is_one_person(ida("ida.ost@tinybank.example", *left), ida("ida.ost@tinybank.example", *right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("Otis", "Granger Sr."), ("Otis", "Granger Jr.")),
        (("Ernst", "Wagner sen."), ("Ernst", "Wagner jun.")),
        (("Leland", "Strobel II"), ("Leland", "Strobel III")),
        (("Kristin", "Aldous"), ("Kristen", "Beaumont")),
        (("Stephen", "Pratt"), ("Steven", "Ochoa")),
        (("Daniel", "Sousa"), ("Daniela", "Sousa")),
        (("Giorgio", "Riva"), ("Giorgia", "Riva")),
        (("Mr. & Mrs.", "Ost"), ("Ida", "Ost")),
        (("Ida", "Ost"), ("Ida", "Westermann")),
    ],
)
def test_father_and_son_couples_and_colleagues_of_one_box_are_several(
    left: tuple[str, str], right: tuple[str, str]
) -> None:
    assert not is_one_person(ida("post2@tinybank.example", *left), ida("post2@tinybank.example", *right))
    assert not is_one_person(ida("granger@tinybank.example", *left), ida("granger@tinybank.example", *right))


def test_15_characters_of_an_id_tell_their_letters_apart_by_case() -> None:
    refs = [
        sighting(READERS, "hubspot.contacts", "1", {"salesforcecontactid": id, "lastname": "Ost"}).row["cross_ids"]
        for id in ("0035g00000AbCdE", "0035g00000AbCdEAAU", "0035g00000abcde")
    ]
    assert refs[0] == [ref._replace(id=refs[0][0].id) for ref in refs[0]]
    assert refs[0][0].id[:15] == "0035g00000AbCdE" and len(refs[0][0].id) == 18
    assert refs[0] != refs[2]


# ---- merges -------------------------------------------------------------------------------------------------------


def test_a_cross_id_of_a_record_that_was_merged_away_means_who_took_it_in(store: Store) -> None:
    numbers = ("31", "32")
    people = [
        in_portal(f"ida{number}@tinybank.example", lastname=f"Ost{number}") | {"id": number} for number in numbers
    ]
    brought(store, "hubspot", "contacts", *people)
    org = {"Id": IN_ORG["Id"], "LastName": "Ost", "Email": "other@elsewhere.example", "HubSpot_Contact_ID__c": "31"}
    brought(store, "salesforce", "Contact", org)
    merged_into = in_portal("ida31@tinybank.example", hs_calculated_merged_vids="31:1764000000000;32:1764000000000")
    brought(store, "hubspot", "contacts", merged_into | {"id": "90"})
    names = ("hubspot.contacts/90", f"salesforce.Contact/{IN_ORG['Id']}")
    assert len({belongs_to(store, name) for name in names}) == 1


def test_people_of_the_measuring_set_are_told_apart_and_found() -> None:
    pairs = people_pairs()
    answers = verdicts("contact", pairs, READERS)
    wrong = [pair.id for pair in pairs if pair.same != "yes" and any(answers[pair.id])]
    right = [pair.id for pair in pairs if pair.same == "yes" and all(answers[pair.id])]
    assert len(right) >= 0.95 * (len(right) + len(wrong))
    assert len(right) >= 0.8 * sum(pair.same == "yes" for pair in pairs)
