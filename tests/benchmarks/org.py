"""`python -m tests.benchmarks.org ROWS`: a Salesforce org with so many accounts, contacts and leads, until stopped."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from connectors.sandbox.server import Sandbox
from connectors.sandbox.world import Size, build, bulk_salesforce

SETUP = ("Organization", "UserRole", "User", "OpportunityStage")


def main() -> None:
    """Build the rows and serve them; the first line on standard output says where."""
    today = datetime.now(UTC).date()
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for sobject, row in bulk_salesforce(int(sys.argv[1]), today=today):
        rows[sobject].append(row)
    small = build(1, today, Size.TINY).salesforce
    rows |= {name: small[name] for name in SETUP if name in small}
    sandbox = Sandbox(SimpleNamespace(salesforce=dict(rows)))
    sandbox.serve(lambda: print(json.dumps(sandbox.describe()), flush=True))


if __name__ == "__main__":
    main()
