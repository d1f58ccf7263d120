"""What a request's body must look like, and how one that does not is refused: in the words of the vendor's JSON reader.

HubSpot reads bodies with Jackson. A value of the wrong kind is «Invalid input JSON on line 1, column 15: Cannot
deserialize value of type `…` from Array value (token `JsonToken.START_ARRAY`)», without a category; fields that are
missing are «… on line 1, column 2. Some required fields were not set: [name]», with one. Fields that it does not know
it passes over. Sources: bodies that users report (hubspot-api-python issues 71 and 76, hubspot-api-nodejs issue 226,
HubSpot.NET issue 23).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from connectors.sandbox.hubspot.refusals import Refusal, malformed, unset

Path = tuple[str | int, ...]
INT = range(-(1 << 31), 1 << 31)
LONG = range(-(1 << 63), 1 << 63)
# What Jackson calls the kinds of JSON.
KINDS = {
    bool: "Boolean", int: "Integer", float: "Floating-point", str: "String", list: "Array", dict: "Object",
}  # fmt: skip
TOKENS = {"Object": "START_OBJECT", "Array": "START_ARRAY"}
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,19}\s*")


@dataclass(frozen=True, slots=True)
class Shape:
    """One JSON value: its name in Java, the kinds of JSON that it takes, and what stands in it."""

    java: str
    takes: frozenset[str]
    fields: Mapping[str, Shape] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    built: bool = False  # what it lacks is told by its builder, in other words
    each: Shape | None = None  # every element of an array, every value of an object
    numbers: range | None = None
    words: tuple[str, ...] = ()  # the only texts that it takes
    read: Callable[[Any], Any] = str  # what a scalar becomes
    text: bool = True  # a text stays as it is


def read(shape: Shape, content: Any, body: bytes) -> Any:
    """Return a parsed body with its scalars as the shape wants them, or refuse it; `body` tells where it goes wrong."""
    content = {} if content is None else content
    with suppress(Unfit):
        return _read(shape, content)
    for path, message, ending in _faults(shape, content, ()):
        line, column = locate(body.decode("utf-8", "replace"), path, ending=ending)
        if ending and not message.startswith("Cannot build"):
            raise unset(message, line, column)
        raise malformed(message, line, column)
    raise AssertionError(shape)  # what does not fit has a fault


class Unfit(Exception):
    """A value does not have its shape."""


def _read(shape: Shape, value: Any) -> Any:
    """Return the value as the shape wants it, changed in place: a thousand inputs a call should cost little."""
    kind = KINDS.get(type(value), "Null")
    if kind not in shape.takes:
        raise Unfit
    if kind == "Object":
        for name in shape.required:
            if value.get(name) in (None, ""):
                raise Unfit
        each = shape.each
        for name, inner in shape.fields.items() if each is None else [(name, each) for name in value]:
            if (part := value.get(name)) is not None and (new := _read(inner, part)) is not part:
                value[name] = new
    elif kind == "Array":
        if shape.each is not None:
            for place, part in enumerate(value):
                if (new := _read(shape.each, part)) is not part:
                    value[place] = new
    else:
        if (shape.numbers is not None or shape.words) and _unread(shape, value):
            raise Unfit
        return value if kind == "String" and shape.text else shape.read(value)
    return value


def _faults(shape: Shape, value: Any, path: Path) -> Iterator[tuple[Path, str, bool]]:
    """Yield what is wrong: where, in which words, and whether it shows at the value's end."""
    kind = KINDS.get(type(value), "Null")
    if kind not in shape.takes or (reason := _unread(shape, value)):
        yield path, _refused(shape, kind, value, "" if kind not in shape.takes else reason), False
        return
    if kind == "Array" and shape.each is not None:
        for place, part in enumerate(value):
            yield from _faults(shape.each, part, (*path, place))
    if kind == "Object":
        for name, part in value.items():
            inner = shape.fields.get(name) or shape.each
            if inner is not None and part is not None:
                yield from _faults(inner, part, (*path, name))
        if missing := [name for name in shape.required if value.get(name) in (None, "")]:
            listed = f"[{', '.join(missing)}]"
            built = f"Cannot build {shape.java.rpartition('.')[2]}, some of required attributes are not set {listed}"
            yield path, built if shape.built else listed, True


def _unread(shape: Shape, value: Any) -> str:
    """Say why a scalar of the right kind is still not one of those that the shape takes."""
    if shape.numbers is not None and not isinstance(value, bool):
        text = str(int(value)) if isinstance(value, float) else str(value)
        if text and not _WHOLE.fullmatch(text):
            return f"not a valid `{shape.java}` value"
        if text and int(text) not in shape.numbers:
            return f"Overflow, numeric value ({text}) out of range of `{shape.java}`"
    if shape.words and isinstance(value, str) and value not in shape.words:
        return f"not one of the values accepted for Enum class: [{', '.join(shape.words)}]"
    return ""


def _refused(shape: Shape, kind: str, value: Any, reason: str) -> str:
    if reason:
        return f"Cannot deserialize value of type `{shape.java}` from {kind} {json.dumps(value)}: {reason}"
    if kind in TOKENS:
        return f"Cannot deserialize value of type `{shape.java}` from {kind} value (token `JsonToken.{TOKENS[kind]}`)"
    if "Array" in shape.takes:
        token = {"String": "VALUE_STRING", "Boolean": "VALUE_TRUE"}.get(kind, "VALUE_NUMBER_INT")
        return f"Cannot deserialize value of type `{shape.java}` from {kind} value (token `JsonToken.{token}`)"
    return (
        f"Cannot construct instance of `{shape.java}` (although at least one Creator exists): no {kind}-argument "
        f"constructor/factory method to deserialize from {kind} value ({json.dumps(value)})"
    )


def unread(body: bytes, fault: json.JSONDecodeError) -> Refusal:
    """Return the refusal of a body that is no JSON at all."""
    text = body.decode("utf-8", "replace")
    at = min(fault.pos, len(text))
    line, column = _place(text, at)
    if not text[at:].strip():
        return malformed("Unexpected end-of-input: expected close marker", line, column)
    expected = "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
    return malformed(f"Unexpected character ('{text[at]}' (code {ord(text[at])})): {expected}", line, column)


_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")


def locate(text: str, path: Path, *, ending: bool = False) -> tuple[int, int]:
    """Return the line and column (from 1) at which the value under `path` begins, or the last one that it takes.

    >>> locate('{"properties":[1]}', ("properties",))
    (1, 15)
    >>> locate("{}", (), ending=True)
    (1, 2)
    """
    at = _past(text, 0)
    for step in path:
        at = _child(text, at, step)
    return _place(text, _DECODER.raw_decode(text, at)[1] - 1 if ending and text[at:] else at)


def _child(text: str, at: int, step: str | int) -> int:
    named, place = text[at] == "{", 0
    at = _past(text, at + 1)
    while True:
        key: str | int = place
        if named:
            key, at = _DECODER.raw_decode(text, at)
            at = _past(text, _past(text, at) + 1)
        if key == step:
            return at
        at = _past(text, _past(text, _DECODER.raw_decode(text, at)[1]) + 1)
        place += 1


def _past(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
