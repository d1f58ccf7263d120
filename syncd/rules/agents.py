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
_PEOPLES = frozenset(("GoogleImageProxy", "YahooMailProxy", "FastmailUA"))
_MORE = ("Java",)  # HTTP libraries that the list lacks
_WORD = re.compile(r"[A-Za-z]+")
_FIRST_WORD = re.compile(r"\^?[ ;]?([A-Za-z]+)(?![A-Za-z]|[\[(?*+{|])")


class _Crawlers(NamedTuple):
    """Patterns by the plain word that they begin with, and one of all others."""

    by_word: dict[str, list[str]]
    others: re.Pattern[str]


def is_machine(agent: str, words: Sequence[str] = ()) -> bool:
    """Whether a user agent is a program's. words: further names of such, in any case."""
    return _is_machine(agent, tuple(words))


@lru_cache(maxsize=20_000)
def _is_machine(agent: str, words: tuple[str, ...]) -> bool:
    if words and _named(words).search(agent):
        return True
    crawlers = _crawlers()
    patterns = (pattern for word in set(_WORD.findall(agent)) for pattern in crawlers.by_word.get(word, ()))
    return any(re.search(pattern, agent) for pattern in patterns) or crawlers.others.search(agent) is not None


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
