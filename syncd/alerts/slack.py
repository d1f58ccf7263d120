"""Alerts to Slack, by an incoming webhook of its own.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks has the answers, and
https://docs.slack.dev/messaging/formatting-message-text which characters a text may not hold as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import orjson

from syncd.alerts.http import post
from syncd.alerts.words import details, heading, stamp, subject
from syncd.model.alerts import AlertEntry, Message, News

SECTION: Final = 2_900  # characters; a section takes 3,000
SECTIONS: Final = 40  # a message takes 50 blocks

_TORN: Final = re.compile("&[a-z]*$")
_MARKS: Final = {
    News.NEW: ":red_circle:",
    News.WORSE: ":red_circle:",
    News.STILL: ":hourglass:",
    News.OVER: ":white_check_mark:",
}


@dataclass(frozen=True)
class Slack:
    """A channel of Slack's, by the address of its incoming webhook."""

    url: str
    ca_file: str | None = None
    name: str = "slack"
    setting: str = "SYNCD_ALERT_SLACK_URL"

    def send(self, message: Message) -> None:
        """Send a message. Raises Undelivered."""
        body = orjson.dumps(content(message))
        post(self.url, body, {"Content-Type": "application/json"}, setting=self.setting, ca_file=self.ca_file)


def content(message: Message) -> dict[str, Any]:
    """The message in Block Kit; `text` is what a notification shows."""
    shown, more = message.entries[:SECTIONS], len(message.entries) - SECTIONS
    foot = f"syncd {message.installation} · {stamp(message.at)} · `syncd alert list` shows what stands"
    if more > 0:
        foot = f"and {more:,} more · {foot}"
    return {
        "text": escaped(subject(message)),
        "blocks": [*map(_section, shown), {"type": "context", "elements": [_text(escaped(foot))]}],
    }


def escaped(text: str) -> str:
    """Text as Slack reads it as text: no `<!channel>`, no link. Nothing else is to be escaped, says Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(entry: AlertEntry) -> dict[str, Any]:
    lines = [f"*{name}:* {_cut(escaped(what), SECTION // 6)}" for name, what in details(entry)]
    head = _cut(escaped(heading(entry)), SECTION // 3)
    return {"type": "section", "text": _text("\n".join([f"{_MARKS[entry.news]} {head}", *lines]))}


def _text(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _cut(text: str, length: int) -> str:
    """Cut a text that is escaped already, never within `&amp;`."""
    return text if len(text) <= length else f"{_TORN.sub('', text[: length - 1])}…"
