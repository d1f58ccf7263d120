"""A raw record → one row of our words, by its stream's rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from connectors.base import PROBLEM
from syncd.errors import RecordError
from syncd.mapping import places, values
from syncd.mapping.closures import close, closes
from syncd.mapping.labels import labelled
from syncd.mapping.numbers import why
from syncd.mapping.paths import value_at
from syncd.mapping.spec import FieldRule, IdSpelling, StreamRule, SystemMapping
from syncd.mapping.spoken import spoken
from syncd.mapping.telephones import first_phone, phones
from syncd.model import RemoteRef, kinds

Row = dict[str, Any]
Tables = Mapping[str, Any]
Spellings = Mapping[str, IdSpelling]  # system → how its ids are spelled
Read = Callable[[Mapping[str, Any]], Any]  # raw → one value
Convert = Callable[[Any], Any]
Settings = Mapping[str, str]  # of one org or portal: name → value

LEFT_OUT = "left out"  # in a row: the fields that stand in the record and cannot be read → why
ASSUMED = "assumed"  # in a row: the fields that the record does not say → by what they were supplied
NO_SETTINGS: Settings = MappingProxyType({})
NONE_KNOWN: Spellings = MappingProxyType({})
KEPT = 5_000  # meanings of a field's words: kinds, states, countries are few, and each is looked up once
_FLAGS = "flags"  # one flag a path, each with its name
_GATHERED = ("words", "emails", "domains", "ids")  # what stands at all of the paths, not at the first that is not blank


def reader(
    mapping: SystemMapping,
    stream: str,
    tables: Tables,
    spellings: Spellings = NONE_KNOWN,
    settings: Settings = NO_SETTINGS,
) -> Callable[[Mapping[str, Any]], Row]:
    """Compile a stream's rules into one function raw → row. spellings: how ids of other systems are spelled.

    The row holds every field of the stream's rules that has a value; references are lists of RemoteRef. An amount
    carries its record's currency (`500..500 EUR`). settings: what the org or portal says where a record says nothing,
    looked at whenever one is read; what they or the mapping supply is marked under ASSUMED.
    A field that cannot be read is left out, and named under LEFT_OUT, unless the record needs it: then the function
    raises RecordError naming stream, field and fault.
    """
    rule = mapping.streams[stream]
    paths = [path for field in rule.fields.values() for path in field.paths]
    root = next((prefix for path in paths if (prefix := path.partition(".")[0]) == mapping.path_prefix), None)
    required = {name for name, field in rule.fields.items() if field.required}
    needed = required | {name for name in rule.fields if kinds.read(rule.into)[name].fact.vital}
    complete = _completion(mapping, rule, settings)
    ids = {**spellings, mapping.system: mapping.id_spelling}
    fields_said = _said(mapping, rule)

    def compiled(name: str, field: FieldRule) -> Read:
        def read(field: FieldRule) -> Read:
            return _field(mapping, name, field, tables, ids)

        return labelled(mapping, stream, field, settings, read) if field.labels else read(field)

    phone = phones if rule.into == "contact" else first_phone
    country = _field(mapping, "country", fields_said["country"], tables, ids) if "country" in fields_said else None
    fields = [
        (name, phone(field, country) if field.how == "phone" else compiled(name, field))
        for name, field in fields_said.items()
    ]

    def read(raw: Mapping[str, Any]) -> Row:
        row: Row = {}
        if mapping.file and PROBLEM in raw:
            raise RecordError(f"{stream}: {raw[PROBLEM]}")
        if root and raw.get(root) is None:
            raise RecordError(f"{stream} has no {root}")
        for name, value_of in fields:
            try:
                value = value_of(raw)
            except ValueError as error:
                fault = f"{stream}.{_shown(mapping, rule.fields[name])} {why(error)}"
                if name in needed and not isinstance(error, values.Cleaned):
                    raise RecordError(fault) from error
                row.setdefault(LEFT_OUT, {})[name] = fault
                value = error.value if isinstance(error, values.Cleaned) else None
            if value is not None and value != []:
                row[name] = value
            elif name in required:
                raise RecordError(f"{stream}.{_shown(mapping, rule.fields[name])} is empty, and a record needs it")
        if rule.any_of and not any(name in row for name in rule.any_of):
            raise RecordError(f"{stream} has none of {', '.join(rule.any_of)}: nobody can be recognised by it")
        return complete(row) if complete else row

    return read


def _completion(mapping: SystemMapping, rule: StreamRule, settings: Settings) -> Callable[[Row], Row] | None:
    """What is done with a row that was read: blanks are filled by assumption, amounts get their currency.

    A person's numbers are told one from another, and what is said against an address belongs to that address.
    """
    known = kinds.read(rule.into)
    priced = [name for name in rule.fields if known[name].fact.priced]
    supplied, person = _supplied(mapping, rule), rule.into == "contact" and closes(rule.fields)
    if not (supplied or priced or person):
        return None

    def complete(row: Row) -> Row:
        assumed = {}
        for name, value, setting, words in supplied:
            if name not in row and (filling := settings.get(setting) if setting else value) is not None:
                row[name], assumed[name] = filling, words
        if priced and (currency := row.pop("currency", None)) is not None:
            words = assumed.pop("currency", "")
            for name in priced:
                if name in row and " " not in row[name]:  # unless its own sign says in what it is
                    row[name] = f"{row[name]} {currency.upper()}"
                    assumed |= {name: f"currency {words}"} if words else {}
        if person:
            close(row)
        if assumed:
            row[ASSUMED] = assumed
        return row

    return complete


def _supplied(mapping: SystemMapping, rule: StreamRule) -> list[tuple[str, Any, str, str]]:
    """What is assumed of an account or contact that its record does not say: field, value, setting, in words.

    What a register's mapping says of all of its rows is the register's own word.
    """
    supplied: list[tuple[str, Any, str, str]] = []
    for name, field in rule.fields.items() if _assumes(mapping, rule) else ():
        if field.setting:
            words = f"assumed: {field.setting.called}, by {field.setting.name}"
            supplied.append((name, None, field.setting.name, words))
        constant = field.default if field.value is None else field.value
        if constant is not None:
            supplied.append((name, constant, "", f"assumed: {constant}, by {mapping.system}.yaml"))
    return supplied


def _said(mapping: SystemMapping, rule: StreamRule) -> Mapping[str, FieldRule]:
    """The fields as the record itself says them, without what is supplied where it says nothing."""
    if not _assumes(mapping, rule):
        return rule.fields
    return {
        name: field.model_copy(update={"default": None}) for name, field in rule.fields.items() if field.value is None
    }


def _assumes(mapping: SystemMapping, rule: StreamRule) -> bool:
    return rule.into in ("account", "contact") and mapping.file is None


def _shown(mapping: SystemMapping, rule: FieldRule) -> str:
    return "/".join(map(mapping.label, rule.paths)) or "value"


def _field(mapping: SystemMapping, name: str, rule: FieldRule, tables: Tables, ids: Spellings) -> Read:
    if rule.value is not None:
        constant = [rule.value] if name == "registers" else rule.value
        return lambda raw: constant
    if rule.how == _FLAGS:
        return _flagged(rule)
    value_of = _plain(mapping, rule, tables, ids) if rule.says is None else _spoken(mapping, rule, tables, ids)
    if rule.when is None:
        return value_of
    holds = value_at(rule.when)
    return lambda raw: value_of(raw) if holds(raw) in (True, "true", "True") else None


def _plain(mapping: SystemMapping, rule: FieldRule, tables: Tables, ids: Spellings) -> Read:
    convert = _converter(mapping, rule, tables, ids)
    simple = len(rule.paths) == 1 and rule.paths[0].count(".") < 2 and rule.how not in _GATHERED
    return _simple(rule.paths[0], convert, rule.default) if simple else _wide(_finder(rule), convert, rule.default)


def _matching(table: Mapping[str, Any]) -> Callable[[Any], Any]:
    """What the first words of a table that stand in a text mean; None where none does."""
    patterns = [(_whole_words(words), meaning) for words, meaning in table.items()]
    meaning_of = lru_cache(maxsize=KEPT)(
        lambda words: next((meaning for pattern, meaning in patterns if pattern.search(words)), None)
    )
    return lambda value: meaning_of(str(value))


def _flagged(rule: FieldRule) -> Read:
    """The names of those paths that are true."""
    flags = [(name, value_at(path)) for name, path in zip(rule.called, rule.paths, strict=False)]
    return lambda raw: [name for name, path in flags if (value := path(raw)) is not None and values.boolean(value)]


def _spoken(mapping: SystemMapping, rule: FieldRule, tables: Tables, ids: Spellings) -> Read:
    """What no table of the mapping's own says, told by words."""
    tabled = rule.matches or rule.through
    plain = rule.model_copy(update={"otherwise": None})
    own = _converter(mapping, plain, tables, ids) if tabled else lambda _: None
    return spoken(rule, _finder(rule), own, tables["wording"], value_at)


