"""Every secret of this process, and the one scrubber that takes them out of what is logged, stored, answered or shown.

Whoever comes to hold a secret tells it here: the settings those that are set, the sign-ins the tokens that they fetch,
the web's door the tokens and sessions that it has recognised.
"""

from __future__ import annotations

import json
import re
import threading
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby, takewhile
from operator import itemgetter
from urllib.parse import quote, quote_plus

SECRET = "[secret]"  # what stands in a secret's place

_SHORTEST = 4  # characters; what is shorter cannot be told from an ordinary word
_WORD = 12  # characters below which a secret is one only where no letter or digit stands beside it
_MOST = 500  # spellings of tokens that are kept, the latest: tokens are renewed all day long
_CORE = 10  # characters of base64 that are no coincidence

_lock = threading.Lock()
_kept: dict[str, None] = {}  # spellings of what was set
_passing: OrderedDict[str, None] = OrderedDict()  # spellings of what was fetched
_patterns: tuple[re.Pattern[str], re.Pattern[str]] | None = None  # of all spellings, of the long ones; made when asked
_BREAK = re.compile(r"[ \t]*(?:[\r\n]|\\[rn])(?:\s|\\[rnt])*")  # where a line ends, or says that it does


def know(*secrets: str) -> None:
    """Scrub these from now on, however they are spelled: in URLs, JSON, headers, Python's own notation."""
    with _lock:
        _kept.update(dict.fromkeys(spelling for secret in secrets for spelling in _spellings(secret)))
        _forget_patterns()


def know_token(token: str) -> None:
    """Scrub a token that was granted, or recognised, just now; those of long ago are forgotten."""
    with _lock:
        known = token in _passing
        for spelling in _spellings(token):
            _passing[spelling] = None
            _passing.move_to_end(spelling)
        while len(_passing) > _MOST:
            _passing.popitem(last=False)
        if not known:
            _forget_patterns()


def scrub(text: str) -> str:
    """Return the text with `[secret]` in the place of every known secret, on one line or broken over several."""
    if not (_kept or _passing):
        return text
    whole, long = _patterns or _compiled()
    text = whole.sub(SECRET, text)
    if "\n" not in text and "\\" not in text and "\r" not in text:
        return text
    return _scrub_broken(text, long) if long.search(_BREAK.sub("", text)) else text


def unsendable(secret: str) -> str | None:
    """Say why a secret cannot stand in a header, of which it would be quoted in an error; None where it can."""
    if "\n" in secret or "\r" in secret:
        return "it holds a line break"
    if any(character.isspace() for character in secret):
        return "it holds a blank"
    if any(not character.isprintable() for character in secret):
        return "it holds a character that nobody sees"
    if not secret.isascii():
        return "it holds a character that no token has"
    return None


def _spellings(secret: str) -> Iterator[str]:
    lines = [line.strip() for line in secret.splitlines()]
    # A key in PEM form, or a file with more in it than the secret: each line gives it away.
    parts = [line for line in lines if not line.startswith("-----")] if len(lines) > 1 else []
    for text in (secret, *parts):
        if len(text) < _SHORTEST:
            continue
        raw = text.encode("utf-8", "surrogatepass")
        yield text
        yield quote(raw, safe="")
        yield re.sub("%..", lambda match: match[0].lower(), quote(raw, safe=""))
        yield quote_plus(raw)
        yield json.dumps(text)[1:-1]
        yield json.dumps(json.dumps(text)[1:-1])[1:-1]  # an answer that quotes an answer
        yield json.dumps(text, ensure_ascii=False)[1:-1]
        yield escape(text)
        yield escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")  # as templates write it
        yield repr(text)[1:-1]
        yield repr(raw)[2:-1]
        yield from _in_base64(raw)


def _in_base64(raw: bytes) -> Iterator[str]:
    """How it looks in base64, by itself, and as a part of what stands before and behind it, as in basic auth."""
    whole = b64encode(raw).decode()
    cores = [b64encode(bytes(before) + raw).decode()[-(-before * 8 // 6) :] for before in range(3)]
    ends = [(len(raw) + before) * 8 // 6 - -(-before * 8 // 6) for before in range(3)]
    spelled = [whole, *(core[:end] for core, end in zip(cores, ends, strict=True) if end >= _CORE)]
    for text in spelled:
        yield text
        yield text.translate(_URL_SAFE)
        yield quote(text, safe="")


_URL_SAFE = str.maketrans("+/", "-_")


def _scrub_broken(text: str, long: re.Pattern[str]) -> str:
    """The same where a secret is broken over lines, as base64 and narrow terminals break it."""
    parts, places, end = [], [], 0  # what stands between the breaks, and where
    for match in _BREAK.finditer(text):
        parts.append(text[end : match.start()])
        places.append(range(end, match.start()))
        end = match.end()
    parts.append(text[end:])
    places.append(range(end, len(text)))
    at = [place for part in places for place in part]
    shown, done = [], 0
    for match in long.finditer("".join(parts)):
        shown += [text[done : at[match.start()]], SECRET]
        done = at[match.end() - 1] + 1
    return "".join([*shown, text[done:]])


def _forget_patterns() -> None:
    global _patterns  # noqa: PLW0603 - one scrubber a process
    _patterns = None


def _compiled() -> tuple[re.Pattern[str], re.Pattern[str]]:
    global _patterns  # noqa: PLW0603
    with _lock:
        spellings = {*_kept, *_passing}
        long = _branches(sorted(spelling for spelling in spellings if len(spelling) >= _WORD)) or "(?!)"
        short = _branches(sorted(spelling for spelling in spellings if len(spelling) < _WORD)) or "(?!)"
        _patterns = patterns = re.compile(rf"{long}|(?<!\w){short}(?!\w)"), re.compile(long)
    return patterns


def _branches(spellings: Sequence[str]) -> str:
    """One pattern for texts in their order, the longest first, that tries no letter twice: there are hundreds."""
    if len(spellings) < 2:
        return "".join(map(re.escape, spellings))
    # of texts in their order, the first and the last differ first
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(spellings[0], spellings[-1], strict=False))
    common = "".join(letter for letter, _ in alike)
    rest = [spelling[len(common) :] for spelling in spellings]
    ends = rest[0] == ""
    letters = groupby(rest[ends:], key=itemgetter(0))
    ways = [_branches(list(group)) for _, group in letters]
    return f"{re.escape(common)}(?:{'|'.join(ways)}{'|' if ends else ''})"
