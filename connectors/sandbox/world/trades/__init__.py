"""The trades that a world can be of, by name: that of the shipped agreement, and one for each other example."""

from __future__ import annotations

from connectors.sandbox.world.trade import Trade
from connectors.sandbox.world.trades.banks import BANKS
from connectors.sandbox.world.trades.manufacturers import MANUFACTURERS
from connectors.sandbox.world.trades.supplier import SUPPLIER

TRADES: dict[str, Trade] = {"banks": BANKS, "manufacturers": MANUFACTURERS, "supplier": SUPPLIER}
