"""The deterministic world that both simulators show: real banks, invented people, a year of activities.

world = build(seed=1, today=date(2026, 11, 1), size=Size.TINY)
world.hubspot["contacts"][0]["properties"]["email"]; world.salesforce["Account"][0]["Name"]
"""

from connectors.sandbox.world.builder import Size, World, build
from connectors.sandbox.world.bulk import bulk_contacts, bulk_salesforce

__all__ = ["Size", "World", "build", "bulk_contacts", "bulk_salesforce"]