def _wide(find: Read, convert: Convert, default: Any) -> Read:
    def value_of(raw: Mapping[str, Any]) -> Any:
        value = find(raw)
        if value is None:
            return default
        converted = convert(value)
        return default if converted is None else converted

    return value_of


def _simple(path: str, convert: Convert, default: Any) -> Read:
    """Read one path of one or two steps, as most fields are: in one function, for it runs for each record and field."""
    outer, _, inner = path.partition(".")

    def first(raw: Mapping[str, Any]) -> Any:
        value = raw.get(outer)
        if not value and value is not False and value != 0:
            return default
        converted = convert(value)
        return default if converted is None else converted

    def second(raw: Mapping[str, Any]) -> Any:
        branch = raw.get(outer)
        value = branch.get(inner) if isinstance(branch, dict) else raw.get(path)
        if not value and value is not False and value != 0:
            return default
        converted = convert(value)
        return default if converted is None else converted

    return second if "." in path else first


def _finder(rule: FieldRule) -> Read:
    paths = [value_at(path) for path in rule.paths]
    if rule.how in _GATHERED:
        return lambda raw: [value for path in paths if (value := path(raw)) is not None] or None
    if rule.how in ("ref", "refs") and isinstance(rule.to, tuple) and len(rule.to) == len(paths) > 1:
        return lambda raw: [path(raw) for path in paths]
    if len(paths) == 1:
        return paths[0]

    def first_of(raw: Mapping[str, Any]) -> Any:
        for path in paths:
            if (value := path(raw)) is not None:
                return value
        return None

    return first_of


