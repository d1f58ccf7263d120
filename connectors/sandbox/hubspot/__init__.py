"""A HubSpot portal to develop and test against: the documented endpoints, limits and errors over state in memory."""

from connectors.sandbox.hubspot.portal import Options
from connectors.sandbox.hubspot.simulator import HubSpotSimulator

__all__ = ["HubSpotSimulator", "Options"]
