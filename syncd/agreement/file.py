"""Reading an agreement: as a value, or with every problem that keeps anybody from acting on it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from syncd import shipped
from syncd.agreement.check import lint
from syncd.agreement.industries import load_industries
from syncd.agreement.partial import partial_of
from syncd.agreement.sectors import load_sectors
from syncd.agreement.terms import PARTIES, Agreement
from syncd.document import Complaint, Document, Unreadable, glance, read
from syncd.errors import AgreementError, ConfigError
from syncd.text_file import text_of

SHIPPED = shipped.AGREEMENT


class Unsigned(NamedTuple):
    """An agreement that somebody has not signed: where it stands, its version, and who has not."""

    file: str
    version: str
    missing: tuple[str, ...]

    @property
    def label(self) -> str:
        """The version as every output names it."""
        return f"{self.version}, unsigned"

    def __str__(self) -> str:
        return f"{self.file}: version {self.label}: {' and '.join(self.missing)} did not sign"


def load(path: Path | None = None, folder: Path | None = None) -> Agreement:
    """The agreement in a file, in the folder, or the shipped one; raises AgreementError, a line for each complaint."""
    text, file = read_text(path, folder)
    agreement, complaints = examine(text, file, folder)
    if agreement is None:
        raise AgreementError("\n".join(map(str, complaints)))
    return agreement


def read_text(path: Path | None, folder: Path | None = None) -> tuple[str, str]:
    """The agreement's text, and what a message calls its file; raises AgreementError."""
    try:
        return (text_of(path, str(path)), str(path)) if path else shipped.read_text(SHIPPED, folder)
    except ConfigError as error:
        raise AgreementError(str(error)) from error


def unsigned(path: Path | None, folder: Path | None = None) -> Unsigned | None:
    """An agreement that somebody has not signed, by a quick look at it; None where all have.

    Of one that cannot be read nothing is said here: whoever needs it says why.
    """
    try:
        text, file = read_text(path, folder)
        content = glance(text)
    except (AgreementError, Unreadable):
        return None
    if not isinstance(content, dict) or "version" not in content:
        return None
    signatures = content.get("signed")
    parties = {one.get("party") for one in signatures if isinstance(one, dict)} if isinstance(signatures, list) else ()
    missing = tuple(party for party in PARTIES if party not in parties)
    return Unsigned(file, str(content["version"]), missing) if missing else None


def examine(text: str, file: str, folder: Path | None = None) -> tuple[Agreement | None, list[Complaint]]:
    """The agreement in a text, or None and every problem at once, with file, line and what would mend it."""
    document = _read(text, file)
    if isinstance(document, Complaint):
        return None, [document]
    partial = partial_of(document, text)
    if partial is None:
        return None, [Complaint(file, 1, "this is no agreement", "begin with version, name, signed, served_market")]
    complaints = lint(partial, load_industries(folder), load_sectors(folder))
    return (None, complaints) if complaints else (partial.agreement, [])


def _read(text: str, file: str) -> Document | Complaint:
    try:
        return read(text, file)
    except Unreadable as error:
        return error.complaint
