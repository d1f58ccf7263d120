"""Programs that open mails and follow links by themselves, by the name that they give: their user agent.

The package crawler-user-agents keeps 1,500 patterns of them. They are taken as words, so that "Abbott Mobile" holds no
bot. Most begin with a plain word, and only those whose word stands in the agent are tried.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple


def _listed(names: str) -> tuple[str, ...]:
    return tuple(names.split(", "))


# They fetch the pictures of what a person has just opened, in the person's place; they follow no link.
_IMAGE_PROXIES = ("GoogleImageProxy", "YahooMailProxy", "FastmailUA", "SeznamEmailProxy")
# Mail gateways that name themselves, whole words in any case → where that is written.
_FIELD_GUIDE = "check.live-direct-marketing.online/blog/bot-clicks-security-scanners-detect"
GATEWAYS = {
    "TMES": _FIELD_GUIDE,  # Trend Micro Email Security
    "Trend Micro": _FIELD_GUIDE,
    "Sophos": _FIELD_GUIDE,
    "Barracuda": _FIELD_GUIDE,
    "BarracudaCentral": _FIELD_GUIDE,
    "Proofpoint": _FIELD_GUIDE,
    "urldefense": _FIELD_GUIDE,
    "Mimecast": _FIELD_GUIDE,
    "SafeLinks": _FIELD_GUIDE,
    "CiscoSecureEmail": _FIELD_GUIDE,
    "IronPort": _FIELD_GUIDE,
    "FortiMail": _FIELD_GUIDE,
    "Fortinet": _FIELD_GUIDE,
}
# More of their kind: what firms run between the net and their people's mail. Blanks and hyphens make no difference.
_MORE_GATEWAYS = _listed(
    "Zscaler, Forcepoint, Websense, Netskope, Palo Alto Networks, WildFire, Cisco Umbrella, Cisco Talos, MessageLabs, "
    "Symantec, Broadcom Email Security, FireEye, Trellix, Check Point, Harmony Email, Avanan, Abnormal Security, "
    "Vade Secure, Hornetsecurity, Retarus, Egress, Menlo Security, Ironscales, SpamTitan, TitanHQ, MailGuard, "
    "AppRiver, Clearswift, Heimdal, Cloudmark, Agari, Area 1 Security, Microsoft Defender, Perception Point, "
    "Darktrace, Libraesva, NoSpamProxy, urlscan, VirusTotal, SonicWall, WatchGuard, Skyhigh Security, Cyren, Trustwave"
)
# Their makers sell browsers to people too ("… Safari/537.36 Avast/125"): a program's only where no browser is named.
_SCANNERS = _listed("Bitdefender, Kaspersky, McAfee, ESET, F-Secure, WithSecure, Avast, AVG, Avira, Norton")
_ENGINE = re.compile(r"AppleWebKit/|Gecko/|\brv:|Trident/|MSIE |Presto/|KHTML")
# A language or a library that gives nothing but its name, or its name first.
_LIBRARIES = _listed(
    "Java, Ruby, Python, Perl, PHP, Dart, Lua, Rust, Golang, Scala, Erlang, Elixir, Node, Node.js, Deno, Bun, undici, "
    "Faraday, rest-client, HTTParty, Typhoeus, Mechanize, GuzzleHttp, Guzzle, reqwest, hyper, ureq, httpx, urllib, "
    "Dispatch, Apache, Jetty, Jakarta, RestSharp, libcurl, PowerShell, WinHttp, WinInet, Postman, Insomnia, "
    "superagent, request, ky, http-client, Zend_Http_Client"
)
_LIBRARY = re.compile(rf"(?i:{'|'.join(map(re.escape, _LIBRARIES))})(?=$|/| v?\d)")
# How programs name themselves: "TeamsBot", "LinkPreview", and where to read about them. A telephone's "Cubot" is none.
_KINDS = "Bot|Crawler|Spider|Scanner|Scraper|Preview|Previewer|Unfurler|Checker|Fetcher|Validator"
_BY_NAME = re.compile(rf"[A-Za-z]*[a-z](?<!Qr)(?:{_KINDS})(?![a-z])|\+https?://[^\s;)]+")
_ALONE = re.compile(r"\b(?i:bot|crawler|spider|scraper|(?:url|link|mail) (?:scanner|checker|preview))\b")
_NAMELESS = re.compile(r"(?:Mozilla/\d\.\d)?")
_WORD = re.compile(r"[A-Za-z]+")
_FIRST_WORD = re.compile(r"\^?[ ;]?([A-Za-z]+)(?![A-Za-z]|[\[(?*+{|])")


class _Crawlers(NamedTuple):
    """Patterns by the plain word that they begin with, and one of all others."""

    by_word: dict[str, list[str]]
    others: re.Pattern[str]


def image_proxy_in(agent: str) -> str | None:
    """The mail provider's proxy that fetched a picture: somebody opened that mail, and nobody clicks through it."""
    return next((name for name in _IMAGE_PROXIES if name in agent), None)


