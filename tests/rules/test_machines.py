"""What machines do in people's names: replies in many languages, gateways by name, walks through links."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from syncd.agreement.lead_terms import Bots
from syncd.model import Activity
from syncd.rules.agents import machine_in
from syncd.rules.bots import machine_made
from syncd.rules.replies import is_automatic
from tests.benchmarks.bots import PERSON, verdicts

AT = datetime(2026, 11, 2, 15, tzinfo=UTC)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize(
    "subject",
    [
        "Házon kívüli automatikus válasz: Ajánlat",
        "Szabadságon vagyok november 20-ig",
        "Samodejni odgovor: Vabilo",
        "Odsoten do 12. maja",
        "Автоматический ответ: Счёт",
        "Автоответ при отсутствии на работе: Re: Letter",
        "Буду в отпуске до 15 июля",
        "Автоматична відповідь: Лист",
        "Автоматичен отговор: Покана",
        "Automatická odpoveď: Ponuka",
        "Jsem na dovolené do 3. srpna",
        "Automatski odgovor: Ponuda",
        "Automaatvastus: Kutse",
        "Automatinis atsakymas: Kvietimas",
        "Estarei ausente até 9 de junho",
        "Resposta automática para ausência do escritório",
        "Jag är på semester till 5 augusti",
        "Jeg er på ferie til mandag",
        "Olen lomalla 1.8. asti",
        "Jestem na urlopie do 7 lipca",
        "Ik ben op vakantie tot maandag",
        "不在時の自動応答",
        "郵件答錄機自動回覆",
        "Ihre Nachricht ist bei uns eingegangen [#4711]",
        "Votre demande a bien été enregistrée",
        "Su solicitud ha sido recibida",
        "La sua richiesta è stata presa in carico",
        "Uw melding is ontvangen",
        "Vi har modtaget din henvendelse",
        "Ваше обращение принято",
        "Your email requires verification verify#Ab12cd",
        "Please confirm your message",
    ],
)
def test_a_machine_s_reply_is_known_by_its_subject(subject: str) -> None:
    assert is_automatic(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Samodejni odgovor",
        "SV: Autosvar i kundtjänst",
        "Odsotnost dobaviteljev v decembru",
        "В отпуске никто не работает: вопрос",
        "Na dovolené v Chorvatsku s bankou",
        "Ferieplan for teamet",
        "Semester och löner i er modul",
        "Urlopy w systemie kadrowym",
        "Ihre Anfrage vom Montag",
        "Votre demande de rendez-vous",
        "Uw melding over de prijzen",
        "How do I verify a signature?",
        "Please confirm the meeting on Monday",
        "Автоответчик для банка",
    ],
)
def test_a_person_s_reply_may_speak_of_the_same(subject: str) -> None:
    assert not is_automatic(subject)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (compatible; TMES/4.0)", "TMES"),
        ("Sophos-Email/9.1", "Sophos"),
        ("proofpoint url defense", "proofpoint"),
        ("Fortinet-Sandbox/2", "Fortinet"),
        ("HTMES Reader 3", None),
        ("SeznamEmailProxy/2.0.213", None),
    ],
)
def test_a_gateway_that_names_itself_is_known_by_the_whole_word(agent: str, name: str | None) -> None:
    assert machine_in(agent) == name


def clicks(seconds: Sequence[float], links: Sequence[int], of_mail: int) -> list[Activity]:
    return [
        Activity(
            id=f"{number}",
            contact_id="ida",
            source="hubspot email_events",
            kind="email_clicked",
            at=AT + timedelta(seconds=second),
            message="letter",
            agent=BROWSER,
            link=f"https://vendor.example/{link}",
            links=of_mail,
        )
        for number, (second, link) in enumerate(zip(seconds, links, strict=True))
    ]


@pytest.mark.parametrize(
    ("seconds", "links", "of_mail", "sign"),
    [
        pytest.param(range(0, 35, 5), range(7), 7, "all 7 links at an even beat", id="every link, five seconds each"),
        pytest.param([0, 0, 1, 1, 1, 2, 2], [3] * 7, 5, "one link many times at once", id="one link in a burst"),
    ],
)
def test_a_machine_walks_and_repeats(seconds: Sequence[float], links: Sequence[int], of_mail: int, sign: str) -> None:
    made = machine_made(clicks(seconds, links, of_mail), Bots())
    assert set(made.values()) == {sign}
    assert len(made) == len(seconds)


@pytest.mark.parametrize(
    ("seconds", "links", "of_mail"),
    [
        pytest.param([0, 4, 11, 13, 22, 24, 40], range(7), 7, id="every link, as a reader goes through them"),
        pytest.param(range(0, 30, 5), range(6), 9, id="evenly, and not all"),
        pytest.param(range(0, 25, 5), range(5), 5, id="evenly, a short mail"),
        pytest.param(range(0, 420, 60), range(7), 7, id="a minute each"),
        pytest.param([0, 1, 1, 2], [1] * 4, 5, id="an impatient hand"),
        pytest.param([0, 20, 40, 60, 80, 100], [1] * 6, 5, id="one link again and again"),
    ],
)
def test_a_person_s_clicks_are_left_alone(seconds: Sequence[float], links: Sequence[int], of_mail: int) -> None:
    assert machine_made(clicks(seconds, links, of_mail), Bots()) == {}


def test_of_the_second_draw_no_person_is_taken_for_a_machine_and_most_machines_are_found() -> None:
    judged = list(verdicts("Second draw"))
    assert [verdict for verdict in judged if verdict.truth == PERSON and not verdict.right] == []
    assert sum(verdict.right for verdict in judged) >= 0.97 * len(judged)
