"""Alerts: a change of state is told once, to every channel, until each has taken it."""

from syncd.alerts.channel import Channel, Undelivered
from syncd.alerts.configured import channels, patience
from syncd.alerts.teller import Teller

__all__ = ["Channel", "Teller", "Undelivered", "channels", "patience"]
