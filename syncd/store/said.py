"""What a database says of its troubles, as far as we know the words: its texts may quote a row, or an address.

Sources: sqlite.org/rescode.html; postgresql.org/docs/current/errcodes-appendix.html, and libpq's messages.
"""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError

_KNOWN = re.compile(
    "|".join(
        (
            r"attempt to write a readonly database",
            r"database disk image is malformed",
            r"database is locked",
            r"database or disk is full",
            r"disk I/O error",
            r"file is not a database",
            r"no such table: \w+",
            r"unable to open database file",
            r'connection to server (?:at "[\w.:-]+"(?: \([\w.:]+\))?, port \d+|on socket "[\w./-]+") failed',
            r"cannot execute \w+ in a read-only transaction",
            r"canceling statement due to [\w ]+",
            r"certificate verify failed",
            r"Connection refused",
            r"Connection reset by peer",
            r"Connection timed out",
            r"could not extend file",
            r'(?:database|role|relation|schema) "[\w.-]+" does not exist',
            r"deadlock detected",
            r"(?:failed to resolve host|could not translate host name)",
            r"(?:Name or service not known|Temporary failure in name resolution|nodename nor servname provided)",
            r"Network is unreachable",
            r"no password supplied",
            r"no pg_hba\.conf entry",
            r"No route to host",
            r"No space left on device",
            r"No such file or directory",
            r"out of memory",
            r"password authentication failed",
            r"[Pp]ermission denied(?: for \w+ \w+)?",
            r"remaining connection slots are reserved",
            r"root certificate file [^ ]+ does not exist",
            r"server closed the connection unexpectedly",
            r"server does not support SSL",
            r"(?:SSL )?connection (?:has been closed|is closed|is lost|not open)",
            r"terminating connection due to [\w ]+",
            r"the (?:database system is [\w ]+|connection is (?:closed|lost))",
            r"timeout expired",
            r"too many (?:clients|connections)",
        )
    ),
    re.IGNORECASE,
)


def words_of(error: DBAPIError) -> str:
    """The words of a database's error that we know, else its code, else its type."""
    return words_in(error.orig or error)


def words_in(error: BaseException) -> str:
    """The same of a driver's own error."""
    known = dict.fromkeys(match[0] for match in _KNOWN.finditer(str(error)))
    return ": ".join(known) or _code_in(error) or type(error).__name__


def code_of(error: DBAPIError) -> str:
    """The SQLSTATE of PostgreSQL, or the name of SQLite's result; empty where there is none."""
    return _code_in(error.orig)


def _code_in(error: BaseException | None) -> str:
    codes = (getattr(error, name, None) for name in ("sqlstate", "sqlite_errorname"))
    return next((str(code) for code in codes if code), "")
