"""The org as it will be after a package, as the checks of its components see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from ..org import Org
from ..schema import Field
from .packages import Component


class Coming(Protocol):
    """The org as it will be after the package."""

    org: Org
    objects: set[str]

    def sobject(self, name: str) -> str | None:
        """Return the name of an object, None where there will be none."""
        ...

    def field(self, sobject: str, name: str) -> Field | None:
        """Return an object's field."""
        ...

    def resolve(self, path: str) -> tuple[str, Field] | None:
        """Return the object and field at the end of a path."""
        ...

    def owner(self, steps: list[str]) -> str | None:
        """Return the object to which steps lead."""
        ...

    def component(self, kind: str, name: str) -> Component | None:
        """Return a component."""
        ...

    def standing(self, kind: str) -> Iterator[Component]:
        """Yield the components of a type."""
        ...
