"""What single contacts did a moment ago: their form submissions, without reading every form.

HubSpot keeps submissions by form, newest first, and knows no contact there. So the contact says when it converted last
and on what: `recent_conversion_event_name` is the page's title and the form's name («Contact us: Talk to sales»), by
which the forms are chosen; where none fits, all are asked if they are few.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from connectors.announcing import Recent
from connectors.base import Record
from connectors.hubspot import paths
from connectors.hubspot.client import Client
from connectors.hubspot.cursor import Binder
from connectors.hubspot.forms import FormSubmissions, submission
from connectors.hubspot.refusals import require_answers
from connectors.hubspot.stamps import stamp
from connectors.transport import batches

STREAM: Final = "form_submissions"
PROPERTIES: Final = ("email", "hs_additional_emails", "recent_conversion_date", "recent_conversion_event_name")
CHOSEN: Final = 3  # forms whose names fit that are asked of one contact
FEW: Final = 5  # forms of a portal that are all asked where no name fits
MOST: Final = 10  # forms asked in all, a page each: 50 submissions
BEFORE: Final = timedelta(minutes=2)  # that a submission may be stamped before its contact's conversion
BATCH: Final = 100


class _Converted(NamedTuple):
    """Of one contact: their addresses, and their last conversion."""

    emails: frozenset[str]
    at: datetime | None
    on: str


@dataclass
class Lately:
    """Asks what contacts did lately. The forms' names are kept, and asked for again where none of them fits."""

    client: Client
    _names: Mapping[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, ids: Sequence[str]) -> Recent:
        """Return these contacts' latest submissions; `awaited` where a conversion is told that no form shows yet."""
        converted = [one for batch in batches(ids, BATCH) for one in self._contacts(batch) if one.at and one.emails]
        forms = self._forms(converted)
        records: dict[str, Record] = {}
        for form, name in forms.items():
            results, _ = FormSubmissions(self.client, Binder(STREAM, ())).page(form, "")
            records |= {record.id: record for result in results for record in [submission(form, name, result)]}
        theirs = {email for one in converted for email in one.emails}
        kept = [record for record in records.values() if _email(record) in theirs]
        return Recent({STREAM: kept}, awaited=bool(forms) and not all(_is_shown(one, kept) for one in converted))

    def _contacts(self, ids: Sequence[str]) -> list[_Converted]:
        body = {"properties": [*PROPERTIES], "propertiesWithHistory": [], "inputs": [{"id": id} for id in ids]}
        answer = self.client.call(paths.BATCH_READ, (), body, object="contacts")
        require_answers(answer, "contacts by id")
        return [_converted(result.get("properties") or {}) for result in answer["results"]]

    def _forms(self, converted: Sequence[_Converted]) -> dict[str, str]:
        """The forms to ask, with their names."""
        if not converted:
            return {}
        with self._lock:
            chosen = _fitting(self._names, converted)
            if not self._names or any(not _fitting(self._names, [one]) for one in converted):
                self._names = FormSubmissions(self.client, Binder(STREAM, ())).names()
                chosen = _fitting(self._names, converted)
            if not chosen and len(self._names) <= FEW:
                chosen = dict(self._names)
        return dict([*chosen.items()][:MOST])


def _fitting(names: Mapping[str, str], converted: Sequence[_Converted]) -> dict[str, str]:
    """Of each contact the forms whose names stand in what they converted on, the longest first."""
    longest = sorted(names.items(), key=lambda form: -len(form[1]))
    return {
        form: name
        for contact in converted
        for form, name in [form for form in longest if form[1] and form[1].casefold() in contact.on][:CHOSEN]
    }


def _converted(properties: Mapping[str, Any]) -> _Converted:
    emails = f"{properties.get('email') or ''};{properties.get('hs_additional_emails') or ''}".lower().split(";")
    on = str(properties.get("recent_conversion_event_name") or "").casefold()
    return _Converted(frozenset(filter(None, emails)), stamp(properties.get("recent_conversion_date")), on)


def _email(record: Record) -> str:
    return str(record.raw["email"] or "").lower()


def _is_shown(converted: _Converted, records: Sequence[Record]) -> bool:
    """Whether something is shown that may be the contact's last conversion."""
    since = converted.at - BEFORE if converted.at else None
    stamps = (record.modified_at for record in records if _email(record) in converted.emails)
    return since is None or any(at is not None and at >= since for at in stamps)
