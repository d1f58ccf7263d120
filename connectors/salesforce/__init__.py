"""The Salesforce connector: reading, writing, checking and deploying, through simple-salesforce.

`Salesforce` is a Source and a Target of connectors.base. `package/` holds the metadata that writing needs.
"""

from connectors.salesforce.connector import Administrator, Salesforce
from connectors.salesforce.deploy import Deployment

__all__ = ["Administrator", "Deployment", "Salesforce"]
