"""HubSpot as a source and a target: `HubSpot` pulls and pushes, `deploy` creates what pushing needs in the portal."""

from connectors.hubspot.connector import HubSpot
from connectors.hubspot.deploy import deploy, lacking
from connectors.hubspot.tokens import OAuth, PrivateApp, TokenSource

__all__ = ["HubSpot", "OAuth", "PrivateApp", "TokenSource", "deploy", "lacking"]
