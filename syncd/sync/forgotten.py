"""What was forgotten for its age stays so: a full read meets it every night, and does not bring it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connectors.base import Record
from syncd.mapping import SystemMapping
from syncd.mapping.paths import value_at
from syncd.mapping.values import moment
from syncd.model import RemoteRef
from syncd.store import Store, UnitOfWork
from syncd.store.notes import FORGOTTEN_BEFORE


class Forgotten:
    """Which records of one stream are too old to come back. Of a stream that was never read to its end none is."""

    def __init__(self, store: Store, mapping: SystemMapping, stream: str) -> None:
        rule = mapping.streams[stream]
        self._system, self._stream = mapping.system, stream
        self._since: datetime | None = None
        self._at = [value_at(path) for path in rule.fields["at"].paths] if "at" in rule.fields else []
        if rule.into != "activity" or not self._at:
            return
        with store.reading() as unit:
            since = unit.notes.read(FORGOTTEN_BEFORE)
            if since and unit.streams.completed(mapping.system, stream):
                self._since = since

    def without(self, unit: UnitOfWork, records: Sequence[Record]) -> Sequence[Record]:
        """The records without those that were forgotten; what stands in the store goes on being read."""
        since = self._since
        if since is None:
            return records
        old = {one.id for one in records if not one.deleted and _before(one.modified_at, since) and self._is_old(one)}
        if not old:
            return records
        known = {one.ref.id for one in unit.records.named(RemoteRef(self._system, self._stream, id_) for id_ in old)}
        return [one for one in records if one.id not in old or one.id in known]

    def _is_old(self, record: Record) -> bool:
        """Whether it happened before then; of what cannot be read nothing is known."""
        try:
            value = next((value for read in self._at if (value := read(record.raw)) is not None), None)
            return value is not None and self._since is not None and moment(value) < self._since
        except (ValueError, TypeError):
            return False


def _before(at: datetime | None, since: datetime) -> bool:
    return at is not None and at < since
