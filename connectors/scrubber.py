"""Every secret of this process, and the one scrubber that takes them out of what is logged, stored, answered or shown.

Whoever comes to hold a secret tells it here: the settings those that are set, the sign-ins the tokens that they fetch.
"""

from __future__ import annotations

import json
import re
import threading
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

SECRET = "[secret]"  # what stands in a secret's place

_SHORTEST = 4  # characters; what is shorter cannot be told from an ordinary word
_WORD = 12  # characters below which a secret is one only where no letter or digit stands beside it
_MOST = 500  # spellings of tokens that are kept, the latest: tokens are renewed all day long

_lock = threading.Lock()
_kept: dict[str, None] = {}  # spellings of what was set
_passing: OrderedDict[str, None] = OrderedDict()  # spellings of what was fetched
_pattern: re.Pattern[str] | None = None  # of all spellings; made when it is asked for


def know(*secrets: str) -> None:
    """Scrub these from now on, however they are spelled: in URLs, JSON, headers, Python's own notation."""
    with _lock:
        _kept.update(dict.fromkeys(spelling for secret in secrets for spelling in _spellings(secret)))
        _forget_pattern()


def know_token(token: str) -> None:
    """Scrub a token that a vendor has just granted; those of long ago are forgotten."""
    with _lock:
        for spelling in _spellings(token):
            _passing[spelling] = None
            _passing.move_to_end(spelling)
        while len(_passing) > _MOST:
            _passing.popitem(last=False)
        _forget_pattern()


def scrub(text: str) -> str:
    """Return the text with `[secret]` in the place of every secret that is known."""
    return (_pattern or _compiled()).sub(SECRET, text) if _kept or _passing else text


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
        yield text
        yield quote(text, safe="")
        yield quote_plus(text)
        yield json.dumps(text)[1:-1]
        yield json.dumps(text, ensure_ascii=False)[1:-1]
        yield repr(text)[1:-1]
        yield repr(text.encode("utf-8", "surrogatepass"))[2:-1]
        yield b64encode(text.encode("utf-8", "surrogatepass")).decode()


def _forget_pattern() -> None:
    global _pattern  # noqa: PLW0603 - one scrubber a process
    _pattern = None


def _compiled() -> re.Pattern[str]:
    global _pattern  # noqa: PLW0603
    with _lock:
        spellings = sorted({*_kept, *_passing}, key=len, reverse=True)
        _pattern = made = re.compile("|".join(map(_as_pattern, spellings)))
    return made


def _as_pattern(spelling: str) -> str:
    literal = re.escape(spelling)
    return literal if len(spelling) >= _WORD else rf"(?<!\w){literal}(?!\w)"
