"""A Salesforce org on a socket: REST, SOQL, composite, Bulk 2.0 and the Metadata API, with rows in memory.

    SalesforceSimulator(rows, clock=…, faults=…, **options)   # a raw ASGI app; options are the fields of Settings

`simulator.org.tables["Contact"].rows` holds the rows, `simulator.org.writes` every write, `simulator.calls` every call;
the same is served under /_sandbox/ (see admin). Custom fields exist once the Metadata API deployed them, and are seen
once a permission set that grants them was deployed and assigned by a PermissionSetAssignment record (see access), as in
Salesforce; the option `grant_deployed=True` shows them at once.
"""

from .org import Org
from .settings import DuplicateRule, Settings
from .simulator import SalesforceSimulator

__all__ = ["DuplicateRule", "Org", "SalesforceSimulator", "Settings"]
