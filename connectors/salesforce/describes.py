"""Describes: what objects look like to the integration user, asked for in groups and kept for an hour.

No describe tells whether a field is not there or hidden from us. Of our key it matters: where the org takes none,
records are known without it (see `marks`). So whoever deploys without it says so in the permission set (`left_out`).
That a permission set tells its description: Salesforce, Object Reference, "PermissionSet".
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from connectors.base import NotThere
from connectors.salesforce import paths, shapes, soql
from connectors.salesforce.assignments import PERMISSION_SET
from connectors.salesforce.client import Client
from connectors.salesforce.marks import KEYLESS, keyless
from connectors.salesforce.refusals import KEY, Declined
from connectors.salesforce.shapes import Shape
from connectors.transport import batches

KEEP = timedelta(hours=1)  # so that a deployed field is seen by a running daemon
TOGETHER = 24  # of the 25 subrequests in one call; the last one asks what was deployed
DEPLOYED = "deployed"
SAID = soql.select(("Description",), "PermissionSet", f"Name = {soql.text(PERMISSION_SET)}")


class Shapes:
    """Describes of objects, kept for an hour. Safe for several threads."""

    def __init__(self, client: Client, known: Sequence[str]) -> None:
        self._client = client
        self._known = known  # asked for together with the first one: 25 describes are one call
        self._kept: dict[str, tuple[Shape | None, datetime]] = {}
        self._lock = threading.Lock()

    def of(self, name: str) -> Shape:
        """Return the object's shape. Raises NotThere where it does not exist for this user."""
        shape = self.find(name)
        if shape is None:
            raise NotThere(f"Salesforce has no object {name} for this user: grant read access in the permission set.")
        return shape

    def find(self, name: str) -> Shape | None:
        """Return the object's shape; None where it does not exist for this user."""
        with self._lock:
            due = self._client.clock() - KEEP
            if name not in self._kept or self._kept[name][1] <= due:
                stale = [known for known in self._known if known not in self._kept or self._kept[known][1] <= due]
                self._ask(dict.fromkeys([name, *stale]))
            return self._kept[name][0]

    def forget(self) -> None:
        """Ask again next time: something was deployed."""
        with self._lock:
            self._kept.clear()

    def _ask(self, names: Iterable[str]) -> None:
        for some in batches(names, TOGETHER):
            now = self._client.clock()
            bodies = self._describe(some)
            read = {name: bodies[name] and shapes.read(bodies[name]) for name in some}
            lacking = [shape for name, shape in read.items() if shape and name in KEYLESS and KEY not in shape.fields]
            without = self._keyless(bodies.get(DEPLOYED)) if lacking else ()
            read |= {shape.name: replace(shape, keyless=shape.name in without) for shape in lacking}
            self._kept |= {name: (shape, now) for name, shape in read.items()}

    def _describe(self, names: Sequence[str]) -> Mapping[str, Any]:
        if len(names) == 1:
            return {names[0]: self._describe_one(names[0])}
        urls = {name: self._client.url(paths.DESCRIBE, object=name) for name in names}
        if KEYLESS & urls.keys():
            urls[DEPLOYED] = self._client.asking(SAID, deleted=False)
        try:
            bodies = self._client.together(urls)
        except Declined:  # one by one then
            bodies = {}
        return bodies | {name: self._describe_one(name) for name in names if name not in bodies}

    def _keyless(self, answer: Any) -> frozenset[str]:
        """Return the objects on which our key was not deployed; none where nobody tells us."""
        try:
            rows = answer["records"] if answer else [*self._client.rows(SAID)]
        except Declined:
            return frozenset()
        return frozenset(name for row in rows for name in keyless(row["Description"]))

    def _describe_one(self, name: str) -> Any:
        try:
            return self._client.call(paths.DESCRIBE, object=name)
        except Declined as refusal:
            if refusal.code in ("NOT_FOUND", "INVALID_TYPE"):
                return None
            raise


def exists(shapes: Shapes, shape: Shape, path: str) -> bool:
    """True where the field, or the field at the end of a relationship path, is readable for us."""
    head, _, rest = path.partition(".")
    if not rest:
        return head in shape.fields
    reference = shape.relations.get(head)
    if reference is None:
        return False
    if len(reference.targets) != 1:  # a polymorphic reference offers the fields of the Name object
        return rest in ("Id", "Name", "Type", "FirstName", "LastName", "Email", "Title", "Phone", "Username")
    target = shapes.find(reference.targets[0])
    return target is not None and exists(shapes, target, rest)
