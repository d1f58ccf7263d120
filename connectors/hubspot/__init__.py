"""HubSpot as a source and a target: `HubSpot` pulls, pushes, checks, and deploys what pushing needs in the portal."""

from connectors.hubspot.connector import HubSpot
from connectors.hubspot.paths import endpoints
from connectors.hubspot.sign_in import OAuth, StaticToken, TokenSource
from connectors.hubspot.webhooks import Webhooks

__all__ = ["HubSpot", "OAuth", "StaticToken", "TokenSource", "Webhooks", "endpoints"]
