"""Text as it may leave the house: no secret in it, and no character that steers a terminal or turns a line around.

Names come from forms that anybody fills in. https://www.unicode.org/reports/tr9/ has the characters that reorder text,
https://www.ecma-international.org/publications-and-standards/standards/ecma-48/ those that steer, U+0080 to U+009F too.
"""

from __future__ import annotations

import re

from connectors.scrubber import scrub

# Beside line breaks and tabs, which lay text out; half a pair of UTF-16, which nobody can write, goes the same way.
_STEERING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def legible(text: str) -> str:
    """The text without secrets, with what steers a terminal written out, as JSON would: ESC is `\\u001b`."""
    return _STEERING.sub(_written_out, scrub(text))


def on_one_line(text: str) -> str:
    """The same on one line: a name with a line break in it makes no second one."""
    return legible(text).replace("\n", "\\n")


def _written_out(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
