"""How somebody is reached: by mail or by telephone, at the first of their addresses or numbers that is open.

A bounce, a quarantine and an objection close the address or number that they are of; what is meant for the person
closes all.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from syncd.agreement.lead_terms import ReachTerms
from syncd.model import Account, Closure, Contact, ContactJudgement, Gate, GateName, Ruling
from syncd.model.addresses import is_address
from syncd.model.facts import BOUNCED, DO_NOT_CALL, NO_CONTACT, OPTED_OUT, QUARANTINED, UNSUBSCRIBED, WHYS
from syncd.model.phones import dialled, same_number

Words = Mapping[str, tuple[str, str]]  # why → in words, and what would mend it

MAIL, PHONE = "mail", "phone"
NO_BASIS = frozenset({"not applicable"})  # what systems write where there is none
CONSENT = "their own consent, given again"
BASIS = "a legal basis, put on record"
ANOTHER = "find a working e-mail address"
FIND_A_WAY = "find a way to reach them"
OF_MAIL: Words = {
    BOUNCED: ("the e-mail address bounced", ANOTHER),
    QUARANTINED: ("the e-mail address is quarantined: no mail is sent there", ANOTHER),
    OPTED_OUT: ("they opted out of mail", CONSENT),
    UNSUBSCRIBED: ("they opted out of {mail}", CONSENT),
    NO_CONTACT: ("they asked not to be contacted", CONSENT),
}
OF_PHONE: Words = {
    DO_NOT_CALL: ("they asked not to be called", CONSENT),
    NO_CONTACT: OF_MAIL[NO_CONTACT],
}


class ReachChannel(NamedTuple):
    """One way to somebody: whether it is open (unknown where a fact is missing), at what, and why."""

    ruling: Ruling
    value: str
    source: str
    reason: str
    mend: str = ""


def by_mail(contact: Contact, terms: ReachTerms) -> ReachChannel:
    """The first valid address that is open, unless there is no basis on which to write to them."""
    source = contact.sources.get("emails", "")

    def closed(reason: str, mend: str, source: str = source) -> ReachChannel:
        return ReachChannel(Ruling.NO, ", ".join(contact.emails), source, reason, mend)

    valid = [email for email in contact.emails if is_address(email)]
    if not valid:
        known = "the e-mail address is not valid" if contact.emails else "no e-mail address is known"
        return closed(known, "find an e-mail address")
    shut = _shut(valid, [closure for closure in contact.closures if _counts(closure, terms)])
    address = next((email for email in valid if email not in shut), None)
    if address is None:
        return closed(*_told(shut, OF_MAIL, source))
    basis = (contact.legal_basis or "").strip().lower()
    if terms.legal_basis == "required" and (not basis or basis in NO_BASIS):
        said_by = contact.sources.get("legal_basis", source)
        return closed("no legal basis for mail is on record", BASIS, said_by)
    reason = f"the e-mail address is valid and has not bounced{_beside(shut, OF_MAIL)}"
    shown = "; they are not set to get marketing mail" if contact.marketable is False else ""
    return ReachChannel(Ruling.YES, address, contact.sources.get(address, source), f"{reason}{shown}")


def by_phone(contact: Contact, account: Account) -> ReachChannel:
    """The first of their numbers that is one and may be called, by the plan of their country, else of the account's."""
    source, region = contact.sources.get("phone", ""), contact.country or account.country
    if not contact.phones:
        return ReachChannel(Ruling.NO, "", source, "no phone is known", "find a phone")
    shut = _shut_phones(contact)
    allowed = open_phones(contact)
    if not allowed:
        reason, mend, source = _told(shut, OF_PHONE, source)
        return ReachChannel(Ruling.NO, ", ".join(contact.phones), source, reason, mend)
    for words in allowed:
        if number := dialled(words, region):
            reason = f"by phone{_beside(shut, OF_PHONE)}"
            return ReachChannel(Ruling.YES, number, contact.sources.get(words, source), reason)
    words = allowed[0]
    source = contact.sources.get(words, source)
    if region is None:
        reason = "no country is known, and the phone number names none"
        return ReachChannel(Ruling.UNKNOWN, words, source, reason, "find out their country")
    return ReachChannel(Ruling.NO, words, source, f"the phone number is none of {region}", "find a phone")


