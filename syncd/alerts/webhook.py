"""Alerts to a webhook, signed after Standard Webhooks: the receiver knows who sent it, when, and whether it has it.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import orjson

from syncd.alerts.http import post
from syncd.legible import legible
from syncd.model.alerts import Message

TYPE: Final = "syncd.alert"


@dataclass(frozen=True)
class Webhook:
    """A receiver that checks signatures. key: the secret's bytes."""

    url: str
    key: bytes
    ca_file: str | None = None
    name: str = "webhook"
    setting: str = "SYNCD_ALERT_WEBHOOK_URL"

    def send(self, message: Message) -> None:
        """Send a message. Raises Undelivered."""
        body = legible(orjson.dumps(content(message)).decode()).encode()
        at = str(int(datetime.now(UTC).timestamp()))  # of this attempt: an old one is refused as a replay
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{signature(self.key, message.id, at, body)}",
        }
        post(self.url, body, headers, setting=self.setting, ca_file=self.ca_file)


def content(message: Message) -> dict[str, object]:
    """What a receiver gets, as JSON."""
    entries = [entry.plain() for entry in message.entries]
    return {
        "type": TYPE,
        "timestamp": message.at.isoformat(),
        "data": {"installation": message.installation, "alerts": entries},
    }


def signature(key: bytes, id_: str, at: str, body: bytes) -> str:
    """HMAC-SHA256 over id, time and body, in base64."""
    return base64.b64encode(hmac.new(key, f"{id_}.{at}.".encode() + body, sha256).digest()).decode()
