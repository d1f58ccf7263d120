"""Match: what we saw becomes who is who. Source records → golden records, batch by batch, each one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from syncd.mapping import SystemMapping
from syncd.model import kinds
from syncd.store import Store
from syncd.store.notes import MAPPINGS
from syncd.sync.activities import place_activities, place_campaigns, place_members
from syncd.sync.assumptions import read_settings
from syncd.sync.batch import Batch, place, try_again
from syncd.sync.identity import Placement
from syncd.sync.opportunities import place_line_items, place_opportunities, place_roles, place_stage_changes
from syncd.sync.reader import Readers
from syncd.sync.run import Run

BATCH = 1_000
PASSES = 4  # a record that waited for another one is matched in a later pass


def match(store: Store, readers: Readers, run: Run, *, batch: int = BATCH) -> None:
    """Match what pull left unmatched, or until the run is stopped; batch: so many records a transaction.

    Records that cannot be read or placed are quarantined with their reason; everything else flows.
    """
    _notice_mappings(store, readers)
    with store.writing() as unit:
        try_again(unit)
    for _ in range(PASSES):
        before = run.counts.matched.total()
        for kind in kinds.DECLARED:
            for system, stream in _streams(readers.mappings, kind):
                _match_stream(store, readers, run, kind, (system, stream), batch)
            store.look_anew()
        if run.counts.matched.total() == before:
            break


def _match_stream(store: Store, readers: Readers, run: Run, kind: str, stream_name: tuple[str, str], most: int) -> None:
    system, stream = stream_name
    while True:
        with store.writing() as unit:
            records = unit.records.unmatched(system, stream, most)
            if not records or run.breaks_off():
                return
            changed = place(unit, records, lambda batch: PLACE[kind](batch, kind, readers), run.clock())
        run.counts.matched[system, stream] += len(records)
        run.counts.golden[kind] += changed
        run.progress(f"match {system}.{stream}", len(records))


def _streams(mappings: Mapping[str, SystemMapping], kind: str) -> list[tuple[str, str]]:
    """The streams of a kind, registers first: their rows say which same-named companies are different ones.

    Else as the mappings were loaded: who comes later is recognised by what came before.
    """
    ordered = sorted(mappings.values(), key=lambda mapping: mapping.file is None)
    return [(m.system, stream) for m in ordered for stream, rule in m.streams.items() if rule.into == kind]


def _notice_mappings(store: Store, readers: Readers) -> None:
    """A changed mapping or matching file is applied to what is stored, without pulling again.

    What is not mapped any more is left as it is, and matched anew should it be mapped again: others have moved on.
    """
    with store.writing() as unit:
        before = unit.notes.read_all(MAPPINGS)
        for system in before.keys() - readers.mappings.keys():
            unit.notes.drop(MAPPINGS.of(system))
        for system, mapping in readers.mappings.items():
            settings = read_settings(unit, system)
            readers.settings[system].update(settings)
            digest = _digest(mapping, readers, settings)
            if digest != before.get(system):
                unit.records.unmatch_system(system)
                unit.notes.keep(MAPPINGS.of(system), digest)


def is_in_step(store: Store, readers: Readers) -> bool:
    """Whether all that is stored was last matched by the mappings and the matching files of now."""
    with store.reading() as unit:
        return all(
            unit.notes.read(MAPPINGS.of(system)) == _digest(mapping, readers, read_settings(unit, system))
            for system, mapping in readers.mappings.items()
        )


def _digest(mapping: SystemMapping, readers: Readers, settings: Mapping[str, str]) -> str:
    """What tells apart how a system's records are matched."""
    digest = f"{mapping.digest} {readers.customs.digest}"
    return digest + "".join(f" {name}={value}" for name, value in sorted(settings.items()))


def _place_identities(batch: Batch, kind: str, readers: Readers) -> int:
    return Placement(batch, kind, readers).run()


PLACE: dict[str, Callable[[Batch, str, Readers], int]] = {
    "user": _place_identities,
    "account": _place_identities,
    "contact": _place_identities,
    "campaign": place_campaigns,
    "campaign_member": place_members,
    "opportunity": place_opportunities,
    "stage_change": place_stage_changes,
    "line_item": place_line_items,
    "contact_role": place_roles,
    "activity": place_activities,
}
