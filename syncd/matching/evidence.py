"""What a record may be recognised by: keys and references first, then websites, places and e-mail addresses."""

from __future__ import annotations

from collections.abc import Iterable

from syncd.matching.customs import Customs
from syncd.matching.mailboxes import is_personal, same_box
from syncd.matching.persons import is_person
from syncd.matching.places import spots
from syncd.matching.sightings import Row
from syncd.model.addresses import registered

Token = tuple[str, str]  # how, value: ("domain", "ergobank.com")

LONGEST = 2_000  # bytes; a row of PostgreSQL's index holds 2,700 with all its columns

EXPLICIT = {"key", "ref"}


def account_tokens(row: Row, customs: Customs) -> list[Token]:
    """What an account may be recognised by; a person account by nothing, for it is no company."""
    if is_person(row):
        return []
    tokens: list[Token] = [*_keys(row), *(("ref", str(ref)) for ref in row.get("cross_ids", ()))]
    tokens += [("domain", domain) for domain in websites(row, customs)]
    return tokens + _indexed(("place", spot) for spot in spots(row, row.get("name"), customs))


def _indexed(tokens: Iterable[Token]) -> list[Token]:
    """Those that an index takes: a name of 1,000 characters may have 4,000 bytes, and nobody is recognised by it."""
    return [token for token in tokens if len(token[1]) <= LONGEST // 4 or len(token[1].encode()) <= LONGEST]


def websites(row: Row, customs: Customs) -> list[str]:
    """Every domain that is a company's own, and what was registered of it: mail.bank.example and bank.example."""
    stated = [domain for domain in (row.get("domain"), *row.get("domains", ())) if domain]
    owned = [(domain, owner) for domain in stated if (owner := registered(domain)) and owner not in customs.free_mail]
    domains = dict.fromkeys(name for names in owned for name in names)
    return [name for name in domains if name not in customs.free_mail]


def contact_tokens(row: Row, customs: Customs) -> list[Token]:
    """What a contact may be recognised by: explicit references and every personal e-mail address."""
    tokens = _keys(row)
    for name in ("cross_ids", "cross_lead", "converted_contact"):
        tokens += [("ref", str(ref)) for ref in row.get(name, ())]
    emails = [email for email in row.get("emails", ()) if is_personal(email, customs)]
    return tokens + [
        ("email", box) for box in dict.fromkeys(box for email in emails for box in (email, same_box(email, customs)))
    ]


def _keys(row: Row) -> list[Token]:
    """The key that syncd itself wrote into a record it created: the golden id."""
    return [("key", row["key"])] if row.get("key") else []


def user_tokens(row: Row, customs: Customs) -> list[Token]:
    """What a user may be recognised by."""
    return [("email", row["email"])] if row.get("email") else []


TOKENS = {"account": account_tokens, "contact": contact_tokens, "user": user_tokens}


def employer_domain(emails: Iterable[str], customs: Customs) -> str | None:
    """The first e-mail domain that says where somebody works."""
    domains = (email.partition("@")[2] for email in emails)
    return next((domain for domain in domains if "." in domain and domain not in customs.free_mail), None)


def employer_tokens(row: Row, customs: Customs) -> list[Token]:
    """Where somebody works by their own record, the strongest evidence first.

    The domain of their address, else their website's; what was registered of it (mail.bank.example is of bank.example);
    company and place.
    """
    domain = employer_domain(row.get("emails", ()), customs) or row.get("domain")
    domains = [domain, _owner(domain)] if domain else []
    tokens = [("domain", name) for name in dict.fromkeys(domains) if name and name not in customs.free_mail]
    return [*tokens, *_indexed(("place", spot) for spot in spots(row, row.get("company"), customs))]


def _owner(domain: str) -> str | None:
    return registered(domain) if domain.count(".") > 1 else None  # a name of two parts is its owner's already
