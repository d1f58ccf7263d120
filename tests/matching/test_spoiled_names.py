"""Names of companies as programs and colleagues spoil them, offices of public bodies, and the second draw of pairs."""

import pytest

from syncd.matching.words import legible
from tests.benchmarks.pairs import account_pairs, merged, people_pairs, readers, sighting, verdicts

READERS = readers()


def are_one(left: str, right: str, street: str = "Lindenweg 1") -> bool:
    """Whether two companies at one website and in one town are merged; the order must not matter."""
    place = {"BillingCity": "Celle", "BillingPostalCode": "29221", "BillingCountry": "Germany"}
    org = {"Name": left, "Website": "celle.example", "BillingStreet": "Lindenweg 1", **place}
    portal = {"name": right, "domain": "celle.example", "address": street, "city": "Celle", "zip": "29221"}
    account = sighting(READERS, "salesforce.Account", "1", org)
    company = sighting(READERS, "hubspot.companies", "9", portal | {"country": "Germany"})
    answers = {merged("account", *order, READERS.customs) for order in ((account, company), (company, account))}
    assert len(answers) == 1
    return answers.pop()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("BÃ¤ckerei HÃ¶fer", "Bäckerei Höfer"),
        ("MÃ¶belhaus Ã–zkan", "Möbelhaus Özkan"),
        ("Ried &amp; Sohn", "Ried & Sohn GmbH"),
        ("Caf&eacute; Lumen", "Café Lumen"),
        ("O&#39;Hara Tiles", "O'Hara Tiles Ltd"),
        ("Lindhof Druck [DUPLICATE]", "Lindhof Druck"),
        ("*** VIP *** Lindhof Druck", "Lindhof Druck"),
        ("Lindhof Druck - nicht anrufen", "Lindhof Druck GmbH"),
        ("Lindhof Druck (Dublette?)", "Lindhof Druck"),
        ("Seven Oaks Cider", "7 Oaks Cider"),
        ("Gasthof Drei Linden", "Gasthof 3 Linden"),
        ("Les Trois Moulins", "Les 3 Moulins"),
        ("Vereinigung der Hersteller von Dichtungs", "Vereinigung der Hersteller von Dichtungsringen e.V."),
        ("ORK GmbH", "Oberharzer Rohr-Kontor GmbH"),
    ],
)
def test_a_spoiled_name_is_the_name_it_was(left: str, right: str) -> None:
    assert are_one(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Stadt Celle", "Stadt Celle - Sozialamt"),
        ("Landkreis Celle", "Landkreis Celle, Amt für Bauen"),
        ("City of Celle", "City of Celle Public Works"),
        ("Ville de Celle", "Ville de Celle - Direction des sports"),
        ("Ayuntamiento de Celle", "Ayuntamiento de Celle, Concejalía de Cultura"),
        ("Comune di Celle", "Comune di Celle Ufficio Tributi"),
        ("Gmina Celle", "Gmina Celle Wydział Oświaty"),
        ("Celle kommun", "Celle kommun, Socialförvaltningen"),
        ("Celle University", "Celle University Hospital"),
        ("Lindhof Druck", "Lindhof Druck Rechtsabteilung"),
        ("Lindhof Printing Ltd", "Lindhof Printing Accounts Department"),
        ("Lindhof Druck (Celle)", "Lindhof Druck (Peine)"),
        ("Halle 4 Logistik", "Halle 5 Logistik"),
        ("Vereinigung der Hersteller", "Vereinigung der Herstellerinnen"),
        ("Wohnbau", "Wohnbauverwaltung"),
    ],
)
def test_an_office_or_another_name_is_no_spoiled_one(left: str, right: str) -> None:
    assert not are_one(left, right)


def test_initials_alone_are_no_company_s_name_in_another_street() -> None:
    assert not are_one("ORK GmbH", "Oberharzer Rohr-Kontor GmbH", street="Ahornring 7")


@pytest.mark.parametrize(
    "text", ["Société Générale", "Ærø Rederi", "Ñandú S.A.", "Ångström & Co", "Ã", "«CAFÉ»", "AT&T; Acme"]
)
def test_a_text_that_nothing_spoiled_stays(text: str) -> None:
    assert legible(text) == text


def test_of_the_second_draw_nobody_is_merged_who_must_not_be_and_most_are_found() -> None:
    for kind, pairs in (("account", account_pairs("second draw")), ("contact", people_pairs("second draw"))):
        answers = verdicts(kind, pairs, READERS)
        assert [pair.id for pair in pairs if pair.same != "yes" and any(answers[pair.id])] == []
        missed = [pair.id for pair in pairs if pair.same == "yes" and not all(answers[pair.id])]
        assert len(missed) <= 1, missed
