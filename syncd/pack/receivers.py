"""Who gets which pack: whom the settings name, each by one channel; nobody else, and no channel of alerts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as Header
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import blake2b
from typing import Any, Final, Protocol

import orjson

from syncd.alerts.configured import by_mail
from syncd.alerts.http import post
from syncd.alerts.mail import Mail
from syncd.alerts.slack import SECTION, SECTIONS, escaped
from syncd.errors import ConfigError
from syncd.model import User
from syncd.pack.paper import page
from syncd.pack.words import subject, text
from syncd.planning.names import finder
from syncd.settings import Settings

NOBODY: Final = "nobody is named: set SYNCD_PACK_LEADERS, SYNCD_PACK_REPS or SYNCD_PACK_SLACK_URL"


class Carrier(Protocol):
    """How a pack gets to its receiver."""

    def carry(self, pack: Mapping[str, Any]) -> None:
        """Hand it over. Raises Undelivered."""


@dataclass(frozen=True)
class Receiver:
    """One of them. name: as log and store know it, without an address; rep: golden id, None for both leaders."""

    name: str
    rep: str | None
    carrier: Carrier


@dataclass(frozen=True)
class Letters:
    """By e-mail: words, and the page beside them."""

    mail: Mail

    def carry(self, pack: Mapping[str, Any]) -> None:
        """Send it. Raises Undelivered."""
        self.mail.deliver(letter(pack, self.mail))


@dataclass(frozen=True)
class SlackChannel:
    """Into a channel of Slack's."""

    url: str
    ca_file: str | None

    def carry(self, pack: Mapping[str, Any]) -> None:
        """Post it. Raises Undelivered."""
        body, headers = orjson.dumps(blocks(pack)), {"Content-Type": "application/json"}
        post(self.url, body, headers, setting="SYNCD_PACK_SLACK_URL", ca_file=self.ca_file)


def receivers(settings: Settings, users: Mapping[str, User]) -> list[Receiver]:
    """Everybody whom the settings name and who is known. Raises ConfigError where mail has no relay."""
    named: list[Receiver] = []
    if settings.pack_leaders:
        mail = by_mail(settings, settings.pack_leaders, "SYNCD_PACK_LEADERS")
        named.append(Receiver("leaders by mail", None, Letters(mail)))
    if settings.pack_slack_url:
        ca_file = str(settings.ca_file) if settings.ca_file else None
        named.append(
            Receiver("leaders by slack", None, SlackChannel(settings.pack_slack_url.get_secret_value(), ca_file))
        )
    user_of = finder(users)
    reps = {rep: address for address in settings.pack_reps if (rep := user_of(address)) is not None}
    theirs = ((rep, by_mail(settings, (address,), "SYNCD_PACK_REPS")) for rep, address in reps.items())
    return [*named, *(Receiver(f"rep {rep}", rep, Letters(mail)) for rep, mail in theirs)]


def unknown(settings: Settings, users: Mapping[str, User]) -> int:
    """How many of the reps who are named nobody knows."""
    user_of = finder(users)
    return sum(user_of(address) is None for address in settings.pack_reps)


def require_whole(settings: Settings) -> None:
    """Raise ConfigError for a moment at which nobody gets anything, and for mail without a relay."""
    named = (settings.pack_leaders, settings.pack_reps, settings.pack_slack_url)
    if settings.pack_at and not any(named):
        raise ConfigError(f"SYNCD_PACK_AT: {NOBODY}")
    if settings.pack_leaders or settings.pack_reps:
        by_mail(settings, (), "SYNCD_PACK_LEADERS" if settings.pack_leaders else "SYNCD_PACK_REPS")


def letter(pack: Mapping[str, Any], mail: Mail) -> EmailMessage:
    """The letter; its Message-ID is the same for one receiver's week, so that mail programs show it once."""
    made = EmailMessage(policy=SMTP)
    made["From"] = Header("syncd", addr_spec=mail.sender)
    made["To"] = ", ".join(mail.to)
    made["Subject"] = subject(pack)
    made["Date"] = datetime.fromisoformat(pack["made_at"])
    about = blake2b(f"{pack['week']}/{pack['rep']}/{mail.to}".encode(), digest_size=12).hexdigest()
    made["Message-ID"] = f"<pack-{about}@{mail.sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's "out of office" answers it
    made.set_content(text(pack))
    made.add_alternative(page(pack), subtype="html")
    return made


def blocks(pack: Mapping[str, Any]) -> dict[str, Any]:
    """The message in Block Kit, as much of it as one takes; `text` is what a notification shows."""
    made = [
        {"type": "section", "text": {"type": "mrkdwn", "text": part, "verbatim": True}}
        for part in _parts(escaped(text(pack)).splitlines())
    ]
    return {"text": escaped(subject(pack)), "blocks": made[:SECTIONS]}


def _parts(lines: list[str]) -> Iterator[str]:
    """Whole lines, as many as a section holds."""
    part = ""
    for whole in lines:
        line = whole[:SECTION]
        if part and len(part) + len(line) + 1 > SECTION:
            yield part
            part = ""
        part = f"{part}\n{line}" if part else line
    if part.strip():
        yield part
