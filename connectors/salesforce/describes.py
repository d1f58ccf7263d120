"""Describes: what objects look like to the integration user, asked for in groups and kept for an hour.

No describe tells whether a field is not there or hidden from us. What is hidden has to be granted; without what the org
refused, syncd goes on, and without our key records are known otherwise (see `marks`). So whoever deploys without one
says so in the permission set (`remembered`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from connectors.base import NotThere
from connectors.callers import held
from connectors.salesforce import paths, remembered, shapes
from connectors.salesforce.assignments import SAID
from connectors.salesforce.client import Client
from connectors.salesforce.marks import KEYLESS
from connectors.salesforce.metadata import Definition, definitions
from connectors.salesforce.refusals import KEY, Declined
from connectors.salesforce.shapes import Shape
from connectors.transport import batches

KEEP = timedelta(hours=1)  # so that a deployed field is seen by a running daemon
TOGETHER = 24  # of the 25 subrequests in one call; the last one asks what was deployed
DEPLOYED = "deployed"
UNSEEN = "Salesforce shows this user no such object: no permission set of theirs grants it"
GRANT = "run `syncd salesforce deploy`, or grant it in a permission set of the integration user's"


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
            raise NotThere(UNSEEN, mend=GRANT)
        return shape

    def find(self, name: str) -> Shape | None:
        """Return the object's shape; None where it does not exist for this user."""
        with held(self._lock):
            due = self._client.clock() - KEEP
            if name not in self._kept or self._kept[name][1] <= due:
                stale = [known for known in self._known if known not in self._kept or self._kept[known][1] <= due]
                self._ask(dict.fromkeys([name, *stale]))
            return self._kept[name][0]

    def forget(self) -> None:
        """Ask again next time: something was deployed."""
        with held(self._lock):
            self._kept.clear()

    def _ask(self, names: Iterable[str]) -> None:
        for some in batches(names, TOGETHER):
            now = self._client.clock()
            bodies = self._describe(some)
            read = {name: bodies[name] and shapes.read(bodies[name]) for name in some}
            lacking = {name: fields for name, shape in read.items() if shape and (fields := _lacking(shape))}
            said = self._remembered(bodies.get(DEPLOYED)) if lacking else {}
            read |= {name: _without(read[name], fields, said) for name, fields in lacking.items()}
            self._kept |= {name: (shape, now) for name, shape in read.items()}

    def _describe(self, names: Sequence[str]) -> Mapping[str, Any]:
        if len(names) == 1:
            return {names[0]: self._describe_one(names[0])}
        urls = {name: self._client.url(paths.DESCRIBE, object=name) for name in names}
        urls[DEPLOYED] = self._client.asking(SAID, deleted=False)
        try:
            bodies = self._client.together(urls)
        except Declined:  # one by one then
            bodies = {}
        return bodies | {name: self._describe_one(name) for name in names if name not in bodies}

    def _remembered(self, answer: Any) -> Mapping[str, str]:
        """Return what deploying was refused; nothing where nobody tells us."""
        try:
            rows = answer["records"] if answer else [*self._client.rows(SAID)]
        except Declined:
            return {}
        return {name: stands for row in rows for name, stands in remembered.read(row["Description"]).items()}

    def _describe_one(self, name: str) -> Any:
        try:
            return self._client.call(paths.DESCRIBE, object=name)
        except Declined as refusal:
            if refusal.code in ("NOT_FOUND", "INVALID_TYPE"):
                return None
            raise


@cache
def _packed() -> Mapping[str, Mapping[str, Definition]]:
    """The package's fields, by object."""
    packed: dict[str, dict[str, Definition]] = {}
    for (owner, name), definition in definitions().items():
        packed.setdefault(owner, {})[name] = definition
    return packed


def _lacking(shape: Shape) -> list[str]:
    """Return the package's fields that are not there for us, or of another type."""
    ours = _packed().get(shape.name, {})
    return [name for name, of in ours.items() if name not in shape.fields or shape.fields[name].type != of.type]


def _without(shape: Shape | None, lacking: Iterable[str], said: Mapping[str, str]) -> Shape | None:
    """Return the shape that knows which of the fields that lack were refused, and has nobody else's in their place."""
    if shape is None:
        return None
    left_out = {name: said[full] for name in lacking if (full := f"{shape.name}.{name}") in said}
    fields = {name: field for name, field in shape.fields.items() if name not in left_out}
    return replace(shape, fields=fields, left_out=left_out, keyless=shape.name in KEYLESS and KEY in left_out)


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
