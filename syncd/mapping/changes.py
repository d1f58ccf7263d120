"""A mapping file of one's own that says only what differs: `rest: as shipped` takes the others' lines as they stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from syncd import shipped
from syncd.document import Document, read

REST, AS_SHIPPED = "rest", "as shipped"
_RULE = 4  # a rule of a field stands at streams.STREAM.fields.FIELD: it is replaced as a whole


def document_of(name: str, folder: Path | None = None) -> tuple[Document, str]:
    """A mapping's document, whole, and the texts that it was made of; raises ConfigError."""
    text, file = shipped.read_text(name, folder)
    document = read(text, file)
    content = document.content
    if folder is None or not isinstance(content, dict) or content.get(REST) != AS_SHIPPED:
        return document, text
    beneath, called = shipped.read_text(name)
    if called == file:
        return document, text
    return replace(document, content=laid_over(read(beneath, called).content, content)), f"{text}\0{beneath}"


def laid_over(beneath: Any, own: Any, depth: int = 0) -> Any:
    """The content of the one with what the other says in its place; what that one leaves blank is taken away."""
    if not isinstance(beneath, dict) or not isinstance(own, dict) or depth == _RULE:
        return own
    names = [name for name in {**beneath, **own} if name not in own or own[name] is not None]
    return {
        name: laid_over(beneath.get(name), own[name], depth + 1) if name in own else beneath[name] for name in names
    }
