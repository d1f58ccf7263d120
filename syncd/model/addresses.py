"""E-mail addresses and domains: one spelling of each, what is well formed, and what somebody registered.

Domains are compared and kept in ASCII, as mail and DNS carry them (IDNA 2008, RFC 5891): müller.example and
xn--mller-kva.example are one. The libraries are loaded when an address needs more than a look: nearly none does.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
INVALID = ".invalid"  # of a domain that leads nowhere, for good (RFC 2606)
LONGEST_MAILBOX = 64  # 4.5.3.1.1
_WORD = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The usual address in lower case, as it should be written; others may be addresses as well.
PLAIN_ADDRESS = re.compile(rf"{_WORD}(?:\.{_WORD})*@(?:{_LABEL}\.)+[a-z]{{2,63}}")
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF))


def same_address(words: str) -> str:
    """An address in the one spelling of all its spellings: lower case, its domain in ASCII, nothing unseen."""
    if words.isascii():
        return words.lower()
    words = unicodedata.normalize("NFKC", words.translate(_INVISIBLE)).lower()
    box, at, domain = words.rpartition("@")
    return f"{box}{at}{_ascii(domain) or domain}" if at else words


def is_address(words: str) -> bool:
    """Whether that is an e-mail address by its syntax (RFC 5322 as mail hosts take it); no network is asked.

    Domains kept for tests and examples (.example, .test, .invalid) are as good as others.
    """
    if len(words) > LONGEST_ADDRESS or words.rfind("@") > LONGEST_MAILBOX:
        return False
    return ("--" not in words and PLAIN_ADDRESS.fullmatch(words.lower()) is not None) or _is_address(words)


@lru_cache(maxsize=20_000)
def _is_address(words: str) -> bool:
    import email_validator

    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()  # its documented way: names reserved for tests pass
    try:
        return bool(email_validator.validate_email(words, check_deliverability=False))
    except email_validator.EmailNotValidError:
        return False


def same_domain(words: str) -> str | None:
    """A domain in lower case ASCII; None where that is none."""
    if not words.isascii():
        words = _ascii(words.translate(_INVISIBLE)) or ""
    words = words.lower().strip(".")
    return words if _DOMAIN.fullmatch(words) else None


@lru_cache(maxsize=20_000)
def _ascii(domain: str) -> str | None:
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return None


@lru_cache(maxsize=20_000)
def registered(domain: str) -> str | None:
    """The part of a domain that its owner registered: mail.bank.co.uk → bank.co.uk; None for a suffix such as co.uk.

    By the public suffix list as the pinned package brings it, private suffixes (github.io) too; an unknown top level is
    taken for a suffix, so that names for tests are read like others.
    """
    return _suffixes().privatesuffix(domain)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
