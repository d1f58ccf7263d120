"""Where a secret may be sent: over TLS, or to this machine itself, and only to the vendor whose it is."""

from __future__ import annotations

import re
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_UNPLAIN: Final = re.compile(r"[\s\\\x00-\x20\x7f-\x9f]")
_HOST: Final = re.compile(r"([A-Za-z0-9.-]+|\[[A-Fa-f0-9:.]+\])(:[0-9]{0,5})?")


def why_unsafe(url: str) -> str | None:
    """Say why no secret may be sent to an address; None where one may: https, or http to this machine itself.

    Two readers of one address may find two hosts in it: urllib.parse takes `https://a.example\\.b.example` for one
    host, urllib3 goes to a.example. So only what no reader can take otherwise is an address.
    """
    from urllib3.util import parse_url  # for who has an address to look at

    if _UNPLAIN.search(url):
        return "it is no address: a blank, a backslash or a control character stands in it"
    try:
        parts, read = urlsplit(url), parse_url(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # LocationParseError is one
        return "it is no address"
    if parts.scheme not in ("https", "http") or not host:
        return "it is no address: https://, and a host"
    if "@" in parts.netloc or read.auth is not None:
        return "it names a user or a password, which no message could show"
    if not _HOST.fullmatch(parts.netloc):
        return "its host is none: letters, digits, dots and hyphens, or an IPv6 address in brackets"
    if (read.scheme, (read.host or "").strip("[]"), read.port) != (parts.scheme, host, port):
        return "it is no address: it can be read in two ways"
    if parts.scheme == "http" and not is_loopback(host):
        return "http would send secrets in the open: https, or an address of this machine"
    return None


def origin(url: str) -> str:
    """Return scheme, host and port of an address to which a secret may be sent, and nothing else that stood in it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{f':{parts.port}' if parts.port else ''}"


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
