"""Which channels the settings name, and how long something stands before it is told."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from syncd.alerts.changes import AT_ONCE, Patience
from syncd.alerts.channel import Channel
from syncd.alerts.mail import Mail
from syncd.alerts.slack import Slack
from syncd.alerts.webhook import Webhook
from syncd.errors import ConfigError
from syncd.receivers import Relay, key_of
from syncd.settings import Settings

# What mends itself by the next cycle alerts nobody; what waits for a person is told at once.
GRACE: Final[Mapping[str, timedelta]] = {
    "database": timedelta(minutes=1),
    "schedule": timedelta(minutes=5),
    "late": timedelta(minutes=5),
    "broken off": timedelta(minutes=20),
    "unavailable": timedelta(minutes=20),
    "budget": timedelta(minutes=20),
    "refused": timedelta(minutes=30),
    "wishes": timedelta(minutes=30),
    "quarantine": timedelta(minutes=30),
    "first plan": timedelta(hours=1),
    "paused": timedelta(hours=4),  # somebody meant it, and may have forgotten it since
}


def channels(settings: Settings) -> tuple[Channel, ...]:
    """The channels that are set. Raises ConfigError where a part of one is missing."""
    ca_file = str(settings.ca_file) if settings.ca_file else None
    named: list[Channel] = []
    hook, secret = settings.alert_webhook_url, settings.alert_webhook_secret
    if bool(hook) != bool(secret):
        raise ConfigError("SYNCD_ALERT_WEBHOOK_URL and SYNCD_ALERT_WEBHOOK_SECRET go together: what is sent is signed")
    if hook and secret:
        named.append(Webhook(hook.get_secret_value(), key_of(secret.get_secret_value()), ca_file))
    if settings.alert_slack_url:
        named.append(Slack(settings.alert_slack_url.get_secret_value(), ca_file))
    if settings.alert_mail_to and not settings.smtp_url:
        raise ConfigError("SYNCD_ALERT_MAIL_TO and SYNCD_SMTP_URL go together: who is written to, and by whom")
    if settings.smtp_url and not (settings.alert_mail_to or settings.pack_leaders or settings.pack_reps):
        raise ConfigError("SYNCD_SMTP_URL goes with SYNCD_ALERT_MAIL_TO, or with those who get the Monday pack")
    if settings.alert_mail_to:
        named.append(by_mail(settings, settings.alert_mail_to, "SYNCD_ALERT_MAIL_TO"))
    return tuple(named)


def by_mail(settings: Settings, to: tuple[str, ...], named_by: str) -> Mail:
    """The relay of the settings, to these addresses. Raises ConfigError where there is none."""
    if settings.smtp_url is None:
        raise ConfigError(f"{named_by} and SYNCD_SMTP_URL go together: who is written to, and by whom")
    relay = Relay.read(settings.smtp_url.get_secret_value())
    sender = settings.alert_mail_from or f"syncd@{socket.gethostname()}"
    return Mail(relay, sender, to, str(settings.ca_file) if settings.ca_file else None, named_by=named_by)


def patience(settings: Settings) -> Patience:
    """How long something stands before it is told, and after how long it is told again."""
    hours = settings.alert_remind_hours
    return Patience(GRACE, otherwise=AT_ONCE, remind=timedelta(hours=hours) if hours else None)


def installation(settings: Settings) -> str:
    """What this installation is called: by its name, else by its org, else by its machine."""
    org = (settings.salesforce_login_url or "").removeprefix("https://").partition(".")[0]
    return settings.name or org or socket.gethostname()
