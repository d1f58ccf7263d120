"""What an org or portal says of itself stands in where its records say nothing: asked by pull, kept for match."""

from __future__ import annotations

from connectors.base import ConnectorError, Settled, Source
from syncd.store import Store
from syncd.store.unit import UnitOfWork

NOTE = "setting {} "  # of a system; the setting's name follows


def note_settings(store: Store, source: Source, *, again: bool = False) -> None:
    """Write down the settings that a system shows, once and then `again`; what cannot be asked stays as it was."""
    if not isinstance(source, Settled):
        return
    with store.reading() as unit:
        known = read_settings(unit, source.system)
    if known and not again:
        return
    try:
        settings = source.settings()
    except ConnectorError:
        return
    if changed := {name: value for name, value in settings.items() if known.get(name) != value}:
        with store.writing() as unit:
            for name, value in changed.items():
                unit.notes.keep(NOTE.format(source.system) + name, value)


def read_settings(unit: UnitOfWork, system: str) -> dict[str, str]:
    """The settings of a system as they were last seen."""
    beginning = NOTE.format(system)
    noted = {name.removeprefix(beginning): unit.notes.read(name) for name in unit.notes.names(beginning)}
    return {name: value for name, value in noted.items() if value}
