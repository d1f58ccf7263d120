"""The local administrator's password: what one must be, its hash, and whether a typed one is right.

After NIST SP 800-63B-4, 3.1.1 (https://pages.nist.gov/800-63-4/sp800-63b.html): at least 15 characters where a password
is all that is asked for, any characters in any mixture, nothing that is tried first, and no end to its life.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from syncd.errors import ConfigError, Unavailable

SHORTEST: Final = 15  # characters
LONGEST: Final = 1_000
GUESSES: Final = 10  # as a power of ten: what takes fewer is among the first that anybody tries
_OF_ITS_PLACE: Final = ("syncd", "admin", "administrator", "hubspot", "salesforce", "revops")
_MOST_JUDGED: Final = 72  # characters, of which zxcvbn asks no more

_hasher = PasswordHasher()  # argon2id by RFC 9106's second recommended option: 64 MiB, 3 passes
_places = threading.BoundedSemaphore(2)  # two at once need 128 MiB: nobody fills the memory by signing in
PATIENCE: Final = 3.0  # seconds to wait for a place: whoever signs in keeps a thread that others need


def require_good(password: str) -> None:
    """Raise ConfigError where a password is too short, or would be guessed soon; it is never quoted."""
    from zxcvbn import zxcvbn  # its lists of words take a while to load

    text = _normal(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise ConfigError(
            f"a password has at least {SHORTEST} characters, and at most {LONGEST:,}; this one has {len(text):,}. Any "
            "will do: a sentence, or what a password manager makes"
        )
    if zxcvbn(text[:_MOST_JUDGED], user_inputs=list(_OF_ITS_PLACE))["guesses_log10"] < GUESSES:
        raise ConfigError(
            "this password is made of words and rows that are tried first: take another, such as a few words that have "
            "nothing to do with each other"
        )


def hash_of(password: str) -> str:
    """Return the Argon2 hash of a password, with a salt of its own."""
    with _place():
        return _hasher.hash(_normal(password))


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether a password is the one of that hash. It takes as long where there is none: nobody learns who exists.

    Raises Unavailable where too many ask at once.
    """
    with _place():
        nobodys = _nobodys()  # made before the first of either kind
        try:
            _hasher.verify(password_hash or nobodys, _normal(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE):
        raise Unavailable("too many sign in at this moment; try again in a minute")
    try:
        yield
    finally:
        _places.release()


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


def _normal(password: str) -> str:
    """One form of what looks the same, whichever keyboard it was typed on."""
    return normalize("NFC", password)
