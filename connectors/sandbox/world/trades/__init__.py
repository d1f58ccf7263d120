"""The trades that a world can be of, by name: that of the shipped agreement, and one for each other example."""

from __future__ import annotations

from connectors.sandbox.world.trade import Trade
from connectors.sandbox.world.trades.banks import BANKS

TRADES: dict[str, Trade] = {"banks": BANKS}