def reachable(mail: ReachChannel, phone: ReachChannel) -> Gate:
    """One open channel is enough; where none is, both say why."""
    if mail.ruling is Ruling.YES:
        return Gate(GateName.REACHABLE, Ruling.YES, mail.value, mail.source, mail.reason)
    if phone.ruling is Ruling.YES:
        reason = f"{phone.reason}; {mail.reason}"
        return Gate(GateName.REACHABLE, Ruling.YES, phone.value, phone.source, reason)
    value = ", ".join(filter(None, (mail.value, phone.value)))
    source = "; ".join(dict.fromkeys(filter(None, (mail.source, phone.source))))
    mend = mail.mend if mail.mend == phone.mend else f"{mail.mend}, or {phone.mend}"
    return Gate(GateName.REACHABLE, phone.ruling, value, source, f"{mail.reason}; {phone.reason}", mend)


def way_in(judgement: ContactJudgement) -> str:
    """What would open a way to somebody, told where others than those who see their record read it.

    What they objected to is their own affair, and is told on their record alone.
    """
    mend = next(gate.mend for gate in judgement.gates if gate.name is GateName.REACHABLE)
    return ", or ".join(way for way in mend.split(", or ") if way and way not in (CONSENT, BASIS)) or FIND_A_WAY


def choice(contact: Contact, judgement: ContactJudgement) -> str:
    """At which address or number somebody is reached of whose others some are closed; "" where there is no choice."""
    gate = next((gate for gate in judgement.gates if gate.name is GateName.REACHABLE), None)
    several = contact.closures and len(contact.emails) + len(contact.phones) > 1
    return gate.value if several and gate and gate.ruling is Ruling.YES else ""


def open_phones(contact: Contact) -> list[str]:
    """Those of their numbers, as they were written, that nobody asked not to be called at."""
    shut = _shut_phones(contact)
    return [words for words in contact.phones if words not in shut]


def _shut_phones(contact: Contact) -> dict[str, Closure]:
    closures = [closure for closure in contact.closures if closure.why in OF_PHONE]
    return _shut(contact.phones, closures, same_number)


def _counts(closure: Closure, terms: ReachTerms) -> bool:
    """Whether it closes mail: one of a kind of mail only where that is the kind that we send."""
    return closure.why in OF_MAIL and (closure.why != UNSUBSCRIBED or closure.mail == terms.subscription)


def _shut(
    ways: Iterable[str], closures: Sequence[Closure], same: Callable[[str, str], bool] = operator.eq
) -> dict[str, Closure]:
    """Those of somebody's addresses or numbers that are closed, each with what is told of it."""
    if not closures:
        return {}
    against = {way: [closure for closure in closures if not closure.of or same(closure.of, way)] for way in ways}
    return {way: min(told, key=lambda closure: WHYS.index(closure.why)) for way, told in against.items() if told}


def _told(shut: Mapping[str, Closure], words: Words, source: str) -> tuple[str, str, str]:
    """Why all are closed, what would open one, and which fields say so; without an address, for reasons are counted."""
    closures = sorted(shut.values(), key=lambda closure: WHYS.index(closure.why))
    reasons = dict.fromkeys(words[closure.why][0].format(mail=closure.mail) for closure in closures)
    mends = dict.fromkeys(words[closure.why][1] for closure in closures)
    sources = dict.fromkeys(closure.source or source for closure in closures)
    return "; ".join(reasons), ", or ".join(mends), "; ".join(filter(None, sources))


def _beside(shut: Mapping[str, Closure], words: Words) -> str:
    """What is closed beside what is open, and why."""
    others = (f"; not {way}: {words[closure.why][0].format(mail=closure.mail)}" for way, closure in shut.items())
    return "".join(others)
