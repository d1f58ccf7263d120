"""What ends some day: certificates that we were given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from cryptography import x509

from syncd.model.health import Finding, FindingKind, Grade

NOTICE = timedelta(days=30)
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


def _certificates(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem) if BEGIN in pem else []
    except ValueError:
        return []  # the setting's own check says so
