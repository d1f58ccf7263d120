"""Reading again by hand: everything, one system, one stream, one account or one record, whatever the cursors say."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from syncd.errors import ConfigError
from syncd.web.api.runs import Word
from syncd.web.operations import Call
from syncd.web.pages.page import Act, Done, Form, Page
from syncd.web.pages.runs import asked_for
from syncd.web.rights import Right

EVERYTHING = "everything"  # in place of a system's name


class ReadAgain(Form):
    """What is read again: one of these."""

    streams: Word | None = Field(default=None, description="everything, a system, or system.stream")
    account: Word | None = Field(default=None, description="id, name, domain or remote id")
    record: Word | None = Field(default=None, description="system.stream/id")
    full: bool = Field(default=False, description="also find what was deleted")


def offer_scopes(call: Call) -> Any:
    """What may be chosen: every stream that is read, by system."""
    streams: dict[str, list[str]] = {}
    for system, stream in call.house.streams:
        streams.setdefault(system, []).append(stream)
    return {"systems": streams}


def resync(call: Call) -> Done:
    """A run of the daemon reads it, then does a cycle on what it brought."""
    again = call.body_as(ReadAgain)
    if not (again.streams or again.account or again.record):
        words = "nothing is named to read again: name streams, an account or a record"
        raise ConfigError(words, plain=words)
    system, _, stream = (again.streams or "").removeprefix(EVERYTHING).partition(".")
    named = {"system": system, "stream": stream, "account": again.account, "record": again.record, "full": again.full}
    return asked_for(call, {"verb": "resync", "scope": {name: value for name, value in named.items() if value}})


PAGES = (Page("/resync", "Resync", "resync", offer_scopes, right=Right.OPERATE, place="Operations"),)
ACTS = (Act("resync", "/resync/asked", Right.OPERATE, "Read again, whatever the cursors say", resync, form=ReadAgain),)
