"""The pack as a page of its own: one file without a script, a link or a picture, made to be printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from syncd.legible import legible

_TEMPLATES: Final = Environment(
    loader=PackageLoader("syncd.pack"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def page(pack: Mapping[str, Any]) -> str:
    """The page; whatever stands in the pack is escaped."""
    return legible(_TEMPLATES.get_template("pack.html").render(pack=pack))
