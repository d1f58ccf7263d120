"""How somebody is reached: by mail or by telephone. A bounce closes an address, an objection its channel."""

from __future__ import annotations

from typing import NamedTuple

from syncd.agreement.lead_terms import ReachTerms
from syncd.model import Account, Contact, Gate, GateName, Ruling
from syncd.model.addresses import is_address
from syncd.model.phones import dialled

MAIL, PHONE = "mail", "phone"
NO_BASIS = frozenset({"not applicable"})  # what systems write where there is none


class Channel(NamedTuple):
    """One way to somebody: whether it is open (unknown where a fact is missing), and why."""

    ruling: Ruling
    value: str
    source: str
    reason: str
    mend: str = ""


def by_mail(contact: Contact, terms: ReachTerms) -> Channel:
    """The first valid address that has not bounced, unless they may not be written to."""
    source = contact.sources.get("emails", "")

    def closed(reason: str, mend: str, field: str = "emails") -> Channel:
        value = ", ".join(contact.emails)
        return Channel(Ruling.NO, value, contact.sources.get(field, source), reason, mend)

    valid = [email for email in contact.emails if is_address(email)]
    if not valid:
        known = "the e-mail address is not valid" if contact.emails else "no e-mail address is known"
        return closed(known, "find an e-mail address")
    address = next((email for email in valid if email not in contact.bounced), None)
    if address is None:
        return closed("the e-mail address bounced", "find a working e-mail address")
    if contact.opted_out:
        return closed("they opted out of mail", "their own consent, given again", "opted_out")
    if terms.subscription is not None and terms.subscription in contact.unsubscribed:
        what = f"they opted out of {terms.subscription}"
        return closed(what, "their own consent, given again", "unsubscribed")
    basis = (contact.legal_basis or "").strip().lower()
    if terms.legal_basis == "required" and (not basis or basis in NO_BASIS):
        return closed("no legal basis for mail is on record", "a legal basis, put on record", "legal_basis")
    shown = "; they are not set to get marketing mail" if contact.marketable is False else ""
    return Channel(Ruling.YES, address, source, f"the e-mail address is valid and has not bounced{shown}")


def by_phone(contact: Contact, account: Account) -> Channel:
    """Their number, by the numbering plan of their country, else of the account's, unless they may not be called."""
    words, source, region = contact.phone, contact.sources.get("phone", ""), contact.country or account.country
    if not words:
        return Channel(Ruling.NO, "", source, "no phone is known", "find a phone")
    if contact.do_not_call:
        source = contact.sources.get("do_not_call", source)
        return Channel(Ruling.NO, words, source, "they asked not to be called", "their own consent, given again")
    if number := dialled(words, region):
        return Channel(Ruling.YES, number, source, "by phone")
    if region is None:
        reason = "no country is known, and the phone number names none"
        return Channel(Ruling.UNKNOWN, words, source, reason, "find out their country")
    return Channel(Ruling.NO, words, source, f"the phone number is none of {region}", "find a phone")


def reachable(mail: Channel, phone: Channel) -> Gate:
    """One open channel is enough; where none is, both say why."""
    if mail.ruling is Ruling.YES:
        return Gate(GateName.REACHABLE, Ruling.YES, mail.value, mail.source, mail.reason)
    if phone.ruling is Ruling.YES:
        reason = f"{phone.reason}; {mail.reason}"
        return Gate(GateName.REACHABLE, Ruling.YES, phone.value, phone.source, reason)
    value = ", ".join(filter(None, (mail.value, phone.value)))
    source = "; ".join(dict.fromkeys(filter(None, (mail.source, phone.source))))
    mend = f"{mail.mend}, or {phone.mend}"
    return Gate(GateName.REACHABLE, phone.ruling, value, source, f"{mail.reason}; {phone.reason}", mend)
