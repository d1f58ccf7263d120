"""Describes: what objects look like to the integration user, asked for in groups and kept for an hour."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.base import NotThere
from connectors.salesforce import paths, shapes
from connectors.salesforce.client import Client
from connectors.salesforce.refusals import Declined
from connectors.salesforce.shapes import Shape
from connectors.transport import batches

KEEP = timedelta(hours=1)  # so that a deployed field is seen by a running daemon
COMPOSITE = 25  # subrequests in one call


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
        for some in batches(names, COMPOSITE):
            now = self._client.clock()
            for name, body in self._describe(some).items():
                self._kept[name] = (body and shapes.read(body), now)

    def _describe(self, names: Sequence[str]) -> Mapping[str, Any]:
        if len(names) == 1:
            return {names[0]: self._describe_one(names[0])}
        urls = {name: self._client.url(paths.DESCRIBE, object=name) for name in names}
        try:
            bodies = self._client.together(urls)
        except Declined:  # one by one then
            bodies = {}
        return {name: bodies[name] if name in bodies else self._describe_one(name) for name in names}

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
