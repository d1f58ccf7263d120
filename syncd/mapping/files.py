"""Load and check mapping files: every problem at once, each with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from syncd import shipped
from syncd.agreement.industries import SCHEMES
from syncd.agreement.standards import CURRENCIES
from syncd.document import Complaint, Document, Unreadable, read, read_as
from syncd.errors import ConfigError, MappingError
from syncd.mapping.changes import laid_over
from syncd.mapping.numbers import is_locale
from syncd.mapping.spec import Codes, FieldRule, FormFile, OutcomeFile, Places, StreamRule, SystemMapping, WriteRule
from syncd.mapping.wording import Forms, Outcomes, Wording
from syncd.model import Band, IndustryCode, kinds
from syncd.model.wishes import WISHED

VENDORS = ("salesforce", "hubspot")  # also the order in which their records are matched
SHIPPED = (*VENDORS, "fdic")
VENDOR_FACTS = ("live", "needed", "becomes", "merged_into")  # of a stream
VENDOR_LIMITS = ("stream", "length", "decimals", "values", "needs")  # of what is written
VENDOR_NAMES = ("path_prefix", "id_spelling")  # of the file
R = TypeVar("R", SystemMapping, StreamRule, WriteRule)
S = TypeVar("S", Places, Codes, FormFile, OutcomeFile)
FORMS, OUTCOMES = "wording/forms.yaml", "wording/outcomes.yaml"


def load(name: str, folder: Path | None = None) -> SystemMapping:
    """Load one mapping, from `folder` or from the shipped mappings/. Raises MappingError."""
    try:
        document, text = shipped.document_of(f"{name}.yaml", folder, laid_over)
    except Unreadable as error:
        raise MappingError(str(error.complaint)) from error
    except ConfigError as error:
        raise MappingError(str(error)) from error
    mapping, complaints = _checked(document, folder, name)
    if mapping is None or complaints:
        raise MappingError("\n".join(map(str, complaints)))
    if folder and name in SHIPPED and (folder / f"{name}.yaml").exists():
        mapping = _completed(mapping, load(name))
    return mapping.model_copy(update={"digest": _digest(text, mapping, folder)})


def _completed(own: SystemMapping, shipped_one: SystemMapping) -> SystemMapping:
    """One's own mapping says what fields mean; what it does not say of the vendor itself is taken as shipped."""
    streams = {name: _with(rule, shipped_one.streams.get(name), VENDOR_FACTS) for name, rule in own.streams.items()}
    writes = {name: _with(rule, shipped_one.writes.get(name), VENDOR_LIMITS) for name, rule in own.writes.items()}
    return _with(own, shipped_one, VENDOR_NAMES).model_copy(update={"streams": streams, "writes": writes})


def _with(rule: R, known: R | None, names: Sequence[str]) -> R:
    missing = [name for name in names if name not in rule.model_fields_set]
    return rule.model_copy(update={name: getattr(known, name) for name in missing}) if known else rule


def load_all(folder: Path | None = None, names: Sequence[str] | None = None) -> dict[str, SystemMapping]:
    """Load all mappings by system. Raises one MappingError with the complaints of all files."""
    loaded: dict[str, SystemMapping] = {}
    complaints: list[str] = []
    for name in names or SHIPPED:
        try:
            mapping = load(name, folder)
            loaded[mapping.system] = mapping
        except MappingError as error:
            complaints.append(str(error))
    complaints = complaints or [str(one) for name in names or SHIPPED for one in _abroad(name, folder, loaded)]
    if complaints:
        raise MappingError("\n".join(complaints))
    return loaded


