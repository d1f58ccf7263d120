"""An automatic reply is no answer; one whose subject only speaks of absence is."""

from __future__ import annotations

import pytest

from syncd.rules.replies import is_automatic

AUTOMATIC = [
    "Automatic reply: fraud detection",
    "Out of Office: Re: fraud detection",
    "[External] Automatic reply: fraud",
    "AutoReply: fraud",
    "Auto: Re: fraud",
    "Jane Roe is out of the office (returning 12/3)",
    "On vacation until 5 May",
    "Automatische Antwort: Betrugserkennung",
    "Abwesenheitsnotiz",
    "Réponse automatique : fraude",
    "Absence du bureau",
    "Respuesta automática: fraude",
    "Risposta automatica: frode",
    "Resposta automática: fraude",
    "Automatisch antwoord: fraude",
    "Autosvar: svindel",
    "Automatyczna odpowiedź: oszustwa",
    "自動返信: 会議",
    "自动回复: 会议",
    "Undeliverable: fraud detection",
    "Delivery Status Notification (Failure)",
    "[Ticket #48213] fraud detection",
    "Your request has been received",
    "Pat Doe no longer works for the bank",
    "Undeliverable: Fraud webinar",
    "Unzustellbar: Betrug",
    "Read: Proposal",
    "Gelesen: Angebot",
]
WRITTEN = [
    "Re: Automatic reply: what we learned",
    "RE: Respuestas automáticas en banca",
    "AW: Abwesenheitsnotiz",
    "Out of office fraud: a study",
    "Absence of controls",
    "Auto loans",
    "Autonomous banking",
    "Your ticket for the conference",
    "Case study 2026",
    "Request 2026 rates",
    "Question about the workshop on 14 May",
    "Read our proposal, two questions",
    "",
]


@pytest.mark.parametrize("subject", AUTOMATIC)
def test_an_automatic_reply_is_a_machine_s(subject: str) -> None:
    assert is_automatic(subject)


@pytest.mark.parametrize("subject", WRITTEN)
def test_a_subject_that_only_speaks_of_it_is_a_person_s(subject: str) -> None:
    assert not is_automatic(subject)


def test_the_agreement_adds_beginnings_of_its_own() -> None:
    assert is_automatic("We are closed: fraud", ["we are closed"])
    assert not is_automatic("We are closed: fraud")
