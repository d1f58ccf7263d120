"""Quarantine by cause: what mends it, which records it keeps, and having all of them tried again in the background."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from syncd.errors import NotFound
from syncd.sync.door import Act as Asked
from syncd.views.quarantine import quarantine_of
from syncd.web.api.runs import Word, leave
from syncd.web.operations import Call
from syncd.web.pages.page import Act, Done, Form, Page, Shown
from syncd.web.rights import Right

AT = "/quarantine"


class WhichRecords(Shown):
    """Which records of quarantine."""

    system: Word | None = Field(default=None, description="of this system alone")
    stream: Word | None = Field(default=None, description="of this stream alone")
    step: Word | None = Field(default=None, description="set aside by this step alone")
    cause: Word | None = Field(default=None, description="for this cause alone, by its name")
    after: Word | None = Field(default=None, description="where the part of the list before this one ended")


class RecordChoice(Form):
    """What is tried again: all that the filter of the page matches."""

    system: Word | None = None
    stream: Word | None = None
    step: Word | None = None
    cause: Word | None = None


def show_quarantine(call: Call) -> Any:
    """By cause, those of most records first."""
    which = call.query_as(WhichRecords)
    named = which.model_dump(exclude={"format", "after"}, exclude_none=True)
    with call.house.store.reading() as unit:
        content = quarantine_of(unit, named, which.after)
    _require_known(content, named)
    return content


def retry(call: Call) -> Done:
    """A run does it: it lets all of them go and runs a cycle. How many there are is told; the run tells it anew."""
    named = call.body_as(RecordChoice).model_dump(exclude_none=True)
    with call.house.store.reading() as unit:
        content = quarantine_of(unit, named, None)
    _require_known(content, named)
    if not content["number"]:
        raise NotFound("nothing of that is in quarantine", plain="nothing of that is in quarantine")
    number = leave(call, Asked("retry", call.principal.actor, named)).content["run"]
    records = "1 record" if content["number"] == 1 else f"{content['number']:,} records"
    return Done(f"Run {number:,} tries {records} again.", f"/runs/{number}")


def _require_known(content: dict[str, Any], named: dict[str, Any]) -> None:
    """Raise NotFound where something is named that quarantine does not have: the page says its words back."""
    for name in ("system", "stream", "step"):
        if name in named and named[name] not in content[f"{name}s"]:
            words = f"nothing is in quarantine of that {name}"
            raise NotFound(words, plain=words)


PAGES = (Page(AT, "Quarantine", "quarantine", show_quarantine, place="Operations", query=WhichRecords),)
ACTS = (Act("retry", f"{AT}/retried", Right.OPERATE, "Let records be tried again", retry, form=RecordChoice),)