def _abroad(name: str, folder: Path | None, loaded: Mapping[str, SystemMapping]) -> Iterator[Complaint]:
    """References to a stream of another system that has none of that name, or to a system that nobody maps."""
    document, _ = shipped.document_of(f"{name}.yaml", folder, laid_over)
    for stream, rule in document.content["streams"].items():
        for field, how in rule["fields"].items():
            to = how.get("to") or ()
            for target in [to] if isinstance(to, str) else to.values() if isinstance(to, dict) else to:
                system, dot, there = target.partition(".")
                path = ("streams", stream, "fields", field)
                if dot and system in loaded and there not in (streams := loaded[system].streams):
                    yield document.complaint(path, f"no stream {target!r}", f"{system} has: {', '.join(streams)}")
                elif dot and system not in (*loaded, *SHIPPED):
                    yield document.complaint(path, f"no system {system!r} is mapped", f"there are: {', '.join(loaded)}")


def check(
    text: str, file: str, folder: Path | None = None, name: str | None = None
) -> tuple[SystemMapping | None, list[Complaint]]:
    """Check one mapping file's text. name: of the system that the file must map, where that is known."""
    try:
        document = read(text, file)
    except Unreadable as error:
        return None, [error.complaint]
    return _checked(document, folder, name)


def _checked(document: Document, folder: Path | None, name: str | None) -> tuple[SystemMapping | None, list[Complaint]]:
    try:
        mapping = SystemMapping.model_validate(document.content)
    except ValidationError as error:
        return None, document.complaints(error)
    return mapping, [
        *_misnamed(document, mapping, name),
        *_unwritten(document, mapping),
        *_streams(document, mapping, folder),
        *_writes(document, mapping),
    ]


def tables(mapping: SystemMapping, folder: Path | None = None) -> dict[str, Any]:
    """The tables outside the mapping file that its rules name: places, and files below mappings/."""
    places = _shared("places.yaml", folder, Places)
    named: dict[str, Any] = {"places:state": places.states, "places:country": places.countries}
    named["wording"] = partial(wording, folder)
    if folder and any((folder / name).exists() for name in (FORMS, OUTCOMES)):
        wording(folder)  # what is wrong with one's own is said at once
    for stream in mapping.streams.values():
        for rule in stream.fields.values():
            if rule.through and rule.through.endswith(".yaml"):
                named[rule.through] = _shared(rule.through, folder, Codes).root
    return named


@lru_cache(maxsize=8)
def wording(folder: Path | None = None) -> Wording:
    """The words of forms' names, statuses and titles."""
    return Wording(Forms(_shared(FORMS, folder, FormFile).root), Outcomes(_shared(OUTCOMES, folder, OutcomeFile).root))


def _misnamed(document: Document, mapping: SystemMapping, name: str | None) -> list[Complaint]:
    if name in (None, mapping.system):
        return []
    what = f"{name}.yaml maps {mapping.system!r}: a file is called as its system"
    return [document.complaint(("system",), what, f"write system: {name}, or rename the file")]


def _unwritten(document: Document, mapping: SystemMapping) -> list[Complaint]:
    """Locales in which nobody writes numbers."""
    declared: list[tuple[tuple[str, ...], str | None]] = [(("locale",), mapping.locale)]
    declared += [
        (("streams", stream, "fields", name, "locale"), field.locale)
        for stream, rule in mapping.streams.items()
        for name, field in rule.fields.items()
    ]
    return [
        document.complaint(path, f"{locale!r} is no locale", "such as en-US, de-DE or fr-CH")
        for path, locale in declared
        if locale is not None and not is_locale(locale)
    ]


