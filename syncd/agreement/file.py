"""Reading an agreement: as a value, or with every problem that keeps anybody from acting on it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import yaml

from syncd.agreement.check import lint
from syncd.agreement.draft import draft_of
from syncd.agreement.industries import load_industries
from syncd.agreement.terms import Agreement
from syncd.document import Complaint, Document, Unreadable, read
from syncd.errors import AgreementError

SHIPPED = "agreement.yaml"


def load(path: Path | None = None) -> Agreement:
    """The agreement in a file, or the one that syncd ships; raises AgreementError with every complaint, a line each."""
    source = path or resources.files("mappings").joinpath(SHIPPED)
    file = str(path or f"mappings/{SHIPPED}")
    try:
        text = source.read_text(encoding="utf-8")
    except OSError as error:
        raise AgreementError(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise AgreementError(f"{file}: this is no UTF-8 text (save the file as UTF-8)") from error
    agreement, complaints = examine(text, file)
    if agreement is None:
        raise AgreementError("\n".join(map(str, complaints)))
    return agreement


def examine(text: str, file: str) -> tuple[Agreement | None, list[Complaint]]:
    """The agreement in a text, or None and every problem at once, with file, line and what would mend it."""
    document = _read(text, file)
    if isinstance(document, Complaint):
        return None, [document]
    draft = draft_of(document, text)
    if draft is None:
        return None, [Complaint(file, 1, "this is no agreement", "begin with version, name, signed, served_market")]
    complaints = lint(draft, load_industries())
    return (None, complaints) if complaints else (draft.agreement, [])


def _read(text: str, file: str) -> Document | Complaint:
    try:
        return read(text, file)
    except Unreadable as error:
        return error.complaint
    except (yaml.YAMLError, LookupError, AttributeError, OverflowError) as error:
        # Control characters, and tags that promise another type than stands there (`!!int ""`), end PyYAML so.
        return Complaint(
            file, 1, f"this is no YAML: {type(error).__name__}", "look for control characters and `!!` tags"
        )
