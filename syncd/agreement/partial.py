"""An agreement as far as it can be read: what is broken is complained of and left out, so that the rest is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from syncd.agreement.terms import Agreement
from syncd.document import Complaint, Document, Path, typed, wording

ROUNDS = 100  # of leaving out; each takes something away, a file that needs more is no agreement

# What stands in for a required section that is missing or broken; nothing below it is checked.
BLANK: Mapping[str, Any] = {
    "version": "?",
    "name": "?",
    "signed": [],
    "served_market": {"segments": []},
    "functions": {},
    "levels": {},
    "roles": [],
    "engagement": {"rungs": {}},
    "mql": {},
    "offers": [],
    "forecast": {"stage": "?", "sales_cycle_days": 1},
}


class Mistake(NamedTuple):
    """One problem at a path of the agreement as read."""

    path: Path
    what: str
    mend: str = ""


@dataclass
class PartialAgreement:
    """The readable part of a document as an Agreement, and what could not be read."""

    document: Document
    agreement: Agreement
    shape: Any  # like the content; lists keep the index that each item has in the document
    broken: list[Path] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)

    def sound(self, *path: str | int) -> bool:
        """Whether nothing above, at or below that path of the document had to be left out."""
        return not any(_overlap(path, broken) for broken in self.broken)

    def defined(self, section: str) -> frozenset[str] | None:
        """The names that a section defines, broken ones included; None where the section itself cannot be read."""
        content = self.document.content.get(section)
        if section == "roles":
            if not isinstance(content, list):
                return None
            return frozenset(str(entry["role"]) for entry in content if isinstance(entry, dict) and "role" in entry)
        return frozenset(map(str, content)) if isinstance(content, dict) else None

    def complain(self, findings: Iterator[Mistake]) -> None:
        """Take findings down as complaints, but those that only follow from what is broken."""
        for finding in findings:
            path = _origin(self.shape, finding.path)
            if self.sound(*path):
                self.complaints.append(self.document.complaint(path, finding.what, finding.mend))


def partial_of(document: Document, text: str) -> PartialAgreement | None:
    """Read what can be read; None where the document is no mapping at all."""
    if not isinstance(document.content, dict):
        return None
    content = _as_written(_copy(document.content), text)
    shape = _shape(content)
    complaints: list[Complaint] = []
    broken: list[Path] = []
    for turn in range(ROUNDS):
        try:
            agreement = Agreement.model_validate(content)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_context=False)
        else:
            return PartialAgreement(document, agreement, shape, broken, complaints)
        paths = [_origin(shape, problem["loc"]) for problem in errors]
        if turn == 0:
            complaints = [_complaint(document, path, problem) for path, problem in zip(paths, errors, strict=True)]
        broken += paths
        _leave_out(content, shape, [_place(content, problem) for problem in errors])
    return PartialAgreement(document, Agreement.model_validate(dict(BLANK)), {}, [()], complaints)


def _complaint(document: Document, path: Path, problem: ErrorDetails) -> Complaint:
    where = ".".join(map(str, path))
    match problem["type"]:
        case "missing":
            return document.complaint(path, f"{where} is missing", "every agreement says so")
        case "extra_forbidden":
            return document.complaint(path, f"{where}: there is no such term", _alike(path))
        case _:
            return document.complaint(path, wording(path, problem))


def _alike(path: Path) -> str:
    names = [name for name in Agreement.model_fields if name != path[-1]]
    close = get_close_matches(str(path[-1]), names, n=1) if len(path) == 1 else []
    return f"did you mean {close[0]}?" if close else "check the spelling, or leave it out"


# ---- leaving out -------------------------------------------------------------------------------------------------


def _place(content: Any, problem: ErrorDetails) -> Path:
    """What must go for a problem to go: the value, or the section that lacks one."""
    loc: Path = problem["loc"]
    depth = 0
    for step in loc:
        inside = (isinstance(content, dict) and step in content) or (
            isinstance(content, list) and isinstance(step, int) and step < len(content)
        )
        if not inside:
            break
        content = content[step]
        depth += 1
    return loc[: max(depth, 1)]


def _leave_out(content: Any, shape: Any, paths: Sequence[Path]) -> None:
    """Take the values away, from the end of lists so that indices stay true; required sections become blank."""
    for place in sorted(set(paths), key=_from_the_end, reverse=True):
        if len(place) == 1 and place[0] in BLANK:
            content[place[0]] = _copy(BLANK[str(place[0])])
            shape[place[0]] = _shape(content[place[0]])
            continue
        inner: Any = content
        inner_shape: Any = shape
        for step in place[:-1]:
            inner = inner[step]
            inner_shape = inner_shape[step]
            if isinstance(inner_shape, tuple):
                inner_shape = inner_shape[1]
        if isinstance(inner, dict) and place[-1] not in inner:
            continue
        del inner[place[-1]]
        del inner_shape[place[-1]]


def _from_the_end(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (-1, str(step)) for step in path)


def _copy(content: Any) -> Any:
    """A copy that shares nothing, not even what a YAML alias shares."""
    if isinstance(content, Mapping):
        return {key: _copy(value) for key, value in content.items()}
    return [_copy(value) for value in content] if isinstance(content, list) else content


def _shape(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _shape(value) for key, value in content.items()}
    if isinstance(content, list):
        return [(index, _shape(value)) for index, value in enumerate(content)]
    return None


def _origin(shape: Any, path: Sequence[str | int]) -> Path:
    """A path of the agreement as read as a path of the document."""
    steps: list[str | int] = []
    for step in path:
        if isinstance(shape, list) and isinstance(step, int) and step < len(shape):
            index, shape = shape[step]
            steps.append(index)
        else:
            shape = shape.get(step) if isinstance(shape, dict) else None
            steps.append(step)
    return tuple(steps)


def _overlap(path: Sequence[str | int], other: Sequence[str | int]) -> bool:
    return all(a == b for a, b in zip(path, other, strict=False))


# ---- what YAML would change --------------------------------------------------------------------------------------


def _as_written(content: dict[str, Any], text: str) -> dict[str, Any]:
    """Put the version and the codes back as they were typed: to YAML, 0111 is seventy-three, and 2026.10 is 2026.1."""
    written = typed(text)
    if not isinstance(written, dict):
        return content
    if not isinstance(content.get("version"), (str, dict, list, type(None))):
        content["version"] = written.get("version")
    for segment, words in _pairs(content, written, "served_market", "segments"):
        for (index, code), raw in zip(*_lists(segment, words), strict=False):
            if isinstance(code, (int, float)) and not isinstance(code, bool) and isinstance(raw, str):
                segment["industries"]["codes"][index] = raw
    return content


def _pairs(content: Any, written: Any, *path: str) -> list[tuple[Any, Any]]:
    for step in path:
        if not (isinstance(content, dict) and isinstance(written, dict)):
            return []
        content, written = content.get(step), written.get(step)
    return list(zip(content, written, strict=False)) if isinstance(content, list) and isinstance(written, list) else []


def _lists(segment: Any, words: Any) -> tuple[list[tuple[int, Any]], list[Any]]:
    pairs = _pairs(segment, words, "industries", "codes")
    return [(index, code) for index, (code, _) in enumerate(pairs)], [raw for _, raw in pairs]
