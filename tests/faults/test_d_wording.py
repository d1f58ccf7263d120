"""What forms, statuses and titles say, in eight languages and both systems; what nobody can read is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connectors.base import Page, Record
from syncd.mapping import load_all
from syncd.mapping.files import tables, wording
from syncd.mapping.reading import reader
from syncd.rules.replies import is_automatic
from syncd.store import Store
from syncd.sync.match import match
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from syncd.sync.unread import unread
from tests.faults.mailbox import caught, click, form
from tests.ledger import save

WORDS = wording()
MAPPINGS = load_all(names=("hubspot", "salesforce"))
UNREAD = None

FORMS = {
    # asked for, in any order and with small words between
    "I want to speak with someone from sales": "contact_sales",
    "contact-sales_form_v2": "contact_sales",
    "ContactSales": "contact_sales",
    "Have a rep call you": "contact_sales",
    "Rückruf vom Vertrieb anfordern": "contact_sales",
    "Sprechen Sie mit unserem Vertrieb": "contact_sales",
    "Être rappelé par un commercial": "contact_sales",
    "Hable con un asesor de ventas": "contact_sales",
    "Parla con un nostro commerciale": "contact_sales",
    "Fale com a nossa equipe de vendas": "contact_sales",
    "Neem contact op met de afdeling verkoop": "contact_sales",
    "Skontaktuj się z działem sprzedaży": "contact_sales",
    "Ask for a price": "price_request",
    "RFQ": "price_request",
    "Fordern Sie ein Angebot an": "price_request",
    "Obtenir un devis": "price_request",
    "Solicite una cotización": "price_request",
    "Peça um orçamento": "price_request",
    "Zapytanie o cenę": "price_request",
    "Jetzt kaufen": "ready_to_buy",
    "Réserver une démo": "demo_booked",
    "Proefversie starten": "trial_started",
    "Speak to a human": "contact_sales",
    "Kontaktanfrage Vertrieb": "contact_sales",
    "Angebot für Betrugserkennung anfordern": "price_request",
    "Testen Sie 30 Tage kostenlos": "trial_started",
    "Quiero que me llamen": "contact_sales",
    "Zamów rozmowę z doradcą": "contact_sales",
    # what is named first decides
    "Contact sales about the webinar": "contact_sales",
    "Survey: would you like to talk to sales?": "survey_answered",
    "Livre blanc : comment demander un devis": "whitepaper",
    "E-Book „Angebote einholen leicht gemacht“": "whitepaper",
    "Post-webinar survey": "survey_answered",
    "Umfrage: Preise": "survey_answered",
    "Brochure - contact sales": "contact_sales",
    # denied, and not denied
    "Please don't call me": "",
    "Kontakt nicht erwünscht": "",
    "Bitte keine Werbung": "",
    "Ne pas me contacter": "",
    "No contactar con ventas": "",
    "Non contattatemi": "",
    "Não ligar": "",
    "Niet bellen": "",
    "Proszę nie dzwonić": "",
    "Don't want to be contacted by sales": "",
    "Contact sales? No thanks": "",
    "Baja de la newsletter": "",
    "Don't hesitate to contact our sales team": "contact_sales",
    "No obligation quote request": "price_request",
    "Angebot unverbindlich anfordern": "price_request",
    "No time? Talk to sales": "contact_sales",
    # what the form is for, not which words occur in it
    "Contact sales feedback survey": "survey_answered",
    "Job application: contact sales manager": "",
    "Careers – Sales contact": "",
    "Complaint about pricing": "",
    "Demo day recap (recording)": "page_viewed",
    "Event: Demo Day Berlin": "event",
    "Recording of the demo": "page_viewed",
    "Demo feedback": "",
    "Pricing feedback form": "",
    "Contact sales guide": "page_viewed",
    "Contact sales / careers": UNREAD,
    "Talk to sales about careers": UNREAD,
    "Contact sales, support or careers": "contact_sales",
    "Complaint management demo request": "demo_booked",
    "Call recording demo request": "demo_booked",
    "Video banking demo request": "demo_booked",
    "Recruiting software: request a demo": "demo_booked",
    "Free trial satisfaction survey": "survey_answered",
    "Demo cancellation": "",
    "Press inquiry: pricing": "",
    "Request a demo at the conference": "demo_booked",
    "Beschwerde über Preise": "",
    "Bewerbung: Kontakt Vertrieb": "",
    "Beschwerdemanagement: Demo anfordern": "demo_booked",
    "Kontakt Vertrieb Zufriedenheitsumfrage": "survey_answered",
    "Aufzeichnung der Demo": "page_viewed",
    "Candidature : contact commercial": "",
    "Réclamation sur un devis": "",
    "Enregistrement de la démo": "page_viewed",
    "Logiciel de gestion des réclamations : demander une démo": "demo_booked",
    "Queja sobre precios": "",
    "Trabaja con nosotros: contacto ventas": "",
    "Grabación de la demo": "page_viewed",
    "Candidatura: contatto commerciale": "",
    "Reclamo: richiesta preventivo": "",
    "Reclamação sobre orçamento": "",
    "Vaga: contato vendas": "",
    "Klacht over offerte": "",
    "Sollicitatie: contact verkoop": "",
    "Opname demo": "page_viewed",
    "Reklamacja: wycena": "",
    "Oferta pracy: kontakt handlowy": "",
    # only spoken of, or in no word's reach
    "How to contact sales": UNREAD,
    "Sales Talk: Fraud in banks": UNREAD,
    "Trial law for bankers": UNREAD,
    "Pricing guide": UNREAD,
    "Contact us": UNREAD,
    "お問い合わせ": UNREAD,
}


@pytest.mark.parametrize(("name", "kind"), FORMS.items())
def test_a_form_s_name_is_read_in_any_language(name: str, kind: str | None) -> None:
    assert WORDS.forms.kind(name) == kind


@pytest.mark.parametrize(
    ("name", "fields", "asks"),
    [
        ("Contact us", (), True),
        ("お問い合わせ", (), True),
        ("Ota yhteyttä", (), True),
        ("How to contact sales", (), True),
        ("Demographics of depositors", (), False),
        ("Form 7", ("email", "firstname"), False),
        ("Form 7", ("email", "mobilephone"), True),
        ("Form 7", ("email", "ihre_nachricht"), True),
    ],
)
def test_a_form_that_nobody_can_read_and_that_looks_like_a_request_is_told_apart(
    name: str, fields: tuple[str, ...], asks: bool
) -> None:
    assert WORDS.forms.requests(name, fields) is asks


STATUSES = {
    "No Show": "missed",
    "no-show": "missed",
    "DISCO_HELD": "done",
    "Discovery scheduled": "open",
    "Cancelled by customer": "missed",
    "Stattgefunden": "done",
    "Nicht stattgefunden": "missed",
    "Annulée": "missed",
    "Realizada": "done",
    "Não compareceu": "missed",
    "Gehouden": "done",
    "No-Showed": "missed",
    "Pas de réponse": "missed",
    "Ging niet door": "missed",
    "Not yet held": UNREAD,
    "Completed - follow-up scheduled": UNREAD,
    "Qualified": UNREAD,
}


@pytest.mark.parametrize(("status", "outcome"), STATUSES.items())
def test_a_portal_s_own_outcome_is_read_by_its_words(status: str, outcome: str | None) -> None:
    assert WORDS.outcomes.outcome(status) == outcome


TITLES = {
    "Fraud talk - cancelled": ("missed", "missed"),
    "FW: Canceled: Fraud": ("missed", "missed"),
    "Canceled event: Fraud @ Mon": ("missed", "missed"),
    "Annulé : point fraude": ("missed", "missed"),
    "Termin fällt aus": ("missed", "missed"),
    "Rescheduled: Fraud": ("missed", "done"),  # it may have been held on another day
    "Fraud talk cancelled": ("missed", "done"),
    "Fraud - was cancelled by the customer": ("missed", "done"),
    "Betrug (fällt leider aus)": ("missed", "missed"),
    "No-shows reduction": (None, "done"),
    "Cancelled cards: a review": (None, "done"),
    "Fraud losses decline": (None, "done"),
    "Accepted: Fraud talk": (None, "done"),
}


@pytest.mark.parametrize(("title", "outcomes"), TITLES.items())
def test_a_title_says_that_it_was_called_off(title: str, outcomes: tuple[str | None, str]) -> None:
    read = {name: reader(MAPPINGS[name], stream, tables(MAPPINGS[name])) for name, stream in STREAMS.items()}
    unmarked, marked = ({"hs_meeting_title": title, "hs_meeting_outcome": word} for word in (None, "COMPLETED"))
    assert tuple(read["hubspot"]({"properties": each}).get("outcome") for each in (unmarked, marked)) == outcomes
    assert read["salesforce"]({"Subject": title}).get("outcome") == outcomes[0]


STREAMS = {"hubspot": "meetings", "salesforce": "Event"}


def test_forms_and_statuses_that_nobody_can_read_are_named_with_counts(sqlite_store: Store) -> None:
    bring(sqlite_store, "contacts", {"id": "1", "properties": {"email": "ann@bank.example", "lastname": "Doe"}})
    forms = [{"formName": name, "email": "ann@bank.example", "submittedAt": 1_764_000_000_000} for name in NAMES]
    bring(sqlite_store, "form_submissions", *forms)
    held = {"hs_meeting_outcome": "Disco", "hs_timestamp": "2026-11-20T09:00:00Z"}
    bring(sqlite_store, "meetings", {"id": "9", "properties": held, "associations": ASSOCIATED})
    with sqlite_store.reading() as unit:
        words = unread(unit, MAPPINGS)
    assert [(entry.word, entry.times, entry.request) for entry in words] == [
        ("Contact us", 2, True),
        ("Form 7", 1, False),
        ("Disco", 1, False),
    ]
    assert "tables.meeting_outcomes of mappings/hubspot.yaml" in words[-1].mend
    with sqlite_store.reading() as unit:
        assert unread(unit, MAPPINGS, ["nobody"]) == []


def test_a_type_of_campaign_that_no_table_knows_is_named_with_how_often_somebody_responded(sqlite_store: Store) -> None:
    of = "salesforce"
    bring(
        sqlite_store,
        "Campaign",
        {"Id": "1", "Type": "Roadshow"},
        {"Id": "2", "Type": "webinar"},
        {"Id": "3"},
        system=of,
    )
    bring(sqlite_store, "Contact", {"Id": "1", "LastName": "Doe", "Email": "ann@bank.example"}, system=of)
    at = {"ContactId": "1", "HasResponded": True, "CreatedDate": "2026-11-20T09:00:00.000+0000"}
    members = [{"Id": f"m{place}", "CampaignId": campaign, **at} for place, campaign in enumerate(("1", "1", "2", "3"))]
    bring(sqlite_store, "CampaignMember", *members, {"CampaignId": "1", **at, "HasResponded": False}, system=of)
    with sqlite_store.reading() as unit:
        words = unread(unit, MAPPINGS)
        assert unread(unit, MAPPINGS, ["nobody"]) == []
    assert [(entry.word, entry.times) for entry in words] == [("Roadshow", 2), ("(no type)", 1)]
    assert words[0].where == "salesforce CampaignMember.Campaign.Type"
    assert "tables.campaign_kinds of mappings/salesforce.yaml" in words[0].mend


NAMES = ("Contact us", "Contact us", "Form 7", "Whitepaper")
ASSOCIATED = {"contacts": ["1"]}


def bring(store: Store, stream: str, *raws: dict[str, Any], system: str = "hubspot") -> None:
    """Records of one stream, matched."""
    records = [Record(str(number), None, False, raw) for number, raw in enumerate(raws, 1)]
    save(store, system, stream, Page(records, stream))
    match(store, Readers(MAPPINGS, load_customs(MAPPINGS.values())), Run())


@pytest.mark.parametrize(
    "subject",
    [
        "I have left First Bank - auto response",
        "Fraud brief (automatic reply)",
        "Accepted: Fraud talk",
        "Zugesagt: Betrug",
        "Accepté : Fraude",
        "Geaccepteerd: fraude",
        "Zaakceptowano: rozmowa",
    ],
)
def test_a_calendar_s_answer_and_an_automatic_reply_that_ends_so_are_no_person_s(subject: str) -> None:
    assert is_automatic(subject)
    assert not is_automatic(f"Re: {subject}")


@pytest.mark.parametrize(
    "subject", ["Accepted offers in banking", "Tentative dates for a call", "Automatic reply rules"]
)
def test_a_subject_that_only_begins_so_is_a_person_s(subject: str) -> None:
    assert not is_automatic(subject)


@pytest.mark.parametrize("links", [0, 9])
def test_a_scan_of_a_mail_hours_later_is_a_machine_s_where_its_links_are_not_known(links: int) -> None:
    scan = [click(18_000 + 1.5 * number, str(number), links=links) for number in range(6)]
    assert all(caught(scan))
    hand = [click(18_000 + pause, str(number), links=links) for number, pause in enumerate((0, 9, 12, 31, 80, 85))]
    assert not any(caught(hand))
    assert not any(caught([*scan, form(18_000 + timedelta(minutes=2).total_seconds())]))
