"""What lets somebody in: 256 random bits, known here by their digest alone."""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64encode
from binascii import crc32
from datetime import date, datetime
from hashlib import sha256
from string import digits
from typing import Final, NamedTuple

PREFIX: Final = "syncd_"
BYTES: Final = 32
_ALPHABET: Final = digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM, _SUM = 43, 6  # characters in base 62 that 256 and 32 bits need
_SHAPE = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_RANDOM + _SUM}}}", re.ASCII)


class Token(NamedTuple):
    """A token as it is listed: all but itself."""

    name: str
    right: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    used_on: date | None


def new_token() -> str:
    """`syncd_`, 256 random bits and a checksum, by which scanners of leaked secrets know ours from anything else.

    As GitHub makes its own: https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
    """
    text = _base62(secrets.randbits(8 * BYTES), _RANDOM)
    return f"{PREFIX}{text}{_checksum(text)}"


def is_token(text: str) -> bool:
    """Whether a text can be one of our tokens by its shape and checksum; nobody is asked."""
    if not _SHAPE.fullmatch(text):
        return False
    random = text[len(PREFIX) : -_SUM]
    return _checksum(random) == text[-_SUM:]


def new_session() -> str:
    """Make what a browser holds of its session: 256 random bits, and nothing that says anything."""
    return urlsafe_b64encode(secrets.token_bytes(BYTES)).rstrip(b"=").decode()


def digest_of(secret: str) -> str:
    """The SHA-256 under which a token or a session is kept: of 256 random bits nobody finds the text again."""
    return sha256(secret.encode()).hexdigest()


def _checksum(text: str) -> str:
    return _base62(crc32(text.encode()), _SUM)


def _base62(number: int, length: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number, len(_ALPHABET))
        text = _ALPHABET[rest] + text
    return text.rjust(length, _ALPHABET[0])