def _streams(document: Document, mapping: SystemMapping, folder: Path | None) -> list[Complaint]:
    complaints = []
    for stream, rule in mapping.streams.items():
        known = kinds.read(rule.into)
        for name, field in rule.fields.items():
            path = ("streams", stream, "fields", name)
            if name not in known:
                complaints.append(
                    document.complaint(path, f"{rule.into} has no field {name!r}", f"known: {', '.join(sorted(known))}")
                )
            if not field.paths and field.value is None:
                complaints.append(document.complaint(path, f"{name}: give `from` or `value`"))
            complaints += _unmeasured(document, mapping, path, known.get(name), field)
            complaints += _misread(document, path, known.get(name), field)
            complaints += _tables(document, mapping, path, field, folder)
            if field.how in ("ref", "refs") and not field.to:
                complaints.append(document.complaint(path, f"{name}: a reference needs `to`, the stream it points at"))
            if field.how == "flags" and len(field.called) != len(field.paths):
                complaints.append(document.complaint(path, f"{name}: flags need `called`, a name for each of `from`"))
            complaints += _unheard(document, path, field)
            complaints += _targets(document, mapping, path, field.to)
        if rule.becomes and rule.becomes not in mapping.streams:
            complaints.append(
                document.complaint(("streams", stream, "becomes"), f"no stream {rule.becomes!r} in this file")
            )
        if not set(rule.any_of) <= set(rule.fields):
            complaints.append(
                document.complaint(("streams", stream, "any_of"), "any_of names a field that is not read")
            )
    return complaints


WAYS: Mapping[Any, tuple[str, ...]] = {  # how a field of that type may be read
    str: ("text", "words", "email", "domain", "phone", "state", "country"),
    bool: ("boolean", "present", "absent"),
    int: ("whole",),
    Decimal: ("number", "money"),
    Band: ("band",),
    date: ("date",),
    datetime: ("datetime",),
    tuple: ("emails", "flags", "domains", "ids", "ref", "refs", "email_ref"),
    IndustryCode: ("codes",),
}
REFERENCES = ("ref", "refs", "email_ref")


# What a heading says of its numbers: TEUR, T€, Tsd., k$, in thousands, '000, Mio., Mrd., millions
_UNIT = re.compile(
    r"\b(?:T|k|M|m)(?:EUR|USD|GBP|CHF|€|\$|£)|\b(?:tsd|mio|mrd|thousands?|millions?|billions?|tausend)\b|(?<!\d)[’']?000s?\b",
    re.IGNORECASE,
)


def _unmeasured(
    document: Document, mapping: SystemMapping, path: tuple[str, ...], known: kinds.Field | None, rule: FieldRule
) -> list[Complaint]:
    """Numbers of a register whose heading names a unit that the mapping does not, and amounts without a currency."""
    if mapping.file is None or known is None or rule.how not in ("band", "number", "money"):
        return []
    complaints = [
        document.complaint(path, f"the heading {heading!r} names a unit", "declare `times`, such as 1000, or 1")
        for heading in rule.paths
        if "times" not in rule.model_fields_set and _UNIT.search(heading)
    ]
    if known.fact.priced and "currency" not in mapping.streams[path[1]].fields:
        mend = "declare currency: {value: EUR}, or from which column"
        complaints.append(document.complaint(path, f"{path[-1]} has no currency", mend))
    return complaints


def _misread(document: Document, path: tuple[str, ...], known: kinds.Field | None, rule: FieldRule) -> list[Complaint]:
    """A field that is read as something else than it holds."""
    if known is None:
        return []
    holds = IndustryCode if known.each is IndustryCode else known.type
    ways = REFERENCES if known.fact.points else WAYS[holds]
    if rule.value is not None:
        wrong, gives = isinstance(rule.value, bool) != (holds is bool), repr(rule.value)
    elif rule.equals is not None or rule.differs is not None:
        wrong, gives = holds is not bool, "true or false"
    elif rule.matches is not None or rule.says is not None or (rule.through and rule.how != "codes"):
        wrong, gives = holds is not str, "a word of a table"
    else:
        wrong, gives = rule.how not in ways, f"read as {rule.how}"
    what, mend = f"{path[-1]} cannot be {gives}", f"read it `as` {' or '.join(ways)}"
    return [document.complaint(path, what, mend)] if wrong else []


