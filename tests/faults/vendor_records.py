"""What a vendor's record becomes by the shipped mappings, and what of it counts by the shipped agreement."""

from __future__ import annotations

from datetime import date

from syncd.mapping import load_all
from syncd.mapping.files import tables
from syncd.mapping.reading import reader
from syncd.model import Activity, kinds
from syncd.rules.engagement import scale_of, weigh
from tests.rules.builders import TODAY, an_agreement

AGREEMENT = an_agreement()
SCALE = scale_of(AGREEMENT)
READERS = {
    (system, stream): reader(mapping, stream, tables(mapping))
    for system, mapping in load_all(names=("hubspot", "salesforce")).items()
    for stream in mapping.streams
}


def hubspot(stream: str, raw: dict) -> dict:
    return READERS["hubspot", stream](raw)


def of_record(stream: str, raw: dict, system: str = "hubspot") -> Activity | None:
    """The activity that a record becomes, as match makes it; None where it becomes none."""
    row = READERS[system, stream](raw)
    if not (row.get("kind") and row.get("at")):
        return None
    known = {name: value for name, value in kinds.row("activity", row).items() if value is not None}
    return Activity(**{"id": "1", "contact_id": "ann", "source": f"{system} {stream}", **known})


def counted(stream: str, raw: dict, system: str = "hubspot", today: date = TODAY) -> dict[str, int]:
    """The kinds that count of one record, by the shipped agreement."""
    activity = of_record(stream, raw, system)
    return dict(weigh([activity] if activity else [], SCALE, today).interest.kinds)
