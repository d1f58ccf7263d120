"""The permission set of the integration user, derived from the shipped mapping: `python -m tests.grants` writes it.

What can be granted is asked of the sandbox's describes, as its administrator sees them, in an org with state and
country picklists. Our own fields are readable, and written where the mapping writes them.
"""

from pathlib import Path
from types import SimpleNamespace

from connectors.salesforce import Administrator, permissions
from connectors.salesforce.assignments import PERMISSION_SET
from connectors.salesforce.components import ROOT
from connectors.salesforce.describes import Shapes
from connectors.salesforce.metadata import definitions
from connectors.salesforce.permissions import Fields, Grants
from connectors.sandbox.salesforce import places
from connectors.sandbox.server import CREDENTIALS, Sandbox
from syncd.mapping import load_all

FILE = Path(str(ROOT)) / "permissionsets" / f"{PERMISSION_SET}.permissionset-meta.xml"


def mapped() -> tuple[Fields, Fields]:
    """What the shipped mapping reads and writes, by object."""
    mapping = load_all(None, ("hubspot", "salesforce"))["salesforce"]
    return {stream: mapping.asked(stream) for stream in mapping.streams}, mapping.written()


def derived() -> Grants:
    """What the integration user needs for the shipped mapping, and for nothing else."""
    reads, writes = mapped()
    with Sandbox(SimpleNamespace(salesforce={})) as sandbox:
        places.enable(sandbox.salesforce.org)
        secrets = {name: CREDENTIALS[f"salesforce_admin_{name}"] for name in ("client_id", "client_secret")}
        with Administrator(login_url=sandbox.salesforce_url, ca_file=sandbox.ca_file, **secrets) as administrator:
            grants = permissions.needed(Shapes(administrator.client, [*reads]), reads, writes)
    # A field of ours is readable wherever it stands (sales' verdict too); one of Activity stands on Task and Event.
    own = {name: name[1] in writes.get(name[0], ()) for name in definitions()}
    own |= {("Event", name): editable for (owner, name), editable in own.items() if owner == "Task"}
    return grants | Grants(own)


if __name__ == "__main__":
    FILE.write_bytes(permissions.write(FILE.read_bytes(), derived()))
