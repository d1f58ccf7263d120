"""Answers that a machine wrote: absence notes, automatic replies, ticket numbers, delivery reports, by their subject.

A person's answer carries our own subject behind "Re:", whatever it speaks of; a machine's begins with words of its own
(RFC 3834, "Personal and Group Responses", asks for "Auto:"; Outlook, Gmail and Exchange write theirs in the mailbox's
language). So phrases count at the beginning only, and as whole words; of those that say where somebody is, also behind
a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

# What mail programs put before the subject that is answered or passed on.
_ANSWER = re.compile(
    r"(?:re|aw|antw|antwort|sv|vs|ref|r|rif|odp|vá|ynt|res|回复|回覆|返信|fwd?|wg|tr|rv|enc)\s*[:：]", re.I
)
_MARKS = re.compile(r"^\s*(?:\[(?:external|ext|extern|externe|externo|spam)\]\s*)+", re.I)

# The subject begins with one of these, and nothing or a mark follows: a colon, a dash, a bracket, an answered subject.
HEADINGS: dict[str, tuple[str, ...]] = {
    "English": (
        "autoreply",
        "auto reply",
        "auto response",
        "autoresponse",
        "automatic reply",
        "automatic response",
        "automated reply",
        "automated response",
        "out of office",
        "out of the office",
        "out of office reply",
        "out of office autoreply",
        "out of office notification",
        "out of office message",
        "ooo",
        "away from the office",
        "vacation reply",
        "vacation response",
        "on vacation",
        "on annual leave",
        "on holiday",
        "on leave",
        "maternity leave",
        "parental leave",
        "undeliverable",
        "undelivered mail returned to sender",
        "delivery failure",
        "delivery has failed",
        "delivery delayed",
        "delivery status notification",
        "mail delivery failed",
        "mail delivery failure",
        "mail delivery subsystem",
        "message not delivered",
        "returned mail",
        "failure notice",
    ),
    "German": (
        "automatische antwort",
        "automatische rückantwort",
        "autoantwort",
        "automatische antwort auf ihre nachricht",
        "abwesend",
        "abwesenheit",
        "abwesenheitsnotiz",
        "abwesenheitsmeldung",
        "abwesenheitsbenachrichtigung",
        "abwesenheitsassistent",
        "nicht im büro",
        "nicht im haus",
        "außer haus",
        "im urlaub",
        "eingangsbestätigung",
        "unzustellbar",
        "nicht zustellbar",
    ),
    "French": (
        "réponse automatique",
        "absence",
        "absent",
        "absente",
        "absence du bureau",
        "absent du bureau",
        "absente du bureau",
        "en congé",
        "en congés",
        "message d'absence",
        "notification d'absence",
        "accusé de réception",
        "non remis",
        "non distribué",
        "échec de la remise",
    ),
    "Spanish": (
        "respuesta automática",
        "respuesta automatizada",
        "fuera de la oficina",
        "fuera de oficina",
        "ausencia",
        "ausente",
        "ausente de la oficina",
        "respuesta automática por ausencia de la oficina",
        "de vacaciones",
        "acuse de recibo",
        "no se puede entregar",
        "no entregado",
    ),
    "Italian": (
        "risposta automatica",
        "fuori ufficio",
        "fuori sede",
        "assente",
        "assenza",
        "assente dall'ufficio",
        "in ferie",
        "non recapitabile",
        "mancato recapito",
    ),
    "Portuguese": (
        "resposta automática",
        "fora do escritório",
        "ausente do escritório",
        "ausência",
        "ausência do escritório",
        "resposta automática para ausência do escritório",
        "ausente",
        "de férias",
        "em férias",
        "não entregue",
        "não é possível entregar",
    ),
    "Dutch": (
        "automatisch antwoord",
        "automatische beantwoording",
        "afwezig",
        "afwezigheid",
        "afwezigheidsbericht",
        "afwezigheidsassistent",
        "niet aanwezig",
        "niet op kantoor",
        "buiten kantoor",
        "met vakantie",
        "op vakantie",
        "niet bestelbaar",
        "onbestelbaar",
    ),
    "Danish": ("automatisk svar", "autosvar", "ikke på kontoret", "ikke til stede", "fraværende", "på ferie"),
    "Norwegian": ("automatisk svar", "autosvar", "ikke til stede", "ikke på kontoret", "fraværsmelding", "fraværende"),
    "Swedish": ("automatiskt svar", "autosvar", "frånvaro", "frånvarande", "frånvaromeddelande", "ej på kontoret"),
    "Finnish": ("automaattinen vastaus", "poissa", "poissaoloilmoitus", "poissa toimistosta", "lomalla"),
    "Polish": (
        "automatyczna odpowiedź",
        "odpowiedź automatyczna",
        "autoodpowiedź",
        "nieobecność",
        "nieobecność w biurze",
        "poza biurem",
        "urlop",
        "na urlopie",
        "niedostarczona",
    ),
    "Czech": ("automatická odpověď", "automatická odpověď v nepřítomnosti", "mimo kancelář", "nepřítomnost"),
    "Slovak": ("automatická odpoveď", "mimo kancelárie", "neprítomnosť"),
    "Hungarian": ("automatikus válasz", "házon kívüli automatikus válasz", "házon kívül", "irodán kívül", "távollét"),
    "Slovenian": (
        "samodejni odgovor",
        "samodejni odgovor o odsotnosti iz pisarne",
        "odsotnost",
        "odsoten",
        "odsotna",
        "zunaj pisarne",
    ),
    "Croatian, Serbian": ("automatski odgovor", "аутоматски одговор", "izvan ureda", "odsutnost iz ureda"),
    "Bulgarian": ("автоматичен отговор", "извън офиса", "извън офиса съм автоматичен отговор"),
    "Ukrainian": ("автоматична відповідь", "автовідповідь", "поза офісом"),
    "Estonian": ("automaatvastus", "automaatne vastus", "kontorist väljas"),
    "Latvian": ("automātiska atbilde", "automātiskā atbilde", "ārpus biroja"),
    "Lithuanian": ("automatinis atsakymas", "ne biure"),
    "Catalan": ("resposta automàtica", "fora de l'oficina"),
    "Basque": ("erantzun automatikoa",),
    "Romanian": ("răspuns automat", "în afara biroului"),
    "Turkish": ("otomatik yanıt", "otomatik cevap", "ofis dışında"),
    "Greek": ("αυτόματη απάντηση", "εκτός γραφείου"),
    "Russian": (
        "автоматический ответ",
        "автоответ",
        "нет на месте",
        "вне офиса",
        "автоответ при отсутствии на работе",
        "в отпуске",
    ),
    "Japanese": ("自動応答", "自動返信", "不在通知", "不在のお知らせ", "【自動返信】", "不在時の自動応答"),
    "Chinese": ("自动回复", "自動回覆", "自动答复", "外出通知", "外出时的自动答复", "郵件答錄機自動回覆"),
    "Korean": ("자동 회신", "자동 응답", "부재중"),
    "Hebrew": ("מענה אוטומטי", "תשובה אוטומטית", "מחוץ למשרד"),
    "Arabic": ("رد تلقائي", "خارج المكتب"),
    "Vietnamese": ("trả lời tự động",),
    "Indonesian, Malay": ("balasan otomatis", "balasan automatik", "di luar kantor"),
    "Thai": ("ตอบกลับอัตโนมัติ", "การตอบกลับอัตโนมัติ"),
}
# They say where somebody is, wherever they stand in a subject that answers nothing.
_WHEREABOUTS = (
    r"(?:is|am|i'm|i am|we are|currently) (?:currently |now )?(?:out of (?:the )?office|away from (?:the |my )?office|"
    r"on (?:annual |maternity |parental |paternity |sick )?(?:leave|vacation|holiday))",
    r"(?:no longer|not longer|no more) (?:with|works?|working|employed|at) ",
    r"has left (?:the (?:company|firm|bank|organi[sz]ation)|us)",
    r"(?:bin|ist|sind) (?:bis .{1,30} |derzeit |zurzeit |aktuell )?"
    r"(?:abwesend|nicht im (?:büro|haus)|außer haus|im urlaub)",
    r"(?:bin|ist) vom .{1,40} (?:abwesend|nicht im (?:büro|haus)|im urlaub)",
    r"(?:suis|est) (?:actuellement )?(?:absente?|en congés?|hors du bureau)",
    r"(?:estoy|está|estaré) (?:fuera de la oficina|ausente|de vacaciones)",
    r"(?:sono|è) (?:fuori (?:ufficio|sede)|assente|in ferie)",
    r"(?:estou|estarei|está) (?:atualmente )?(?:ausente|fora do escritório|(?:de|em) férias)",
    r"(?:ben|is) (?:momenteel |tijdelijk )?(?:afwezig|niet (?:aanwezig|op kantoor)|(?:op|met) (?:vakantie|verlof))",
    r"(?:är|er) (?:just nu )?(?:på (?:semester|ferie|barsel)|föräldraledig|frånvarande|fraværende|"
    r"(?:ej|ikke) (?:på kontoret|til stede))",
    r"olen (?:lomalla|poissa|vuosilomalla)",
    r"(?:jestem|przebywam) (?:obecnie )?(?:na urlopie|nieobecn[ya]|poza biurem)",
    r"(?:jsem|budu|som) (?:mimo kancelář|mimo kancelárie|na dovolen(?:é|ke)|nepřítom(?:en|na))",
    r"(?:szabadságon|házon kívül) (?:vagyok|leszek)",
    r"(?:sem|bom|sam) (?:na (?:dopustu|godišnjem)|odsot(?:en|na)|odsut(?:an|na))",
    r"(?:нахожусь|буду) в отпуске|отсутствую (?:на работе|в офисе|до)",
)
_UNTIL = r"(?:until|till|through|returning|back|bis|jusqu|hasta|fino|até|tot|t/m|til|do|до)\b"
# What stands behind a mark at the end of a subject that answers nothing.
_ENDING = (
    r"[-–—|:(\[]\s*(?:auto[\s-]?(?:reply|response)|automat(?:ic|ed) (?:reply|response)|automatische antwort|"
    r"réponse automatique|respuesta automática|risposta automatica|resposta automática|automatisch antwoord|"
    r"automatyczna odpowiedź|automatiskt? svar)\W*$"
)
# A calendar's answer to an invitation: a click, and no words of theirs.
_CALENDAR = (
    r"(?:accepted|tentative|tentatively accepted|declined|new time proposed|cancell?ed|akzeptiert|zugesagt|zusage|"
    r"angenommen|mit vorbehalt|abgelehnt|abgesagt|absage|acceptée?|provisoire|refusée?|annulée?|aceptad[oa]|"
    r"provisional|rechazad[oa]|cancelad[oa]|accettat[oa]|provvisori[oa]|rifiutat[oa]|annullat[oa]|aceit[eoa]|"
    r"provisóri[oa]|recusad[oa]|geaccepteerd|voorlopig|geweigerd|geannuleerd|zaakceptowan[eoya]|"
    r"wstępnie zaakceptowan[eoya]|odrzucon[eoya]|odwołan[eoya]|accepterat|avböjt|accepteret|afvist|"
    r"承諾|辞退|已接受|已拒绝)\s*[:：]"
)
# A robot's own beginning, as RFC 3834 asks for it; a receipt; a desk's notice: its number, or its thanks.
_NOTICES = (
    r"auto\s*:",
    r"(?:read|not read|gelesen|ungelesen gelöscht|lu|leído|letto|lido|gelezen|læst|läst|lest|luettu|przeczytane|"
    r"přečteno|прочитано|開封済み|已读)\s*[:：]",
    r"\W*(?:support )?(?:ticket|case|request|incident|inquiry|enquiry|vorgang|anfrage|fall|demande|dossier|solicitud|"
    r"caso|ticketnummer|zgłoszenie|melding|chamado|richiesta)(?:\W+(?:id|no|nr|number|n°|num|ref|reference))?"
    r"\W*(?:#\s?\d{2,}|[a-z]{0,4}-?\d{5,})",
    r"\W*(?:ticket|case|support request)\b.{0,20}\b(?:created|received|opened|erstellt|eröffnet|erhalten)\b",
    r"\[(?:#|[a-z]{2,10}-)\s?\d{2,}\]",
    r"(?:thank you|thanks) for (?:contacting|reaching out|your (?:inquiry|enquiry|submission|request))\b",
    r"(?:we(?:'ve| have) received|we got) your\b",
    r"your (?:message|e-?mail|request|enquiry|inquiry|ticket) (?:\S+ )?(?:has been|was|is) received",
    r"(?:vielen dank|danke) für ihre (?:anfrage|nachricht|e-?mail)\b",
    r"ihre (?:anfrage|nachricht|e-?mail|mitteilung) (?:ist (?:bei uns )?eingegangen|wurde (?:empfangen|registriert))",
    r"votre (?:demande|message|e-?mail) a (?:bien )?été (?:reçue?|enregistrée?|prise? en compte)",
    r"(?:su|tu) (?:solicitud|mensaje|consulta|correo) (?:ha sido|fue) (?:recibid|registrad)[oa]",
    r"(?:la )?(?:sua|tua|vostra) (?:richiesta|segnalazione|e-?mail) è stata (?:ricevuta|registrata|presa in carico)",
    r"(?:[ao] )?(?:sua|seu) (?:solicitação|mensagem|pedido|chamado|e-?mail) foi (?:recebid|registrad|abert)[oa]",
    r"(?:uw|je) (?:bericht|aanvraag|verzoek|melding|e-?mail) is (?:goed )?(?:ontvangen|geregistreerd)",
    r"(?:twoje|państwa) zgłoszenie zostało (?:przyjęte|zarejestrowane)",
    r"(?:váš|vaše) (?:požadavek|dotaz|zpráva|e-?mail) byla? (?:přijata?|zaregistrován)",
    r"(?:vi har (?:tagit emot|modtaget|mottatt) (?:ditt|din|e-posten))",
    r"(?:megkaptuk|fogadtuk) (?:a )?(?:megkeresését|levelét|üzenetét)",
    r"ваш[ае]? (?:запрос|заявка|обращение|письмо) (?:получен|принят|зарегистрирован)[ао]?",
    # Who asks the sender for a proof: BoxTrapper (cPanel), whose number is never to be changed; TMDA.
    r"your e-?mail requires (?:verification|confirmation)\b",
    r".{0,120}\bverify#\w",
    r"please confirm your message\b",
    r"wir haben ihre (?:anfrage|nachricht|e-?mail) erhalten",
    r"(?:nous avons bien reçu|merci (?:pour|de) votre (?:message|demande))\b",
    r"(?:hemos recibido|gracias por (?:contactar|su (?:mensaje|solicitud|consulta)))",
    r"(?:abbiamo ricevuto|grazie per averci contattato)",
    r"(?:recebemos|obrigado por (?:entrar em contato|contactar))",
    r"(?:bedankt voor (?:uw|je) (?:bericht|aanvraag|e-?mail)|we hebben uw)",
)


def is_automatic(subject: str, more: Sequence[str] = ()) -> bool:
    """Whether an incoming mail's subject is a machine's. more: further headings, in any case."""
    return _is_automatic(subject, tuple(more))


@lru_cache(maxsize=20_000)
def _is_automatic(subject: str, more: tuple[str, ...]) -> bool:
    words = " ".join(_MARKS.sub("", subject.replace("’", "'")).split())
    if not words or _ANSWER.match(words):
        return False
    headings, notices = _patterns(more)
    return headings.match(words) is not None or notices.search(words) is not None


@lru_cache(maxsize=64)
def _patterns(more: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    headings = [*(one for spoken in HEADINGS.values() for one in spoken), *filter(None, (one.strip() for one in more))]
    return (
        re.compile(rf"\W*(?:{_any(headings)})(?=\s*(?:$|[:：!(\[\-–—|]|{_ANSWER.pattern}|{_UNTIL}))", re.I),
        re.compile(rf"^(?:{'|'.join((*_NOTICES, _CALENDAR))})|(?<!\w)(?:{'|'.join((*_WHEREABOUTS, _ENDING))})", re.I),
    )


def _any(phrases: Iterable[str]) -> str:
    """The phrases as one pattern, the longest first; blanks, hyphens and none of them are alike."""
    parts = sorted(set(phrases), key=len, reverse=True)
    return "|".join(r"[\s-]*".join(map(re.escape, re.split(r"[\s-]+", phrase))) for phrase in parts)
