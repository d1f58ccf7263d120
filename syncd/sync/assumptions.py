"""What an org or portal says of itself stands in where its records say nothing: asked by pull, kept for match."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from connectors.base import ConnectorError, Labelled, Misconfigured, Settled, Source
from syncd.mapping import SystemMapping
from syncd.mapping.labels import SETTING, wanted
from syncd.store import Store
from syncd.store.notes import settings_of
from syncd.store.unit import UnitOfWork

NO_LABELS = "{}"


def note_settings(store: Store, source: Source, mapping: SystemMapping, *, again: bool = False) -> None:
    """Write down the settings that a system shows, once and then `again`; what cannot be asked stays as it was.

    So are the labels of options that its mapping asks for: once a stream that asks for them, and then again.
    """
    with store.reading() as unit:
        known = read_settings(unit, source.system)
    settings = {**_settings(source, known, again=again), **dict(_labels(source, mapping, known, again=again))}
    if changed := {name: value for name, value in settings.items() if known.get(name) != value}:
        with store.writing() as unit:
            for name, value in changed.items():
                unit.notes.keep(settings_of(source.system).of(name), value)


def _settings(source: Source, known: Mapping[str, str], *, again: bool) -> Mapping[str, str]:
    asked = any(not name.startswith(SETTING.partition(" ")[0]) for name in known)
    if not isinstance(source, Settled) or (asked and not again):
        return {}
    try:
        return source.settings()
    except ConnectorError:
        return {}


def _labels(
    source: Source, mapping: SystemMapping, known: Mapping[str, str], *, again: bool
) -> Iterator[tuple[str, str]]:
    """The labels as settings; of a stream whose options nobody shows us there are none, until it is asked again."""
    if not isinstance(source, Labelled):
        return
    for stream, names in wanted(mapping).items():
        settings = {name: SETTING.format(stream, name) for name in names}
        if not again and known.keys() >= set(settings.values()):
            continue
        try:
            labels = source.labels(stream, names)
        except Misconfigured:
            yield from ((setting, NO_LABELS) for setting in settings.values() if setting not in known)
        except ConnectorError:
            continue
        else:
            for name, setting in settings.items():
                yield setting, json.dumps(labels.get(name, {}), sort_keys=True)


def read_settings(unit: UnitOfWork, system: str) -> dict[str, str]:
    """The settings of a system as they were last seen."""
    return {name: value for name, value in unit.notes.read_all(settings_of(system)).items() if value}