def _unheard(document: Document, path: tuple[str, ...], rule: FieldRule) -> list[Complaint]:
    """Industry codes of a classification that is none, and a currency that is none."""
    if rule.how == "codes" and (rule.system is None or rule.year is None):
        return [document.complaint(path, f"{path[-1]}: codes need `system` and `year`")]
    if rule.how == "codes" and (rule.system, rule.year) not in SCHEMES:
        known = ", ".join(f"{system} {year}" for system, year in SCHEMES)
        return [document.complaint(path, f"there are no {rule.system} {rule.year} codes", f"known: {known}")]
    return [
        document.complaint(path, f"{words!r} is no ISO 4217 currency", "such as USD")
        for words in (rule.value, rule.default)
        if path[-1] == "currency" and words is not None and words not in CURRENCIES
    ]


def _tables(
    document: Document, mapping: SystemMapping, path: tuple[str, ...], rule: FieldRule, folder: Path | None
) -> list[Complaint]:
    codes = rule.through if rule.how == "codes" and rule.through and rule.through.endswith(".yaml") else None
    complaints = [
        document.complaint(path, f"no table {name!r} in this file", f"tables here: {', '.join(mapping.tables)}")
        for name in (rule.through, rule.matches)
        if name and name != codes and name not in mapping.tables
    ]
    if codes:
        try:
            _shared(codes, folder, Codes)
        except MappingError as error:
            complaints.append(document.complaint(path, str(error)))
    return complaints


def _targets(
    document: Document, mapping: SystemMapping, path: tuple[str, ...], to: tuple[str, ...] | dict[str, str]
) -> list[Complaint]:
    streams = to.values() if isinstance(to, dict) else to
    return [
        document.complaint(path, f"no stream {stream!r} in this file", f"streams here: {', '.join(mapping.streams)}")
        for stream in streams
        if "." not in stream and stream not in mapping.streams
    ]


def _writes(document: Document, mapping: SystemMapping) -> list[Complaint]:
    complaints = []
    for name, rule in mapping.writes.items():
        path = ("writes", name)
        if name not in WISHED:
            complaints.append(
                document.complaint(path, f"nothing is written as {name!r}", f"known: {', '.join(WISHED)}")
            )
            continue
        complaints += [
            document.complaint((*path, "fields", field), f"{name} wishes have no field {field!r}")
            for field in rule.fields
            if field not in WISHED[name]
        ]
        if rule.stream and rule.stream not in mapping.streams:
            complaints.append(document.complaint((*path, "stream"), f"no stream {rule.stream!r} in this file"))
        complaints += _named(document, path, rule)
    return complaints


def _named(document: Document, path: tuple[str, ...], rule: WriteRule) -> list[Complaint]:
    return [
        document.complaint((*path, part), f"{field!r} is not among the fields written")
        for part in ("guarded", "create_only", "length", "decimals", "values", "optional", "later", "first")
        for field in getattr(rule, part)
        if field not in rule.fields
    ]


def _read_text(name: str, folder: Path | None) -> tuple[str, str]:
    try:
        return shipped.read_text(name, folder)
    except ConfigError as error:
        raise MappingError(str(error)) from error


@lru_cache(maxsize=32)
def _shared(name: str, folder: Path | None, model: type[S]) -> S:
    text, file = _read_text(name, folder)
    try:
        return read_as(model, text, file)[0]
    except ConfigError as error:
        raise MappingError(str(error)) from error


def _digest(text: str, mapping: SystemMapping, folder: Path | None) -> str:
    return shipped.digest(text, *(_read_text(name, folder)[0] for name in _named_files(mapping)))


def _named_files(mapping: SystemMapping) -> list[str]:
    rules = [rule for stream in mapping.streams.values() for rule in stream.fields.values()]
    return [
        "places.yaml",
        "matching.yaml",
        FORMS,
        OUTCOMES,
        *sorted({r.through for r in rules if r.through and r.through.endswith(".yaml")}),
    ]
