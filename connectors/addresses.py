"""Where a secret may be sent: over TLS, or to this machine itself, and only to the vendor whose it is."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def why_unsafe(url: str) -> str | None:
    """Say why no secret may be sent to an address; None where one may: https, or http to this machine itself."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "it is no address"
    if parts.scheme not in ("https", "http") or not host:
        return "it is no address: https://, and a host"
    if parts.username is not None or parts.password is not None:
        return "it names a user or a password, which no message could show"
    if parts.scheme == "http" and not is_loopback(host):
        return "http would send secrets in the open: https, or an address of this machine"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, by its own word: no name is looked up."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_of_one_house(host: str, other: str) -> bool:
    """Whether two hosts are one, or parts of one registered domain (of a public suffix that a registry sells)."""
    host, other = host.lower().rstrip("."), other.lower().rstrip(".")
    return host == other or ((registered := _registered(host)) is not None and registered == _registered(other))


def _registered(host: str) -> str | None:
    try:
        ip_address(host)
    except ValueError:
        domain = _suffixes().privatesuffix(host)
        return str(domain) if domain else None
    return None


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # 10,000 rules, for who is led to another host

    # The list's private part holds my.salesforce.com, below which every org would be a house of its own.
    return PublicSuffixList(only_icann=True)