def _converter(mapping: SystemMapping, rule: FieldRule, tables: Tables, ids: Spellings) -> Convert:
    if rule.equals is not None:
        wanted = rule.equals
        return lambda value: str(value) == wanted
    if rule.differs is not None:
        other = rule.differs
        return lambda value: str(value) != other
    lacking: Convert = str if rule.otherwise == "=" else lambda _: rule.otherwise
    if rule.matches is not None:
        matching = _matching(mapping.tables[rule.matches])
        return lambda value: lacking(value) if (meaning := matching(value)) is None else meaning
    match rule.how:
        case "ref" | "refs":
            return _references(mapping, rule, ids)
        case "email_ref":
            return lambda value: [f"email/{address}" for address in values.emails(value)[:1]]
        case "codes":
            return _codes(mapping, rule, tables)
        case "state" | "country":
            spelled = {name.lower(): code for name, code in tables[f"places:{rule.how}"].items()}
            place = places.state if rule.how == "state" else places.country
            code_of = lru_cache(maxsize=KEPT)(lambda words: place(words, spelled))
            return lambda value: code_of(str(value))
        case "words":
            return values.words
        case "emails" | "domains" | "ids":
            return values.each_once(values.READERS[rule.how])
        case how:
            read = values.READERS[how]
            if rule.through:
                table = {same_words(word): meaning for word, meaning in mapping.tables[rule.through].items()}
                meaning_of = lru_cache(maxsize=KEPT)(lambda words: table.get(same_words(words), lacking(words)))
                return lambda value: meaning_of(str(value))
            if rule.without:
                ending = rule.without
                return lambda value: _without(values.email(value), ending)
            options = {"times": rule.times, "locale": rule.locale or mapping.locale}
            plain = rule.times == 1 and not options["locale"]
            return read if plain else lambda value: read(value, options)


