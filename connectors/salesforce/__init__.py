"""The Salesforce connector: reading, writing, checking and deploying, through simple-salesforce.

`Salesforce` is a Source and a Target of connectors.base. `package/` holds the metadata that writing needs.
"""

from connectors.salesforce.components import Component
from connectors.salesforce.connector import Administrator, Salesforce
from connectors.salesforce.deploy import Deployment
from connectors.salesforce.differences import Differences
from connectors.salesforce.removal import Kept, Removal

__all__ = ["Administrator", "Component", "Deployment", "Differences", "Kept", "Removal", "Salesforce"]
