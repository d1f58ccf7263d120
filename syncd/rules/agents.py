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

# They fetch what a person has just opened, in the person's place.
_PEOPLES = frozenset(("GoogleImageProxy", "YahooMailProxy", "FastmailUA", "SeznamEmailProxy"))
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
_MORE = ("Java",)  # HTTP libraries that the list lacks
_NAMELESS = re.compile(r"(?:Mozilla/\d\.\d)?")
_WORD = re.compile(r"[A-Za-z]+")
_FIRST_WORD = re.compile(r"\^?[ ;]?([A-Za-z]+)(?![A-Za-z]|[\[(?*+{|])")


class _Crawlers(NamedTuple):
    """Patterns by the plain word that they begin with, and one of all others."""

    by_word: dict[str, list[str]]
    others: re.Pattern[str]


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
    if named := _named((*GATEWAYS, *words)).search(agent):
        return named[0]
    crawlers = _crawlers()
    patterns = (pattern for word in dict.fromkeys(_WORD.findall(agent)) for pattern in crawlers.by_word.get(word, ()))
    hits = (re.search(pattern, agent) for pattern in patterns)
    known = next((hit for hit in hits if hit), None) or crawlers.others.search(agent)
    return known[0].strip(" ;/(") or agent if known else None


@lru_cache(maxsize=64)
def _named(words: tuple[str, ...]) -> re.Pattern[str]:
    """Whole words in any case; a capital letter begins one, too: GoogleBot is a bot, Abbott is none."""
    names = "|".join(map(re.escape, filter(None, words)))
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
    yield from (pattern for pattern in kept if pattern not in _PEOPLES)
    yield from _MORE


def _whole(pattern: str) -> str:
    before = "(?<![A-Za-z])" if pattern[0].isalpha() else ""
    after = "(?![A-Za-z])" if pattern[-1].isalpha() else ""
    return f"{before}(?:{pattern}){after}"
