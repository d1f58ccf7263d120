"""What ends some day: certificates that we were given, and tokens by which programs come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from syncd.model.health import Finding, FindingKind, Grade
from syncd.store import UnitOfWork

if TYPE_CHECKING:
    from cryptography import x509

NOTICE = timedelta(days=30)
BEFORE_THE_END = timedelta(days=14)  # of a token; of one that lives shortly, the last third of its life
BEGIN = b"-----BEGIN CERTIFICATE-----"
RENEW = "put the certificate that follows it in its place, and restart"


def of_certificates(papers: Mapping[str, bytes], now: datetime) -> Iterator[Finding]:
    """Yield each PEM text, by its setting, that holds a certificate which has ended, or ends within a month.

    It is failing where none of them is valid: a bundle may keep old ones beside those that follow them.
    """
    for name, pem in papers.items():
        ends = sorted(certificate.not_valid_after_utc for certificate in _certificates(pem))
        ending = [end for end in ends if end - NOTICE <= now]
        if not ending:
            continue
        over = [end for end in ends if end <= now]
        verb = "is over since" if over else "is over on"
        what = f"the validity of {len(ending):,} of {len(ends):,} certificates {verb} {ending[0]:%Y-%m-%d}"
        grade = Grade.FAILING if len(over) == len(ends) else Grade.WARNING
        yield Finding(FindingKind.VALIDITY, (name,), what, RENEW, grade, now, "syncd doctor", len(ending), name)


def of_tokens(unit: UnitOfWork, now: datetime) -> Iterator[Finding]:
    """Yield each token that ends soon, or has ended and is not revoked: somebody still sends it, it may be."""
    for token in unit.tokens.ending(now, BEFORE_THE_END):
        since = token.expires_at - min(BEFORE_THE_END, (token.expires_at - token.made_at) / 3)
        if since > now:
            continue
        verb = "ended on" if token.expires_at <= now else "ends on"
        what = f"the token {token.name!r} {verb} {token.expires_at:%Y-%m-%d}"
        mend = f"put another in its place (`syncd token create`), then `syncd token revoke {token.name}`"
        where = (f"token {token.name}",)
        yield Finding(FindingKind.VALIDITY, where, what, mend, Grade.WARNING, since, "syncd token list", 0, where[0])


def _certificates(pem: bytes) -> list[x509.Certificate]:
    from cryptography import x509  # who only looks into the store needs none of it

    try:
        return x509.load_pem_x509_certificates(pem) if BEGIN in pem else []
    except ValueError:
        return []  # the setting's own check says so