def machine_in(agent: str, words: Sequence[str] = ()) -> str | None:
    """What in a user agent says that it is a program's, as it is written there; None for a person's.

    words: further names of programs, in any case. An agent that is empty, or a bare "Mozilla/5.0" as privacy relays
    send it (Apple's Mail Privacy Protection, help.socketlabs.com "Identifying Apple MPP Opens"), names no browser.
    """
    return _machine_in(agent.strip(), tuple(words))


@lru_cache(maxsize=20_000)
def _machine_in(agent: str, words: tuple[str, ...]) -> str | None:
    if _NAMELESS.fullmatch(agent):
        return agent or "none"
    browses = _ENGINE.search(agent) is not None
    if named := _named((*GATEWAYS, *_MORE_GATEWAYS, *(() if browses else _SCANNERS), *words)).search(agent):
        return named[0]
    if named := _LIBRARY.match(agent):
        return named[0]
    crawlers = _crawlers()
    patterns = (pattern for word in dict.fromkeys(_WORD.findall(agent)) for pattern in crawlers.by_word.get(word, ()))
    hits = (re.search(pattern, agent) for pattern in patterns)
    known = next((hit for hit in hits if hit), None) or crawlers.others.search(agent)
    if known is None and (named := _BY_NAME.search(agent) or (None if browses else _ALONE.search(agent))):
        return named[0]
    return known[0].strip(" ;/(") or agent if known else None


@lru_cache(maxsize=64)
def _named(words: tuple[str, ...]) -> re.Pattern[str]:
    """Whole words in any case; a capital letter begins one, too: GoogleBot is a bot, Abbott is none."""
    names = "|".join(re.sub(r"\\?[ -]", "[ -]?", re.escape(word)) for word in words if word)
    return re.compile(rf"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?i:{names})(?![a-z])" if names else r"(?!)")


@lru_cache(maxsize=1)
def _crawlers() -> _Crawlers:
    from crawleruseragents import CRAWLER_USER_AGENTS_DATA

    by_word: dict[str, list[str]] = defaultdict(list)
    others: list[str] = []
    for pattern in _patterns(entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA):
        if first := _FIRST_WORD.match(pattern):
            by_word[first[1]].append(_whole(pattern))
        else:
            others.append(_whole(pattern))
    return _Crawlers(dict(by_word), re.compile("|".join(others)))


def _patterns(kept: Iterable[str]) -> Iterable[str]:
    return (pattern for pattern in kept if pattern not in _IMAGE_PROXIES)


def _whole(pattern: str) -> str:
    before = "(?<![A-Za-z])" if pattern[0].isalpha() else ""
    after = "(?![A-Za-z])" if pattern[-1].isalpha() else ""
    return f"{before}(?:{pattern}){after}"
