"""Mailboxes: which are one, which are a function's or a family's, and which are nobody's."""

from __future__ import annotations

import re
from functools import lru_cache

from syncd.matching.customs import Customs
from syncd.model.addresses import INVALID, is_address

GOOGLE = "gmail.com"
LONGEST_FILLER = 2  # letters of a box that is called as its domain is: x@x.com
_BETWEEN = re.compile(r"[._\-0-9]+")
_FAMILY = re.compile(r"famil|famigli|rodzina|household")


def same_box(email: str, customs: Customs) -> str:
    """The mailbox behind an address: without its tag, at the first of a provider's hosts, and at Gmail without dots.

    Plus tags: RFC 5233 subaddressing, which most hosts take. Dots: Gmail Help, "Dots don't matter in Gmail addresses".
    Hosts, and tags before a user's own subdomain: the providers' help, named in matching.yaml.
    """
    box, domain = _box(email, customs)
    domain = customs.mail_hosts.get(domain, domain)
    return f"{box.replace('.', '') if domain == GOOGLE else box}@{domain}"


def _box(email: str, customs: Customs) -> tuple[str, str]:
    """Box and host without a tag: anything@ann.fastmail.com is ann's."""
    box, _, domain = email.rpartition("@")
    user, _, host = domain.partition(".")
    return (user, host) if host in customs.tags_before_user else (box.partition("+")[0] or box, domain)


@lru_cache(maxsize=50_000)
def is_personal(email: str, customs: Customs) -> bool:
    """Whether an address is well formed and one person's: no function's, and not what stands where none is known."""
    box, domain = _box(email, customs)
    return not is_function(box, customs) and not _is_filler(box, domain, customs) and is_address(email)


@lru_cache(maxsize=50_000)
def is_nobody(email: str, customs: Customs) -> bool:
    """Whether it stands where no address is known, or can be none: `.invalid` leads nowhere, for good (RFC 2606)."""
    return email.endswith(INVALID) or _is_filler(*_box(email, customs), customs)


def is_function(box: str, customs: Customs) -> bool:
    """Whether the box is an office's or a department's: info, loan-ops, personalabteilung, ap2."""
    roles = customs.role_mailboxes
    words = [word for word in _BETWEEN.split(box) if word]
    if box in roles or (words and all(word in roles for word in words)) or "".join(words) in roles:
        return True
    endings = customs.role_endings
    return box.endswith(endings) and any(box.endswith(ending) and len(box) > len(ending) for ending in endings)


def is_family(email: str, last_names: tuple[str, ...], customs: Customs) -> bool:
    """Whether a box says that a family shares it: familie.ahrens@, thewinslows@gmail.com."""
    box, _, domain = email.rpartition("@")
    if _FAMILY.search(box):
        return True
    return domain in customs.free_mail and any(box in (f"the{name}s", f"{name}s") for name in last_names)


def _is_filler(box: str, domain: str, customs: Customs) -> bool:
    label = domain.partition(".")[0]
    plain = box.replace("-", "").replace(".", "").replace("_", "")
    return plain in customs.fillers or (box == label and len(box) <= LONGEST_FILLER)
