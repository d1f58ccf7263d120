"""What is in force by the settings: the mappings in use, and the rulebook that accounts are judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from syncd import __version__, shipped
from syncd import agreement as agreements
from syncd.agreement.industries import TABLES
from syncd.agreement.words import title_texts
from syncd.errors import MappingError
from syncd.mapping import SystemMapping, load_all
from syncd.mapping.destinations import destinations
from syncd.mapping.files import VENDORS
from syncd.rules import Rulebook, rulebook_of
from syncd.settings import Settings
from syncd.sync.reader import Readers, load_customs


def load_mappings(settings: Settings) -> dict[str, SystemMapping]:
    """The mappings in use, by system; raises MappingError."""
    mappings = load_all(settings.mappings, (*VENDORS, *settings.registers))
    wrong = [
        f"{name}.yaml:1: a register needs `file`, its CSV" for name in settings.registers if not mappings[name].file
    ]
    wrong += [f"{name}.yaml:1: {name} is no register: leave `file` out" for name in VENDORS if mappings[name].file]
    if wrong:
        raise MappingError("\n".join(wrong))
    return _granted(mappings, settings.without)


def _granted(mappings: Mapping[str, SystemMapping], without: Sequence[str]) -> dict[str, SystemMapping]:
    """The mappings without the streams that an installation does without; raises MappingError for what cannot go."""
    names = [f"{mapping.system}.{stream}" for mapping in mappings.values() for stream in mapping.streams]
    wrong = []
    for name in without:
        system, _, stream = name.partition(".")
        if name not in names:
            near = get_close_matches(name, names, n=1)
            wrong.append(f"SYNCD_WITHOUT: no stream {name!r}" + (f"; {near[0]}?" if near else f": {', '.join(names)}"))
        elif mappings[system].essential(stream):
            wrong.append(f"SYNCD_WITHOUT: {name} cannot be left out: what syncd writes rests on it")
    if wrong:
        raise MappingError("\n".join(wrong))
    return {system: mapping.doing_without(without) for system, mapping in mappings.items()}


def load_readers(settings: Settings, mappings: Mapping[str, SystemMapping] | None = None) -> Readers:
    """What reads records, by the mappings and the matching files; raises ConfigError."""
    mappings, folder = mappings or load_mappings(settings), settings.mappings
    return Readers(mappings, load_customs(mappings.values(), folder), folder)


def load_rulebook(
    settings: Settings,
    mappings: Mapping[str, SystemMapping] | None = None,
    agreement: agreements.Agreement | None = None,
) -> Rulebook:
    """What accounts are judged by, or would be by another agreement; raises ConfigError with every complaint."""
    folder = settings.mappings
    agreement = agreement or agreements.load(settings.agreement, folder)
    words, industries = agreements.title_words(folder), agreements.load_industries(folder)
    return rulebook_of(agreement, words, industries, destinations((mappings or load_mappings(settings)).values()))


def digest(agreement: agreements.Agreement, folder: Path | None) -> str:
    """What tells two sets of rules apart: the terms, the word lists, own tables, and the rules' own version."""
    titles = [text for text, _ in title_texts(folder)]
    own = [shipped.read_text(name, folder)[0] for name in TABLES if folder and (folder / name).exists()]
    return shipped.digest(agreement.label, agreements.terms_digest(agreement), *titles, __version__, *own)
