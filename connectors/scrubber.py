"""Every secret of this process, and the one scrubber that takes them out of what is logged, stored, answered or shown.

Whoever comes to hold a secret tells it here: the settings those that are set, the sign-ins the tokens that they fetch,
the web's door the tokens and sessions that it has recognised. Each has a pool of its own: however many people sign in,
no vendor's token is forgotten that a connector works with.
"""

from __future__ import annotations

import json
import re
import threading
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby, takewhile
from operator import itemgetter
from urllib.parse import quote, quote_plus

SECRET = "[secret]"  # what stands in a secret's place

_SHORTEST = 4  # characters; what is shorter cannot be told from an ordinary word
_WORD = 12  # characters below which a secret is one only where no letter or digit stands beside it
_HELD = 8  # tokens of one connector that are kept, the latest: they are renewed all day long
_PASSING = 200  # tokens and sessions of others that are kept, those that were used last
_LONG = 20  # characters that each of these has
_CORE = 10  # characters of base64 that are no coincidence

Patterns = tuple[re.Pattern[str], re.Pattern[str]]  # of all spellings, of the long ones

_lock = threading.Lock()
_kept: dict[str, None] = {}  # spellings of what was set
_held: dict[str, OrderedDict[str, tuple[str, ...]]] = {}  # by connector: spellings of the tokens that it was granted
_passing: OrderedDict[str, tuple[str, ...]] = OrderedDict()  # spellings of what was recognised, by the token itself
_heads: Mapping[str, Sequence[str]] | None = None  # these, by how they begin; made when asked
_patterns: Patterns | None = None  # of what is set and held; made when asked
_RUN = re.compile(rf"\S{{{_LONG},}}")  # what may be, or hold, one of those that were recognised
_BREAK = re.compile(r"[ \t]*(?:[\r\n]|\\[rn])(?:\s|\\[rnt])*")  # where a line ends, or says that it does


def know(*secrets: str) -> None:
    """Scrub these from now on, however they are spelled: in URLs, JSON, headers, Python's own notation."""
    with _lock:
        _kept.update(dict.fromkeys(spelling for secret in secrets for spelling in _spellings(secret)))
        _forget_patterns()


def know_grant(holder: str, token: str) -> None:
    """Scrub a token that a connector was granted just now; of its own, those of long ago are forgotten."""
    with _lock:
        tokens = _held.setdefault(holder, OrderedDict())
        if token not in tokens:
            tokens[token] = tuple(_spellings(token))
            _forget_patterns()
        tokens.move_to_end(token)
        while len(tokens) > _HELD:
            tokens.popitem(last=False)


def know_token(token: str) -> None:
    """Scrub a token or session that was recognised just now; those that nobody used for long are forgotten.

    They come and go with everybody who looks at a page: no pattern is made anew for them.
    """
    global _heads  # noqa: PLW0603
    if len(token) < _LONG:
        know_grant("others", token)
        return
    with _lock:
        if token not in _passing:
            _passing[token] = tuple(dict.fromkeys(_spellings(token)))
            _heads = None
        _passing.move_to_end(token)
        while len(_passing) > _PASSING:
            _passing.popitem(last=False)


def scrub(text: str) -> str:
    """Return the text with `[secret]` in the place of every known secret, on one line or broken over several."""
    if _kept or _held:
        text = _scrub(text, _patterns or _compiled())
    if _passing and (spellings := _recognised(text)):
        text = _scrub(text, _patterns_of(spellings))
    return text


def _scrub(text: str, patterns: Patterns) -> str:
    whole, long = patterns
    text = whole.sub(SECRET, text)
    if not _may_be_broken(text):
        return text
    return _scrub_broken(text, long) if long.search(_BREAK.sub("", text)) else text


def _may_be_broken(text: str) -> bool:
    return "\n" in text or "\\" in text or "\r" in text


def _recognised(text: str) -> list[str]:
    """The spellings of what was recognised that stand in a text."""
    texts = {text, _BREAK.sub("", text)} if _may_be_broken(text) else {text}
    runs = {run for each in texts for run in _RUN.findall(each)}
    if not runs:
        return []
    by_head = _heads or _indexed()
    heads = {run[at : at + _WORD] for run in runs for at in range(len(run) - _WORD + 1)} & by_head.keys()
    return [spelling for head in heads for spelling in by_head[head] if any(spelling in each for each in texts)]


def _indexed() -> Mapping[str, Sequence[str]]:
    """What was recognised by how it begins, so that to look for it costs the same however much it is."""
    global _heads  # noqa: PLW0603
    by_head: dict[str, list[str]] = {}
    with _lock:
        for spellings in _passing.values():
            for spelling in spellings:
                by_head.setdefault(spelling[:_WORD], []).append(spelling)
        _heads = by_head
    return by_head


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


def _compiled() -> Patterns:
    global _patterns  # noqa: PLW0603
    with _lock:
        held = (spelling for tokens in _held.values() for each in tokens.values() for spelling in each)
        _patterns = patterns = _patterns_of([*_kept, *held])
    return patterns


def _patterns_of(spellings: Iterable[str]) -> Patterns:
    unlike = set(spellings)
    long = _branches(sorted(spelling for spelling in unlike if len(spelling) >= _WORD)) or "(?!)"
    short = _branches(sorted(spelling for spelling in unlike if len(spelling) < _WORD)) or "(?!)"
    return re.compile(rf"{long}|(?<!\w){short}(?!\w)"), re.compile(long)


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
