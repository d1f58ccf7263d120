"""Static files, each under a name that holds its digest: a browser keeps it for a year, and a new one is a new name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from starlette.responses import Response

KINDS: Final[Mapping[str, str]] = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
FOREVER: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One file of them."""

    content: bytes
    media_type: str


def _read() -> tuple[dict[str, Leaf], dict[str, str]]:
    leaves, names = {}, {}
    for file in files("syncd.web.paper").joinpath("static").iterdir():
        stem, _, suffix = file.name.rpartition(".")
        if suffix in KINDS:
            content = file.read_bytes()
            name = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
            leaves[name], names[file.name] = Leaf(content, KINDS[suffix]), name
    return leaves, names


_LEAVES, _NAMES = _read()
NAMES: Final[Mapping[str, str]] = _NAMES  # as the file is called → as it is served


def address(name: str) -> str:
    """Where a static file is served. Raises KeyError."""
    return f"/static/{NAMES[name]}"


def hand_out(name: str) -> Response | None:
    """The file that is served under a name; None where there is none."""
    if (leaf := _LEAVES.get(name)) is None:
        return None
    return Response(leaf.content, media_type=leaf.media_type, headers={"cache-control": FOREVER})
