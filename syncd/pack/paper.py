"""The pack as a page of its own: one file without a script, a link or a picture, made to be printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from syncd.legible import legible
from syncd.templates import templates_of

_TEMPLATES: Final = templates_of("syncd.pack")


def page(pack: Mapping[str, Any]) -> str:
    """The page; whatever stands in the pack is escaped."""
    return legible(_TEMPLATES.get_template("pack.html").render(pack=pack))