def same_words(value: str) -> str:
    """A picklist's value as tables know it: case and blanks do not matter."""
    return " ".join(value.split()).casefold()


def _without(email: str | None, ending: str) -> str | None:
    """An address without what the vendor put behind it; one whose own domain ends so stays as it is."""
    bare = (email or "").removesuffix(ending)
    return bare if "." in bare.rpartition("@")[2] else email


def _whole_words(words: str) -> re.Pattern[str]:
    """Where these words stand whole, in any case and number: "white paper" in "Whitepapers", no "demo" in "Demolition".

    Between them may stand anything that is no letter and no digit, or nothing. "^canceled" only begins a text, and
    "canceled$" only ends one.
    """
    parts = re.findall(r"[^\W_]+", words)
    whole = r"[\W_]*".join(map(re.escape, parts)) + r"(?:e?s)?(?![^\W_])" + (r"[\W_]*$" if words.endswith("$") else "")
    begins = r"^[\W_]*" if words.startswith("^") else r"(?<![^\W_])"
    return re.compile(begins + whole if parts else "", re.I)


def _references(mapping: SystemMapping, rule: FieldRule, ids: Spellings) -> Convert:
    def reference(stream: str) -> Callable[[Any], RemoteRef]:
        return _reference(stream if "." in stream else f"{mapping.system}.{stream}", ids)

    if isinstance(rule.to, dict):
        prefixes = {prefix: reference(stream) for prefix, stream in rule.to.items()}

        def prefixed(value: Any) -> list[RemoteRef]:
            refer = prefixes.get(str(value)[:3])
            return [refer(value)] if refer else []

        return prefixed
    references = [reference(stream) for stream in rule.to]
    if len(references) == len(rule.paths) > 1:
        return lambda values_by_stream: [
            refer(value) for refer, value in zip(references, values_by_stream, strict=True) if value is not None
        ]
    refer = references[0]
    return lambda value: [refer(one) for one in value] if isinstance(value, list) else [refer(value)]


def _reference(qualified_stream: str, ids: Spellings) -> Callable[[Any], RemoteRef]:
    """What makes a value the name of a record of this stream."""
    system, _, stream = qualified_stream.partition(".")
    fit = values.ID_SPELLINGS[ids.get(system, "plain")]
    return lambda value: RemoteRef(system, stream, fit(str(value).strip()))


def _codes(mapping: SystemMapping, rule: FieldRule, tables: Tables) -> Convert:
    """Codes as texts `SIC 1987 6021`; several from a table mean that exactly one of them holds."""
    system, year = rule.system, rule.year
    if rule.through is None:
        return lambda value: [f"{system} {year} {code}"] if (code := values.code(value)) else None
    if rule.through in mapping.tables:
        table: Mapping[str, Any] = {name: [code] for name, code in mapping.tables[rule.through].items()}
    else:
        table = {name: (codes or {}).get(system) or [] for name, codes in tables[rule.through].items()}
    return lambda value: [
        f"{system} {year} {code}" for code in table.get(str(value)) or table.get(_constant(value), [])
    ]


def _constant(words: Any) -> str:
    """A label as a table of constants spells it: Arts and Crafts → ARTS_AND_CRAFTS."""
    return re.sub(r"\W+", "_", str(words)).upper()
