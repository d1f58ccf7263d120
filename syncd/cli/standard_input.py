"""Standard input, as a secret comes in by it: one line, or a short text, in UTF-8."""

from __future__ import annotations

import sys

from syncd.errors import ConfigError


def read_line(most: int) -> str:
    """The first line of standard input, at most that many bytes of it; raises ConfigError."""
    return _text(sys.stdin.buffer.readline(most)).rstrip("\r\n")


def read_all(most: int) -> str:
    """The whole of standard input; raises ConfigError where it is larger."""
    content = sys.stdin.buffer.read(most + 1)
    if len(content) > most:
        raise ConfigError(f"standard input holds more than {most:,} bytes: give it the secret alone")
    return _text(content)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(
            "standard input is no UTF-8 text: give it there as text, not as a file of another kind"
        ) from None
